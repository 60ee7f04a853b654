# SPDX-License-Identifier: GPL-2.0-only
# bash, loaded by the *.bats files beside it: makes runs of the lab, and reads their results.
# shellcheck shell=bash

# In these the kernel crashes without hvcrash. Once in about 60 such runs its second kernel never came up, idle, beside VPs
# that spin (docs/second-kernel-crawl.md). Not ours to mend, and not what they are for, which is what it leaves behind when
# it does come up: so such a run may be made twice, and says so. A run with hvcrash may not.
export STOCK_SCENARIOS='demo-stock no-module unloaded'

# Runs one scenario; its exit status is kept beside its result.
run_scenario() {
	local rc=0 tries=1
	case " $STOCK_SCENARIOS " in *" $1 "*) tries=2 ;; esac
	while :; do
		rc=0
		"$LAB" run --scenario "$1" --json "$RESULTS/$1.json" >"$RESULTS/$1.log" 2>&1 || rc=$?
		tries=$((tries - 1))
		if [ $rc -eq 0 ] || [ $tries -eq 0 ]; then break; fi
		printf '# %s: the stock kernel ended with status %d, once more\n' "$1" $rc >&3
	done
	printf '%s\n' $rc >"$RESULTS/$1.rc"
	printf '# %s: ended with status %d\n' "$1" $rc >&3
}

# run_scenarios SCENARIO...: two side by side
run_scenarios() {
	export LAB=$BATS_TEST_DIRNAME/../lab/lab
	export RESULTS=$BATS_FILE_TMPDIR
	export -f run_scenario
	# Building is not part of a run's time, and two runs would wait for one
	"$LAB" build --kernel 6.12 >&3 2>&1
	printf '# %s\n' "$# runs, two side by side: $*" >&3
	printf '%s\n' "$@" | xargs -P 2 -I '{}' bash -c "run_scenario '{}'"
}

# held SCENARIO: the run's own expectation held; else its last lines
held() {
	[ "$(cat "$RESULTS/$1.rc")" = 0 ] && return 0
	tail -n 60 "$RESULTS/$1.log"
	return 1
}

# field SCENARIO JQ-EXPRESSION
field() {
	jq -r "$2" "$RESULTS/$1.json"
}

# run_directory SCENARIO: where its files are
run_directory() {
	dirname "$(field "$1" .log)"
}

# numbers WORDS: hexadecimal numbers, whatever their leading zeros
numbers() {
	local word
	for word in $1; do printf '%d\n' "$word"; done | sort
}

# is_clean SCENARIO: nothing left by the hypervisor's map, by the audit neither, and the dump can be read
is_clean() {
	held "$1" &&
		[ "$(field "$1" '.overlays_before | length > 0')" = true ] &&
		[ "$(field "$1" '.stale_overlays | length')" -eq 0 ] &&
		[ "$(field "$1" .verdict)" = clean ] &&
		[ "$(field "$1" .dump_ok)" = true ]
}

# no_lab_retries SCENARIO...
no_lab_retries() {
	local s
	for s in "$@"; do
		[ "$(field "$s" .lab_retries)" -eq 0 ] || return 1
	done
}
