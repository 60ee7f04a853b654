#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: puts the directory in which the report waits on a disk of its own that is full. The dump goes to another disk.
set -eu

image=/var/lib/lab-case.img
truncate -s 2M $image
mkfs.ext4 -q $image
mount -o loop $image /mnt
dd if=/dev/zero of=/mnt/ballast bs=1k 2>/dev/null || true
umount /mnt
echo "$image /var/lib/hvcrash ext4 loop 0 0" >>/etc/fstab
