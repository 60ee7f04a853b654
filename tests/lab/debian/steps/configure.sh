#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: as a user would, by one command; before it a boot menu by the distribution's own means, and a list of
# what there is, for an --undo; after it the crash kernel's initrd, which kdump-tools would make when it is started next: two
# minutes of each boot in here.
set -eu

tell PROGRESS in the guest: update-grub
update-grub
mkdir -p /var/lib/lab
/usr/local/lib/lab/manifest >/var/lib/lab/before
tell PROGRESS in the guest: hvcrash-configure
hvcrash-configure
hvcrash-configure --dry-run
/usr/local/lib/lab/manifest >/var/lib/lab/configured
tell PROGRESS in the guest: an initrd for the crash kernel
kdump-config symlinks "$(uname -r)"
cp /etc/kdump/sysctl.conf "/var/lib/kdump/latest_sysctls-$(uname -r)" # else it is made again
ls -l /boot /var/lib/kdump
