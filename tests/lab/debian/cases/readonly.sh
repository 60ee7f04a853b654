#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: puts the directory in which the report waits on a disk of its own that is read-only.
set -eu

image=/var/lib/lab-case.img
truncate -s 2M $image
mkfs.ext4 -q $image
echo "$image /var/lib/hvcrash ext4 loop,ro 0 0" >>/etc/fstab
