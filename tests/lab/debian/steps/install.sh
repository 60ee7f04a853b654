#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: what "make install" and the module add, from the second disk, and
# what depmod has to say of it.
set -eu

tar --keep-directory-symlink -C / -xf /dev/disk/by-id/ata-QEMU_HARDDISK_install
