#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: replaces hvcrashctl by one that takes all memory, in a crash kernel of 192 MiB. The reserved memory can be
# reduced while no crash kernel is loaded, and has its full size again at the next boot.
set -eu

cat >/usr/sbin/hvcrashctl <<'END'
#!/bin/sh
exec tail /dev/zero
END
kdump-config unload
echo $((192 << 20)) >/sys/kernel/kexec_crash_size
kdump-config load
[ "$(cat /sys/kernel/kexec_crash_size)" -eq $((192 << 20)) ]
