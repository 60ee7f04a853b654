#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: after --undo and a boot. "left" gets a line for each change of hvcrash-configure that is still there.
set -u

{
	grep -o 'crashkernel=.*crashkernel=.*' /proc/cmdline # the distribution's own is one
	[ ! -d /sys/module/hvcrash ] || echo 'hvcrash is loaded'
	lsinitramfs "/boot/initrd.img-$(uname -r)" | grep 'modprobe.d/hvcrash'
	for key in panic panic_on_io_nmi panic_on_unrecovered_nmi unknown_nmi_panic; do
		[ "$(cat /proc/sys/kernel/$key)" = 0 ] || echo "kernel.$key is $(cat /proc/sys/kernel/$key)"
	done
	[ ! -e /var/lib/hvcrash/configure ] || ls -R /var/lib/hvcrash/configure
} >/run/lab/left
send left /run/lab/left
cat /proc/cmdline
hvcrash-configure --check
