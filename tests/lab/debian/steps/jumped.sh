#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: after a kexec: sends the audit of the previous kernel, and what this one shares now.
set -u

cp /proc/cmdline /run/lab/cmdline
send cmdline /run/lab/cmdline
dmesg | grep -E 'hvcrash|Vmbus version|Command line' >/run/lab/dmesg
send dmesg /run/lab/dmesg
hvcrashctl list --json >/run/lab/list.json && send list.json /run/lab/list.json
hvcrashctl audit
hvcrashctl audit --json >/run/lab/audit.json
status=$?
send audit.json /run/lab/audit.json
exit $status
