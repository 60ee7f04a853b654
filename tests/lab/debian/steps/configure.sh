#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: as a user would, by one command; before it the bounds of an emulated machine, where everything takes
# many times as long, a boot menu by the distribution's own means, and a list of what there is, for an --undo; after it the
# crash kernel's initrd, which kdump-tools would make when it is started next: two minutes of each boot in here.
set -eu

echo options hvcrash stop_bound_ms=3000 revoke_bound_ms=3000 hash_budget_ms=3000 >/etc/modprobe.d/lab.conf
update-grub
mkdir -p /var/lib/lab
/usr/local/lib/lab/manifest >/var/lib/lab/before
hvcrash-configure
hvcrash-configure --dry-run
/usr/local/lib/lab/manifest >/var/lib/lab/configured
kdump-config symlinks "$(uname -r)"
cp /etc/kdump/sysctl.conf "/var/lib/kdump/latest_sysctls-$(uname -r)" # else it is made again
ls -l /boot /var/lib/kdump
