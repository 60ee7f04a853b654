# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# Azure Linux: RHEL's kdumpctl and dracut, but no boot entries of its own: GRUB's
# defaults in grub.d, and grub2-mkconfig.

azurelinux_facts() {
	rhel_facts
	need_kdump_how="tdnf install kexec-tools"
	need_boot=grub2-mkconfig
}

plan_azurelinux() {
	[ -n "$no_bootloader" ] || plan_grub_drop_in grub2-mkconfig -o /boot/grub2/grub.cfg
	plan_rhel_common
}

undo_azurelinux_boot() {
	run_command grub2-mkconfig -o /boot/grub2/grub.cfg
}
