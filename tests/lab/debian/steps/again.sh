#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: configures a second time. again.diff shows what that changed.
set -eu

hvcrash-configure
/usr/local/lib/lab/manifest >/run/lab/again
diff /var/lib/lab/configured /run/lab/again >/run/lab/diff || true
send again.diff /run/lab/diff
