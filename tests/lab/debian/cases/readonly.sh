#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: where the report waits is a disk of its own, and read-only.
set -eu

image=/var/lib/lab-case.img
truncate -s 2M $image
mkfs.ext4 -q $image
echo "$image /var/lib/hvcrash ext4 loop,ro 0 0" >>/etc/fstab
