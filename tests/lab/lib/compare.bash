# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# The three comparisons of a run, by compare.jq: the module's registry against the host's own account of the pages that it holds.
# A difference is worse than any other failure: if only the host knows a page, the module would call the crash clean while the host
# may write to that page. Only gaps that the registry itself reports are excused: its verdict is then "cannot tell".

readonly comparison_names=(before unload second_kernel)

# compare WHAT STATE REGISTRY: STATE and REGISTRY are files; if either is missing, nothing is compared. Each comparison is a line of
# comparisons.jsonl: a run with several jumps, or several cases of a whole guest, makes each of them several times.
compare() {
	local what=$1 state=$2 registry=$3 list=findings busy=false kexec=false
	[ "$what" != before ] || list=extents
	[ -s "$state" ] && [ -s "$registry" ] || return 0
	jq -e --arg list "$list" '.[$list] != null' "$registry" >/dev/null 2>&1 || return 0
	! is_guest_busy || busy=true
	case $opt_crash:${case_kind:-} in kexec*:* | *:kexec) kexec=true ;; esac
	jq -n -c --arg what "$what" --arg case "${case_name:-}" --argjson busy "$busy" --argjson kexec "$kexec" --arg ranges "$crash_ranges" --slurpfile states "$state" --slurpfile registries "$registry" \
		'$states[0] as $state | $registries[0] as $registry | '"$(cat "$lab_dir/lib/compare.jq")"' | . + {case: $case}' \
		>>"$run_dir/comparisons.jsonl" || lab_failed "the comparison '$what' could not be made"
}

# is_guest_busy: with a storm or a CPU that comes and goes, the list and the host's answer are of two moments, and nothing follows
# from what differs. At UNLOAD nothing moves any more, but for an answer that is on its way.
is_guest_busy() { case :$opt_steps: in *:churn:*) ;; *:busy:*:idle:*) return 1 ;; *:busy:*) ;; *) return 1 ;; esac }

# compare_before NAME: the host's answer of that name against the list that the guest has just sent
compare_before() {
	is_guest_busy || compare before "$(state_file "$run_dir/$1.json")" "$run_dir/list.json"
}

# compare_now WHEN: in the midst of the guest's steps; the worst of all such comparisons is the run's "before"
compare_now() {
	oracle_ask "$run_dir/overlays_step.json"
	compare_before overlays_step
	[ ! -s "$run_dir/comparisons.jsonl" ] || say "$1: $(tail -n 1 "$run_dir/comparisons.jsonl" |
		jq -r '"registry and host \(.result), \(.registry_pages) and \(.host_pages) pages"')"
}

# compare_second_kernel ANSWER AUDIT: what the host said in the second kernel against the audit in there. A host without a ledger
# cannot say what it held when UNLOAD came.
compare_second_kernel() {
	local state; state=$(state_file "$1")
	! jq -e '.ledger_at_unload' "$state" >/dev/null || compare unload "$state" "$2"
	compare second_kernel "$state" "$2"
}

# compare_after: by the last answer, if it says anything of the first kernel
compare_after() { [ -z "$asked_after" ] || compare_second_kernel "$run_dir/$asked_after.json" "$run_dir/audit.json"; }

# comparisons_json [CASE]: of each, the worst that was made, in that case or in all of the run; or null
comparisons_json() {
	{ [ ! -e "$run_dir/comparisons.jsonl" ] || cat "$run_dir/comparisons.jsonl"; } |
		jq -s --arg case "${1:-}" '[.[] | select($case == "" or .case == $case)] as $made | ["before", "unload", "second_kernel"] |
			map({key: ., value: (. as $name |
				[$made[] | select(.comparison == $name)] | max_by(["same", "gap", "different"] as $order | .result as $r | $order | index($r)) |
				if . then del(.comparison, .case) else null end)}) | from_entries'
}

# differences: what differs and is no gap, in words, one a line
differences() {
	comparisons_json | jq -r '
		def pages: if .pages == 1 then "1 page" else "\(.pages) pages" end;
		def moment: {before: "before the crash", unload: "at UNLOAD", second_kernel: "in the second kernel"}[.];
		to_entries[] | .key as $what | .value // empty | .differences[] | select(.covered | not) |
		"\($what | moment): \(pages) from \(.gpa): " + if .differs == "kind" then "\(.host) by the host, \(.registry) by the module"
			elif .host then "only the host holds them: \(.host)" else "only the module names them: \(.registry)" end'
}

# comparison_words [CASE]: of all three, for the line that sums up a run
comparison_words() {
	comparisons_json "$@" | jq -r '[to_entries[] | "\(.key | gsub("_"; " ")) \(.value.result // "not made")"] | join(", ")'
}
