# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# From what the cases of a whole Debian guest left to the verdict of the run and its JSON. Dumps are read outside the guest, from its
# disk, by the tree's makedumpfile and hvcrashctl: the result has to agree with the report that the crash kernel left, with what the
# guest says after its next boot, and with the hypervisor.

# saved_file PATTERN: the path of the one such file that the case's crash left. Fails unless there is exactly one.
saved_file() {
	local files directory
	directory=$(case_fact_of directory)
	[ -n "$directory" ] || return 1
	mapfile -t files < <(compgen -G "$run_dir/crash/$directory/$1")
	[ ${#files[@]} -eq 1 ] && printf '%s' "${files[0]}"
}

# read_dumps: reads those of each case from the disk of the powered-off machine.
read_dumps() {
	local name
	debugfs -R "rdump /var/crash $run_dir" "$run_dir/disk-root.img?offset=$((disk_partition_mib << 20))" \
		>"$run_dir/debugfs.log" 2>&1
	for name in ${opt_case//,/ }; do
		use_case "$name"
		read_dump
		compare_dump
	done
}

# read_dump: reads it with makedumpfile, which first unflattens it if needed, and with hvcrashctl.
read_dump() {
	local dump dir=$case_dir/outside status=0
	dump=$(saved_file 'dump.*') || return 0
	mkdir -p "$dir"
	cp "$lab_state/kernels/$release/hvcrashctl" "$dir/"
	ln "$dump" "$dir/dump"
	in_tree "$release" "$dir" timeout 300 sh -c 'makedumpfile -R /mnt/ordered </mnt/dump &&
		makedumpfile --dump-dmesg /mnt/ordered /mnt/dmesg' >"$dir/makedumpfile.log" 2>&1 || true
	in_tree "$release" "$dir" timeout 300 /mnt/hvcrashctl audit --json /mnt/dump >"$dir/audit.json" 2>"$dir/audit.err" || status=$?
	case_fact outside_exit "$status"
	rm -f "$dir"/{hvcrashctl,dump,ordered}
}

# compare_dump: uses the report that the crash kernel left; if the case prevented that report, the audit of the dump outside.
compare_dump() {
	local audit
	[ -e "$case_dir/stale_overlays.json" ] || return 0
	audit=$(saved_file hvcrash-audit.json) && jq -e .findings "$audit" >/dev/null 2>&1 || audit=$case_dir/outside/audit.json
	crash_ranges=$(case_fact_of crash_ranges)
	compare_second_kernel "$case_dir/overlays_after.json" "$audit"
}

verdict_in() { jq -r '.verdict // "none"' "$1" 2>/dev/null || echo none; }

report_verdict() { verdict_in "$(saved_file hvcrash-audit.json)"; }

is_dump_good() {
	saved_file 'dmesg.*' >/dev/null && grep -qs 'Kernel panic - not syncing' "$case_dir/outside/dmesg"
}

# is_module_first: in the boot log, hvcrash's first line precedes VMBus's.
is_module_first() {
	sed -n '/hvcrash: registry at/{s/.*/hvcrash/p};/Vmbus version/{s/.*/vmbus/p}' "$run_dir/boot.dmesg" 2>/dev/null | head -n 1 |
		grep -qx hvcrash
}

case_missed() { missed "$case_name: $*"; }

# expect_exit FACT WANTED WHAT
expect_exit() {
	[ "$(case_fact_of "$1")" = "$2" ] || case_missed "$3 ended with status '$(case_fact_of "$1")', not $2"
}

# expect_in FILE PATTERN
expect_in() { grep -qs -- "$2" "$case_dir/$1" || case_missed "$1 does not say '$2'"; }

# expect_empty FILE WHAT: the file exists and is empty.
expect_empty() {
	if [ ! -e "$case_dir/$1" ]; then
		case_missed "there is no $1"
	elif [ -s "$case_dir/$1" ]; then
		case_missed "$2: $(head -n 5 "$case_dir/$1" | tr '\n' ';')"
	fi
}

expect_ready() {
	is_module_first || missed 'hvcrash was not loaded before VMBus made contact'
	jq -e '.gaps == []' "$run_dir/list.json" >/dev/null 2>&1 || missed 'the tracking has gaps, or there is no list'
	[ "$(fact_of status_exit)" = 0 ] || missed "hvcrashctl status does not say ready (exit status $(fact_of status_exit))"
	[ "$(fact_of reload_exit)" = 0 ] || missed 'after a reload of the crash kernel hvcrashctl status does not say ready'
}

# expect_none_stale FILE
expect_none_stale() {
	jq -e '. == []' "$case_dir/$1" >/dev/null 2>&1 || case_missed "the hypervisor still maps overlays of the kernel before, see $1"
}

# expect_report VERDICT: in both files beside the dump.
expect_report() {
	local verdict=$1 text
	[ "$(report_verdict)" = "$verdict" ] || case_missed "the report beside the dump says '$(report_verdict)', not '$verdict'"
	if ! text=$(saved_file hvcrash-audit.txt) || ! head -n 1 "$text" | grep -qi "^$verdict"; then
		case_missed "its text does not say '$verdict'"
	fi
}

expect_same_elsewhere() {
	expect_exit audit_exit 0 'in the guest, hvcrashctl audit of the saved dump'
	expect_exit outside_exit 0 'outside, hvcrashctl audit of the saved dump'
}

# expect_compared COMPARISON...: checks that they were made. A difference has failed the run already.
expect_compared() {
	local name made
	for name in "$@"; do
		[ "$opt_host" = own ] || [ "$name" != unload ] || continue
		made=$(comparisons_json "$case_name" | jq -r ".$name.result // \"not made\"")
		[ "$made" = same ] || case_missed "registry and host, $name: $made"
	done
}

# published_json: what the boot after the crash has published, each by who reads it: the metrics for Prometheus, the two entries of
# the journal with the text of the catalog that "journalctl -x" shows, and the file for programs; and how often "hvcrashctl crashes"
# lists it. Null where there is none.
published_json() {
	local dir=$case_dir audit crash file files=()
	audit=$(message_id audit) crash=$(message_id 'publish --crash')
	for file in hvcrash-crash.prom hvcrash-audit.prom "entry-$crash.txt" "entry-$audit.txt"; do
		if [ -e "$dir/$file" ]; then files+=(--rawfile); else files+=(--arg); fi
		files+=("text$((${#files[@]} / 3))" "$([ ! -e "$dir/$file" ] || printf '%s' "$dir/$file")")
	done
	jq -n "${files[@]}" --argjson all "$(run_dir=$dir json_or crashes.json null)" --argjson last "$(run_dir=$dir json_or last-crash.json null)" --arg audit "$audit" --arg crash "$crash" \
		--slurpfile crashes <(cat "$dir/entry-$crash.json" 2>/dev/null) --slurpfile audits <(cat "$dir/entry-$audit.json" 2>/dev/null) \
		--arg before "$(cat "$dir/listed_at" 2>/dev/null)" --arg after "$(cat "$dir/published_at" 2>/dev/null)" '
		def number: if . == null or . == "" then null else tonumber end;
		def matches($text; $pattern): $text | split("\n")[] | capture($pattern).it;
		def value($text; $name): [matches($text; "^" + $name + " (?<it>[0-9]+)$") | tonumber][0];
		def current($text; $name; $key): [matches($text; "^" + $name + "[{]" + $key + "=\"(?<it>[^\"]*)\"[}] 1$")] | join(", ");
		# what the journal adds to each line of a text
		def explained($text): [matches($text; "^░░ ?(?<it>.*)$")];
		def entry($all; $text): {
			entries: ($all | length), id: $all[0].MESSAGE_ID, priority: ($all[0].PRIORITY | number), message: $all[0].MESSAGE,
			verdict: $all[0].HVCRASH_VERDICT, saved: $all[0].HVCRASH_SAVED, crash_id: $all[0].HVCRASH_CRASH_ID,
			crash_time: ($all[0].HVCRASH_CRASH_TIME | number), file: $all[0].HVCRASH_FILE, explained: explained($text)
		};
		{
			before: ($before | number), after: ($after | number),
			listed: ([$all.crashes[]? | .time | strptime("%Y-%m-%d %H:%M:%S") | mktime | select(. >= ($before | number) - 60)] | length),
			metrics: {
				crash_time: value($text0; "hvcrash_crash_time_seconds"), verdict: current($text0; "hvcrash_crash_verdict"; "verdict"),
				saved: current($text0; "hvcrash_crash_saved"; "saved"), audit: current($text1; "hvcrash_audit_verdict"; "verdict")
			},
			crash_entry: entry($crashes; $text2), audit_entry: entry($audits; $text3),
			last_crash: (if $last == null then null else {
				id: $last.crashes[0].id, verdict: $last.verdict, saved: $last.crashes[0].saved,
				crash_time: ($last.summary.crash_time | fromdate)
			} end)
		}'
}

# priority_of VERDICT: as docs/fleet.md has it.
priority_of() { case $1 in clean) echo 6 ;; 'not clean') echo 3 ;; *) echo 4 ;; esac }

# expect_published JQ-CONDITION WHAT: of $published, with $verdict, $priority and $directory.
expect_published() {
	jq -e --arg verdict "$case_verdict" --argjson priority "$(priority_of "$case_verdict")" --arg directory "$(case_fact_of directory)" \
		"$1" <<<"$published" >/dev/null || case_missed "published: $2"
}

# judge_published: by itself, at the boot after the crash, to each of those who read it, and to all the same.
# shellcheck disable=SC2016 # these are jq's variables
judge_published() {
	local published case_verdict=${case_expect/-/ }
	published=$(published_json)
	expect_exit published_exit 0 'waiting for hvcrash-publish.service'
	# By the name of its directory, where the audit does not know it, the minute of the crash
	expect_published '(if $verdict == "clean" then 0 else 60 end) as $off |
		.metrics.crash_time as $t | $t != null and .before - $off <= $t and $t <= .after' 'the metrics do not have the time of the crash'
	expect_published '.metrics.verdict == $verdict and .metrics.audit == $verdict and .metrics.saved == "dump"' 'the metrics say otherwise'
	expect_published '.crash_entry | .entries == 1 and .priority == $priority and .verdict == $verdict and .saved == "dump" and .crash_id == $directory' \
		'the entry of the crash is not in the journal, or says otherwise'
	expect_published '.audit_entry | .entries == 1 and .priority == $priority and .verdict == $verdict' 'the same of the entry of the audit'
	expect_published '.crash_entry.explained | join(" ") | contains("this machine crashed, saved: dump") and contains("hvcrashctl crashes show " + $directory)' \
		'journalctl -x does not explain the entry of the crash'
	expect_published '.audit_entry.explained | join(" ") | contains("audit of a crashed kernel: " + $verdict)' \
		'journalctl -x does not explain the entry of the audit'
	expect_published '.last_crash.id == $directory and .last_crash.verdict == $verdict and .last_crash.saved == "dump"' 'last-crash.json says otherwise'
	expect_published '.listed == 1' 'hvcrashctl crashes does not list the crash, or more than once'
	expect_published '[.metrics.crash_time, .crash_entry.crash_time, .last_crash.crash_time,
		if $verdict == "clean" then .audit_entry.crash_time else empty end] | unique | length == 1' \
		'the times of the crash differ'
}

# judge_crash: the overlays are gone, the dump exists, and the crash kernel's log and the report say what happened.
judge_crash() {
	expect_none_stale stale_overlays.json
	is_dump_good || case_missed 'the dump is not usable: it does not mention the crash'
	expect_in crash-journal "hvcrash-hook: .*$case_reason"
	[ -z "$case_sign" ] || expect_in crash-journal "kernel: .*$case_sign"
	case $case_name in
	damaged) expect_compared before ;;           # the registry is damaged on purpose
	pipeline) expect_compared unload second_kernel ;; # begins in a guest without the module
	*) expect_compared before unload second_kernel ;;
	esac
	case $case_expect in
	clean)
		expect_report clean
		expect_same_elsewhere
		;;
	cannot-tell) expect_report 'cannot tell' ;;
	none) ! saved_file hvcrash-audit.json >/dev/null || case_missed 'there is a report, where nothing could be written' ;;
	esac
	! is_published || judge_published
}

# pages_of_list FILE: SynIC pages according to the module; pages_of_map FILE: according to the hypervisor.
pages_of_list() { jq -r '.extents[] | select(.kind == "SIMP" or .kind == "SIEFP") | select(.state == "shared") | .gpa' "$1"; }

pages_of_map() { jq -r '.[] | select(.name | startswith("synic-")) | select(.stale | not) | .gpa' "$1"; }

# judge_jump NUMBER
judge_jump() {
	local dir=$case_dir/jump-$1
	grep -qs "lab.jump=$1" "$dir/cmdline" || case_missed "jump $1: this is not the kernel that was loaded for it"
	[ "$(case_fact_of "jump_$1_exit")" = 0 ] || case_missed "jump $1: the audit ended with status $(case_fact_of "jump_$1_exit")"
	[ "$(verdict_in "$dir/audit.json")" = clean ] || case_missed "jump $1: the audit says '$(verdict_in "$dir/audit.json")'"
}

# judge_kexec: after the first jump exactly the pages are mapped that the new kernel says it shares; after the second, into a kernel
# without VMBus, none. If the host tells whose pages they are, neither jump may leave any of the kernel before.
judge_kexec() {
	local map list
	judge_jump 1
	mapfile -t map < <(pages_of_map "$case_dir/jump-1/overlays_after.json")
	mapfile -t list < <(pages_of_list "$case_dir/jump-1/list.json")
	if [ ${#map[@]} -eq 0 ] || [ "$(normal_gpas "${map[@]}")" != "$(normal_gpas "${list[@]}")" ]; then
		case_missed "jump 1: the hypervisor maps ${map[*]:-nothing}, but the new kernel shares ${list[*]:-nothing}"
	fi
	judge_jump 2
	expect_none_stale jump-2/stale_overlays.json
	if [ "$opt_host" = own ]; then
		expect_none_stale jump-1/stale_overlays.json
		expect_compared before unload second_kernel
	fi
	[ "$(overlay_count "$case_dir/jump-2/overlays_before.json")" -gt 0 ] || case_missed 'no overlay was mapped before jump 2'
}

judge_undo() {
	expect_exit check_exit 0 'hvcrash-configure --check after the reboot'
	expect_in again.log 'nothing to change'
	expect_empty again.diff 'configuring twice changed something'
	expect_in undo.log '^undone'
	expect_empty undo.diff 'not as it was before'
	expect_empty left 'still there after a boot'
	expect_exit undone_exit 1 'hvcrash-configure --check after --undo'
	[ "$(case_fact_of crash_loaded)" = 1 ] || case_missed "the distribution's own crash kernel is not loaded"
}

judge_cloudinit() {
	expect_exit runcmd_exit 0 'runcmd of examples/cloud-init.yaml'
	expect_in cloud-init.log '^configured'
	expect_exit cloud-init-done_exit 0 'the condition by which cloud-init reboots'
	expect_exit status_exit 0 'hvcrashctl status after that reboot'
	expect_exit check_exit 0 'hvcrash-configure --check after that reboot'
}

# judge_upgrade: the crash kernel is loaded and the menu has crashkernel= at once; what is missing is reported, then fixed.
judge_upgrade() {
	local kernel
	kernel=$(cat "$case_dir/kernel" 2>/dev/null)
	[ "$(case_fact_of kernel)" = "$kernel" ] || case_missed "$(case_fact_of kernel) runs, not $kernel"
	expect_exit check_exit_without 1 'hvcrash-configure --check without a module'
	expect_in check-without.log "NOT OK.*hvcrash.ko is not installed for $kernel"
	expect_in check-without.log 'ok.*the crash kernel is loaded'
	[ "$(case_fact_of status_exit_without)" != 0 ] || case_missed 'hvcrashctl status says ready without a module'
	expect_in status-without.log '^module .*fail.*hvcrash.ko is not loaded'
	expect_exit status_exit 0 'hvcrashctl status with the module'
	expect_exit check_exit 0 'hvcrash-configure --check with the module'
	judge_crash
}

judge_pipeline() {
	local report
	expect_exit crash_test_exit 0 'crash-test'
	expect_in crash-test.log 'verdict: clean'
	if ! report=$(saved_file hvcrash-audit.json) || ! cmp -s "$report" "$case_dir/artifacts/hvcrash-audit.json"; then
		case_missed 'what crash-test fetched is not the report beside the dump'
	fi
	judge_crash
}

debian_judge() {
	local name
	expect_ready
	for name in ${opt_case//,/ }; do
		use_case "$name"
		"judge_$case_kind"
	done
}

# case_result: the result of one case, as JSON.
case_result() {
	jq -n --arg name "$case_name" --arg kind "$case_kind" --arg kernel "$(case_fact_of kernel)" --arg expect "$case_expect" \
		--argjson before "$(run_dir=$case_dir json_or overlays_before.json null)" \
		--argjson stale "$(run_dir=$case_dir json_or stale_overlays.json null)" --arg directory "$(case_fact_of directory)" \
		--argjson published "$(if [ -e "$case_dir/published.log" ]; then published_json; else echo null; fi)" --arg files "$case_dir" \
		--argjson good "$(is_dump_good && echo true || echo false)" --arg verdict "$(report_verdict)" \
		--arg inside "$(case_fact_of audit_exit)" --arg outside "$(case_fact_of outside_exit)" --argjson comparisons "$(comparisons_json "$case_name")" '
		def number: if . == "" then null else tonumber end;
		{
			case: $name, kind: $kind, kernel: $kernel, expect: $expect, overlays_before: $before, stale_overlays: $stale,
			dump_ok: $good, directory: (if $directory == "" then null else $directory end), verdict: $verdict,
			audit_exit_in_guest: ($inside | number), audit_exit_outside: ($outside | number), comparisons: $comparisons,
			published: $published, files: $files
		}'
}

cases_result() {
	local name
	for name in ${opt_case//,/ }; do
		use_case "$name"
		[ ! -d "$case_dir" ] || case_result
	done | jq -s .
}

debian_result() {
	jq -n --arg name "$run_name" --arg kernel "$(fact_of kernel_release)" --arg host "$opt_host" --arg way "$way" \
		--arg result "$1" --arg failure "$2" --argjson before "$(json_or overlays_before.json null)" \
		--arg ready "$(fact_of status_exit)" --arg reloaded "$(fact_of reload_exit)" \
		--argjson first "$(is_module_first && echo true || echo false)" --argjson cases "$(cases_result)" \
		--argjson retries "$lab_retries" --argjson nudges "$(nudges_of_run)" --arg log "$run_dir/console.log" \
		--argjson seconds "$(phases_json)" '
		def number: if . == "" then null else tonumber end;
		{
			schema: "hvcrash.lab.guest/2", name: $name, result: $result,
			failure: (if $failure == "" then null else $failure end), kernel: $kernel, host: $host, machine: $way,
			module_first: $first, status_exit: ($ready | number), status_exit_after_reload: ($reloaded | number),
			overlays_before: $before, cases: $cases,
			seconds: $seconds, lab_retries: $retries, nudges: $nudges, log: $log
		}'
}

debian_summary() {
	printf 'registry and host: %s, ' "$(comparison_words)"
	jq -r '(.cases | length | tostring) + " cases: " +
		([.cases[] | .case + (if .directory then ": dump " + (if .dump_ok then "good" else "bad" end) + ", report says " + .verdict else "" end)]
			| join("; ")) + "; " + (.lab_retries | tostring) + " lab retries, "' "$run_dir/result.json" | tr -d '\n'
	printf '%s' "$run_dir/result.json"
}
