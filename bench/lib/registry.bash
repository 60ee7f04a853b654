# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by bench/run.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files
#
# The cost of the registry per extent in the running kernel, and of its walk in the crash path, beside a red-black tree and a sorted
# array of the same records. A single extent is not measured: reading the clock costs fifty times as much.

readonly registry_owner=256

# registry_pairs STRUCTURE: pairs of the registry and that structure, from lines of registry_cost on standard input
registry_pairs() {
	jq -R -s --arg other "$1" '[split("\n")[] | select(. != "") | split(" ")
			| {name: .[0], publish: (.[1] | tonumber), lookup: (.[2] | tonumber), walk: (.[3] | tonumber),
				retire: (.[4] | tonumber), bytes: (.[5] | tonumber)}]
		| [[.[] | select(.name == "registry")], [.[] | select(.name == $other)]] | transpose | map({a: .[0], b: .[1]})'
}

name_of() {
	if [ "$1" = tree ]; then printf 'a red-black tree'; else printf 'a sorted array'; fi
}

# registry_figures EXTENTS GOAL
registry_figures() {
	local extents=$1 goal=$2 other step lines
	lines=$("$out/registry_cost" "$extents" $registry_owner "$opt_rounds")
	for other in tree array; do
		for step in publish lookup walk retire; do
			registry_pairs $other <<<"$lines" | figure "registry-$step-$extents-vs-$other" 'ns of CPU' "$goal" \
				"$step of one of $extents extents, $registry_owner per owner, against $(name_of $other) of the same records" \
				".a.$step" ".b.$step" "(.b.$step / .a.$step)"
		done
		registry_pairs $other <<<"$lines" | figure "registry-memory-$extents-vs-$other" 'bytes' '' \
			"memory for one of $extents extents" .a.bytes .b.bytes '(.b.bytes / .a.bytes)'
	done
	awk -v n="$extents" '$1 == "registry" { print n, $2 * n, $3 * n, $4 * n, $5 * n }' <<<"$lines" | sort -n -k 2 |
		sed -n "$((opt_rounds / 2 + 1))p" >>"$out/registry.points"
}

# One GPADL for each page, which no driver does: the cost of the fixed number of hash buckets
registry_one_page_owners() {
	local extents
	for extents in 1000 10000 100000; do
		"$out/registry_cost" $extents 1 1 | awk -v n=$extents '$1 == "registry" { print n, $5 * n }'
	done | growth registry-growth-one-page-owners \
		'CPU time to retire 1,000 to 100,000 owners of one page each: exponent of the fitted curve, 1 is linear' 1
}

bench_registry() {
	local column=2 step
	rm -f "$out/registry.points"
	for step in 1000 30000 1000000; do
		say "registry: $step extents"
		registry_figures $step "$([ $step != 1000000 ] || echo 1)"
	done
	for step in publish lookup walk retire; do
		cut -d ' ' -f 1,$column "$out/registry.points" | growth "registry-growth-$step" \
			"CPU time to $step 1,000 to 1,000,000 extents: exponent of the fitted curve, 1 is linear" 1
		column=$((column + 1))
	done
	registry_one_page_owners
}
