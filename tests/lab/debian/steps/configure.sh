#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: as a user would, by one command; before it the bounds of an emulated machine, where everything takes
# many times as long, and after it the crash kernel's initrd, which kdump-tools would make when it is started next: two minutes
# of each boot in here.
set -eu

echo options hvcrash stop_bound_ms=3000 revoke_bound_ms=3000 hash_budget_ms=3000 >/etc/modprobe.d/lab.conf
hvcrash-configure
hvcrash-configure --dry-run
kdump-config symlinks "$(uname -r)"
cp /etc/kdump/sysctl.conf "/var/lib/kdump/latest_sysctls-$(uname -r)" # else it is made again
ls -l /boot /var/lib/kdump
