#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the matrix without machines: its cells cover what they should, and the runner stores, resumes, stops and reports as
# documented. fake-lab stands in for the lab, which has tests of its own.

bats_require_minimum_version 1.5.0

setup() {
	dir=$BATS_TEST_DIRNAME
	export FAKE=$BATS_TEST_TMPDIR/fake MATRIX_OUT=$BATS_TEST_TMPDIR/out MATRIX_LAB=$dir/fake-lab MATRIX_RUNS=$BATS_TEST_TMPDIR/runs
	mkdir -p "$FAKE"
	: >"$FAKE/calls"
}

# small_table: six cells, and one fault
small_table() {
	export MATRIX_TABLE=$BATS_TEST_TMPDIR/table MATRIX_FAULTS=$BATS_TEST_TMPDIR/faults
	cat >"$MATRIX_TABLE" <<'END_OF_TABLE'
dimension kernel     6.12 6.1
dimension crash      sysrq ctl:null
dimension cpu        boot last
dimension cpus       4 1
dimension notifiers  Y
dimension stimer     direct
dimension load       idle
never cpus=1 cpu=last : there is no other
expect clean
expect dumped mode=stock : it is
option crash=null mode=stock crash=ctl:null : no tool
END_OF_TABLE
	printf '# name bound what\ndeaf-vp 20 a CPU never answers\n' >"$MATRIX_FAULTS"
}

matrix() {
	"$dir/run" "$@"
}

result() {
	jq -r "$1" "$MATRIX_OUT/results.json"
}

runs_made() {
	grep -c '^run ' "$FAKE/calls" || true
}

# cells_of MODE [FULL]
cells_of() {
	awk -v mode="$1" -v full="${2:-}" -f "$dir/cover.awk" "$dir/table"
}

missing_pairs() {
	jq -Rsr --rawfile table "$dir/table" -f "$dir/pairs.jq"
}

@test "an independent reader of the table finds each allowed pair in a cell, and no forbidden cell" {
	cells_of hvcrash >"$BATS_TEST_TMPDIR/cells"
	run -0 missing_pairs <"$BATS_TEST_TMPDIR/cells"
	[[ $output =~ ^[0-9]+\ allowed\ pairs$ ]]
	[ "${output%% *}" -gt 400 ]
}

@test "that reader detects a missing cell" {
	cells_of hvcrash | sed 3d >"$BATS_TEST_TMPDIR/cells"
	run -0 missing_pairs <"$BATS_TEST_TMPDIR/cells"
	[[ $output == *'not covered: '* ]]
}

@test "that reader detects a forbidden cell" {
	{ cells_of hvcrash; printf 'x\t6.12\tsysrq\tother\t1\tY\tdirect\tidle\n'; } >"$BATS_TEST_TMPDIR/cells"
	run -0 missing_pairs <"$BATS_TEST_TMPDIR/cells"
	[[ $output == *'forbidden: '* ]]
}

@test "--full has every allowed cell once, and begins with the covering ones" {
	cells_of hvcrash full | cut -f1 >"$BATS_TEST_TMPDIR/full"
	[ "$(sort "$BATS_TEST_TMPDIR/full" | uniq -d)" = '' ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/full")" -gt 5000 ]
	cmp <(cells_of hvcrash | cut -f1) <(head -n "$(cells_of hvcrash | wc -l)" "$BATS_TEST_TMPDIR/full")
}

@test "the same table gives the same cells, with hvcrash and without" {
	cmp <(cells_of hvcrash) <(cells_of hvcrash)
	cmp <(cells_of hvcrash | cut -f1) <(cells_of stock | cut -f1)
}

@test "each rule of the table has its reason" {
	while IFS= read -r line; do
		[[ $line == *' : '?* ]] || { echo "$line"; return 1; }
	done < <(grep -E '^(never|option)' "$dir/table")
}

@test "an invalid table is refused, with its line" {
	small_table
	echo 'never colour=red : no' >>"$MATRIX_TABLE"
	run -3 --separate-stderr matrix --list
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *"table:12: 'colour=red' is not a condition"* ]]
}

@test "the lab accepts the options of every cell, and of every fault" {
	local name option
	"$dir/../lab/lab" --help >"$BATS_TEST_TMPDIR/help"
	for option in $(cells_of hvcrash full | cut -f10 | tr ' ' '\n' | sed 's/=.*//' | sort -u | grep -v '^-$'); do
		grep -q -- "^  --$option " "$BATS_TEST_TMPDIR/help"
	done
	while read -r name _; do
		grep -q "^$name " "$dir/../lab/scenarios"
	done < <(grep -v '^#' "$dir/faults")
}

@test "all cells held: status 0, one run each, and the lab gets the cell's options" {
	small_table
	run -0 matrix
	[ "$(runs_made)" -eq "$(result '[.cells[] | select(.mode == "hvcrash")] | length')" ]
	[ "$(result .totals.hvcrash.held)" -eq "$(runs_made)" ]
	grep -q -- '--expect clean --stimer direct --post-notifiers Y --cpu 0 --cpus 4 --crash sysrq --kernel 6.12 ' "$FAKE/calls"
	grep -q -- '--cpu 3 --cpus 4 .*--kernel 6.1 ' "$FAKE/calls"
	grep -q -- '--scenario deaf-vp ' "$FAKE/calls"
}

@test "a cell with a result is not run again, unless --again" {
	small_table
	run -0 matrix
	first=$(runs_made)
	run -0 matrix
	[ "$(runs_made)" -eq "$first" ]
	run -0 matrix --again --only 'fault_*'
	[ "$(runs_made)" -eq $((first + 1)) ]
	[ "$(wc -l <"$MATRIX_OUT/history")" -eq $((first + 1)) ]
	[ "$(result .runs)" -eq $((first + 1)) ]
}

@test "a run in which the lab failed is not a result: status 2, and it is repeated" {
	small_table
	echo 'result=lab-failed failure=\"no-guest\" status=2' >"$FAKE/deaf-vp.sh"
	run -2 matrix
	[[ $output == *'fault_deaf-vp: lab-failed: no-guest'* ]]
	rm "$FAKE/deaf-vp.sh"
	first=$(runs_made)
	run -0 matrix
	[ "$(runs_made)" -eq $((first + 1)) ]
	[ "$(result .totals.hvcrash.lab_failed)" -eq 0 ]
}

@test "a lab that leaves no result at all has failed" {
	small_table
	echo 'exit 2' >"$FAKE/deaf-vp.sh"
	run -2 matrix
	[[ $output == *'the lab ended with status 2 and left no result'* ]]
}

@test "a cell that fails: status 1, in the table, in TAP and in JUnit XML" {
	small_table
	cat >"$FAKE/6.1_sysrq.sh" <<'END_OF_RESULT'
result=failed failure='"a <b> & \"c\""' status=1
END_OF_RESULT
	run -1 matrix
	failed=$(result .totals.hvcrash.failed)
	[ "$failed" -gt 0 ]
	[ "$(grep -c '^not ok' "$MATRIX_OUT/results.tap")" -eq "$failed" ]
	[ "$(head -n 2 "$MATRIX_OUT/results.tap" | tail -n 1)" = "1..$(grep -cE '^(not )?ok' "$MATRIX_OUT/results.tap")" ]
	[ "$(xmllint --xpath 'count(//failure)' "$MATRIX_OUT/results.xml")" -eq "$failed" ]
	[ "$(xmllint --xpath 'string(//failure/@message)' "$MATRIX_OUT/results.xml")" = 'a <b> & "c"' ]
	run -1 matrix --report
	[[ $output == *'6.1_sysrq'*'failed: a <b> & "c"'* ]]
}

@test "a cell that the audit calls clean fails if the hypervisor still maps overlays, whatever the lab expected" {
	small_table
	echo 'stale="[{\"gpa\": \"0x1000\", \"name\": \"synic-1-msg-page\"}]"' >"$FAKE/deaf-vp.sh"
	run -1 matrix
	[[ $output == *'AUDIT AND HYPERVISOR DISAGREE'* ]]
	[ "$(result .totals.hvcrash.disagree)" -eq 1 ]
	[ "$(result '.cells[] | select(.fault) | .result')" = failed ]
	grep -q 'class="disagree">DISAGREE' "$MATRIX_OUT/results.html"
}

@test "registry and host differ about a page: worse than a failure, with a status, a column and words of its own" {
	small_table
	echo 'result=differs failure="\"registry and host differ: 1 page\"" compared="\"different\"" status=4' >"$FAKE/deaf-vp.sh"
	echo 'result=failed failure="\"other\"" status=1' >"$FAKE/6.1_sysrq.sh"
	run -4 matrix
	[[ $output == *'differs: registry and host differ: 1 page'* ]]
	[ "$(result .totals.hvcrash.differ)" -eq 1 ]
	grep -q '^not ok .*fault_deaf-vp' "$MATRIX_OUT/results.tap"
	grep -q 'class="disagree">DIFFERENT' "$MATRIX_OUT/results.html"
	[ "$(xmllint --xpath 'count(//failure)' "$MATRIX_OUT/results.xml")" -eq $((1 + $(result .totals.hvcrash.failed))) ]
	# It counts as a result and goes into a record
	: >"$FAKE/calls"
	run -4 matrix --record "$BATS_TEST_TMPDIR/record"
	[ "$(runs_made)" -eq 0 ]
	[ "$(jq -c 'select(.result == "differs") | .comparisons' "$BATS_TEST_TMPDIR/record")" = '{"before":"different","second_kernel":"same"}' ]
	rm -r "$MATRIX_OUT"
	run -4 matrix --report --record "$BATS_TEST_TMPDIR/record"
	grep -q 'class="disagree">DIFFERENT' "$MATRIX_OUT/results.html"
	echo 'compared="\"gap\""' >"$FAKE/deaf-vp.sh"
	run -1 matrix --again --only 'fault_*'
	grep -q '<td>named gap</td>' "$MATRIX_OUT/results.html"
}

@test "audit and hypervisor disagree if they name different pages, but not if they write the same page differently" {
	small_table
	cat >"$FAKE/deaf-vp.sh" <<'END_OF_RESULT'
stale='[{"gpa": "0x1000", "name": "synic-1-msg-page"}]' audit_exit=1 verdict='"not clean"' left='["0x2000"]'
END_OF_RESULT
	run -1 matrix --only 'fault_*'
	[ "$(result '.cells[] | select(.fault) | .disagreement')" = 'mapped, but not named by the audit: 0x1000' ]
	sed -i 's/"0x2000"/"0x0000000000001000"/' "$FAKE/deaf-vp.sh"
	run -0 matrix --again --only 'fault_*'
	[ "$(result '.cells[] | select(.fault) | .disagree')" = false ]
	sed -i "s/stale='.*]' audit/stale='[]' audit/" "$FAKE/deaf-vp.sh"
	run -1 matrix --again --only 'fault_*'
	[ "$(result '.cells[] | select(.fault) | .disagreement')" = 'named by the audit, but not mapped: 0x1000' ]
}

@test "a fault that takes longer than its bound fails, and so does one of unknown duration" {
	small_table
	echo 'us=20000001' >"$FAKE/deaf-vp.sh"
	run -1 matrix --only 'fault_*'
	[[ $output == *'the crash path took 20.000001 s, more than 20 s'* ]]
	echo 'us=null' >"$FAKE/deaf-vp.sh"
	run -1 matrix --again --only 'fault_*'
	[[ $output == *'does not say how long'* ]]
	echo 'us=20000000' >"$FAKE/deaf-vp.sh"
	run -0 matrix --again --only 'fault_*'
}

@test "--stock: the same cells without hvcrash and without faults; overlays left are not a failure" {
	small_table
	run -0 matrix
	: >"$FAKE/calls"
	run -0 matrix --stock
	[ "$(grep -c '^run --stock ' "$FAKE/calls")" -eq "$(runs_made)" ]
	! grep -q 'scenario\|ctl:' "$FAKE/calls" || return 1
	grep -q -- '--crash null ' "$FAKE/calls"
	[ "$(result .totals.stock.overlays_left)" -eq "$(runs_made)" ]
	run ! grep -c stock "$MATRIX_OUT/results.tap"
	# If the hypervisor was not asked what is left, the overlays from before do not count either
	echo 'stale=null result=failed status=1' >"$FAKE/stock.sh"
	run matrix --stock --again --only kernel=6.1
	[ "$(result .totals.stock.failed)" -gt 0 ]
	[ "$(result .totals.stock.overlays_before)" -eq "$(result '2 * .totals.stock.overlays_left')" ]
}

@test "--only selects by values and by name, and refuses unknown ones" {
	small_table
	run -0 matrix --list --only kernel=6.1 --only crash=ctl:null,sysrq --only cpu=last
	[[ $output == 6.1_*last* ]]
	run ! grep -E '^6.12|boot|fault' <<<"$output"
	run -3 matrix --list --only colour=red
	[[ $output == *"'colour' is none of: kernel crash"* ]]
	run -3 matrix --list --only kernel=5.10
	[[ $output == *"kernel has no value '5.10'"* ]]
	run -3 matrix --list --only 'nothing*'
	[[ $output == *'no cell matches'* ]]
}

@test "the table for a document: results by crash and kernel, overlays left with hvcrash and without" {
	small_table
	run -0 matrix
	run -0 matrix --stock --only kernel=6.1
	run cat "$MATRIX_OUT/results.md"
	[ "${lines[0]}" = '| crash | 6.1, hvcrash | 6.12, hvcrash | stock |' ]
	[ "${lines[1]}" = '| --- | --- | --- | --- |' ]
	# The contents of each row, counted in another way
	[[ ${lines[2]} == "| sysrq | $(jq -r '[.cells[] | select(.mode == "hvcrash" and .dimensions.kernel == "6.1" and .dimensions.crash == "sysrq")] |
		"\(length) of \(length) held, 0 of \(length * 2) left"' "$MATRIX_OUT/results.json") | "* ]]
	[[ ${lines[4]} == '| all | '*"$(jq -r '[.cells[] | select(.mode == "stock" and .result != null)] |
		"| \(length) of \(length) dumped, \(length) of \(length * 2) left |"' "$MATRIX_OUT/results.json")" ]]
	[ "${#lines[@]}" -eq 5 ]
}

@test "cells that did not run are skipped in the results, never passed" {
	small_table
	run -0 matrix --only 'fault_*'
	[ "$(grep -c '^ok .*# SKIP not run' "$MATRIX_OUT/results.tap")" -eq "$(result .totals.hvcrash.not_run)" ]
	[ "$(result .totals.hvcrash.not_run)" -gt 0 ]
	[ "$(result .totals.hvcrash.held)" -eq 1 ]
}

@test "--kernel: that one instead of the table's, for the faults too, with separate results" {
	small_table
	run -0 matrix --kernel 7.2-debug
	[ "$(grep -c '^run .*--kernel 7.2-debug' "$FAKE/calls")" -eq "$(runs_made)" ]
	[ "$(jq '.cells | length' "$MATRIX_OUT-7.2-debug/results.json")" -gt 1 ]
	[ ! -e "$MATRIX_OUT/results.json" ]
}

@test "--host: separate results, and the lab gets the option; the page also shows the other host" {
	small_table
	run -0 matrix
	run ! grep -- --host "$FAKE/calls"
	: >"$FAKE/calls"
	run -0 matrix --host kvm
	[ "$(grep -c '^run .*--host kvm' "$FAKE/calls")" -eq "$(runs_made)" ]
	[ "$(runs_made)" -gt 1 ]
	[ "$(jq -r '.host + " " + .cells[0].other.host' "$MATRIX_OUT-kvm/results.json")" = 'kvm own' ]
	run -0 matrix --report
	[ "$(result '[.cells[] | select(.mode == "hvcrash") | .other.result] | unique | join(" ")')" = held ]
	grep -q '<td>held, 0</td>' "$MATRIX_OUT/results.html"
	run -3 matrix --host other
}

@test "a cell fails if the two hosts do not leave the same overlays, even if each held" {
	small_table
	run -0 matrix --only 'fault_*'
	cat >"$FAKE/deaf-vp.sh" <<'END_OF_RESULT'
stale='[{"gpa": "0x1000", "name": "synic-1-msg-page"}]' audit_exit=1 verdict='"not clean"' left='["0x1000"]'
END_OF_RESULT
	run -1 matrix --only 'fault_*' --host kvm
	[[ $output == *'1 SynIC overlays are left here, 0 on own'* ]]
	grep -q 'class="disagree">held, 0' "$MATRIX_OUT-kvm/results.html"
	run -1 matrix --report
	[[ $output == *'0 SynIC overlays are left here, 1 on kvm'* ]]
}

@test "--record: lines of both hosts, and a line without a host is kvm's" {
	small_table
	record=$BATS_TEST_TMPDIR/record
	run -0 matrix --only 'fault_*' --record "$record"
	[ "$(jq -r .host "$record")" = own ]
	jq -c 'del(.host)' "$record" >"$record.old"
	run -0 matrix --only 'fault_*' --record "$record.old"
	[ "$(jq -r '.host // "none"' "$record.old" | sort | xargs)" = 'none own' ]
	: >"$FAKE/calls"
	run -0 matrix --host kvm --only 'fault_*' --record "$record.old"
	[ "$(runs_made)" -eq 0 ]
	[ "$(jq -r .host "$record.old" | sort | xargs)" = 'kvm own' ]
}

@test "--kernel: a path instead of a name is refused" {
	small_table
	run -3 matrix --kernel ../elsewhere
	[[ $output == *"'../elsewhere' is not a kernel's name"* ]]
	[ ! -s "$FAKE/calls" ]
}

@test "--crash-opens: for each cell with a dump, but not for faults" {
	small_table
	sed -i 's/^dimension crash .*/& kexec/' "$MATRIX_TABLE"
	run -0 matrix --crash-opens
	[ "$(grep '^run ' "$FAKE/calls" | grep -cE 'crash (sysrq|ctl:null) ')" -gt 0 ]
	run ! grep -E '^run .*crash (sysrq|ctl:null) ' <(grep -v -- --crash-opens "$FAKE/calls")
	run ! grep -E 'crash kexec |scenario' <(grep -- --crash-opens "$FAKE/calls")
}

# shared_boots: how many runs saved a boot, and how many continued from one
shared_boots() {
	printf '%s %s\n' "$(grep -c -- '--keep' "$FAKE/calls")" "$(grep -c -- '--from' "$FAKE/calls")"
}

@test "cells that are the same before the crash share a boot, and the saved boot is removed" {
	small_table
	sed -i 's/^dimension crash .*/dimension crash sysrq ctl:null kexec/' "$MATRIX_TABLE"
	for jobs in 1 3; do
		: >"$FAKE/calls"
		run -0 matrix --full --again --jobs $jobs
		# 6.12 and 6.1, 4 and 1 CPUs, by a crash and by a kexec; of the last with 1 CPU there is one cell
		[ "$(shared_boots)" = '6 10' ]
		# Each continues from a run that saved the same boot
		while read -r from cpus kernel; do
			grep -qE -- "--cpus $cpus .*--kernel $kernel .*--keep --name $from " "$FAKE/calls"
		done < <(sed -n 's/.*--cpus \([0-9]*\) .*--kernel \([0-9.]*\) .*--from \([^ ]*\) .*/\3 \1 \2/p' "$FAKE/calls")
		[ -z "$(ls -A "$MATRIX_RUNS")" ]
	done
}

@test "a cell with CPU hotplug has a boot of its own" {
	small_table
	sed -i 's/^dimension load .*/dimension load hotplug/; s/^expect clean$/&\noption steps=churn load=hotplug : it goes on/' "$MATRIX_TABLE"
	run -0 matrix --full
	[ "$(shared_boots)" = '0 0' ]
}

@test "a boot from which the lab cannot continue is not tried again" {
	small_table
	# shellcheck disable=SC2016 # the fake lab's variable
	echo '[ -z "${option[from]:-}" ] || { result=lab-failed failure="\"gone\"" status=2; }' >"$FAKE/matrix.sh"
	run -2 matrix --full --jobs 1
	failed=$(grep -c -- '--from' "$FAKE/calls")
	[ "$failed" -gt 0 ]
	[ "$(result .totals.hvcrash.lab_failed)" -eq "$failed" ]
	rm "$FAKE/matrix.sh"
	run -0 matrix --full --jobs 1
	[ -z "$(ls -A "$MATRIX_RUNS")" ]
}

@test "--record: results from elsewhere count, a newer one here counts more, and the record gets all" {
	small_table
	record=$BATS_TEST_TMPDIR/record
	run -0 matrix --only kernel=6.1 --record "$record"
	first=$(runs_made)
	[ "$(wc -l <"$record")" -eq "$first" ]
	[ "$(jq -s 'all(.commit | length > 0)' "$record")" = true ]
	rm -r "$MATRIX_OUT"
	run -0 matrix --record "$record"
	[ "$(runs_made)" -eq "$(result '[.cells[] | select(.mode == "hvcrash")] | length')" ]
	[ "$(result .totals.hvcrash.overlays_before)" -eq $((2 * $(runs_made))) ]
	[ "$(wc -l <"$record")" -eq "$(runs_made)" ]
	rm -r "$MATRIX_OUT"
	before=$(runs_made)
	jq -c 'if .fault then .time = "2000-01-01T00:00:00Z" else . end' "$record" >"$record.old"
	run -0 matrix --again --only 'fault_*' --record "$record.old"
	[ "$(runs_made)" -eq $((before + 1)) ]
	run ! grep -q 2000-01-01 "$record.old"
	rm -r "$MATRIX_OUT"
	run -0 matrix --stock --record "$record"
	run -0 matrix --report --record "$record"
	[ "$(result .totals.stock.overlays_left)" -gt 0 ]
	grep -q 'class="number left">1 of 2' "$MATRIX_OUT/results.html"
}

@test "--record: an invalid record is refused, and left unchanged" {
	small_table
	for line in '{"mode": "hvcrash", "cell": "../../x", "time": "", "result": "held"}' '{"cell": "x"}' 'no JSON'; do
		printf '%s\n' "$line" >"$BATS_TEST_TMPDIR/record"
		run -3 --separate-stderr matrix --report --record "$BATS_TEST_TMPDIR/record"
		[[ $stderr == *'not a record of results'* ]]
		[ "$(cat "$BATS_TEST_TMPDIR/record")" = "$line" ]
	done
	[ ! -s "$FAKE/calls" ]
}

@test "--minutes: no cell begins after that, running ones finish, and the rest is reported" {
	small_table
	# The clock is moved, so that nothing here waits
	for word in 4 1 deaf; do echo 'sleep 0.2' >"$FAKE/$word.sh"; done
	sed "s/is_time_over() {/is_time_over() { began=\$((SECONDS - finished * 60));/" "$dir/lib/work.bash" >"$BATS_TEST_TMPDIR/work.bash"
	cp -r "$dir" "$BATS_TEST_TMPDIR/matrix"
	cp "$BATS_TEST_TMPDIR/work.bash" "$BATS_TEST_TMPDIR/matrix/lib/work.bash"
	run -0 "$BATS_TEST_TMPDIR/matrix/run" --jobs 1 --minutes 2
	[ "$(runs_made)" -eq 2 ]
	[[ $output == *'the time is over: '*' cells were not run'* ]]
	[ "$(wc -l <"$MATRIX_OUT/history")" -eq 2 ]
}

@test "interrupted, it stops the lab, keeps completed cells, and writes the results" {
	small_table
	# shellcheck disable=SC2016 # the fake lab's variables
	echo 'echo $$ >"$FAKE/pid"; trap "touch \"$FAKE/stopped\"; exit 130" TERM; while :; do sleep 0.1; done' >"$FAKE/deaf-vp.sh"
	"$dir/run" --jobs 1 >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	pid=$!
	for _ in $(seq 600); do [ ! -e "$FAKE/pid" ] || break; sleep 0.1; done
	kill -TERM "$pid"
	rc=0; wait "$pid" || rc=$?
	[ "$rc" -eq 2 ]
	[ -e "$FAKE/stopped" ]
	[ "$(result .totals.hvcrash.held)" -eq $(($(runs_made) - 1)) ]
	[ "$(result '.cells[] | select(.fault) | .result')" = null ]
}

@test "the page is one valid file without scripts" {
	small_table
	matrix >/dev/null
	matrix --stock >/dev/null
	run -0 tidy -q -e --drop-empty-elements no "$MATRIX_OUT/results.html"
	run ! grep -iE '<script|https?://|@import|url\(' "$MATRIX_OUT/results.html"
	grep -q 'prefers-color-scheme: dark' "$MATRIX_OUT/results.html"
	grep -q 'class="number left">1 of 2' "$MATRIX_OUT/results.html"
	grep -q 'class="number zero">0 of 2' "$MATRIX_OUT/results.html"
}

@test "wrong options: one line, status 3" {
	for words in --jobs '--jobs 0' '--minutes x' --colour; do
		# shellcheck disable=SC2086 # words are meant
		run -3 matrix $words
	done
}
