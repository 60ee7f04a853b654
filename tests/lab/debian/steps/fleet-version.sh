#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: prints the versions of hvcrash: the running module, the next boot's, and the tools.
set -eu

{
	cat /sys/module/hvcrash/version
	modinfo -F version hvcrash
	hvcrashctl --version | grep -o '[0-9.]*$'
} >/run/lab/version
send version /run/lab/version
dkms status
