#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a whole Debian system, installed and configured by one command, crashes,
# and its next boot finds the dump and the verdict beside it. kdump-tools takes
# the dump; the judge is the hypervisor's memory map, and the dump is read again
# in the guest and outside of it.

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	lab_begin
	lab_result trixie guest --kernel 6.12 || true
}

@test "Debian 13: configured by one command, crashed, dumped, and audited clean" {
	held trixie
	[ "$(field trixie ".cases[0].verdict")" = clean ]
	[ "$(field trixie ".cases[0].dump_ok")" = true ]
}

@test "the hypervisor mapped 4 overlays before the crash, and none while the dump was taken" {
	[ "$(synic trixie 'cases[0].overlays_before')" -eq 4 ]
	[ "$(field trixie '.cases[0].stale_overlays | length')" -eq 0 ]
}

@test "after the reboot hvcrash was there before VMBus, and status says ready" {
	[ "$(field trixie .module_first)" = true ]
	[ "$(field trixie .status_exit)" -eq 0 ]
}

@test "a reload of the crash kernel keeps it so" {
	[ "$(field trixie .status_exit_after_reload)" -eq 0 ]
}

@test "the saved dump gives the same verdict in the guest and outside" {
	[ "$(field trixie ".cases[0].audit_exit_in_guest")" -eq 0 ]
	[ "$(field trixie ".cases[0].audit_exit_outside")" -eq 0 ]
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries trixie
}
