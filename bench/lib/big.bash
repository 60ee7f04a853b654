# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by bench/run.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files
#
# A sparse ELF core of 1 TiB with a million shared pages, 16 in a row each, and how time and memory grow with both.

readonly tib=$((1 << 40))

# big_core BYTES EXTENTS PAGES
big_core() {
	rm -f "$out/big"
	"$out/mkbig" "$@" "$out/big" || die "the large core cannot be made"
}

# fitted_exponent: the exponent of "X Y" lines, by least squares over the logarithms
fitted_exponent() {
	awk '{ x = log($1); y = log($2); n++; sx += x; sy += y; sxx += x * x; sxy += x * y }
		END { printf "%.2f\n", (n * sxy - sx * sy) / (n * sxx - sx * sx) }'
}

# growth NAME WHAT GOAL-AT-MOST: lines of "SIZE MICROSECONDS" on standard input
growth() {
	local exponent points
	points=$(cat)
	exponent=$(fitted_exponent <<<"$points")
	jq -nc --arg name "$1" --arg what "$2" --argjson limit "$3" --argjson exponent "$exponent" --arg points "$points" \
		'{name: $name, unit: "exponent", ours: $exponent, theirs: $limit,
		ratio: (if $exponent <= 0.01 then 99 else $limit / $exponent end),
		n: ($points | split("\n") | length), spread: [0, 0], goal: 0.9, what: $what,
		points: [$points | split("\n")[] | split(" ") | map(tonumber)]} | . + {spread: [.ratio, .ratio], holds: (.ratio >= .goal)}' >>"$out/figures"
}

# median_cpu COMMAND...: median of five runs, in microseconds of CPU
median_cpu() {
	"$out/measure" 5 "$@" -- true | awk '$1 == "a" { print $3 }' | sort -n | sed -n 3p
}

bench_big() {
	local pairs size
	say "audit-1tib-hash-rate"
	big_core $tib 62500 16
	pairs=$(in_turns "$opt_rounds" "$tool" audit --all -n -o FINDING "$out/big" -- "$out/xxh_loop" $tib 62500 16 "$out/big")
	figure audit-1tib-hash-rate 'MiB/s of CPU' 0.7 \
		'a sparse 1 TiB ELF core with a million shared pages in 62,500 regions: the whole audit, with one column of findings, against a loop of pread() and XXH64 over the same pages' \
		'(1e6 * 3906.25 / .a.cpu)' '(1e6 * 3906.25 / .b.cpu)' '(.b.cpu / .a.cpu)' <<<"$pairs"
	figure audit-1tib-memory KiB 1 \
		'peak memory of that audit against the 16 MiB that a crash kernel allows it' \
		.a.kib 16384 '(16384 / .a.kib)' <<<"$pairs"
	in_turns "$opt_rounds" "$tool" audit --all "$out/big" -- "$out/xxh_loop" $tib 62500 16 "$out/big" |
		figure audit-1tib-with-table 'MiB/s of CPU' '' 'the same with the whole table of 62,500 rows: the cost of printing it' \
			'(1e6 * 3906.25 / .a.cpu)' '(1e6 * 3906.25 / .b.cpu)' '(.b.cpu / .a.cpu)'
	for size in 1000 10000 100000 1000000; do
		big_core $tib $((size / 16 + 1)) 16
		printf '%s %s\n' $size "$(median_cpu "$tool" audit --all -n -o FINDING "$out/big")"
	done | growth audit-growth-pages 'CPU time of the audit over 1,000 to 1,000,000 shared pages: exponent of the fitted curve, 1 is linear' 1
	for size in 1 16 256 1024; do
		big_core $(((size + 1) << 30)) 1000 16
		printf '%s %s\n' $size "$(median_cpu "$tool" audit --all -n -o FINDING "$out/big")"
	done | growth audit-growth-dump 'CPU time of the audit of 16,000 shared pages in dumps of 1 GiB to 1 TiB: exponent of the fitted curve, 0 is constant' 0.1
	rm -f "$out/big"
}
