#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a whole Debian system, installed and configured by one command, crashes on
# the lab's own host, and the next boot finds the dump and the verdict beside it.
# kdump-tools takes the dump; the host's map is the judge, and the dump is
# read again inside and outside the guest. tests/debian/kvm.bats does the same on
# QEMU's Hyper-V.

bats_require_minimum_version 1.5.0
load helpers
load ../packages/alerts.bash

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

# crashed JQ-EXPRESSION: of what the boot after the crash published
crashed() { field trixie ".cases[0].published | $1"; }

@test "the boot after the crash published it by itself: the metrics have its time, verdict and what was saved" {
	held trixie
	[ "$(crashed '.before <= .metrics.crash_time and .metrics.crash_time <= .after')" = true ]
	[ "$(crashed '.metrics | [.verdict, .audit, .saved] | join(" ")')" = 'clean clean dump' ]
}

@test "in the journal both entries have the documented id, the priority of their verdict, and a text that journalctl -x shows" {
	[ "$(crashed '[.crash_entry, .audit_entry | .entries] | join(" ")')" = '1 1' ]
	[ "$(crashed .crash_entry.id)" = c93ed6fe592f40469b655e45d6ec9dc3 ]
	[ "$(crashed .audit_entry.id)" = 6da1db1cb7694dd1856e330902fd6665 ]
	[ "$(crashed '[.crash_entry, .audit_entry | .priority] | join(" ")')" = '6 6' ]
	[ "$(crashed '.crash_entry.crash_time == .metrics.crash_time and .audit_entry.crash_time == .metrics.crash_time')" = true ]
	[ "$(crashed '.crash_entry.explained[0]')" = 'Subject: hvcrash: this machine crashed, saved: dump' ]
	[ "$(crashed '.audit_entry.explained[0]')" = 'Subject: hvcrash: audit of a crashed kernel: clean' ]
	crashed '.crash_entry.explained[]' | grep -q "hvcrashctl crashes show $(field trixie .cases[0].directory)"
}

@test "hvcrashctl crashes lists it once, and last-crash.json is that crash, of the documented schema" {
	[ "$(crashed .listed)" = 1 ]
	[ "$(crashed .last_crash.id)" = "$(field trixie .cases[0].directory)" ]
	[ "$(crashed '.last_crash | [.verdict, .saved] | join(" ")')" = 'clean dump' ]
	[ "$(crashed '.last_crash.crash_time == .metrics.crash_time')" = true ]
	"$BATS_TEST_DIRNAME/../validate" "$(field trixie .cases[0].files)/last-crash.json"
}

@test "Prometheus: the alert of a crash fires on the guest's own files until a day after the crash, and no other of docs/fleet.md" {
	local file minutes promtool crashed_at
	# shellcheck disable=SC2034 # for alerts.bash
	local written=1000000
	"$BATS_TEST_DIRNAME/../deps" promtool
	promtool=$(promtool_program)
	cd "$BATS_TEST_TMPDIR"
	cp "$(field trixie .cases[0].files)"/*.prom .
	for file in hvcrash hvcrash-audit hvcrash-crash; do "$promtool" check metrics <$file.prom; done
	# The clock of the rules starts when the guest had published
	crashed_at=$(crashed '.metrics.crash_time - .after')
	[ "$crashed_at" -lt 0 ]
	minutes=$(((24 * 3600 + crashed_at) / 60))
	expect_alerts 1 MachineCrashed
	expect_alerts $((minutes - 1)) MachineCrashed
	expect_alerts $((minutes + 1))
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries trixie
}
