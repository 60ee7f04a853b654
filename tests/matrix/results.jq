# jq: evaluates a cell's result, and all of them. Included by lib/results.bash, lib/work.bash and page.jq.

# facts_of: a line of cover.awk, or of the faults, as the first fields of a result; $names has the dimensions, one a line
def facts_of($line; $mode; $names): ($line | split("\t")) as $fields |
	{cell: $fields[0], mode: $mode} + if $fields[0] | startswith("fault_") then
		{fault: $fields[2], bound_s: (if $fields[1] == "-" then null else ($fields[1] | tonumber) end)}
	else {dimensions: ($names | split("\n") | to_entries | map({key: .value, value: $fields[.key + 1]}) | from_entries)} end;

# number_of: normalizes an address, which may differ in case and leading zeros
def number_of: ascii_downcase | sub("^0x0*"; "");

# disagreement_of: how the audit and the hypervisor differ, or null
def disagreement_of:
	(.stale_overlays // []) as $mapped |
	if .mode == "stock" or .stale_overlays == null or .audit_exit == null then null
	elif .verdict == "clean" and ($mapped | length) > 0 then
		"the audit says clean, but the hypervisor maps \($mapped | length) overlays"
	elif .verdict == "cannot tell" or .audit_left == null then null
	else
		($mapped | map(.gpa | number_of) | unique) as $mapped | (.audit_left | map(number_of) | unique) as $left |
		if ($mapped - $left) != [] then "mapped, but not named by the audit: \($mapped - $left | map("0x" + .) | join(" "))"
		elif ($left - $mapped) != [] then "named by the audit, but not mapped: \($left - $mapped | map("0x" + .) | join(" "))"
		else null end
	end;

# is_comparable: both the audit and the hypervisor have answered
def is_comparable: .mode != "stock" and .stale_overlays != null and .audit_exit != null;

# judged: a lab's result with the matrix's own conditions. A disagreement, or an exceeded bound, fails a cell whatever its
# expectation.
# differences_of: differences in a result that the three comparisons found and no gap covers; comparisons_of: their results, or "-"
def differences_of: [.comparisons // {} | .[]? | objects | .differences[]? | select(.covered | not)];
def comparisons_of: [.comparisons // {} | (.before, .unload, .second_kernel) | if type == "object" then .result else . // "-" end];

# compared_words: the worst of the three, in one word; "-" if none was made
def compared_words: comparisons_of | if any(.[]; . == "different") then "DIFFERENT" elif any(.[]; . == "gap") then "named gap"
	elif any(.[]; . == "same") then "same" else "-" end;

def judged:
	. + {disagreement: disagreement_of} |
	. + {disagree: (if is_comparable then .disagreement != null else null end)} |
	if .result == "held" and .disagree then . + {result: "failed", failure: "audit and hypervisor disagree: \(.disagreement)"}
	elif .result == "held" and .bound_s != null and .crash_path_us == null then
		. + {result: "failed", failure: "the registry does not say how long the crash path took"}
	elif .result == "held" and .bound_s != null and .crash_path_us > .bound_s * 1000000 then
		. + {result: "failed", failure: "the crash path took \(.crash_path_us / 1000000) s, more than \(.bound_s) s"}
	else . end;

def count(f): map(select(f)) | length;

# many: the number of overlays; the lab lists them, a record counts them
def many: if type == "array" then length else . end;

# synic_left_of: the number of SynIC overlays left: both hosts report these. Null if the host was not asked.
def synic_left_of: .synic_left // (if .stale_overlays | type == "array"
	then .stale_overlays | map(select(.name | startswith("synic-"))) | length else null end);

# beside: a result with the other host's result of the same cell. If both say how many overlays are left, and the numbers differ, that is
# a failure, whatever each of them expected. Cells with a storm or CPU hotplug may differ: those are not compared.
def beside($other; $name):
	. + {synic_left: synic_left_of} | del(.other) |
	if $other == null or $other.result == null or .result == null then . else
		. + {other: {host: $name, result: $other.result, synic_left: ($other | synic_left_of)}} |
		if .synic_left != null and .other.synic_left != null and .synic_left != .other.synic_left and
			((.dimensions.load // "idle") == "idle" or .mode == "hvcrash") then
			. + {hosts_disagree: true} | if .result == "held" then . + {result: "failed",
				failure: "\(.synic_left) SynIC overlays are left here, \(.other.synic_left) on \($name)"} else . end
		else . end end;

# totals: sums over results. Overlays count only if the hypervisor was asked before and after.
def totals: {
	cells: length, held: count(.result == "held"), failed: count(.result == "failed"),
	lab_failed: count(.result == "lab-failed"), not_run: count(.result == null),
	differ: count(.result == "differs"), disagree: count(.disagree == true), lab_retries: (map(.lab_retries // 0) | add // 0),
	overlays_before: (map(select(.stale_overlays != null) | .overlays_before // 0 | many) | add // 0),
	overlays_left: (map(.stale_overlays // 0 | many) | add // 0)
};

# left_words: how many overlays of a result are left, of how many; "unknown of" if the hypervisor was not asked
def left_words: "\(if .stale_overlays == null then "unknown" else .stale_overlays | many end) of \(.overlays_before // 0 | many)";

# total_left_words: the same for totals; $none if there were no overlays
def total_left_words($none): if .overlays_before == 0 then $none else "\(.overlays_left) of \(.overlays_before)" end;

# ran: how many of some results held, of those that were run; $word names what held
def ran($word): totals | (.cells - .not_run) as $run | if $run == 0 then "not run" else "\(.held) of \($run) \($word)" end;

# recorded: the part of a result that a record keeps; see lib/record.bash
def recorded($host):
	{cell, mode, host: $host, dimensions, fault, bound_s, kernel, commit, time, from, result, failure, expect,
		overlays_before: (.overlays_before | many), stale_overlays: (.stale_overlays | many), synic_left, audit_exit, verdict, disagree, disagreement,
		comparisons: (.comparisons // {} | map_values(if type == "object" then .result else . end) | del(.. | nulls) | if . == {} then null else . end),
		crash_path_us, kernel_reports: (.kernel_reports // [] | map(.report? // .) | unique | if . == [] then null else . end), dump_ok, opened_by, crash_panic, lab_retries, kernel_losses, nudges,
		seconds: (.seconds // {} | {second_kernel, total})} | del(.. | nulls);

# words_of: a result in one line
def words_of:
	if .result == null then "not run" elif .failure then "\(.result): \(.failure)" else .result end;
