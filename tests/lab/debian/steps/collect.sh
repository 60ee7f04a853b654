#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: sends what the crash left and the relevant lines of the crash kernel's journal; the whole journal would take
# the emulated port a minute.
set -eu
ls -lR /var/crash
find /var/crash -mindepth 1 -maxdepth 1 -type d -printf '%f\n' >/run/lab/directories
send directories /run/lab/directories
journalctl -b -1 -o short-monotonic | grep -iE 'hvcrash|kdump|makedumpfile|command line|out of memory|oom|fail' >/run/lab/journal || true
send crash-journal /run/lab/journal
