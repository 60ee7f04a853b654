#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: how the lab judges the results of a run, without a run.

bats_require_minimum_version 1.5.0

setup() {
	run_dir=$BATS_TEST_TMPDIR
	# shellcheck source-path=SCRIPTDIR source=lib/report.bash
	. "$BATS_TEST_DIRNAME/lib/report.bash"
}

# says LINE...: the guest's console
says() {
	printf '[   12.345678] %s\r\n' "$@" >"$run_dir/console.log"
}

@test "a kernel report with hvcrash in its trace is distinguished from one without, and from a requested crash" {
	says 'BUG: KASAN: slab-out-of-bounds in hvcrash_publish+0x12/0x90 [hvcrash]' 'Call Trace:' ' hvcrash_publish+0x12/0x90 [hvcrash]' \
		'---[ end trace 0 ]---' \
		'WARNING: possible circular locking dependency detected' ' vmbus_open+0x1/0x2 [hv_vmbus]' '---[ end trace 0 ]---' \
		'BUG: sleeping function called from invalid context at kernel/x.c:1' ' fire+0x1/0x2 [hvcrash_crash]' 'Modules linked in: hvcrash(O)' \
		'WARNING: kernel/x.c:12 at hvcrash_load+0x1/0x2 [hvcrash], CPU#1: insmod/70' \
		'BUG: unable to handle page fault for address: 0000000000000000' ' fault+0x1/0x2 [hvcrash]'
	run -0 kernel_reports
	[ "${lines[0]}" = 'hvcrash BUG: KASAN: slab-out-of-bounds in hvcrash_publish+0x12/0x90 [hvcrash]' ]
	[ "${lines[1]}" = 'other WARNING: possible circular locking dependency detected' ]
	[ "${lines[2]}" = 'other BUG: sleeping function called from invalid context at kernel/x.c:1' ]
	[ "${lines[3]}" = 'hvcrash WARNING: kernel/x.c:12 at hvcrash_load+0x1/0x2 [hvcrash], CPU#1: insmod/70' ]
	[ "${#lines[@]}" -eq 4 ]
	[ "$(reports_json | jq -c 'map(.hvcrash)')" = '[true,false,false,true]' ]
	misses=()
	judge_reports
	[ "${#misses[@]}" -eq 2 ]
}

@test "a console without time stamps gives the same result" {
	printf '%s\n' 'BUG: KASAN: slab-out-of-bounds in hvcrash_init+0xec/0x1000 [hvcrash]' ' hvcrash_init+0xec/0x1000 [hvcrash]' >"$run_dir/console.log"
	run -0 kernel_reports
	[ "$output" = 'hvcrash BUG: KASAN: slab-out-of-bounds in hvcrash_init+0xec/0x1000 [hvcrash]' ]
}

@test "KASAN's report of an injected fault does not count, later ones do" {
	says 'BUG: KASAN: null-ptr-deref in hvcrash_inject_fault_at+0x25/0x40 [hvcrash]' ' hvcrash_inject_fault_at+0x25/0x40 [hvcrash]' \
		'BUG: KASAN: use-after-free in finish+0x25/0x40 [hvcrash]' ' finish+0x25/0x40 [hvcrash]' ' hvcrash_inject_fault_at+0x25/0x40 [hvcrash]'
	run -0 kernel_reports
	[ "${lines[0]}" = 'other BUG: KASAN: null-ptr-deref in hvcrash_inject_fault_at+0x25/0x40 [hvcrash]' ]
	[ "${lines[1]}" = 'hvcrash BUG: KASAN: use-after-free in finish+0x25/0x40 [hvcrash]' ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "a quiet console has no report" {
	says 'sysrq: Trigger a crash' 'Kernel panic - not syncing: sysrq triggered crash'
	[ "$(reports_json)" = '[]' ]
	misses=()
	judge_reports
	[ "${#misses[@]}" -eq 0 ]
}

@test "a crash kernel that ran out of memory is distinguished from one that died otherwise, and from none, with time stamps and without" {
	# shellcheck source-path=SCRIPTDIR source=lib/machine.bash
	. "$BATS_TEST_DIRNAME/lib/machine.bash"
	local first='Kernel panic - not syncing: sysrq triggered crash' second='Kernel panic - not syncing: Out of memory: killed' \
		other='Kernel panic - not syncing: VFS: no root' end='---[ end Kernel panic - not syncing: Out of memory: killed ]---'
	expect_no_overlay() { :; }
	says() { printf "$time%s\r\n" "$@" >"$run_dir/console.log"; }
	for time in '' '[   12.345678] '; do
		says "$first" "$second" "$end"; misses=(); expect_starved; [ "${#misses[@]}" -eq 0 ]
		has_panic_ended
		says "$first" "Kernel panic - not syncing: kasan_populate_shadow+0x4ea/0x5d0: Failed to allocate page, nid=0 from=1000000" "$end"
		misses=(); expect_starved; [ "${#misses[@]}" -eq 0 ]
		says "$first" "$other" "$end"; misses=(); expect_starved; [ "${#misses[@]}" -eq 1 ]
		says "$first" "$end"; misses=(); expect_starved; [ "${#misses[@]}" -eq 2 ]
	done
}

@test "a dump in which crash finds no panic, or in which crash or drgn print another verdict than the audit, is a miss" {
	# shellcheck source-path=SCRIPTDIR source=lib/util.bash
	. "$BATS_TEST_DIRNAME/lib/util.bash"
	# shellcheck source-path=SCRIPTDIR source=lib/debug.bash
	. "$BATS_TEST_DIRNAME/lib/debug.bash"
	# shellcheck disable=SC2030 # each test has its own
	local opt_mode=stock
	misses=() opt_crash_opens=''
	judge_opened
	[ "${#misses[@]}" -eq 0 ]
	opt_crash_opens=1
	fact opened_by crash
	judge_opened
	[ "${misses[*]}" = 'crash found no panic in the dump' ]
	misses=()
	fact crash_panic 'Kernel panic - not syncing: sysrq triggered crash'
	judge_opened
	[ "${#misses[@]}" -eq 0 ]
	opt_mode=hvcrash
	echo '{"verdict": "clean"}' >"$run_dir/audit.json"
	judge_opened
	[ "${#misses[@]}" -eq 2 ]
	misses=()
	printf '%s\n' 'NOT CLEAN: 1 region' 'CLEAN: x' >"$run_dir/said"
	fact crash_verdict "$(verdict_of "$run_dir/said")"
	fact drgn_verdict clean
	judge_opened
	[ "${misses[*]}" = "in crash the verdict on the dump is 'not clean', not 'clean'" ]
	misses=()
	fact opened_by drgn
	judge_opened
	[ "${#misses[@]}" -eq 0 ]
}

# jump WORDS PAGE...: a jump to a kernel that says WORDS, with these pages mapped
jump() {
	local ready=$1 mapped; shift
	guest_says() { words="READY2 $ready"; }
	oracle_ask() { printf '%s' "$mapped" >"$1"; }
	mapped=$(printf '%s\n' "$@" | jq -R -s 'split("\n") | map(select(. != "") | {gpa: ., name: "synic-1-msg-page"})')
	crash_guest
}

@test "the number of overlays left is unknown until the hypervisor was asked, and each jump adds to it" {
	# shellcheck source-path=SCRIPTDIR source=lib/util.bash
	. "$BATS_TEST_DIRNAME/lib/util.bash"
	# shellcheck source-path=SCRIPTDIR source=lib/oracle.bash
	. "$BATS_TEST_DIRNAME/lib/oracle.bash"
	# shellcheck source-path=SCRIPTDIR source=lib/run.bash
	. "$BATS_TEST_DIRNAME/lib/run.bash"
	channel_send() { :; }
	say() { :; }
	phase_end() { :; }
	opt_crash=kexec opt_cpu=0 opt_other=1 opt_post_notifiers='' opt_timeout=1 crash_ranges=10000000-1fffffff misses=()
	jump vmbus=1 0x1000
	[ "$(json_or stale_overlays.json null)" = null ]
	expect_no_overlay
	[ "${#misses[@]}" -eq 0 ]
	expect_none_left
	[[ ${misses[*]} == 'cannot tell which'* ]]
	jump vmbus=0 0x10000000
	[ "$(json_or stale_overlays.json null)" = '[]' ]
	misses=()
	expect_none_left
	[ "${#misses[@]}" -eq 0 ]
	jump vmbus=0 0x2000
	jump vmbus=0 0x3000
	[ "$(jq -c 'map(.gpa)' "$run_dir/stale_overlays.json")" = '["0x2000","0x3000"]' ]
	expect_none_left
	[[ ${misses[*]} == *'still maps 2 overlays'* ]]
}

# published VERDICT PRIORITY: what a guest sends whose boot published a crash of 2026-11-28T05:11:40Z, by the tool's own words
published() {
	local id seconds; seconds=$(date -ud '2026-11-28 05:11:40' +%s)
	mkdir -p "$case_dir"
	case_fact directory 202611280512
	case_fact published_exit 0
	touch "$case_dir/published.log"
	echo $((seconds - 30)) >"$case_dir/listed_at"
	echo $((seconds + 90)) >"$case_dir/published_at"
	printf '%s\n' "hvcrash_crash_time_seconds $seconds" "hvcrash_crash_verdict{verdict=\"$1\"} 1" 'hvcrash_crash_verdict{verdict="x"} 0' \
		'hvcrash_crash_saved{saved="dump"} 1' >"$case_dir/hvcrash-crash.prom"
	printf '%s\n' "hvcrash_audit_verdict{verdict=\"$1\"} 1" >"$case_dir/hvcrash-audit.prom"
	for id in $(message_id audit) $(message_id 'publish --crash'); do
		jq -n -c --arg id "$id" --arg verdict "$1" --arg priority "$2" --arg time "$seconds" '{MESSAGE_ID: $id, MESSAGE: "x", PRIORITY: $priority,
			HVCRASH_VERDICT: $verdict, HVCRASH_SAVED: "dump", HVCRASH_CRASH_ID: "202611280512", HVCRASH_CRASH_TIME: $time}' >"$case_dir/entry-$id.json"
		sed -n "/^-- $id/,/^-- [^$id]/p" "$BATS_TEST_DIRNAME/../../tools/hvcrashctl/hvcrash.catalog" | sed "1d; s/^/░░ /
			s/@HVCRASH_SAVED@/dump/; s/@HVCRASH_VERDICT@/$1/; s/@HVCRASH_CRASH_ID@/202611280512/" >"$case_dir/entry-$id.txt"
	done
	jq -n --arg verdict "$1" '{verdict: $verdict, summary: {crash_time: "2026-11-28T05:11:40Z"}, crashes: [{id: "202611280512", saved: "dump"}]}' \
		>"$case_dir/last-crash.json"
	echo '{"crashes": [{"time": "2026-11-28 05:11:40"}, {"time": "2026-11-27 05:11:40"}]}' >"$case_dir/crashes.json"
}

@test "everything that a guest published is judged: metrics, journal and its texts, the file for programs" {
	local file
	repo=$BATS_TEST_DIRNAME/../..
	# shellcheck source-path=SCRIPTDIR source=lib/debian_cases.bash
	. "$BATS_TEST_DIRNAME/lib/debian_cases.bash"
	# shellcheck source-path=SCRIPTDIR source=lib/debian_report.bash
	. "$BATS_TEST_DIRNAME/lib/debian_report.bash"
	case_name=audited case_expect=clean case_dir=$BATS_TEST_TMPDIR/case misses=()
	published clean 6
	judge_published
	[ "${#misses[@]}" -eq 0 ] || { printf '%s\n' "${misses[@]}"; published_json; return 1; }
	[ "$(published_json | jq '.crash_entry.explained | length > 5')" = true ]
	# each of them, if it is not there
	for file in hvcrash-crash.prom hvcrash-audit.prom last-crash.json crashes.json "entry-$(message_id audit)".{json,txt} "entry-$(message_id 'publish --crash')".{json,txt}; do
		misses=()
		mv "$case_dir/$file" "$case_dir/away"
		judge_published
		[ "${#misses[@]}" -gt 0 ] || { echo "without $file"; return 1; }
		mv "$case_dir/away" "$case_dir/$file"
	done
	# of another crash
	misses=()
	sed -i 's/^hvcrash_crash_time_seconds .*/hvcrash_crash_time_seconds 1700000000/' "$case_dir/hvcrash-crash.prom"
	judge_published
	[ "${#misses[@]}" -eq 2 ]
	# of another verdict, at the wrong priority
	published 'not clean' 6
	misses=()
	judge_published
	[ "${#misses[@]}" -gt 3 ]
	case_expect=cannot-tell misses=()
	published 'cannot tell' 4
	judge_published
	[ "${#misses[@]}" -eq 0 ]
}
