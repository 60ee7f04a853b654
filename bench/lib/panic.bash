# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by bench/run.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files
#
# What a panic takes until the jump into the crash kernel: the stock kernel, hvcrash, and the register writes alone, at several
# numbers of CPUs. Each boot of the lab is crashed many times; the stamps are those of kernel/test/hvcrash_stamp.c.
#
# The lab's nested machine runs all VPs of the guest on one emulated CPU, on which a register write of the guest takes some
# milliseconds: figures of two things in that machine can be compared, with those of another machine they cannot.

# panic_crash CPUS MODE KIND NAME [LAB-OPTION...]: a line of the stamps more. A run that fails is left as it is.
panic_crash() {
	local cpus=$1 mode=$2 kind=$3 run=$4 stock=(); shift 4
	[ "$mode" = hvcrash ] || stock=(--stock)
	"$repo/tests/lab/lab" run --host kvm --kernel "$bench_kernel" "${stock[@]}" --cpus "$cpus" --cpu $((cpus > 2 ? 2 : 0)) \
		--crash "$kind" --expect jumped --name "$run" "$@" >"$out/panic.log" 2>&1 ||
		{ say "a crash of $cpus CPUs came to nothing: $(tail -n 1 "$out/panic.log")"; return 1; }
	jq -c --arg kind "$mode-$kind" '{kind: $kind, cpus} + .stamps' "$repo/build/lab/runs/$run/result.json" >>"$out/panic.jsonl"
}

# panic_crashes CPUS: opt_crashes of each kind, in turns, of one boot with hvcrash and one without
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

# panic_pairs CPUS OURS THEIRS: as many pairs as there are of those kinds, in milliseconds
panic_pairs() {
	jq -s --argjson cpus "$1" --arg ours "$2" --arg theirs "$3" '
		def ms: (.khz) as $khz | {kind, writes: .floor_writes, all: ((.jump - .panic) / $khz), floor: ((.floor_cycles // 0) / $khz),
			inside: (((.parking_cycles // 0) + (.finishing_cycles // 0)) / $khz)};
		map(select(.cpus == $cpus) | ms) | [[.[] | select(.kind == $ours)], [.[] | select(.kind == $theirs)]]
			| transpose | map(select(all) | {a: .[0], b: .[1]})' "$out/panic.jsonl"
}

# panic_points FILTER: "CPUS MEDIAN" of the pairs of hvcrash and the floor, one a line
panic_points() {
	local cpus
	for cpus in ${opt_cpus//,/ }; do
		panic_pairs "$cpus" hvcrash-timed stock-floor |
			jq -r --argjson cpus "$cpus" "map($1)"' | select(length > 0) | sort | "\($cpus) \(.[length / 2 | floor])"'
	done
}

# panic_figures CPUS: of medians. A crash with hvcrash and one without are no pair as two runs side by side are: what else this
# machine does meets one of them and not the other.
panic_figures() {
	local cpus=$1
	panic_pairs "$cpus" hvcrash-timed stock-floor >"$out/pairs"
	figure "panic-added-vs-floor-$cpus" ms 0.8 \
		"all that hvcrash does in a panic of $cpus CPUs, on the one that panics: waits for the others, revokes, hashes, writes down; against the register writes alone, which all CPUs make at once. Ours is 1.25 times the floor where the ratio is 0.8" \
		.a.inside .b.floor '(.b.floor / .a.inside)' medians <"$out/pairs"
	panic_pairs "$cpus" hvcrash-timed stock-timed >"$out/pairs"
	figure "panic-vs-stock-$cpus" ms '' \
		"from the first instruction of panic() to machine_kexec(), with $cpus CPUs, against the stock kernel" \
		.a.all .b.all '(.b.all / .a.all)' medians <"$out/pairs"
	figure "panic-handler-vs-stock-$cpus" ms '' \
		"what hvcrash does of that, with $cpus CPUs, against the crash handler of the stock kernel, which revokes the pages of only one CPU" \
		.a.inside .b.inside '(.b.inside / .a.inside)' medians <"$out/pairs"
	panic_pairs "$cpus" stock-floor stock-timed >"$out/pairs"
	figure "panic-waiting-vs-stock-$cpus" ms '' \
		"the same of a stock kernel whose other CPUs do nothing but wait in a loop: what parked CPUs cost where all share one emulated CPU" \
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
	[ "$largest" -gt 1 ] || { not_measured panic-added-vs-floor 'no guest with more CPUs than one was crashed'; return; }
	jq -c --arg name "panic-added-vs-floor-$largest" 'select(.name == $name) | .name = "panic-added-vs-floor"' "$out/figures" >"$out/figure"
	cat "$out/figure" >>"$out/figures"
	panic_points .b.floor >"$out/plot-floor"
	panic_points .a.inside >"$out/plot-added"
	growth panic-growth-added "time in a panic that is in the hands of hvcrash, over 2 CPUs and more: exponent of the fitted curve, against that of the register writes alone" \
		"$(sed 1d "$out/plot-floor" | fitted_exponent)" < <(sed 1d "$out/plot-added")
	not_measured panic-revoke-direct-kvm 'this machine has no KVM that offers Hyper-V: all VPs of the lab share one emulated CPU'
	[ "$(wc -l <"$out/plot-floor")" -le 1 ] || draw panic
}
