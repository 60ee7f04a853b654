#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: audits the last crash's dump, after the next boot.
set -eu

set -- /var/crash/[0-9]*
while [ $# -gt 1 ]; do shift; done
hvcrashctl audit --json "$1"/dump.*
