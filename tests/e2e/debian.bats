#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a whole Debian system, installed and configured by one command, crashes on
# the lab's own host, and the next boot finds the dump and the verdict beside it.
# kdump-tools takes the dump; the host's map is the judge, and the dump is
# read again inside and outside the guest. tests/debian/kvm.bats does the same on
# QEMU's Hyper-V.

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	lab_begin
	lab_result trixie debian --kernel 6.12 || true
}

@test "Debian 13: configured by one command, crashed, dumped, and audited clean" {
	held trixie
	[ "$(field trixie ".cases[0].verdict")" = clean ]
	[ "$(field trixie ".cases[0].dump_ok")" = true ]
}

@test "the host mapped 8 overlays before the crash, and none of them while the dump was taken" {
	[ "$(field trixie .host)" = own ]
	[ "$(synic trixie 'cases[0].overlays_before')" -eq 4 ]
	[ "$(field trixie '.cases[0].overlays_before | length')" -eq 8 ]
	[ "$(field trixie '.cases[0].stale_overlays | length')" -eq 0 ]
}

@test "the registry equals the host's map, page for page: before the crash, at UNLOAD, in the crash kernel" {
	[ "$(field trixie '[.cases[0].comparisons[] | .result // "not made"] | join(" ")')" = 'same same same' ]
	[ "$(field trixie '.cases[0].comparisons.unload.host_pages > 40')" = true ]
}

@test "after the reboot hvcrash was loaded before VMBus, and status says ready" {
	[ "$(field trixie .module_first)" = true ]
	[ "$(field trixie .status_exit)" -eq 0 ]
}

@test "it stays ready after a reload of the crash kernel" {
	[ "$(field trixie .status_exit_after_reload)" -eq 0 ]
}

@test "the saved dump gives the same verdict in the guest and outside" {
	[ "$(field trixie ".cases[0].audit_exit_in_guest")" -eq 0 ]
	[ "$(field trixie ".cases[0].audit_exit_outside")" -eq 0 ]
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries trixie
}
