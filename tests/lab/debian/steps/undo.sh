#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: undone. undo.diff is what differs from what was there before it was configured; the
# boot menu comes with it, as that is where a difference is seldom our own.
set -eu

hvcrash-configure --undo
/usr/local/lib/lab/manifest >/run/lab/undone
diff /var/lib/lab/before /run/lab/undone >/run/lab/diff || true
send undo.diff /run/lab/diff
send grub.cfg /boot/grub/grub.cfg
