# SPDX-License-Identifier: GPL-2.0-only
# bash. alerts.bash - the alerts of docs/fleet.md, as Prometheus' own promtool evaluates them on files of the tool
#
# Who loads it sets $promtool, and $written, when the file of "status" was; the files are *.prom of the current directory.
# shellcheck shell=bash disable=SC2016,SC2154 # backquotes of Markdown, $ of Go's templates; variables of the test

# promtool_program: the machine's, or that which "tests/deps promtool" has fetched
promtool_program() { command -v promtool || echo "$(dirname "${BASH_SOURCE[0]}")/../../build/promtool/promtool"; }

# series: each sample of the tool's files, constant for two days, and node_exporter's sample about the file
series() {
	cat ./*.prom | sed -n '/^#/d; s/^\(.*\) \(-\{0,1\}[0-9]*\)$/\1\t\2/p' | while IFS=$'\t' read -r name value; do
		printf "      - { series: '%s', values: '%s+0x2880' }\n" "$(instance "$name")" "$value"
	done
	printf "      - { series: 'node_textfile_mtime_seconds{file=\"/x/hvcrash.prom\",instance=\"vm\"}', values: '%s+0x2880' }\n" "$written"
}

instance() {
	case $1 in *'}') printf '%s,instance="vm"}' "${1%?}" ;; *) printf '%s{instance="vm"}' "$1" ;; esac
}

# expect_alerts MINUTES ALERT...: exactly these alerts of docs/fleet.md fire then. Prometheus' time starts at the epoch, and the
# crash was at $crashed_at of it.
expect_alerts() {
	local at=$1 alert
	shift
	sed -n '/^```yaml$/,/^```$/p' "$(dirname "${BASH_SOURCE[0]}")/../../docs/fleet.md" | sed '1d;$d' >rules.yml
	sed -i "s/^\(hvcrash_crash_time_seconds\) .*/\1 $crashed_at/" ./*.prom
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
