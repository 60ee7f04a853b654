# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Turns the facts of a run into its verdict and its JSON. Only this file knows the format of the tool's JSON.

# overlay_kinds: the kinds that the host reports, by the tool's names
overlay_kinds() { if [ "$way" = own ]; then echo '["SIMP", "SIEFP", "VP assist", "hypercall", "reference TSC"]'; else echo '["SIMP", "SIEFP"]'; fi; }

# audit_left FILE: the GPAs of such overlays that the audit calls left shared, one a line.
audit_left() {
	jq -r --argjson kinds "$(overlay_kinds)" \
		'[.. | objects | select(.finding? == "left shared" and (.kind | IN($kinds[]))) | .gpa] | unique[]' "$1"
}

# audit_changed FILE: the GPAs of pages that it says were changed after they were revoked.
audit_changed() {
	jq -r '[.. | objects | select(.finding? | strings | startswith("changed")) | .gpa] | unique[]' "$1"
}

# audit_verdict: "none" if the tool printed none. Without a registry it prints an error object with the exit status of "cannot tell".
audit_verdict() {
	[ -s "$run_dir/audit.json" ] || { echo none; return; }
	jq -r '.verdict // (if .exit_status == 2 then "cannot tell" else "none" end)' "$run_dir/audit.json" 2>/dev/null || echo none
}

# audit_left_json: the same as JSON, or null without an audit.
audit_left_json() {
	jq -e .findings "$run_dir/audit.json" >/dev/null 2>&1 || { echo null; return; }
	audit_left "$run_dir/audit.json" | jq -R -s 'split("\n") | map(select(. != ""))'
}

# audit_number FIELD: a number from its summary, or null.
audit_number() { jq -r ".summary.$1 // \"null\"" "$run_dir/audit.json" 2>/dev/null || echo null; }

# normal_gpas GPA...: normalized and sorted: they may differ in case and leading zeros.
normal_gpas() { local gpa; for gpa in "$@"; do printf '0x%x\n' "$gpa"; done | LC_ALL=C sort -u; }

missed() { misses+=("$*"); }

expect_audit() {
	local exit=$1 verdict=$2
	[ "$(fact_of audit_exit)" = "$exit" ] || missed "audit exit status $exit expected, $(fact_of audit_exit) found"
	[ "$(audit_verdict)" = "$verdict" ] || missed "verdict '$verdict' expected, '$(audit_verdict)' found"
}

# stale_known: the overlays known to be left. The file exists once the hypervisor has been asked and could tell.
stale_known() { json_or stale_overlays.json '[]'; }

expect_no_overlay() {
	local stale; stale=$(stale_known | jq length)
	[ "$stale" -eq 0 ] || missed "the hypervisor still maps $stale overlays of the first kernel"
}

# expect_none_left: for a run without an audit
expect_none_left() {
	expect_no_overlay
	[ -e "$run_dir/stale_overlays.json" ] || missed 'cannot tell which overlays are left: VMBus is up again in the second kernel'
}

expect_clean() {
	expect_no_overlay
	expect_audit 0 clean
}

# expect_clean_or_torn: a crash that may have interrupted an update of the registry, which the audit then reports.
expect_clean_or_torn() {
	if [ "$(audit_verdict)" = clean ]; then expect_clean; return; fi
	expect_no_overlay
	expect_audit 2 'cannot tell'
	[ ! -e "$run_dir/audit.json" ] || jq -e '.gaps | any(.gap == "torn" or .gap == "under-way")' "$run_dir/audit.json" >/dev/null ||
		missed 'neither clean nor torn'
}

# expect_rescued: the crash left overlays, the rescue leaves none, and the audit says "revoked late".
expect_rescued() {
	expect_no_overlay
	expect_audit 0 clean
	[ "$(fact_of overlays_to_rescue)" -gt 0 ] || missed 'the crash left no overlay to rescue'
	[ -e "$run_dir/audit.json" ] || return 0
	[ "$(jq '[.. | objects | select(.finding? == "revoked late")] | length' "$run_dir/audit.json")" -ge \
		"$(fact_of overlays_to_rescue)" ] || missed 'the audit does not say "revoked late" of as many pages'
}

# expect_not_clean [VP]: the audit names exactly the pages that the hypervisor still maps, and all belong to VP if given.
expect_not_clean() {
	local vp=$1 oracle audit gpas
	expect_audit 1 'not clean'
	mapfile -t gpas < <(stale_known | jq -r '.[].gpa')
	oracle=$(normal_gpas "${gpas[@]}")
	[ -n "$oracle" ] || missed 'the hypervisor no longer maps any overlay of the first kernel'
	[ -e "$run_dir/audit.json" ] || return 0
	mapfile -t gpas < <(audit_left "$run_dir/audit.json")
	audit=$(normal_gpas "${gpas[@]}")
	[ "$oracle" = "$audit" ] || missed "the hypervisor still maps ${oracle//$'\n'/ }, but the audit names ${audit//$'\n'/ }"
	[ -z "$vp" ] || stale_known | jq -e --arg p "^(synic|vp)-$vp-" 'all(.name | test($p))' >/dev/null ||
		missed "pages of VPs other than $vp are still mapped"
}

# expect_changed GPA: one page was written from outside after its revoke, and the audit names exactly that one.
expect_changed() {
	local gpa=$1 gpas
	expect_audit 1 'not clean'
	[ -e "$run_dir/audit.json" ] || return 0
	mapfile -t gpas < <(audit_changed "$run_dir/audit.json")
	[ "$(normal_gpas "${gpas[@]}")" = "$(normal_gpas "$gpa")" ] ||
		missed "a change at $gpa expected, the audit names ${gpas[*]:-none}"
}

# expect_lied GPA: the register read off, but the host still holds that page, and no other. Only what it writes there shows it.
expect_lied() {
	expect_changed "$1"
	[ "$(comparisons_json | jq '.second_kernel.only_host // 0')" -eq 1 ] || missed "the host does not hold exactly one page of the first kernel"
}

# expect_not_unloaded: the host did not answer UNLOAD: no overlay is left, and the audit names exactly what VMBus had shared. From 5.0
# on VMBus has no interrupt page: the module's list says what there was.
expect_not_unloaded() {
	local shared
	expect_no_overlay
	expect_audit 1 'not clean'
	[ -e "$run_dir/audit.json" ] || return 0
	shared=$(json_or list.json '{"extents": []}' | jq -r '[.extents[].kind | select(. == "GPADL" or startswith("VMBus "))] | unique | join(", ")')
	[ "$(jq -r '[.. | objects | select(.finding? == "left shared") | .kind] | unique | join(", ")' "$run_dir/audit.json")" = \
		"$shared" ] || missed "the audit does not name VMBus's pages, or names others too"
}

# A kexec leaves no dump.
is_kexec() { case $opt_crash in kexec | kexec-load) ;; *) return 1 ;; esac }

# expect_left KIND: no overlay is left, and the audit names pages of exactly that kind as left shared.
expect_left() {
	expect_no_overlay
	expect_audit 1 'not clean'
	[ -e "$run_dir/audit.json" ] || return 0
	[ "$(jq -r '[.. | objects | select(.finding? == "left shared") | .kind] | unique | join(", ")' "$run_dir/audit.json")" = "$1" ] ||
		missed "the audit does not name pages of the kind '$1' as left shared, or names others too"
}

expect_jumped() { [ "$(stamps_json)" != null ] || missed "no stamps: only ${stamped_kinds[*]} crashes record them"; }

# expect_starved: the first kernel crashed, the second ran out of memory, and nothing of the first is left mapped.
expect_starved() {
	expect_no_overlay
	[ "$(panics | wc -l)" -eq 2 ] || missed 'expected exactly two kernels to panic'
	panics | tail -n 1 | grep -aqiE 'memory|failed to allocate' ||
		missed 'the second kernel did not run out of memory'
}

# expect_rebooted: the hook has ended a dump that hangs, as it said on the console, and not before its bound of a minute
expect_rebooted() {
	expect_no_overlay
	expect_audit 0 clean
	case $(fact_of reboot) in *reset*) ;; *) missed "a reset expected, '$(fact_of reboot)' found" ;; esac
	[ "$(fact_of reboot_ms)" -ge 60000 ] || missed "a reboot not before a minute expected, found after $(fact_of reboot_ms) ms"
	grep -aq 'hvcrash-hook: the dump did not finish in 60 s: rebooting' "$run_dir/console.log" || missed 'the hook did not say why it reboots'
}

# kernel_reports: the kernel's reports of bugs in itself or in a module, one a line: "hvcrash" if our code is in the trace, else
# "other", then the report's first line. Panics and oopses do not count, since runs ask for them, nor does KASAN's report of the fault
# that debug_fault injects (kernel/inject.c).
kernel_reports() {
	[ ! -e "$run_dir/console.log" ] || tr -d '\r' <"$run_dir/console.log" | awk '
		function over() { if (report != "") print (ours ? "hvcrash" : "other"), report; report = ""; ours = 0 }
		/BUG: (KASAN|sleeping function|scheduling while atomic|spinlock|Invalid wait context)|WARNING: (possible |inconsistent |suspicious |bad unlock|CPU: |[^ ]+:[0-9]+ at )|UBSAN: |DEBUG_LOCKS_WARN_ON|\[ BUG: / {
			over()
			report = $0
			sub(/^\[ *[0-9.]+\] */, "", report)
			left = 80
		}
		report != "" && report !~ / in hvcrash_inject_fault_at\+/ && /\+0x[0-9a-f]+\/0x[0-9a-f]+ \[hvcrash\]/ { ours = 1 }
		report != "" && (--left == 0 || /---\[ end trace/) { over() }
		END { over() }'
}

# judge_reports: a report with hvcrash in its trace is a failure, whatever else was expected.
judge_reports() {
	local line
	while IFS= read -r line; do missed "the kernel reports, with hvcrash in its trace: ${line#hvcrash }"; done < <(kernel_reports | grep '^hvcrash ')
}

reports_json() { kernel_reports | jq -R -n '[inputs | split(" ") | {hvcrash: (.[0] == "hvcrash"), report: (.[1:] | join(" "))}]'; }

# run_judge: fills $misses with all differences from the expectation.
run_judge() {
	judge_reports
	case $opt_expect in
	dumped) ;;
	jumped) expect_jumped; return ;;
	waits) return ;; # the run ends with what was expected
	starved) expect_starved; return ;;
	rebooted) expect_rebooted; return ;;
	clean) expect_clean ;;
	clean-or-torn) expect_clean_or_torn ;;
	rescued) expect_rescued ;;
	not-clean) expect_not_clean '' ;;
	not-clean:*) expect_not_clean "${opt_expect#*:}" ;;
	not-unloaded) expect_not_unloaded ;;
	left:*) expect_left "${opt_expect#*:}" ;;
	none-left) expect_none_left ;;
	cannot-tell) expect_audit 2 'cannot tell' ;;
	changed:poked) expect_changed "$(fact_of poked)" ;;
	changed:simp:* | changed:siefp:*) expect_changed "$(overlay_named "$run_dir/overlays_before.json" "${opt_expect#*:}")" ;;
	changed:*) expect_changed "${opt_expect#*:}" ;;
	lied:*) expect_lied "$(overlay_named "$run_dir/overlays_before.json" "${opt_expect#*:}")" ;;
	esac
	judge_opened
	is_kexec || [ "$(fact_of dump_ok)" = true ] || missed 'the dump is not usable: makedumpfile found no message of the crash in it'
}

json_or() { if [ -s "$run_dir/$1" ]; then cat "$run_dir/$1"; else printf '%s\n' "$2"; fi; }

nudges_of_run() { local n; n=$(fact_of nudges); printf '%d' "${n:-0}"; }

# write_result RESULT FAILURE: writes result.json of the run by ${verb}_result.
write_result() {
	"${verb}_result" "$@" >"$run_dir/result.json.new"
	mv "$run_dir/result.json.new" "$run_dir/result.json"
	[ -z "$opt_json" ] || cp "$run_dir/result.json" "$opt_json"
}

# run_result RESULT FAILURE
run_result() {
	jq -n --arg scenario "$opt_scenario" --arg name "$run_name" --arg kernel "$(fact_of kernel_release)" \
		--arg arch "$opt_arch" --arg vmbus "$(fact_of vmbus)" --arg stops_by "$(fact_of stops_by)" \
		--arg wanted "$opt_kernel" --argjson cpus "$opt_cpus" --arg crash "$opt_crash" --argjson cpu "$opt_cpu" \
		--arg post_notifiers "$opt_post_notifiers" --arg steps "$opt_steps" --argjson other "$opt_other" \
		--arg from "$opt_from" --arg mode "$opt_mode" --arg module_parameters "$opt_module" --arg stimer "$opt_stimer" --arg way "$way" --arg host "$opt_host" --arg faults "$opt_host_options $opt_fault" \
		--arg expect "$opt_expect" --arg result "$1" --arg failure "$2" \
		--argjson before "$(json_or overlays_before.json null)" --argjson stale "$(json_or stale_overlays.json null)" \
		--arg audit_exit "$(fact_of audit_exit)" --arg verdict "$(audit_verdict)" --arg poked "$(fact_of poked)" \
		--argjson left "$(audit_left_json)" --argjson crash_path_us "$(audit_number total_us)" --arg panic "$(fact_of panic)" --arg crash_panic "$(fact_of crash_panic)" --arg opened_by "$(fact_of opened_by)" \
		--arg crash_verdict "$(fact_of crash_verdict)" --arg drgn_verdict "$(fact_of drgn_verdict)" \
		--argjson registers "$(registers_json)" --arg dump_ok "$(fact_of dump_ok)" --argjson retries "$lab_retries" --argjson losses "$kernel_losses" --argjson nudges "$(nudges_of_run)" --arg log "$run_dir/console.log" \
		--argjson comparisons "$(comparisons_json)" --argjson stamps "$(stamps_json)" --argjson reports "$(reports_json)" --argjson seconds "$(phases_json)" '{
			schema: "hvcrash.lab/1", scenario: (if $scenario == "" then null else $scenario end), name: $name, result: $result,
			failure: (if $failure == "" then null else $failure end),
			kernel: (if $kernel == "" then $wanted else $kernel end), arch: $arch, vmbus: (if $vmbus == "" then null else $vmbus end),
			stops_by: (if $stops_by == "" then null else $stops_by end), cpus: $cpus, crash: $crash, cpu: $cpu, other: $other,
			post_notifiers: (if $post_notifiers == "" then null else $post_notifiers end), steps: $steps,
			from: (if $from == "" then null else $from end), mode: $mode, module: $module_parameters, stimer: $stimer, host: $host, faults: ($faults | split(" ") | map(select(. != ""))), machine: $way, expect: $expect,
			overlays_before: $before, stale_overlays: $stale,
			audit_exit: (if $audit_exit == "" then null else ($audit_exit | tonumber) end), verdict: $verdict,
			audit_left: $left, comparisons: $comparisons, crash_path_us: $crash_path_us,
			dump_ok: ($dump_ok == "true"), panic: (if $panic == "" then null else $panic end),
			opened_by: (if $opened_by == "" then null else $opened_by end),
			crash_verdict: (if $crash_verdict == "" then null else $crash_verdict end), drgn_verdict: (if $drgn_verdict == "" then null else $drgn_verdict end),
			crash_panic: (if $crash_panic == "" then null else $crash_panic end), poked: (if $poked == "" then null else $poked end),
			kernel_reports: $reports, registers: $registers, stamps: $stamps, seconds: $seconds, lab_retries: $retries, kernel_losses: $losses, nudges: $nudges, log: $log
		}'
}

# registers_json: where each CPU was, if the run asked for it, in the order of the notes, which is that of the CPUs.
registers_json() {
	[ -s "$run_dir/registers" ] || { echo null; return; }
	jq -R -s 'split("\n") | map(select(. != "") | split(" ") | {pid: .[0], rip: .[1], symbol: .[2]})' "$run_dir/registers"
}

# stamps_json: the output of kernel/test/hvcrash_stamp.c, in cycles; null for what was not measured.
stamps_json() {
	{ grep -a -o 'hvcrash_stamp: khz .* writes [0-9]*' "$run_dir/console.log" 2>/dev/null || true; } |
		jq -R -n 'def known: if . > 0 then . else null end;
			[inputs | split(" ") | map(tonumber?) | {khz: .[0], panic: .[1], jump: .[2],
				parking_cycles: (.[3] | known), finishing_cycles: (.[4] | known),
				floor_cycles: (.[5] | known), floor_writes: (.[6] | known)}] | first // null'
}

phases_json() {
	{ [ ! -e "$run_dir/phases" ] || cat "$run_dir/phases"; } | jq -R -s --argjson total $(($(now_ms) - run_start_ms)) \
		'split("\n") | map(select(. != "") | split(" ") | {(.[0]): ((.[1] | tonumber) / 1000)}) | add // {} | . + {total: ($total / 1000)}'
}

# report_unfinished STATUS: the result of a run that ended too early to be judged.
report_unfinished() {
	local result=lab-failed
	[ "$1" -ne "$EXIT_GUEST" ] || result=failed
	write_result "$result" "$(fact_of failure)"
}

# report_differences: a page about which registry and host differ overrides any other result. Fails if there is none.
report_differences() {
	local lines line
	mapfile -t lines < <(differences)
	[ ${#lines[@]} -gt 0 ] || return 1
	for line in "${lines[@]}"; do
		say "REGISTRY AND HOST DIFFER: $line"
	done
	write_result differs "registry and host differ: $(IFS=';'; echo "${lines[*]}")"
	say "differs: $("${verb}_summary")"
}

# report: prints how the run ended, writes the JSON, and returns the exit status of the run.
report() {
	local miss
	! report_differences || return "$EXIT_DIFFERS"
	case $attempt_status in
	"$EXIT_HELD")
		misses=()
		"${verb}_judge"
		if [ ${#misses[@]} -eq 0 ]; then
			write_result held ''
			say "held: $("${verb}_summary")"
			return "$EXIT_HELD"
		fi
		for miss in "${misses[@]}"; do
			say "not as expected: $miss"
		done
		write_result failed "$(IFS=';'; echo "${misses[*]}")"
		say "failed: $("${verb}_summary")"
		return "$EXIT_GUEST"
		;;
	"$EXIT_GUEST" | "$EXIT_KERNEL")
		write_result failed "$(fact_of failure)"
		say "failed: $(fact_of failure), see $run_dir"
		return "$EXIT_GUEST"
		;;
	*)
		write_result lab-failed "$(fact_of failure)"
		say "the lab failed: $(fact_of failure), see $run_dir"
		return "$EXIT_LAB"
		;;
	esac
}

run_summary() {
	printf '%s of %s overlays left, ' "$(json_or stale_overlays.json null | jq -r 'if . == null then "unknown" else length end')" \
		"$(overlay_count "$run_dir/overlays_before.json")"
	[ "$opt_mode" = stock ] || printf 'audit says %s (%s), ' "$(audit_verdict)" "$(fact_of audit_exit)"
	[ "$opt_mode" != hvcrash ] || printf 'registry and host: %s, ' "$(comparison_words)"
	printf 'dump %s, %s lab retries, %s' "$(if [ "$(fact_of dump_ok)" = true ]; then echo good; else echo bad; fi)" \
		"$lab_retries" "$run_dir/result.json"
}
