# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# Debian and Ubuntu: kdump-tools, GRUB by update-grub, initramfs-tools.
#
# The crash kernel boots the real root file system here, with its sysctl.d. There
# an NMI must not become a second panic, which would cost the dump, so in that
# kernel our panic sysctls are reset as soon as they are set.

readonly DEBIAN_PANIC_OFF=/etc/systemd/system/systemd-sysctl.service.d/60-hvcrash.conf

debian_facts() {
	need_hooks=(/usr/lib/systemd/system/kdump-tools-dump.service.d/10-hvcrash.conf
		/usr/lib/systemd/system/hvcrash-audit.service /usr/lib/systemd/system/hvcrash-bound.service
		/usr/share/initramfs-tools/hooks/hvcrash)
}

# debian_panic_off_text: answers with it
debian_panic_off_text() {
	local keys="kernel.unknown_nmi_panic=0 kernel.panic_on_io_nmi=0 kernel.panic_on_unrecovered_nmi=0"
	answer="# Written by hvcrash-configure; hvcrash-configure --undo removes it.
# In the crash kernel an NMI must not end the dump.
[Service]
ExecStartPost=-/bin/sh -c '[ ! -s /proc/vmcore ] || sysctl -q -w $keys'
"
}

# kdump-config's default, which a configured value replaces
readonly DEBIAN_APPEND="reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll usbcore.nousb"

# debian_kdump_text: answers with the configuration, enabled, and with a bound for a
# crash kernel that panics; resume= is inherited
debian_kdump_text() {
	local append inherited changes=()
	shell_value "$sys_config" USE_KDUMP
	[ "$answer" = 1 ] || changes+=(USE_KDUMP 1)
	shell_value "$sys_config" KDUMP_CMDLINE
	[ -n "$answer" ] || first_line /proc/cmdline
	inherited=$answer
	shell_value "$sys_config" KDUMP_CMDLINE_APPEND
	append=$answer
	with_bound "${append:-$DEBIAN_APPEND}"
	case " $inherited " in *' resume='*) with_flag "$answer" noresume ;; esac
	[ "$append" = "$answer" ] || changes+=(KDUMP_CMDLINE_APPEND "$answer")
	changed_text "$sys_config" "${changes[@]}"
}

plan_debian() {
	[ -n "$no_bootloader" ] || plan_grub_drop_in update-grub
	plan_modules update-initramfs -u -k all
	plan_sysctl
	[ "$sys_arch" != x86_64 ] || plan_text "$DEBIAN_PANIC_OFF" units debian_panic_off_text
	plan_units
	[ ! -e "$root$sys_config" ] || plan_text "$sys_config" kdump debian_kdump_text
	plan_service
	plan_restart
}

undo_debian_boot() {
	run_command update-grub
}
