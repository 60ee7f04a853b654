#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: what "make install" and the module add, from the second disk, which goes then: grub-mkconfig writes
# down which disk the system's is, and later there is only that.
set -eu

disk=/dev/disk/by-id/ata-QEMU_HARDDISK_install
tar --keep-directory-symlink -C / -xf $disk
echo 1 >"/sys/block/$(basename "$(readlink -f $disk)")/device/delete"
udevadm settle
depmod -a
