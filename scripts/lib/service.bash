# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# The distribution's kdump service: enabled, and with the new configuration as
# soon as there is memory for it. Without a reservation it cannot start and would only be
# shown as failed, so it is left to the next boot.

# service_is_enabled: asked once a run, before anything is changed
service_is_enabled() {
	if [ -z "$sys_enabled" ]; then
		sys_enabled=no
		! in_root systemctl is-enabled --quiet "$sys_service" 2>/dev/null || sys_enabled=yes
	fi
	[ "$sys_enabled" = yes ]
}

has_reservation() {
	is_live || return 1
	first_line /sys/kernel/kexec_crash_size
	[ "${answer:-0}" != 0 ]
}

plan_service() {
	plan_run service always "at every boot" systemctl enable --quiet "$sys_service"
	[ "$verb" = undo ] || service_is_enabled || plan_due service
}

# plan_kdump_initramfs COMMAND...: COMMAND rebuilds the crash kernel's initramfs, which may
# be older than the hooks.
plan_kdump_initramfs() {
	plan_run kdump live "the hooks into the crash kernel's initramfs" "$@"
	plan_due_at_first kdump
}

# The hooks brought units
plan_units() {
	plan_run units live "systemd reads its units again" systemctl daemon-reload
	plan_due_at_first units
}

plan_restart() {
	! has_reservation || plan_run kdump live "with the new configuration" systemctl restart "$sys_service"
}

keep_service() {
	if service_is_enabled; then
		journal_keep service enabled
	else
		journal_keep service disabled
	fi
}

undo_service() {
	[ "${kept[service]-}" = disabled ] || return 0
	run_command systemctl disable --quiet "$sys_service"
	step
}
