#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a whole Debian 12 with its 6.1 kernel, like Debian 13 in tests/e2e/debian.bats.

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	lab_begin
	lab_result bookworm debian --kernel 6.1 --case audited,kexec || true
}

@test "Debian 12: configured by one command, crashed, dumped, and audited clean" {
	dumped bookworm audited clean
	[[ $(of bookworm audited .kernel) == 6.1.* ]]
}

@test "hvcrash is loaded before VMBus, and status says ready, also after a reload of the crash kernel" {
	[ "$(field bookworm .module_first)" = true ]
	[ "$(field bookworm .status_exit)" -eq 0 ]
	[ "$(field bookworm .status_exit_after_reload)" -eq 0 ]
}

@test "the saved dump gives the same verdict in the guest and outside" {
	[ "$(of bookworm audited .audit_exit_in_guest)" -eq 0 ]
	[ "$(of bookworm audited .audit_exit_outside)" -eq 0 ]
}

@test "systemctl kexec, twice: nothing is left mapped, and the next kernel's audit is clean" {
	held bookworm
	[ "$(of bookworm kexec .kind)" = kexec ]
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries bookworm
}
