#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: arm64 guests, on the lab's own host. A run takes some 15 seconds: they run one after the other, beside other files' runs.

bats_require_minimum_version 1.5.0
load helpers

scenarios=(arm64-stock arm64 arm64-double arm64-rescue)

setup_file() {
	local scenario
	lab_begin
	"$LAB" build --arch arm64 --kernel 6.12 >&3 2>&1
	"$LAB" build --arch arm64 --kernel 6.12 --page-size 16 --stock >&3 2>&1
	for scenario in "${scenarios[@]}"; do
		lab_result "$scenario" run --scenario "$scenario" || true
	done
}

@test "the stock arm64 kernel leaves all of its SynIC overlays to the second kernel" {
	held arm64-stock
	[ "$(field arm64-stock '.overlays_before | length')" -eq 8 ]
	[ "$(field arm64-stock '.stale_overlays | length')" -eq 8 ]
	[ "$(field arm64-stock .dump_ok)" = true ]
}

@test "with hvcrash no overlay is left on arm64, and the audit says clean" {
	[ "$(field arm64 '.overlays_before | length')" -eq 8 ]
	is_clean arm64
}

@test "on arm64 the registry equals the host's map, before the crash, at UNLOAD and after" {
	[ "$(field arm64 '[.comparisons[].result] | join(" ")')" = 'same same same' ]
	[ "$(field arm64 .comparisons.before.host_pages)" -gt 8 ]
}

@test "if two CPUs of arm64 panic at once, the second one is clean, too" {
	is_clean arm64-double
}

@test "a VP of arm64 that does not answer is rescued by the second kernel" {
	is_clean arm64-rescue
	[ "$(jq length "$(run_directory arm64-rescue)/overlays_rescued.json")" -eq 0 ]
	grep -q 'VP 3: simp off' "$(run_directory arm64-rescue)/host.log"
}

@test "no run of arm64 failed in the lab" {
	no_lab_retries "${scenarios[@]}"
}
