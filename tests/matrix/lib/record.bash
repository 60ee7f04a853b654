# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/matrix/run.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "run" with -x to see all
#
# Results that outlive the machine they were made on: a file with a line of JSON for each cell, with commit and time. A recorded result
# counts unless this machine has a newer one; afterwards the file has every known result. Lines of the other host stay unchanged; a
# line that names no host is from the time when kvm was the only one.

# take_record: puts each of its results where a run of the cell would have left it
take_record() {
	local mode cell time line file
	[ -n "$opt_record" ] && [ -e "$opt_record" ] || return 0
	jq -e -n 'all(inputs; (.mode | IN("hvcrash", "stock")) and (.cell | test("^[0-9A-Za-z._-]+$")) and (.time | type) == "string"
		and (.result | IN("held", "failed", "differs")))' "$opt_record" >/dev/null 2>&1 || usage_error "$opt_record: not a record of results, a line of JSON each"
	while IFS=$'\t' read -r mode cell time line; do
		file=$out/cells/$mode/$cell.json
		[ ! -s "$file" ] || [[ $(jq -r '.time // ""' "$file") < $time ]] || continue
		printf '%s\n' "$line" >"$file.new"
		mv "$file.new" "$file"
	done < <(jq -r --arg host "$opt_host" 'select((.host // "kvm") == $host) | "\(.mode)\t\(.cell)\t\(.time)\t\(tojson)"' "$opt_record")
}

# write_record: drops cells that the table no longer has
write_record() {
	[ -n "$opt_record" ] || return 0
	{ [ ! -e "$opt_record" ] || jq -c --arg host "$opt_host" 'select((.host // "kvm") != $host)' "$opt_record"; } >"$opt_record.new"
	jq -c -L "$matrix_dir" --arg host "$opt_host" 'include "results"; .cells[] | select(.result | IN("held", "failed", "differs")) | recorded($host)' \
		"$out/results.json" >>"$opt_record.new"
	mv "$opt_record.new" "$opt_record"
}
