# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# From what a crash left on the disk of a whole Debian guest to the verdict of the run and its JSON. The files are read where
# the guest had its disk, outside of it, by the tree's makedumpfile and hvcrashctl: what they say has to agree with the report
# that the crash kernel left, with what the guest says after its next boot, and with the hypervisor.

# saved_file PATTERN: the one such file that the crash left, by its path. Fails unless it is one.
saved_file() {
	local files
	mapfile -t files < <(compgen -G "$run_dir/crash/[0-9]*/$1")
	[ ${#files[@]} -eq 1 ] && printf '%s' "${files[0]}"
}

# read_dump: what others make of it: makedumpfile, which first puts a flattened dump into order, and hvcrashctl.
read_dump() {
	local dump dir=$run_dir/outside status=0
	dump=$(saved_file 'dump.*') || return 0
	mkdir -p "$dir"
	cp "$lab_state/kernels/$release/hvcrashctl" "$dir/"
	ln "$dump" "$dir/dump"
	in_tree "$release" "$dir" timeout 300 sh -c 'makedumpfile -R /mnt/ordered </mnt/dump &&
		makedumpfile --dump-dmesg /mnt/ordered /mnt/dmesg' >"$dir/makedumpfile.log" 2>&1 || true
	in_tree "$release" "$dir" timeout 300 /mnt/hvcrashctl audit --json /mnt/dump >"$dir/audit.json" 2>"$dir/audit.err" || status=$?
	fact outside_exit "$status"
	rm -f "$dir"/{hvcrashctl,dump,ordered}
}

verdict_in() { jq -r '.verdict // "none"' "$1" 2>/dev/null || echo none; }

is_dump_good() {
	saved_file 'dmesg.*' >/dev/null && grep -qs 'Kernel panic - not syncing' "$run_dir/outside/dmesg"
}

# is_module_first: its first line in the log of the boot is before that of VMBus.
is_module_first() {
	sed -n '/hvcrash: registry at/{s/.*/hvcrash/p};/Vmbus version/{s/.*/vmbus/p}' "$run_dir/boot.dmesg" 2>/dev/null | head -n 1 |
		grep -qx hvcrash
}

expect_ready() {
	is_module_first || missed 'hvcrash was not loaded before VMBus made contact'
	jq -e '.gaps == []' "$run_dir/list.json" >/dev/null 2>&1 || missed 'the tracking has gaps, or there is no list'
	[ "$(fact_of status_exit)" = 0 ] || missed "hvcrashctl status does not say ready (exit status $(fact_of status_exit))"
	[ "$(fact_of reload_exit)" = 0 ] || missed 'after a reload of the crash kernel hvcrashctl status does not say ready'
}

report_verdict() { verdict_in "$(saved_file hvcrash-audit.json)"; }

# expect_report VERDICT: in both files beside the dump.
expect_report() {
	local verdict=$1 text
	[ "$(report_verdict)" = "$verdict" ] || missed "the report beside the dump says '$(report_verdict)', not '$verdict'"
	if ! text=$(saved_file hvcrash-audit.txt) || ! head -n 1 "$text" | grep -qi "^$verdict"; then
		missed "its text does not say '$verdict'"
	fi
}

expect_same_elsewhere() {
	[ "$(fact_of saved_exit)" = 0 ] || missed "in the guest, hvcrashctl audit of the saved dump ended with $(fact_of saved_exit)"
	[ "$(fact_of outside_exit)" = 0 ] || missed "outside, hvcrashctl audit of the saved dump ended with $(fact_of outside_exit)"
}

expect_reason() {
	grep -qs "hvcrash-hook: .*$1" "$run_dir/crash-journal" || missed "the hook does not say '$1' in the crash kernel's journal"
}

guest_judge() {
	expect_no_overlay
	expect_ready
	is_dump_good || missed 'the dump is not good: no word of the crash is in it'
	expect_reason "$opt_reason"
	case $opt_expect in
	clean)
		expect_report clean
		expect_same_elsewhere
		;;
	cannot-tell) expect_report 'cannot tell' ;;
	none) ! saved_file hvcrash-audit.json >/dev/null || missed 'there is a report, where nothing could be written' ;;
	esac
}

guest_result() {
	local stamp
	stamp=$(saved_file 'dump.*') && stamp=$(basename "$(dirname "$stamp")")
	jq -n --arg name "$run_name" --arg case "$opt_case" --arg kernel "$(fact_of kernel_release)" --arg way "$way" \
		--arg expect "$opt_expect" --arg result "$1" --arg failure "$2" --arg stamp "$stamp" \
		--argjson before "$(json_or overlays_before.json null)" --argjson stale "$(json_or stale_overlays.json null)" \
		--arg report "$(report_verdict)" --arg saved "$(fact_of saved_exit)" \
		--arg outside "$(fact_of outside_exit)" --arg ready "$(fact_of status_exit)" --arg reloaded "$(fact_of reload_exit)" \
		--argjson first "$(is_module_first && echo true || echo false)" --argjson good "$(is_dump_good && echo true || echo false)" \
		--argjson retries "$lab_retries" --argjson nudges "$(nudges_of_run)" --arg log "$run_dir/console.log" \
		--argjson seconds "$(phases_json)" '
		def number: if . == "" then null else tonumber end;
		{
			schema: "hvcrash.lab.guest/1", name: $name, case: $case, result: $result,
			failure: (if $failure == "" then null else $failure end), kernel: $kernel, machine: $way, expect: $expect,
			module_first: $first, status_exit: ($ready | number), status_exit_after_reload: ($reloaded | number),
			overlays_before: $before, stale_overlays: $stale, dump_ok: $good, directory: $stamp, verdict: $report,
			audit_exit_in_guest: ($saved | number), audit_exit_outside: ($outside | number),
			seconds: $seconds, lab_retries: $retries, nudges: $nudges, log: $log
		}'
}

guest_summary() {
	printf '%s of %s overlays left, the report says %s, audit of the dump %s in the guest and %s outside, dump %s, %s lab retries, %s' \
		"$(overlay_count "$run_dir/stale_overlays.json")" "$(overlay_count "$run_dir/overlays_before.json")" \
		"$(report_verdict)" "$(fact_of saved_exit)" "$(fact_of outside_exit)" \
		"$(is_dump_good && echo good || echo bad)" "$lab_retries" "$run_dir/result.json"
}
