# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/matrix/run.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "run" with -x to see all
#
# Turns the cells' results into reports: results.json, TAP, JUnit XML, a page, and the table in the terminal. All cover every cell
# that was ever requested, with and without hvcrash, whatever this run was restricted to. A cell without a result never counts as
# one that held.

# cells_with_result: those of $opt_mode, one a line, even if the table does not have them
cells_with_result() { find "$out/cells/$opt_mode" -name '*.json' -printf '%f\n' | sed 's/\.json$//'; }

# known_cells: the default cells of $opt_mode, and any other that has a result. Generating all allowed cells takes seconds, so it
# happens only if there is such a result.
known_cells() {
	local defaults
	defaults=$(opt_full='' table_cells "$opt_mode"; [ "$opt_mode" = stock ] || fault_cells)
	printf '%s\n' "$defaults"
	! cells_with_result | grep -vxqFf <(cut -f1 <<<"$defaults") ||
		opt_full=1 table_cells "$opt_mode" | awk -F'\t' 'NR == FNR { has[$1]; next } $1 in has' <(cells_with_result) -
}

# all_cells MODE: the results, or the bare cell if there is none
all_cells() {
	local opt_mode=$1
	known_cells | awk -F'\t' '!seen[$1]++' | jq -Rnc -L "$matrix_dir" --arg mode "$opt_mode" --arg names "$(dimension_names)" \
		--slurpfile have <(find "$out/cells/$opt_mode" -name '*.json' -exec cat {} +) 'include "results";
		($have | INDEX(.cell)) as $have | inputs | $have[split("\t")[0]] // facts_of(.; $mode; $names)'
}

write_json() {
	local runs=0 new=$out/results.json.$$ # another process may write a report while the matrix runs
	[ ! -e "$out/history" ] || runs=$(wc -l <"$out/history")
	{ all_cells hvcrash; all_cells stock; } | jq -s --arg commit "$(git -C "$repo" rev-parse --short=12 HEAD 2>/dev/null)" \
		--arg host "$opt_host" --arg other "$other_host" \
		--slurpfile others <([ ! -e "$other_out/results.json" ] || cat "$other_out/results.json") \
		--argjson runs "$runs" -L "$matrix_dir" 'include "results";
		([$others[].cells[]?] | INDEX("\(.mode) \(.cell)")) as $beside | map(beside($beside["\(.mode) \(.cell)"]; $other)) |
		{schema: "hvcrash.matrix/1", commit: $commit, host: $host, runs: $runs,
			totals: {hvcrash: (map(select(.mode == "hvcrash")) | totals), stock: (map(select(.mode == "stock")) | totals)},
			cells: .}' >"$new"
	mv "$new" "$out/results.json"
}

# from_results PRODUCT PROGRAM [OPTION...]: OPTION: of jq; PROGRAM: beside this runner
from_results() {
	local product=$out/$1 new=$out/$1.$$ program=$matrix_dir/$2; shift 2
	jq -r -L "$matrix_dir" "$@" -f "$program" "$out/results.json" >"$new"
	mv "$new" "$product"
}

write_results() {
	write_json
	from_results results.tap tap.jq
	from_results results.xml junit.jq
	from_results results.md crashes.jq
	from_results summary.md summary.jq
	from_results faults.md faults.jq
	from_results results.html page.jq --rawfile style "$matrix_dir/page.css"
	write_record
}

# show_results: prints the table and what is not as expected; returns the exit status
show_results() {
	jq -r -L "$matrix_dir" -f "$matrix_dir/table.jq" "$out/results.json" | column -t -s $'\t'
	jq -r -L "$matrix_dir" 'include "results"; .cells[] | select(.mode == "hvcrash" and .result != null and .result != "held")
		| "\(.cell): \(words_of), see \(.log // "its log")"' "$out/results.json"
	say "$(jq -r .runs "$out/results.json") runs so far; $out/results.html, .json, .tap, .xml"
	status_of_results
}

# status_of_results: the worst of all results
status_of_results() {
	case $(jq -r '.totals.hvcrash | if .differ > 0 then "differs" elif .failed + .disagree > 0 then "failed" elif .lab_failed > 0 then "lab" else "held" end' "$out/results.json") in
	differs) return "$EXIT_DIFFERS" ;;
	failed) return "$EXIT_FAILED" ;;
	lab) return "$EXIT_LAB" ;;
	*) return "$EXIT_HELD" ;;
	esac
}
