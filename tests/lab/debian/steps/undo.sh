#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: undoes the configuration. undo.diff shows the differences from the state before it. The boot menu is sent
# too, since a difference there is seldom ours.
set -eu

hvcrash-configure --undo
/usr/local/lib/lab/manifest >/run/lab/undone
diff /var/lib/lab/before /run/lab/undone >/run/lab/diff || true
send undo.diff /run/lab/diff
send grub.cfg /boot/grub/grub.cfg
