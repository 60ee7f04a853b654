#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: reports the state of the configured guest after its reboot.
set -eu
hvcrashctl list --json >/run/lab/list.json
send list.json /run/lab/list.json
dmesg | grep -E 'hvcrash|Vmbus version' >/run/lab/dmesg
send boot.dmesg /run/lab/dmesg
kdump-config show
cat /proc/cmdline
systemd-analyze blame | head -n 30
