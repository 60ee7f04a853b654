# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by bench/run.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files
#
# The duration of a panic until the jump into the crash kernel: the stock kernel, hvcrash, and the register writes alone, for several
# numbers of CPUs. Each boot of the lab is crashed many times; kernel/test/hvcrash_stamp.c takes the time stamps.
#
# The lab's nested machine runs all VPs of the guest on one emulated CPU, on which a register write takes some milliseconds: two
# figures from that machine can be compared with each other, but not with those of another machine.

# panic_crash CPUS MODE KIND NAME [LAB-OPTION...]: adds a line of stamps. Leaves a failed run as it is.
panic_crash() {
	local cpus=$1 mode=$2 kind=$3 run=$4 stock=(); shift 4
	[ "$mode" = hvcrash ] || stock=(--stock)
	"$repo/tests/lab/lab" run --host kvm --kernel "$bench_kernel" "${stock[@]}" --cpus "$cpus" --cpu $((cpus > 2 ? 2 : 0)) \
		--crash "$kind" --expect jumped --name "$run" "$@" >"$out/panic.log" 2>&1 ||
		{ say "a crash with $cpus CPUs failed: $(tail -n 1 "$out/panic.log")"; return 1; }
	jq -c --arg kind "$mode-$kind" '{kind: $kind, cpus} + .stamps' "$repo/build/lab/runs/$run/result.json" >>"$out/panic.jsonl"
}

# panic_crashes CPUS: opt_crashes of each kind, in turns, from one boot with hvcrash and one without
panic_crashes() {
	local cpus=$1 runs=$repo/build/lab/runs name=bench-panic-$1-$$ i
	say "panic: $cpus CPUs"
	panic_crash "$cpus" stock timed "$name-stock" --keep && panic_crash "$cpus" hvcrash timed "$name-ours" --keep || return 1
	panic_crash "$cpus" stock floor "$name-stock-floor" --from "$name-stock" || return 1
	for ((i = 2; i <= opt_crashes; i++)); do
		panic_crash "$cpus" stock timed "$name-stock-$i" --from "$name-stock" &&
			panic_crash "$cpus" hvcrash timed "$name-ours-$i" --from "$name-ours" &&
			panic_crash "$cpus" stock floor "$name-stock-floor-$i" --from "$name-stock" || return 1
		rm -r "${runs:?}/$name-"*-"$i"
	done
	rm -r "${runs:?}/$name-"*
}

# panic_pairs CPUS OURS THEIRS: pairs of those kinds, as many as exist, in milliseconds
panic_pairs() {
	jq -s --argjson cpus "$1" --arg ours "$2" --arg theirs "$3" '
		def ms: (.khz) as $khz | {kind, writes: .floor_writes, all: ((.jump - .panic) / $khz), floor: ((.floor_cycles // 0) / $khz),
			inside: (((.parking_cycles // 0) + (.finishing_cycles // 0)) / $khz)};
		map(select(.cpus == $cpus) | ms) | [[.[] | select(.kind == $ours)], [.[] | select(.kind == $theirs)]]
			| transpose | map(select(all) | {a: .[0], b: .[1]})' "$out/panic.jsonl"
}

# panic_points FILTER: "CPUS MEDIAN" from the pairs of hvcrash and the floor, one a line
panic_points() {
	local cpus
	for cpus in ${opt_cpus//,/ }; do
		panic_pairs "$cpus" hvcrash-timed stock-floor |
			jq -r --argjson cpus "$cpus" "map($1)"' | select(length > 0) | sort | "\($cpus) \(.[length / 2 | floor])"'
	done
}

# panic_figures CPUS: based on medians. A crash with hvcrash and one without do not form a pair like two runs side by side: other load
# on this machine affects one and not the other.
panic_figures() {
	local cpus=$1
	panic_pairs "$cpus" hvcrash-timed stock-floor >"$out/pairs"
	figure "panic-added-vs-floor-$cpus" ms 0.8 \
		"everything that hvcrash does in a panic of $cpus CPUs, on the one that panics: waits for the others, revokes, hashes, records; against the register writes alone, which all CPUs make at once. A ratio of 0.8 means that ours takes 1.25 times the floor" \
		.a.inside .b.floor '(.b.floor / .a.inside)' medians <"$out/pairs"
	panic_pairs "$cpus" hvcrash-timed stock-timed >"$out/pairs"
	figure "panic-vs-stock-$cpus" ms '' \
		"from the first instruction of panic() to machine_kexec(), with $cpus CPUs, against the stock kernel" \
		.a.all .b.all '(.b.all / .a.all)' medians <"$out/pairs"
	figure "panic-handler-vs-stock-$cpus" ms '' \
		"hvcrash's part of that, with $cpus CPUs, against the crash handler of the stock kernel, which revokes the pages of only one CPU" \
		.a.inside .b.inside '(.b.inside / .a.inside)' medians <"$out/pairs"
	panic_pairs "$cpus" stock-floor stock-timed >"$out/pairs"
	figure "panic-waiting-vs-stock-$cpus" ms '' \
		"the same for a stock kernel whose other CPUs only spin: the cost of parked CPUs when all share one emulated CPU" \
		.a.all .b.all '(.b.all / .a.all)' medians <"$out/pairs"
}

bench_panic() {
	local cpus largest=0
	[ -n "$opt_again" ] || : >"$out/panic.jsonl"
	for cpus in ${opt_cpus//,/ }; do
		[ -n "$opt_again" ] || panic_crashes "$cpus" || not_measured "panic-added-vs-floor-$cpus" "the lab did not crash a guest of $cpus CPUs"
		[ "$(panic_pairs "$cpus" hvcrash-timed stock-floor)" != '[]' ] || continue
		panic_figures "$cpus"
		largest=$cpus
	done
	[ "$largest" -gt 1 ] || { not_measured panic-added-vs-floor 'no guest with more than one CPU was crashed'; return; }
	jq -c --arg name "panic-added-vs-floor-$largest" 'select(.name == $name) | .name = "panic-added-vs-floor"' "$out/figures" >"$out/figure"
	cat "$out/figure" >>"$out/figures"
	panic_points .b.floor >"$out/plot-floor"
	panic_points .a.inside >"$out/plot-added"
	growth panic-growth-added "hvcrash's time in a panic, over 2 and more CPUs: exponent of the fitted curve, against that of the register writes alone" \
		"$(sed 1d "$out/plot-floor" | fitted_exponent)" < <(sed 1d "$out/plot-added")
	not_measured panic-revoke-direct-kvm 'this machine has no KVM that offers Hyper-V: all VPs of the lab share one emulated CPU'
	[ "$(wc -l <"$out/plot-floor")" -le 1 ] || draw panic
}
