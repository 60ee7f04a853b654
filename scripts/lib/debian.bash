# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# Debian and Ubuntu: kdump-tools, GRUB by update-grub, initramfs-tools.
#
# The crash kernel boots the real root file system here, with its sysctl.d. There
# an NMI must not become a second panic, which would cost the dump, so in that
# kernel our panic sysctls are taken back as soon as they are set.

readonly DEBIAN_PANIC_OFF=/etc/systemd/system/systemd-sysctl.service.d/60-hvcrash.conf

debian_facts() {
	sys_service=kdump-tools.service
	need_kdump=/usr/sbin/kdump-config
	need_kdump_how="apt-get install kdump-tools"
	need_boot=update-grub
	need_hooks=(/usr/lib/systemd/system/kdump-tools-dump.service.d/10-hvcrash.conf
		/usr/lib/systemd/system/hvcrash-audit.service /usr/share/initramfs-tools/hooks/hvcrash)
}

debian_panic_off_text() {
	local keys="kernel.unknown_nmi_panic=0 kernel.panic_on_io_nmi=0 kernel.panic_on_unrecovered_nmi=0"
	cat <<END
# Written by hvcrash-configure; hvcrash-configure --undo removes it.
# In the crash kernel an NMI must not end the dump.
[Service]
ExecStartPost=-/bin/sh -c '[ ! -s /proc/vmcore ] || sysctl -q -w $keys'
END
}

plan_debian() {
	[ -n "$no_bootloader" ] || plan_grub_drop_in update-grub
	plan_modules update-initramfs -u -k all
	plan_sysctl
	[ "$sys_arch" != x86_64 ] || plan_file "$DEBIAN_PANIC_OFF" units 644 debian_panic_off_text
	plan_units
	[ ! -e "$root/etc/default/kdump-tools" ] || [ "$(assignment /etc/default/kdump-tools USE_KDUMP)" = 1 ] ||
		plan_file /etc/default/kdump-tools kdump 644 with_assignment /etc/default/kdump-tools USE_KDUMP 1
	plan_service
	plan_restart
}

undo_debian_boot() {
	run_command update-grub
}
