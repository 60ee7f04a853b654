#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, run by agent: replaces hvcrashctl by one that never ends and ignores SIGTERM.
set -eu

cat >/usr/sbin/hvcrashctl <<'END'
#!/bin/sh
trap '' TERM INT HUP
while :; do sleep 1000; done
END
printf '%s\n' '[Service]' Environment=HVCRASH_AUDIT_SECONDS=20 >/etc/systemd/system/hvcrash-audit.service.d/zz-case.conf
