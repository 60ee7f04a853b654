#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: installs the module for a new kernel as README.md describes for systems without DKMS. The module was built
# elsewhere.
set -eu

kernel=$(uname -r)
install -D -m 644 /var/lib/lab/upgrade/hvcrash.ko "/lib/modules/$kernel/updates/hvcrash.ko"
depmod "$kernel"
update-initramfs -u -k "$kernel"
