# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# Azure Linux: RHEL's kdumpctl and dracut. Version 3 has no boot entries, but GRUB's
# defaults in grub.d, and grub2-mkconfig.

# Azure Linux 4 may have boot entries like Fedora: then use grubby.
azurelinux_facts() {
	rhel_facts
	[ ${#entry_path[@]} -eq 0 ] || need_boot=grubby
}

plan_azurelinux() {
	if [ -n "$no_bootloader" ]; then
		:
	elif [ "$need_boot" = grubby ]; then
		plan_rhel_boot
	else
		plan_grub_drop_in grub2-mkconfig -o /boot/grub2/grub.cfg
	fi
	plan_rhel_common
}

undo_azurelinux_boot() {
	if [ "$need_boot" = grubby ]; then
		undo_rhel_boot
	else
		run_command grub2-mkconfig -o /boot/grub2/grub.cfg
	fi
}
