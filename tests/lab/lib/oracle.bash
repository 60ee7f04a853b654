# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# What the hypervisor maps. The lab's own host reports its state (own_host.bash), QEMU its map of guest memory. Neither the
# guest nor the module is asked.

# overlays_of: standard input: "info mtree -f"; standard output: JSON with every SynIC overlay once. The map is printed once per
# address space, and an overlay is in several.
overlays_of() {
	sed -n 's/^ *0*\([0-9a-f][0-9a-f]*\)-[0-9a-f]* .*: \(synic-[0-9]*-\(msg\|event\)-page\).*$/0x\1 \2/p' |
		LC_ALL=C sort -u | jq -R -s 'split("\n") | map(select(. != "") | split(" ") | {gpa: .[0], name: .[1]})
			| sort_by((.name | split("-")[1] | tonumber), (.name | test("event")))'
}

# state_of: standard input: such overlays; standard output: the format that compare.jq reads. QEMU reports no other pages.
state_of() {
	jq '{knows: ["SIMP", "SIEFP"], overlays: map((.name | split("-")) as [$_, $vp, $page] |
		{kind: (if $page == "msg" then "simp" else "siefp" end), vp_index: ($vp | tonumber), gpa})}'
}

# state_file FILE: the file beside FILE with the whole state from which its overlays were taken
state_file() { printf '%s.state.json' "${1%.json}"; }

# oracle_ask FILE: writes the overlays that are mapped now.
oracle_ask() {
	local reply
	if [ "$way" = own ]; then own_oracle_ask "$1"; return; fi
	monitor 'info mtree -f' || lab_failed "the monitor did not answer 'info mtree -f' in 30 s"
	printf '%s\n' "$reply" >"${1%.json}.mtree"
	overlays_of <"${1%.json}.mtree" >"$1"
	# shellcheck disable=SC2094 # another file, named after it
	state_of <"$1" >"$(state_file "$1")"
}

# left_mapped: drops the overlays that the running kernel turned on itself. Only the own host tells which those are.
left_mapped() { if [ "$way" = own ]; then jq 'map(select(.stale) | del(.stale))'; else cat; fi; }

# not_within RANGES: drops the second kernel's own overlays: on the own host, those that it turned on; else those in RANGES
# ("a-b,c-d", hexadecimal), its reserved memory.
not_within() {
	local ranges=$1 gpa name range inside
	if [ "$way" = own ]; then left_mapped; return; fi
	jq -r '.[] | .gpa + " " + .name' | while read -r gpa name; do
		inside=false
		for range in ${ranges//,/ }; do
			((gpa >= 16#${range%-*} && gpa <= 16#${range#*-})) && inside=true
		done
		$inside || printf '%s %s\n' "$gpa" "$name"
	done | jq -R -s 'split("\n") | map(select(. != "") | split(" ") | {gpa: .[0], name: .[1]})'
}

overlay_count() { jq length "$1"; }

# overlay_named FILE KIND:VP: the page's GPA, for example of "simp:1".
overlay_named() {
	local kind=${2%%:*} vp=${2#*:} page
	case $kind in simp) page=msg ;; siefp) page=event ;; *) return 1 ;; esac
	jq -er --arg n "synic-$vp-$page-page" '.[] | select(.name == $n) | .gpa' "$1"
}
