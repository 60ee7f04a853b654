#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: what the boot after a crash has published by itself. Nothing here starts that: kdump's unit does.
# $ids: the message ids, by which the lab says which entries it wants.
set -eu

unit=hvcrash-publish.service seconds=0
until [ "$(systemctl is-active $unit)" = active ]; do
	if [ $seconds -ge 600 ] || [ "$(systemctl is-active $unit)" = failed ]; then
		systemctl status $unit
		exit 1
	fi
	seconds=$((seconds + 2))
	sleep 2
done
date +%s >/run/lab/published_at
systemctl start hvcrash-status.service # what its timer runs each hour
send published_at /run/lab/published_at
for file in /var/lib/prometheus/node-exporter/*.prom /var/lib/hvcrash/last-crash.json; do
	[ ! -e "$file" ] || send "${file##*/}" "$file"
done
TZ=UTC hvcrashctl crashes --json >/run/lab/crashes.json
send crashes.json /run/lab/crashes.json
# shellcheck disable=SC2154 # ids: from the lab
for id in $ids; do
	journalctl -b -o json "MESSAGE_ID=$id" >/run/lab/entry
	send "entry-$id.json" /run/lab/entry
	LC_ALL=C.UTF-8 journalctl -b -x -q --no-pager "MESSAGE_ID=$id" >/run/lab/entry # else it marks the text by other signs
	send "entry-$id.txt" /run/lab/entry
done
