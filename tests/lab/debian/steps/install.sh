#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: installs, from the second disk, what "make install" and the module add, and
# depmod's index of it; and compiles the journal's catalog, as "make install" does in a running system.
set -eu

tar --keep-directory-symlink -C / -xf /dev/disk/by-id/ata-QEMU_HARDDISK_install
journalctl --update-catalog
