#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: configured twice. again.diff is what that changed, from the first time on.
set -eu

hvcrash-configure
/usr/local/lib/lab/manifest >/run/lab/again
diff /var/lib/lab/configured /run/lab/again >/run/lab/diff || true
send again.diff /run/lab/diff
