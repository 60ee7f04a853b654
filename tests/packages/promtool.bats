#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: Prometheus's own checks of the metrics, and whether the alerts of docs/fleet.md fire on them. Separate from the other tests of
# them, since promtool is a download of 19 MB.

# shellcheck disable=SC2016 # backquotes of Markdown, $ of Go's templates
load ../cli/helpers
load ../cli/fake_root

setup_file() {
	"$BATS_TEST_DIRNAME/../deps" promtool
}

setup() {
	begin
	ready_root
	promtool=$(command -v promtool || echo "$BUILD/promtool/promtool")
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

# series: each sample of the tool's files, constant for two days, and node_exporter's sample about the file
series() {
	cat ./*.prom | sed -n '/^#/d; s/^\(.*\) \([0-9]*\)$/\1\t\2/p' | while IFS=$'\t' read -r name value; do
		printf "      - { series: '%s', values: '%s+0x2880' }\n" "$(instance "$name")" "$value"
	done
	printf "      - { series: 'node_textfile_mtime_seconds{file=\"/x/hvcrash.prom\",instance=\"vm\"}', values: '%s+0x2880' }\n" "$written"
}

instance() {
	case $1 in *'}') printf '%s,instance="vm"}' "${1%?}" ;; *) printf '%s{instance="vm"}' "$1" ;; esac
}

# expect_alerts MINUTES ALERT...: exactly these alerts of docs/fleet.md fire then. Prometheus' time starts at the epoch, and the crash
# was a minute before: the samples use the same clock.
expect_alerts() {
	local at=$1 alert
	shift
	sed -n '/^```yaml$/,/^```$/p' "$CLI_DIR/../../docs/fleet.md" | sed '1d;$d' >rules.yml
	sed -i 's/^\(hvcrash_crash_time_seconds\) .*/\1 0/' crash.prom
	{
		printf 'rule_files: [ rules.yml ]\ntests:\n  - interval: 1m\n    input_series:\n'
		series
		printf '    alert_rule_test:\n'
		sed -n 's/.*- alert: //p' rules.yml | while read -r alert; do
			printf '      - eval_time: %sm\n        alertname: %s\n        exp_alerts: [' "$at" "$alert"
			case " $* " in *" $alert "*) printf '%s' "$(expected "$alert")" ;; esac
			printf ' ]\n'
		done
	} >test.yml
	"$promtool" check rules rules.yml
	"$promtool" test rules test.yml
}

# expected ALERT: with its required labels and summary
expected() {
	local summary labels='instance: vm'
	summary=$(grep -A 4 "alert: $1\$" rules.yml | sed -n 's/.*summary: "\(.*\)" }/\1/p' | head -n 1 | sed 's/{{ $labels.instance }}/vm/')
	case $1 in
	CrashWasNotClean) labels+=', verdict: clean' ;;
	CrashLeftNoDump) labels+=', saved: dump' ;;
	NotReadyToCrash) labels+=', verdict: ready' ;;
	ReadinessNotKnown) labels+=', file: /x/hvcrash.prom' ;;
	esac
	printf ' { exp_labels: { %s }, exp_annotations: { summary: "%s" } }' "$labels" "$summary"
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
