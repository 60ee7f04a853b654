#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: Prometheus's own checks of the metrics, and whether the alerts of docs/fleet.md fire on them. Separate from the other tests of
# them, since promtool is a download of 19 MB.

# shellcheck disable=SC2034 # for alerts.bash
load ../cli/helpers
load ../cli/fake_root
load alerts.bash

setup_file() {
	"$BATS_TEST_DIRNAME/../deps" promtool
}

setup() {
	begin
	ready_root
	promtool=$(promtool_program)
	crashed_at=0
}

# crashed VERDICT [FILE]: a crash of this machine, two minutes ago
crashed() {
	local dir
	dir=/var/crash/$(date -d '2 minutes ago' +%Y%m%d%H%M)
	rm -rf root/var/crash
	put "$dir/dmesg.${dir##*/}" '[ 9.0] Kernel panic - not syncing: Fatal exception'
	[ -z "${2:-}" ] || put "$dir/$2" data
	[ -z "$1" ] || put "$dir/hvcrash-audit.json" "{\"schema\": \"hvcrash.audit/1\", \"verdict\": \"$1\", \"message\": \"of $1\"}"
	try publish --sysroot root --crash last --prometheus crash.prom
	expect_status 0
}

@test "promtool accepts the metrics" {
	core page
	try audit --prometheus audit.prom core
	try status --sysroot root --prometheus status.prom
	crashed clean dump
	for file in audit status crash; do "$promtool" check metrics <$file.prom; done
}

@test "the alerts of docs/fleet.md fire on what the tool writes, and not if all is well" {
	written=1000000
	try status --sysroot root --prometheus status.prom
	crashed clean dump
	expect_alerts 60 MachineCrashed
	expect_alerts 2000
	crashed 'not clean' dump
	expect_alerts 60 MachineCrashed CrashWasNotClean
	crashed '' dump-incomplete
	expect_alerts 60 MachineCrashed CrashWasNotClean CrashLeftNoDump
	drop /sys/kernel/hvcrash
	try status --sysroot root --prometheus status.prom
	crashed clean dump
	expect_alerts 60 MachineCrashed
	# for: 2h
	expect_alerts 2000 NotReadyToCrash
	written=0
	expect_alerts 2000 NotReadyToCrash ReadinessNotKnown
}
