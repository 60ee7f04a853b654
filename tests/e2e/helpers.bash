# SPDX-License-Identifier: GPL-2.0-only
# bash, loaded by the *.bats files beside it: makes runs of the lab, and reads their results.
# shellcheck shell=bash

# In these the kernel crashes without hvcrash, on QEMU's Hyper-V. In about one of 60 such runs the second kernel never came up:
# it was idle beside VPs that spin (docs/dev/second-kernel-crawl.md). hvcrash cannot fix that, and these runs are about what the
# first kernel leaves behind when the second does come up. So such a run may be repeated once, and says so; one with hvcrash may not.
export STOCK_SCENARIOS=demo-stock@kvm

# For all files: in setup_file, before the first run
lab_begin() {
	export LAB=$BATS_TEST_DIRNAME/../lab/lab
	export RESULTS=$BATS_FILE_TMPDIR
}

# lab_result NAME VERB OPTION...: runs the lab; keeps its output, result and exit status as NAME
lab_result() {
	local name=$1 verb=$2 rc=0 begin=$SECONDS
	shift 2
	"$LAB" "$verb" --json "$RESULTS/$name.json" "$@" >"$RESULTS/$name.log" 2>&1 || rc=$?
	printf '%s\n' $rc >"$RESULTS/$name.rc"
	printf '# %s: ended with status %d after %d s\n' "$name" $rc $((SECONDS - begin)) >&3
	return $rc
}

# run_scenario SCENARIO[@HOST] [OPTION...]: on the lab's own host, or on HOST
run_scenario() {
	local name=$1 scenario=${1%@*}
	shift
	case $name in *@*) set -- --host "${name#*@}" "$@" ;; esac
	lab_result "$name" run --scenario "$scenario" "$@" && return
	case " $STOCK_SCENARIOS " in *" $name "*) ;; *) return 0 ;; esac
	printf '# %s: the stock kernel, once more\n' "$name" >&3
	lab_result "$name" run --scenario "$scenario" "$@" || true
}

# build_for SCENARIO...: builds their hosts and kernels first, so that no run waits for a build, or counts it as its own time.
build_for() {
	local kernel
	case " $* " in *@kvm*) "$LAB" build --host kvm >&3 2>&1 ;; esac
	printf '%s\n' "$@" | sed 's/[:@].*//' | awk 'NR == FNR { wanted[$1]; next } $1 in wanted { print $2 }' \
		- "$BATS_TEST_DIRNAME/../lab/scenarios" | sort -u | while IFS= read -r kernel; do
		"$LAB" build --kernel "$kernel" >&3 2>&1
	done
}

# How many runs of a file go side by side; one each if several files go side by side (tests/run)
export LAB_JOBS=${LAB_JOBS:-2}

# run_scenarios SCENARIO...: several side by side. A scenario "NAME:OF" starts from the boot of the scenario OF, which runs first: they
# do not differ before the crash.
run_scenarios() {
	local scenario kept='' runs=()
	lab_begin
	export -f run_scenario lab_result
	build_for "$@"
	printf '# %s\n' "$# runs, $LAB_JOBS side by side: $*" >&3
	for scenario in "$@"; do
		case $scenario in *:*) kept=${scenario#*:} ;; esac
	done
	[ -z "$kept" ] || run_scenario "$kept" --keep
	for scenario in "$@"; do
		case $scenario in
		"$kept") ;;
		*:"$kept") runs+=("${scenario%:*} --from $(basename "$(run_directory "$kept")")") ;;
		*) runs+=("$scenario") ;;
		esac
	done
	printf '%s\n' "${runs[@]}" | xargs -P "$LAB_JOBS" -I '{}' bash -c 'run_scenario {}'
	[ -z "$kept" ] || rm -f "$(run_directory "$kept")"/machine.*
}

# synic SCENARIO FIELD: the number of SynIC overlays, which every host reports: the lab's own host also reports
# each VP's assist page and the partition's two pages
synic() {
	field "$1" "[.$2[] | select(.name | startswith(\"synic-\"))] | length"
}

# same_overlays SCENARIO FIELD: both hosts report the same SynIC overlays, whatever their addresses
same_overlays() {
	diff <(field "$1" "[.$2[].name | select(startswith(\"synic-\"))] | sort[]") \
		<(field "$1@kvm" "[.$2[].name | select(startswith(\"synic-\"))] | sort[]")
}

# compared_same SCENARIO...: the registry equals the host's map, page for page, before the crash, at UNLOAD and after it
compared_same() {
	local s
	for s in "$@"; do
		[ "$(field "$s" '[.comparisons[] | .result // "not made"] | unique | join(" ")')" = same ] || {
			printf '%s: %s\n' "$s" "$(field "$s" '.comparisons | map_values(.result) | tostring')"
			return 1
		}
	done
}

# held SCENARIO: the run met its own expectation; otherwise prints its last lines
held() {
	[ "$(cat "$RESULTS/$1.rc")" = 0 ] && return 0
	tail -n 60 "$RESULTS/$1.log"
	return 1
}

# field SCENARIO JQ-EXPRESSION
field() {
	jq -r "$2" "$RESULTS/$1.json"
}

# run_directory SCENARIO: the directory with its files
run_directory() {
	dirname "$(field "$1" .log)"
}

# numbers WORDS: hexadecimal numbers without leading zeros
numbers() {
	local word
	for word in $1; do printf '%d\n' "$word"; done | sort
}

# is_clean SCENARIO: nothing is left, by the hypervisor's map and by the audit, and the dump can be read
is_clean() {
	held "$1" &&
		[ "$(field "$1" '.overlays_before | length > 0')" = true ] &&
		[ "$(field "$1" '.stale_overlays | length')" -eq 0 ] &&
		[ "$(field "$1" .verdict)" = clean ] &&
		[ "$(field "$1" .dump_ok)" = true ]
}

# no_lab_retries SCENARIO...: otherwise prints the lab's failures
no_lab_retries() {
	local s rc=0
	for s in "$@"; do
		[ "$(field "$s" .lab_retries)" -ne 0 ] || continue
		printf '%s: %s\n' "$s" "$(grep -a -m 1 'the lab failed' "$RESULTS/$s.log")"
		rc=1
	done
	return $rc
}
