#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: after the purge and a boot: "left" gets a line for each trace of hvcrash that is still there.
set -u

{
	[ ! -d /sys/module/hvcrash ] || echo 'hvcrash is loaded'
	lsinitramfs "/boot/initrd.img-$(uname -r)" | grep hvcrash
	grep -l hvcrash /lib/modules/*/modules.* /var/lib/dpkg/status /var/lib/dpkg/info/*
	systemctl list-units --all --no-legend '*hvcrash*'
} >/run/lab/left
send left /run/lab/left
cat /proc/cmdline
