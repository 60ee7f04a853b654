#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the same as tests/e2e/debian.bats, but on QEMU's Hyper-V, the second judge.

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	lab_begin
	lab_result kvm debian --host kvm --kernel 6.12 || true
}

@test "on QEMU's Hyper-V: crashed, dumped, and audited clean, with nothing left by its map" {
	[ "$(field kvm .host)" = kvm ]
	dumped kvm audited clean
	[ "$(field kvm .status_exit)" -eq 0 ]
}

@test "the registry's SIMP and SIEFP equal those that QEMU maps, before and after the crash" {
	[ "$(of kvm audited '[.comparisons | .before, .second_kernel | .result // "not made"] | join(" ")')" = 'same same' ]
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries kvm
}
