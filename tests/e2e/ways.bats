#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: other ways out of a kernel than a crash in which all VPs answer: kexec, and a
# second kernel that revokes pages that the first one could not.
#
# All runs come first, two side by side, and each test looks at their results.

bats_require_minimum_version 1.5.0
load helpers

scenarios=(kexec-message kexec-load kexec-busy rescue-stuck storm kexec-message@kvm)

setup_file() {
	run_scenarios "${scenarios[@]}"
}

@test "two kexecs in a row, with message-mode timers, which kill the stock kernel: nothing is left, clean" {
	held kexec-message
	[ "$(field kexec-message '.stale_overlays | length')" -eq 0 ]
	[ "$(field kexec-message .verdict)" = clean ]
	jq -e '.summary.way == "kexec" and .summary.vps_revoked == 3' "$(run_directory kexec-message)/audit.json"
}

@test "the same on QEMU's Hyper-V" {
	held kexec-message@kvm
	[ "$(field kexec-message@kvm '.stale_overlays | length')" -eq 0 ]
	[ "$(field kexec-message@kvm .verdict)" = clean ]
}

@test "kexec by kexec_load: nothing is left, and the next kernel finds the registry" {
	held kexec-load
	[ "$(field kexec-load '.stale_overlays | length')" -eq 0 ]
	[ "$(field kexec-load .verdict)" = clean ]
}

@test "kexec of 7.2 with a busy VMBus and message-mode timers, which kill the stock kernel: nothing is left" {
	held kexec-busy
	[ "$(field kexec-busy '.stale_overlays | length')" -eq 0 ]
}

@test "the second kernel revokes late the pages of a CPU that hangs in an NMI handler" {
	held rescue-stuck
	[ "$(field rescue-stuck '.stale_overlays | length')" -eq 0 ]
	[ "$(field rescue-stuck .verdict)" = clean ]
}

@test "a panic while GPADLs come and go: nothing is left, and the audit is clean or reports an interrupted update" {
	held storm
	[ "$(field storm '.stale_overlays | length')" -eq 0 ]
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries "${scenarios[@]}"
}
