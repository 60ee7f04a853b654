#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: loads the next kernel as hvcrashctl(8) describes: this one again, with the arguments that keep the registry,
# and without those of the last jump. The second jump goes to a kernel without VMBus, which would cover whatever was left.
set -eu

jump=$(sed -n 's/.*lab\.jump=\([0-9]*\).*/\1/p' /proc/cmdline)
jump=$((${jump:-0} + 1))
words=$(tr ' ' '\n' </proc/cmdline | grep -v -e '^lab\.' -e '^hvcrash_registry=' -e '^memmap=' -e '^BOOT_IMAGE=' | tr '\n' ' ')
[ "$jump" -lt 2 ] || words="$words modprobe.blacklist=hv_vmbus"
kernel=$(uname -r)
args=$(hvcrashctl kexec-args)
kexec -l "/boot/vmlinuz-$kernel" --initrd="/boot/initrd.img-$kernel" --command-line="$words lab.jump=$jump $args"
cat /sys/kernel/kexec_loaded
