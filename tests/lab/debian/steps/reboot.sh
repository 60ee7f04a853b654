#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: reboots through the firmware. Debian 12's kexec-tools turns each reboot into a kexec if no other kernel is
# loaded; a file disables that, once.
set -eu

[ ! -e /etc/init.d/kexec-load ] || : >/no-kexec-reboot
systemctl --no-block reboot
