#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: configures as a user would, by one command. Before it, makes a boot menu by the distribution's own means
# and lists the files, for comparison after --undo; after it, makes the crash kernel's initrd, which kdump-tools would otherwise make
# at its next start: two minutes of each boot in here.
set -eu

tell PROGRESS in the guest: update-grub
update-grub
mkdir -p /var/lib/lab
/usr/local/lib/lab/manifest >/var/lib/lab/before
tell PROGRESS in the guest: hvcrash-configure
hvcrash-configure
hvcrash-configure --dry-run
/usr/local/lib/lab/manifest >/var/lib/lab/configured
tell PROGRESS in the guest: making an initrd for the crash kernel
kdump-config symlinks "$(uname -r)"
cp /etc/kdump/sysctl.conf "/var/lib/kdump/latest_sysctls-$(uname -r)" # otherwise kdump-tools makes the initrd again
ls -l /boot /var/lib/kdump
