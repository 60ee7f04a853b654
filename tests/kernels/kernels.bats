#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the record of kernels, and its tables, with a lab that only pretends to run.

bats_require_minimum_version 1.5.0

KERNELS_DIR=$BATS_TEST_DIRNAME

setup() {
	export KERNELS_LAB=$BATS_TEST_TMPDIR/lab CALLS=$BATS_TEST_TMPDIR/calls RECORD=$BATS_TEST_TMPDIR/record STATUS=0
	cat >"$KERNELS_LAB" <<-'END'
		#!/bin/bash
		echo "$*" >>"$CALLS"
		while [ "$1" != --json ]; do shift; done
		printf '%s\n' '{"kernel": "6.12.1-rt-amd64", "arch": "amd64", "result": "held", "verdict": "clean", "failure": null, "vmbus": "module",
			"stops_by": "stop_this_cpu", "host": "own", "overlays_before": [1, 2, 3], "stale_overlays": [],
			"comparisons": {"before": {"result": "same"}, "unload": null}}' >"$2"
		exit "$STATUS"
	END
	chmod +x "$KERNELS_LAB"
}

# table NAME LINE...: the table of a record with these lines
table() {
	local name=$1; shift
	printf '%s\n' "$@" | jq -r -s --arg table "$name" -f "$KERNELS_DIR/tables.jq"
}

@test "each kernel is crashed in each way that its architecture supports, and the record has a line for each" {
	run -0 "$KERNELS_DIR/run" --record "$RECORD" amd64:6.12-rt arm64:6.12
	[ "$(grep -c -- '--arch amd64 --kernel 6.12-rt' "$CALLS")" -eq 3 ]
	[ "$(grep -c -- '--arch arm64 --kernel 6.12' "$CALLS")" -eq 2 ]
	[ "$(jq -r .act "$RECORD" | paste -sd ' ')" = 'panic nmi kexec panic kexec' ]
	[ "$(jq -c '[.kernel, .result, .verdict, .overlays_before, .stale_overlays, .compared, .failure]' "$RECORD" | sort -u)" = \
		'["6.12.1-rt-amd64","held","clean",3,0,"same",null]' ]
}

@test "a failed run is recorded, a failure of the lab is not" {
	STATUS=1 run -1 "$KERNELS_DIR/run" --record "$RECORD" --acts panic amd64:5.10
	[ "$(wc -l <"$RECORD")" -eq 1 ]
	STATUS=2 run -2 "$KERNELS_DIR/run" --record "$RECORD" --acts panic amd64:5.10
	[ "$(wc -l <"$RECORD")" -eq 1 ]
}

@test "an unknown kernel or act is refused with status 3" {
	run -3 "$KERNELS_DIR/run" amd64:4.19
	[[ $output == *'amd64:4.19: not in tests/kernels/table'* ]]
	run -3 "$KERNELS_DIR/run" --acts reboot
	[[ $output == *"'reboot' is none of"* ]]
	run -3 "$KERNELS_DIR/run" --record
	[ ! -e "$CALLS" ]
}

@test "a table's row is the newest line of each act; failures say so, and acts that did not run are empty" {
	run -0 table kernels \
		'{"kernel":"5.10.1-cloud-amd64","arch":"amd64","act":"panic","result":"failed","overlays_before":9,"time":"2026-01-01T0"}' \
		'{"kernel":"5.10.1-cloud-amd64","arch":"amd64","act":"panic","result":"held","verdict":"clean","overlays_before":9,"stale_overlays":0,"vmbus":"module","stops_by":"nmi","time":"2026-01-02T0"}' \
		'{"kernel":"5.10.1-cloud-amd64","arch":"amd64","act":"nmi","result":"differs","overlays_before":9,"stale_overlays":1,"time":"2026-01-02T0"}' \
		'{"kernel":"5.10.1-cloud-amd64","arch":"amd64","act":"built","compiler":"gcc","result":"held","time":"2026-01-03T0"}' \
		'{"kernel":"5.10.1-cloud-amd64","arch":"amd64","act":"built","compiler":"clang","result":"failed","time":"2026-01-03T0"}'
	[ "${lines[2]}" = "| 5.10.1-cloud-amd64 | amd64 cloud | module | an NMI of hvcrash's own | gcc **not clang** | clean, 0 of 9 left | **differs** |  | 2026-01-03 |" ]
}

@test "versions are in order, and one row has all flavours of a version" {
	run -0 table versions \
		'{"kernel":"6.12.1-amd64","arch":"amd64","act":"panic","result":"held","stops_by":"stop_this_cpu","vmbus":"module","time":"2026-01-02T0"}' \
		'{"kernel":"6.1.0-50-arm64","arch":"arm64","act":"kexec","result":"held","stops_by":"kprobes","vmbus":"module","time":"2026-01-02T0"}' \
		'{"kernel":"6.12.1-rt-amd64","arch":"amd64","act":"built","compiler":"gcc","result":"held","time":"2026-01-02T0"}' \
		'{"kernel":"7.2.1-amd64","arch":"amd64","act":"panic","result":"failed","vmbus":"built-in","time":"2026-01-02T0"}'
	[ "${lines[2]}" = '| 6.1 | arm64: kprobes |  | arm64: kexec |' ]
	[ "${lines[3]}" = "| 6.12 | amd64: the kernel's crash NMI | amd64 rt | amd64: panic |" ]
	[ "${lines[4]}" = '| 7.2 |  |  | amd64 (VMBus built in): **not panic** |' ]
}
