# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by bench/run.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files
#
# The rendezvous of the crash path with up to 416 CPUs, Azure's largest VM, each a thread, beside the same threads at two barriers
# of pthread.

# rendezvous_pairs: pairs of the two, from lines of rendezvous_cost on standard input
rendezvous_pairs() {
	jq -R -s '[split("\n")[] | select(. != "") | split(" ")
			| {name: .[0], park: (.[1] | tonumber), revoke: (.[2] | tonumber), close: (.[3] | tonumber), look: (.[4] | tonumber)}]
		| [[.[] | select(.name == "rendezvous")], [.[] | select(.name == "barrier")]] | transpose | map({a: .[0], b: .[1]})'
}

bench_rendezvous() {
	local cpus step lines
	rm -f "$out/rendezvous.points"
	for cpus in 16 104 416; do
		say "rendezvous: $cpus CPUs"
		lines=$("$out/rendezvous_cost" $cpus "$opt_rounds")
		awk -v n=$cpus '$1 == "rendezvous" { print n, $5 }' <<<"$lines" | sort -n -k 2 | sed -n "$((opt_rounds / 2 + 1))p" >>"$out/rendezvous.points"
		[ $cpus = 416 ] || continue
		for step in park revoke; do
			rendezvous_pairs <<<"$lines" | figure "rendezvous-$step-$cpus-vs-barrier" 'ns' '' \
				"$step $cpus CPUs, each a thread, against the same threads at a barrier of pthread" ".a.$step" ".b.$step" "(.b.$step / .a.$step)"
		done
	done
	growth rendezvous-growth-look 'one look of the panicking CPU at 16 to 416 parked ones: exponent of the fitted curve, 1 is linear' 1 \
		<"$out/rendezvous.points"
}
