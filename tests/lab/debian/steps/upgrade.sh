#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: installs another kernel from the second disk, then does what its package's postinst does (linux-run-hooks).
set -eu

tar --keep-directory-symlink -C / -xf /dev/disk/by-id/ata-QEMU_HARDDISK_upgrade
kernel=$(cat /var/lib/lab/upgrade/kernel)
depmod "$kernel"
linux-update-symlinks install "$kernel" "/boot/vmlinuz-$kernel"
cp /etc/kdump/sysctl.conf "/var/lib/kdump/latest_sysctls-$kernel" # as in configure.sh
DEB_MAINT_PARAMS="'configure' ''" run-parts --report --exit-on-error --arg="$kernel" --arg="/boot/vmlinuz-$kernel" \
	/etc/kernel/postinst.d
send kernel /var/lib/lab/upgrade/kernel
