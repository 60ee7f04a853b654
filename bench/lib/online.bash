# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by bench/run.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files
#
# What it costs that one CPU goes offline and comes back: accesses to overlay registers of all VPs, each an exit, as the lab's own host
# counts them. The count is exact and does not depend on this machine, so one run of each size is enough.

# online_exits CPUS MODE: with "hvcrash" or "stock"; one number
online_exits() {
	local cpus=$1 mode=$2 name=bench-online-$1-$2-$$ option=()
	[ "$mode" = hvcrash ] || option=(--stock)
	"$repo/tests/lab/lab" run --kernel 6.12 "${option[@]}" --cpus "$cpus" --memory 2048 --cpu 0 --steps state:offline:3:online:3:state \
		--timeout 900 --name "$name" >"$out/online.log" 2>&1 || { tail -n 3 "$out/online.log" >&2; return 1; }
	jq -s '[.[] | [.vps[].overlay_exits] | add] | .[1] - .[0]' "$repo/build/lab/runs/$name/states.jsonl"
	rm -r "${repo:?}/build/lab/runs/$name"
}

bench_online() {
	local cpus mode counts=()
	for cpus in 4 63; do
		for mode in stock hvcrash; do
			say "online: $cpus CPUs, $mode"
			counts+=("$(online_exits $cpus $mode)") || { not_measured online-exits-63-vs-4 "the lab's run with $cpus CPUs did not hold"; return 0; }
		done
	done
	jq -n --argjson counts "[$(IFS=,; echo "${counts[*]}")]" '$counts |
		[{a: {exits: .[3], stock: .[2]}, b: {exits: .[1], stock: .[0]}}]' >"$out/pairs"
	figure online-exits-63-vs-4 exits 1 \
		'exits for overlay registers, of all VPs together, while one CPU goes offline and comes back: of 63 CPUs, against the same of 4' \
		.a.exits .b.exits '(.b.exits / .a.exits)' <"$out/pairs"
	figure online-exits-vs-stock exits '' 'the same with 63 CPUs, against the stock kernel' .a.exits .a.stock '(.a.stock / .a.exits)' <"$out/pairs"
}
