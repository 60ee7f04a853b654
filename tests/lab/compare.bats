#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the comparison of the registry with the host's account, on made-up JSON: every kind of difference is found, named and
# told from the others, and nothing else is reported.

bats_require_minimum_version 1.5.0

setup() {
	run_dir=$BATS_TEST_TMPDIR lab_dir=$BATS_TEST_DIRNAME crash_ranges=20000000-2fffffff opt_steps='' opt_crash=sysrq
	# shellcheck source-path=SCRIPTDIR source=lib/util.bash
	. "$BATS_TEST_DIRNAME/lib/util.bash"
	# shellcheck source-path=SCRIPTDIR source=lib/compare.bash
	. "$BATS_TEST_DIRNAME/lib/compare.bash"
	cat >"$run_dir/state.json" <<'END'
{"overlays": [{"kind": "simp", "vp": 4, "vp_index": 0, "gpa": "0x1000"}, {"kind": "siefp", "vp": 4, "vp_index": 0, "gpa": "0x2000"},
	{"kind": "hypercall", "vp": null, "vp_index": null, "gpa": "0xAB000"}],
 "overlays_at_unload": [{"kind": "simp", "vp": 4, "vp_index": 0, "gpa": "0x1000"}],
 "ledger": [{"kind": "monitor", "channel": 0, "gpadl": 0, "pages": [[16, 1]]},
	{"kind": "ring", "channel": 3, "gpadl": 923153, "pages": [[32, 2], [40, 1]]}],
 "ledger_at_unload": [{"kind": "gpadl", "channel": 3, "gpadl": 923153, "pages": [[32, 2]]}]}
END
	extents='[{"kind": "SIMP", "vp_index": 0, "gpa": "0x1000", "pages": 1, "state": "shared", "evidence": "register on"},
		{"kind": "SIEFP", "vp_index": 0, "gpa": "0x0000000000002000", "pages": 1, "state": "shared", "evidence": "register on"},
		{"kind": "hypercall", "gpa": "0xab000", "pages": 1, "state": "shared", "evidence": "register on"},
		{"kind": "VMBus monitor", "gpa": "0x10000", "pages": 1, "state": "shared", "evidence": "message sent"},
		{"kind": "GPADL", "relid": 3, "gpadl": "0xe1611", "gpa": "0x20000", "pages": 2, "state": "shared", "evidence": "GPADL created"},
		{"kind": "GPADL", "relid": 3, "gpadl": "0xe1611", "gpa": "0x28000", "pages": 1, "state": "shared", "evidence": "GPADL created"},
		{"kind": "GPADL", "relid": 9, "gpadl": 5, "gpa": "0x50000", "pages": 1, "state": "torn down", "evidence": "GPADL torn down"},
		{"kind": "driver", "gpa": "0x60000", "pages": 4, "state": "shared", "evidence": "driver says"}]'
	findings='[{"kind": "SIMP", "vp_index": 0, "gpa": "0x1000", "pages": 1, "state": "revoked", "finding": "clean", "evidence": "read back"},
		{"kind": "panic message", "gpa": "0x3000", "pages": 1, "state": "revoked", "finding": "clean", "evidence": "read back"},
		{"kind": "GPADL", "relid": 3, "gpadl": "0xe1611", "gpa": "0x20000", "pages": 2, "state": "unloaded", "finding": "clean",
			"evidence": "UNLOAD answered"}]'
	after='.overlays = [] | .ledger = []'
}

# registry [CHANGE] [GAPS]: what the module lists; audited: what the audit found
registry() { jq -n --argjson e "$extents" --argjson g "${2:-[]}" '{extents: $e, gaps: $g} | '"${1:-.}" >"$run_dir/list.json"; }

audited() { jq -n --argjson f "$findings" --argjson g "${2:-[]}" '{findings: $f, gaps: $g} | '"${1:-.}" >"$run_dir/audit.json"; }

# host CHANGE: of the oracle's answer
host() { jq "$1" "$run_dir/state.json" >"$run_dir/new" && mv "$run_dir/new" "$run_dir/state.json"; }

# compared WHAT: the comparison, of what there is now
compared() {
	local file=list.json
	[ "$1" = before ] || file=audit.json
	rm -f "$run_dir/comparisons.jsonl"
	compare "$1" "$run_dir/state.json" "$run_dir/$file"
	comparisons_json | jq -c --arg what "$1" '.[$what]'
}

# is JQ: of the comparison in $output
is() { jq -e "$1" <<<"$output" >/dev/null || { printf '%s\n' "$output"; return 1; }; }

# gap KIND: of the registry
gap() { jq -nc --arg gap "$1" '[{gap: $gap, text: "words"}]'; }

@test "the same pages on both sides, however their addresses are written, are the same" {
	registry
	run -0 compared before
	is '.result == "same" and .host_pages == 7 and .registry_pages == 7 and .differences == []'
	audited
	run -0 compared unload
	is '.result == "same" and .host_pages == 3 and .registry_pages == 3'
	host "$after"
	run -0 compared second_kernel
	is '.result == "same" and .host_pages == 0'
}

@test "a page that only the host has: a difference, with the host's description" {
	registry '.extents |= map(select(.gpa != "0x28000"))'
	run -0 compared before
	is '.result == "different" and .only_host == 1 and .only_module == 0 and .kind_differs == 0'
	is '.differences == [{gpa: "0x28000", differs: "only the host", host: "GPADL 0xe1611 of channel 3", registry: null, covered: false, pages: 1}]'
	run -0 differences
	[ "$output" = 'before the crash: 1 page from 0x28000: only the host holds them: GPADL 0xe1611 of channel 3' ]
}

@test "an overlay that only the host holds: different" {
	registry '.extents |= map(select(.kind != "SIEFP"))'
	run -0 compared before
	is '.result == "different" and .differences[0].host == "SIEFP of VP 0"'
}

@test "a page that only the module names: different, and no gap but a torn update excuses it" {
	for kind in '' late dropped untracked not-hashed; do
		registry '.extents[0].pages = 2' "$(if [ -n "$kind" ]; then gap $kind; else echo '[]'; fi)"
		host '.overlays |= map(select(.gpa != "0x2000"))'
		run -0 compared before
		is '.result == "different" and .only_module == 2 and (.differences | map(.differs) | unique) == ["only the module"]'
	done
	registry '.extents[0].pages = 2' "$(gap torn)"
	run -0 compared before
	is '.result == "gap"'
}

@test "the same page as another kind, of another VP, channel or GPADL: different, and no gap excuses it" {
	local change
	for change in '.extents[0].kind = "VP assist"' '.extents[0].vp_index = 1' '.extents[4].relid = 4' '.extents[5].gpadl = "0xe1612"' \
		'.extents[3].kind = "VMBus interrupt"'; do
		registry "$change" "$(gap torn)"
		run -0 compared before
		is '.result == "different" and .kind_differs > 0 and .only_host == 0 and .only_module == 0'
	done
	run -0 differences
	[ "$output" = 'before the crash: 1 page from 0x10000: VMBus monitor by the host, VMBus interrupt by the module' ]
}

@test "pages that only the host holds are a gap where the registry names one that covers them, and differ where it names another" {
	local kind
	for kind in late dropped torn no-vmbus untracked phase vps; do
		registry '.extents |= .[:3]' "$(gap $kind)"
		run -0 compared before
		is ".result == \"gap\" and .only_host == 4 and .gaps == [\"$kind\"]"
		[ -z "$(differences)" ]
	done
	for kind in not-hashed not-in-dump no-hash unload; do
		registry '.extents |= .[:3]' "$(gap $kind)"
		run -0 compared before
		is '.result == "different"'
	done
}

@test "facts that only one side records are no difference; a host that knows only some kinds is asked for those" {
	registry
	host '.knows = ["SIMP", "SIEFP"] | del(.ledger)'
	run -0 compared before
	is '.result == "same" and .host_pages == 2 and .registry_pages == 2'
	registry '.extents |= map(select(.kind != "SIMP"))'
	run -0 compared before
	is '.result == "different" and .only_host == 1'
}

@test "a page at UNLOAD that the dump's registry has lost: different" {
	audited '.findings[2].pages = 1'
	run -0 compared unload
	is '.result == "different" and .differences[0].gpa == "0x21000"'
	run -0 differences
	[[ $output == 'at UNLOAD: 1 page from 0x21000'* ]]
}

@test "an overlay that was revoked before UNLOAD is no difference there; one that was not, and VMBus's pages, are" {
	audited
	host '.overlays_at_unload = []'
	run -0 compared unload
	is '.result == "same"'
	audited '.findings[0].state = "failed"'
	run -0 compared unload
	is '.result == "different" and .only_module == 1'
	audited '.findings[2].state = "revoked"'
	host '.ledger_at_unload = []'
	run -0 compared unload
	is '.result == "different" and .only_module == 2'
}

@test "a page that the host still holds in the second kernel: different, unless the audit does not call it clean" {
	local finding
	audited
	host "$after"' | .overlays = [{kind: "simp", vp_index: 0, gpa: "0x1000"}]'
	run -0 compared second_kernel
	is '.result == "different" and .only_host == 1'
	audited '.findings[0].finding = "left shared"'
	run -0 compared second_kernel
	is '.result == "same" and .host_pages == 1'
	for finding in 'not checked' 'changed after revoke'; do
		audited ".findings[0].finding = \"$finding\""
		run -0 compared second_kernel
		is '.result == "gap"'
	done
}

@test "the second kernel's own pages, in its own memory, are not the first kernel's" {
	audited
	host "$after"' | .overlays = [{kind: "simp", vp_index: 0, gpa: "0x20000000"}, {kind: "siefp", vp_index: 0, gpa: "0x2ffff000"}]'
	run -0 compared second_kernel
	is '.result == "same"'
	host '.overlays[0].gpa = "0x30000000"'
	run -0 compared second_kernel
	is '.result == "different" and .only_host == 1'
}

@test "overlays and pages that the host attributes to the second kernel are not the first kernel's, wherever they are" {
	audited
	host "$after"' | .kernel = 2 | .overlays = [{kind: "simp", vp_index: 0, gpa: "0x1000", kernel: 2}]'
	run -0 compared second_kernel
	is '.result == "same"'
	host '.overlays[0] |= (.gpa = "0x20000000" | .kernel = 1)'
	run -0 compared second_kernel
	is '.result == "different" and .only_host == 1'
	host '.overlays = [] | .ledger = [{kind: "monitor", channel: 0, gpadl: 0, kernel: 2, pages: [[16, 1]]}]'
	run -0 compared second_kernel
	is '.result == "same"'
	host '.ledger[0].kernel = 1'
	run -0 compared second_kernel
	is '.result == "different" and .only_host == 1'
}

@test "left shared by the audit, but not held: different; a host that released after the kernel had stopped waiting: a gap" {
	audited '.findings[0].finding = "left shared"'
	host "$after"
	run -0 compared second_kernel
	is '.result == "different" and .only_module == 1'
	audited '.findings[2] |= (.finding = "left shared" | .evidence = "UNLOAD timeout")'
	run -0 compared second_kernel
	is '.result == "gap" and .only_module == 2'
}

@test "without a registry, or without asking the host, nothing is compared; the worst of several jumps counts" {
	printf '{"exit_status": 2}\n' >"$run_dir/audit.json"
	[ "$(compared unload)" = null ]
	rm "$run_dir/state.json"
	registry
	[ "$(compared before)" = null ]
	printf '{"comparison": "before", "result": "%s"}\n' same different gap >"$run_dir/comparisons.jsonl"
	[ "$(comparisons_json | jq -c .before.result)" = '"different"' ]
	# shellcheck disable=SC2119 # its argument is optional
	[ "$(comparison_words)" = 'before different, unload not made, second kernel not made' ]
}

@test "buffers of netvsc's size are compared in seconds" {
	registry '.extents += [{"kind": "GPADL", "relid": 7, "gpadl": 1, "gpa": "0x10000000", "pages": 8000, "state": "shared", "evidence": "GPADL created"}]'
	host '.ledger += [{kind: "gpadl", channel: 7, gpadl: 1, pages: [[65536, 8000]]}]'
	run -0 compared before
	is '.result == "same" and .host_pages == 8007'
}

@test "a GPADL whose teardown the host has answered when a storm ends is named, and not a difference" {
	audited
	jq '.ledger_at_unload = []' "$run_dir/state.json" >"$run_dir/state.new" && mv "$run_dir/state.new" "$run_dir/state.json"
	run -0 compared unload
	[ "$(jq -r .result <<<"$output")" = different ]
	opt_steps=busy
	run -0 compared unload
	[ "$(jq -r .result <<<"$output")" = gap ]
	[ "$(jq -r .only_module <<<"$output")" -eq 2 ]
	# a page that only the host names stays a difference, in a storm as well
	jq '.ledger_at_unload = [{"kind": "gpadl", "channel": 3, "gpadl": 923154, "pages": [[96, 1]]}]' "$run_dir/state.json" >"$run_dir/state.new"
	mv "$run_dir/state.new" "$run_dir/state.json"
	run -0 compared unload
	[ "$(jq -r .result <<<"$output")" = different ]
}

@test "a GPADL torn down between UNLOAD and the host's release: no difference, since the registry says torn down" {
	audited '.findings |= map(select(.kind != "GPADL"))'
	run -0 compared unload
	is '.result == "different" and .only_host == 2'
	host '.ledger_at_unload |= map(if .kind == "gpadl" then .given_back = true else . end)'
	run -0 compared unload
	is '.result == "same"'
}

@test "a CPU that goes offline between the UNLOAD of a kexec and its end is named, and not a difference" {
	audited '.findings |= map(select(.kind != "SIMP"))'
	run -0 compared unload
	[ "$(jq -r .result <<<"$output")" = different ]
	opt_steps=churn
	run -0 compared unload
	[ "$(jq -r .result <<<"$output")" = different ]
	opt_crash=kexec
	run -0 compared unload
	[ "$(jq -r .result <<<"$output")" = gap ]
}
