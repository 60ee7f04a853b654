#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: after undo.yml, which removes the packages. files.diff and undo.diff show the differences from the state
# before their installation.
set -eu

dpkg -P hvcrash-dkms hvcrash-tools
/usr/local/lib/lab/manifest >/run/lab/manifest
/usr/local/lib/lab/files >/run/lab/files
diff /var/lib/lab/before /run/lab/manifest >/run/lab/undo.diff || true
diff /var/lib/lab/files /run/lab/files >/run/lab/files.diff || true
send undo.diff /run/lab/undo.diff
send files.diff /run/lab/files.diff
