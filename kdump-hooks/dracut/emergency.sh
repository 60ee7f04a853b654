# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh, sourced by dracut in its hooks "emergency" and, with rd.shell=0, "shutdown-emergency", which is how SUSE starts a
# crash kernel. A process of its own, since what is sourced here could end the reboot that follows.
# shellcheck shell=sh
"${HVCRASH_ROOT:-}/usr/lib/hvcrash/suse-emergency" || :
