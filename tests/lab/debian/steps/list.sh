#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: lists what is shared now, according to the module.
set -eu

hvcrashctl list --json >/run/lab/list.json
send list.json /run/lab/list.json
