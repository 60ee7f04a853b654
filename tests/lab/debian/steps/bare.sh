#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: returns the guest to the state before our installation: not configured, and without the module.
set -eu

hvcrash-configure --undo
kernel=$(uname -r)
mkdir -p /var/lib/lab/whole
mv "/lib/modules/$kernel/updates/hvcrash.ko" /var/lib/lab/whole/
depmod "$kernel"
rm -rf /usr/local/src/hvcrash
