# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by bench/run.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files
#
# The cost of following VMBus: the balloon device is bound to its driver again and again, with hvcrash loaded and without, in one
# boot and in turns. With hv_balloon that makes the GPADL of one ring; with uio_hv_generic a storm of GPADL messages, since that driver
# shares 31 and 16 MiB beside its rings, page by page, like netvsc.

# tracking_pairs FILE: from lines "with N" and "without N", in hundredths of a second
tracking_pairs() {
	jq -R -n '[inputs | split(" ") | {side: .[0], ms: (.[1] | tonumber * 10)}]
		| [range(0; length; 2) as $i | .[$i:$i + 2] | {a: map(select(.side == "with"))[0].ms, b: map(select(.side == "without"))[0].ms}]' "$1"
}

# tracking_of NAME STEPS REBINDS WHAT
tracking_of() {
	local figure=$1 steps=$2 rebinds=$3 what=$4 run=bench-$1-$$
	say "$figure: $opt_rounds pairs of $rebinds rebinds"
	"$repo/tests/lab/lab" run --host kvm --kernel "$bench_kernel" --cpus 2 --cpu 1 --crash timed --expect jumped \
		--steps "${steps}compare:$opt_rounds:$rebinds" --name "$run" >"$out/tracking.log" 2>&1 || {
		not_measured "$figure" "the lab did not finish: $(tail -n 1 "$out/tracking.log")"
		return
	}
	mv "$repo/build/lab/runs/$run/tracking" "$out/$figure.centiseconds"
	rm -r "${repo:?}/build/lab/runs/$run"
	tracking_pairs "$out/$figure.centiseconds" | figure "$figure" "ms for $rebinds" 0.99 "$what" .a .b '(.b / .a)'
}

bench_tracking() {
	tracking_of tracking-overhead '' 150 \
		'unbind and bind of the balloon device with hvcrash loaded, against the same without, in one boot and in turns'
	tracking_of tracking-overhead-storm uio: 6 \
		'the same with uio_hv_generic, whose buffers of 47 MiB are shared page by page, and torn down'
}
