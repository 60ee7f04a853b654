#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: replaces hvcrashctl by one that dies of a segmentation fault.
set -eu

cat >/usr/sbin/hvcrashctl <<'END'
#!/bin/sh
kill -SEGV $$
END
