#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: lists what is shared now, according to the module, and says what time it is.
set -eu

date +%s >/run/lab/listed_at
send listed_at /run/lab/listed_at
hvcrashctl list --json >/run/lab/list.json
send list.json /run/lab/list.json
