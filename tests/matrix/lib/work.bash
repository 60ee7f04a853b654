# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/matrix/run.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "run" with -x to see all
#
# Runs cells, some side by side, and stores each result as soon as it exists: cells/MODE/NAME.json, the lab's output in NAME.log, and a
# line in the history. The run's own directory in the lab is kept if the cell did not hold.

# The lab bounds every wait of a run itself; this bound is for a lab that hangs.
readonly cell_bound=${MATRIX_CELL_BOUND:-3600}

say() { printf 'matrix: %s\n' "$*"; }

cell_file() { printf '%s/cells/%s/%s' "$out" "$opt_mode" "$1"; }

# result_of NAME: held, failed, differs, lab-failed, or "-" for none
result_of() { jq -r .result "$(cell_file "$1").json" 2>/dev/null || echo -; }

# is_done NAME: a failure of the lab does not count as a result
is_done() { case $(result_of "$1") in held | failed | differs) return 0 ;; *) return 1 ;; esac; }

# run_cell LINE RUN [OPTION...]: in a process of its own; RUN is the run's name. timeout puts the lab into a process group of
# its own, so that a Ctrl-C reaches it once, from stop_work. It does not remove a state that it saved for others: see boots.bash.
run_cell() {
	local line=$1 run=$2 name file child status=0 arguments; shift 2
	name=${line%%$'\t'*}
	file=$(cell_file "$name")
	mapfile -t arguments < <(cell_arguments "$line")
	rm -f "$file.lab"
	# shellcheck disable=SC2086 # $lab may be a command with arguments
	timeout --kill-after=60 "$cell_bound" $lab run "${arguments[@]}" "$@" --name "$run" --json "$file.lab" \
		>"$file.log" 2>&1 </dev/null &
	child=$!
	trap 'kill -TERM "$child" 2>/dev/null; wait "$child"; exit "$EXIT_LAB"' TERM
	wait "$child" || status=$?
	trap '' TERM
	keep_result "$line" "$status"
	is_boot_kept "$run" || [ "$(result_of "$name")" != held ] || rm -rf "${lab_runs:?}/$run"
}

# tested_commit: with a "+" if the tested code, or the lab, differs from the commit
tested_commit() {
	git -C "$repo" rev-parse --short=12 HEAD 2>/dev/null | tr -d '\n' || { echo unknown; return; }
	git -C "$repo" diff --quiet HEAD -- kernel tools tests/lab 2>/dev/null || printf +
}

# keep_result LINE STATUS: writes the lab's result and the cell's facts, renamed when complete
keep_result() {
	local line=$1 status=$2 name file commit
	name=${line%%$'\t'*}
	commit=$(tested_commit)
	file=$(cell_file "$name")
	[ -s "$file.lab" ] || jq -n --arg mode "$opt_mode" --arg failure "the lab ended with status $status and left no result" \
		'{mode: $mode, result: "lab-failed", failure: $failure}' >"$file.lab"
	jq --argjson cell "$(cell_facts "$line")" --arg time "$(date -u +%FT%TZ)" --arg commit "$commit" -L "$matrix_dir" \
		'include "results"; $cell + . + {time: $time, commit: $commit} | judged' "$file.lab" >"$file.new"
	mv "$file.new" "$file.json"
	rm "$file.lab"
	jq -c '{time, cell, mode, cpus, result, failure, disagreement, lab_retries, nudges, seconds: .seconds.total}' "$file.json" >>"$out/history"
}

# seconds_of CPUS: the expected duration of a run with that many CPUs, from earlier runs. Excludes the time in a queue.
seconds_of() {
	[ -s "$out/history" ] || { echo 90; return; }
	jq -rs --argjson cpus "$1" 'map(select(.seconds)) | (map(select(.cpus == $cpus)) | select(length > 0)) // . |
		if length > 0 then (map(.seconds) | add) / length | round else 90 end' "$out/history"
}

# time_left LINE...: the expected time for these cells, in words
time_left() {
	local line cpus seconds=0
	declare -A known=()
	for line in "$@"; do
		cpus=$(cut -f5 <<<"$line")
		case $line in fault_*) cpus=4 ;; esac
		[ -n "${known[$cpus]:-}" ] || known[$cpus]=$(seconds_of "$cpus")
		seconds=$((seconds + known[$cpus]))
	done
	seconds=$((seconds / opt_jobs))
	printf '%d:%02d h' $((seconds / 3600)) $((seconds / 60 % 60))
}

# tell_cell NAME: prints a progress line for a finished cell
tell_cell() {
	local file
	file=$(cell_file "$1").json
	say "$(jq -r -L "$matrix_dir" --argjson n "$finished" --argjson of "$total" '
		include "results";
		def left: if .stale_overlays == null then "" else ", \(left_words) left" end;
		"[\($n)/\($of)] \(.result) \(.cell)\(left)\(if (.verdict // "none") == "none" then "" else ", \(.verdict)" end)" +
		(if .disagree then ", AUDIT AND HYPERVISOR DISAGREE: \(.disagreement)" else "" end) +
		(if .failure then ": \(.failure)" else "" end) +
		", \(.seconds.total // 0 | round) s"' "$file")${todo[*]:+; $(time_left "${todo[@]}") left}"
}

# stop_work: stops the running cells; results of finished ones stay
stop_work() {
	local pid
	trap '' INT TERM HUP
	say 'interrupted'
	for pid in "${!running[@]}"; do
		kill -TERM "$pid" 2>/dev/null || true
	done
	wait
	drop_boots
	write_results
	exit "$EXIT_LAB"
}

# wait_for_one: waits until a cell is over
wait_for_one() {
	local pid='' name
	wait -n -p pid || true
	[ -n "$pid" ] || return 0
	name=${running[$pid]}
	unset "running[$pid]"
	finished=$((finished + 1))
	tell_cell "$name"
	end_boot "$name"
}

# begin_cell LINE
begin_cell() {
	local line=$1 name run options
	name=${line%%$'\t'*}
	run=matrix-$opt_mode-$name-$(date +%m%d%H%M%S)-$$
	begin_boot "$name" "$run"
	run_cell "$line" "$run" ${options[@]+"${options[@]}"} &
	running[$!]=$name
}

is_time_over() { [ -n "$opt_minutes" ] && [ $((SECONDS - began)) -ge $((opt_minutes * 60)) ]; }

# build_first: builds what the runs need, so that none waits for another's build
build_first() {
	local kernel stock=()
	[ "$opt_mode" != stock ] || stock=(--stock)
	[ "$opt_host" = own ] || stock+=(--host "$opt_host")
	for kernel in $(cell_kernels); do
		# shellcheck disable=SC2086 # $lab may be a command with arguments
		$lab build --kernel "$kernel" ${stock[@]+"${stock[@]}"} >"$out/build-$kernel.log" 2>&1 </dev/null ||
			{ say "kernel $kernel: the lab could not build what it needs, see $out/build-$kernel.log"; exit "$EXIT_LAB"; }
	done
}

work() {
	local line name next
	declare -A running=() boot_of=() boot_run=() boot_busy=()
	todo=() finished=0 began=$SECONDS
	for line in "${cells[@]}"; do
		name=${line%%$'\t'*}
		[ -z "$opt_again" ] && is_done "$name" && continue
		todo+=("$line")
		boot_of[$name]=$(boot_words "$line")
	done
	total=${#todo[@]}
	say "$opt_mode: ${#cells[@]} cells, $((${#cells[@]} - total)) with a result, $total to run, $opt_jobs side by side"
	[ "$total" -gt 0 ] || return 0
	build_first
	say "about $(time_left "${todo[@]}")"
	trap stop_work INT TERM HUP
	while [ ${#todo[@]} -gt 0 ] && ! is_time_over; do
		if next_cell; then
			line=${todo[next]}
			unset "todo[next]"
			todo=(${todo[@]+"${todo[@]}"})
			begin_cell "$line"
			[ ${#running[@]} -ge "$opt_jobs" ] || continue
		fi
		wait_for_one
	done
	while [ ${#running[@]} -gt 0 ]; do wait_for_one; done
	drop_boots
	trap - INT TERM HUP
	[ ${#todo[@]} -eq 0 ] || say "the time is over: ${#todo[@]} cells were not run, which would take $(time_left "${todo[@]}")"
}
