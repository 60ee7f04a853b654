#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: hvcrashctl takes all memory that there is, in a crash kernel of 192 MiB. What is reserved can be made
# smaller while no crash kernel is loaded, and is as large as before at the next boot.
set -eu

cat >/usr/sbin/hvcrashctl <<'END'
#!/bin/sh
exec tail /dev/zero
END
kdump-config unload
echo $((192 << 20)) >/sys/kernel/kexec_crash_size
kdump-config load
[ "$(cat /sys/kernel/kexec_crash_size)" -eq $((192 << 20)) ]
