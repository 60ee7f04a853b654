#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: what the crash left, and what the crash kernel said.
set -eu
ls -lR /var/crash
journalctl -b -1 -o short-monotonic >/run/lab/journal
send crash-journal /run/lab/journal
