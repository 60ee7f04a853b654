#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: at the boot after a crash the report beside the dump is published to Prometheus and the journal, once.

# shellcheck disable=SC2034,SC2154 # shared with helpers.bash
bats_require_minimum_version 1.5.0
load helpers

# boot: the next boot, with a tool that only records what it publishes
boot() {
	local calls=$BATS_TEST_TMPDIR/calls
	: >"$calls"
	: >"$calls.crash"
	# a shutdown came before it, unless the test says otherwise
	rm -f "$HVCRASH_ROOT/var/lib/hvcrash/boots"
	mv "$HVCRASH_ROOT/proc/vmcore" "$BATS_TEST_TMPDIR/vmcore"
	tool <<-END
		#!/bin/sh
		case \$1:\$2 in
		crashes:*) exec "$HVCRASHCTL" "\$@" --sysroot "$HVCRASH_ROOT" ;;
		publish:--crash) echo "\$*" >>"$calls.crash"; exit 0 ;;
		esac
		echo "\$*" >>"$calls"
		HVCRASH_JOURNAL=$BATS_TEST_TMPDIR/no-journal exec "$HVCRASHCTL" publish --prometheus "$BATS_TEST_TMPDIR/prom" "\$2"
	END
	: >"$BATS_TEST_TMPDIR/log"
	adapter /usr/lib/hvcrash/publish
	log=$(cat "$BATS_TEST_TMPDIR/log")
	printf '%s\n' "$log"
	cat "$calls"
	[ "$adapter_status" -eq 0 ]
	cp "$HVCRASHCTL" "$HVCRASH_ROOT/usr/sbin/hvcrashctl"
	mv "$BATS_TEST_TMPDIR/vmcore" "$HVCRASH_ROOT/proc/vmcore"
	published=$(wc -l <"$calls")
	crashes=$(wc -l <"$calls.crash")
}

once() {
	mkdir -p "$HVCRASH_ROOT/var/lib/prometheus/node-exporter"
	# the crash kernel's own root file system is the system's after the boot
	crash "$1"
	if [ "$1" != debian ]; then
		mkdir -p "$HVCRASH_ROOT/var/crash/2026-11-28-00:00"
		cp -p "$dump"/hvcrash-audit.* "$HVCRASH_ROOT/var/crash/2026-11-28-00:00/"
	fi
	boot
	[ "$published" -eq 1 ] || return 1
	grep -q "^publish .*/hvcrash-audit.json --journal --prometheus $HVCRASH_ROOT/var/lib/prometheus/node-exporter/hvcrash-audit.prom$" "$BATS_TEST_TMPDIR/calls" || return 1
	grep -q '^hvcrash_audit_verdict{verdict="clean"} 1$' "$BATS_TEST_TMPDIR/prom" || return 1
	boot
	[ "$published" -eq 0 ]
}

@test "each distribution: a report is published at the next boot, and not again" {
	each once
}

@test "a report that a hook left in place of an audit is published as cannot tell" {
	fresh_root debian
	seconds=0
	rm "$HVCRASH_ROOT/usr/sbin/hvcrashctl"
	crash debian
	[ "$(jq -r .message "$dump/hvcrash-audit.json")" = 'CANNOT TELL: hvcrashctl is missing' ]
	boot
	grep -q '^hvcrash_audit_verdict{verdict="cannot tell"} 1$' "$BATS_TEST_TMPDIR/prom"
}

# last KEY: its value in last-crash.json
last() { jq -r ".crashes[0].$1" "$HVCRASH_ROOT/var/lib/hvcrash/last-crash.json"; }

@test "the last crash is published once, with last-crash.json, and again if more becomes known about it" {
	fresh_root debian
	mkdir -p "$HVCRASH_ROOT/var/lib/prometheus/node-exporter" "$HVCRASH_ROOT/var/crash/202611280512"
	boot
	[ "$crashes" -eq 0 ]
	[ ! -e "$HVCRASH_ROOT/var/lib/hvcrash/last-crash.json" ]
	# only a log: there is no report to publish
	echo '[ 9.0] Kernel panic - not syncing: x' >"$HVCRASH_ROOT/var/crash/202611280512/dmesg.202611280512"
	boot
	[ "$published:$crashes" = 0:1 ]
	grep -qx "publish --crash last --journal --prometheus $HVCRASH_ROOT/var/lib/prometheus/node-exporter/hvcrash-crash.prom" "$BATS_TEST_TMPDIR/calls.crash"
	[ "$(last saved)" = 'log only' ]
	boot
	[ "$crashes" -eq 0 ]
	echo data >"$HVCRASH_ROOT/var/crash/202611280512/dump.202611280512"
	boot
	[ "$crashes" -eq 1 ]
	[ "$(last saved)" = dump ]
	# compressed or moved, it is the same crash
	mv "$HVCRASH_ROOT/var/crash/202611280512/dump.202611280512"{,.zst}
	boot
	[ "$crashes" -eq 0 ]
	[ -z "$(find "$HVCRASH_ROOT" -name '*.new')" ]
}

@test "if the last crash was deleted, the one before it is not published again" {
	local stamp
	fresh_root debian
	for stamp in 202611270000 202611280512; do
		mkdir -p "$HVCRASH_ROOT/var/crash/$stamp"
		echo data >"$HVCRASH_ROOT/var/crash/$stamp/dump.$stamp"
	done
	boot
	[ "$(last id)" = 202611280512 ]
	rm -r "$HVCRASH_ROOT/var/crash/202611280512"
	boot
	[ "$crashes" -eq 0 ]
	[ "$(last id)" = 202611280512 ]
}

@test "with a tool that lacks the verb there is one log line" {
	fresh_root debian
	mv "$HVCRASH_ROOT/proc/vmcore" "$BATS_TEST_TMPDIR/vmcore"
	tool <<<$'#!/bin/sh\necho "hvcrashctl: no such verb" >&2\nexit 3'
	: >"$BATS_TEST_TMPDIR/log"
	adapter /usr/lib/hvcrash/publish
	log=$(cat "$BATS_TEST_TMPDIR/log")
	logged 'the last crash was not published: hvcrashctl: no such verb'
}

# power WORD: stops or starts the unit in the boot with that id
power() {
	mkdir -p "$HVCRASH_ROOT/proc/sys/kernel/random"
	echo "$2" >"$HVCRASH_ROOT/proc/sys/kernel/random/boot_id"
	rm -f "$HVCRASH_ROOT/proc/vmcore"
	if [ "$1" = shutdown ]; then adapter /usr/lib/hvcrash/publish shutdown; else adapter /usr/lib/hvcrash/publish; fi
	[ "$adapter_status" -eq 0 ]
}

@test "boots and shutdowns are recorded, 200 at most, so that a crash that left nothing is known" {
	local sh
	for sh in dash bash 'busybox ash'; do
		fresh_root rhel
		shell=$sh seconds=0
		power boot 1 && power shutdown 1 && power boot 2 && power boot 3
		[ "$(cut -d' ' -f1,3 "$HVCRASH_ROOT/var/lib/hvcrash/boots" | paste -sd,)" = 'boot 1,shutdown 1,boot 2,boot 3' ]
		[ "$("$HVCRASHCTL" crashes --json --sysroot "$HVCRASH_ROOT" | jq '.crashes | length')" -eq 1 ]
	done
	seq 1 250 | sed 's/.*/boot & &/' >"$HVCRASH_ROOT/var/lib/hvcrash/boots"
	power boot x
	[ "$(wc -l <"$HVCRASH_ROOT/var/lib/hvcrash/boots")" -eq 200 ]
	grep -q '^ExecStop=/usr/lib/hvcrash/publish shutdown$' "$HVCRASH_ROOT/usr/lib/systemd/system/hvcrash-publish.service"
	grep -q '^RemainAfterExit=yes$' "$HVCRASH_ROOT/usr/lib/systemd/system/hvcrash-publish.service"
}

@test "space for the next verdict is reserved where a crash kernel may need it" {
	fresh_root rhel
	boot
	[ "$(stat -c %s "$HVCRASH_ROOT/var/lib/hvcrash/audit/.room")" -eq 131072 ]
	fresh_root debian
	boot
	[ ! -e "$HVCRASH_ROOT/var/lib/hvcrash/audit/.room" ]
}

@test "several reports: each goes to the journal, the newest last" {
	local i
	fresh_root debian
	seconds=0
	crash debian
	for i in 3 1 2; do
		mkdir -p "$HVCRASH_ROOT/var/crash/20261101000$i"
		cp "$dump/hvcrash-audit.json" "$HVCRASH_ROOT/var/crash/20261101000$i/"
		touch -d "2026-11-0$i" "$HVCRASH_ROOT/var/crash/20261101000$i/hvcrash-audit.json"
	done
	boot
	[ "$published" -eq 4 ]
	sed 's/.*crash\/\([0-9]*\)\/.*/\1/' "$BATS_TEST_TMPDIR/calls" | head -n 3 | sort -c
	[[ $(tail -n 1 "$BATS_TEST_TMPDIR/calls") == *"${dump##*/}/hvcrash-audit.json"* ]]
}

@test "another user's report, and a link, are ignored; without node_exporter there are no metrics" {
	fresh_root debian
	seconds=0
	crash debian
	mkdir "$HVCRASH_ROOT/var/crash/x" "$HVCRASH_ROOT/var/crash/y"
	echo '{}' >"$HVCRASH_ROOT/var/crash/x/hvcrash-audit.json"
	chown 65534 "$HVCRASH_ROOT/var/crash/x/hvcrash-audit.json"
	ln -s /etc/passwd "$HVCRASH_ROOT/var/crash/y/hvcrash-audit.json"
	boot
	[ "$published" -eq 1 ]
	run ! grep -q prometheus "$BATS_TEST_TMPDIR/calls"
}

@test "a report that cannot be published is logged and not retried; nothing happens in a crash kernel" {
	fresh_root debian
	seconds=0
	crash debian
	echo nothing >"$dump/hvcrash-audit.json"
	boot
	logged 'not published: .*not a report'
	boot
	[ "$published" -eq 0 ]
	rm "$HVCRASH_ROOT/var/lib/hvcrash/published"
	: >"$BATS_TEST_TMPDIR/log"
	adapter /usr/lib/hvcrash/publish
	[ ! -e "$HVCRASH_ROOT/var/lib/hvcrash/published" ]
}

@test "each distribution's kdump unit pulls it in" {
	local distro unit
	for distro in debian:kdump-tools rhel:kdump suse:kdump; do
		fresh_root "${distro%:*}"
		unit=$HVCRASH_ROOT/usr/lib/systemd/system/${distro#*:}.service.d/10-hvcrash.conf
		grep -q '^Wants=.*hvcrash-publish.service' "$unit"
		[ -x "$HVCRASH_ROOT/usr/lib/hvcrash/publish" ]
	done
}
