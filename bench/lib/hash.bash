# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by bench/run.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files
#
# The crash path's hash of the shared pages, against a plain read of the same memory.

bench_hash() {
	local mib=256 rounds
	say "hash-vs-read: $opt_rounds rounds over $mib MiB"
	rounds=$("$out/hash_read" $mib "$opt_rounds" | jq -R -s --argjson mib $mib \
		'[split("\n")[] | select(. != "") | split(" ") | map($mib * 1e9 / tonumber) | {a: .[0], b: .[1], cache: .[2]}]')
	figure hash-vs-read MiB/s 0.8 \
		"XXH64 page by page, as in the crash path, against adding up the same words; one CPU, memory larger than any cache. libxxhash's XXH64, the same algorithm as the kernel's xxh64()" \
		.a .b '(.a / .b)' <<<"$rounds"
	figure hash-vs-cache MiB/s '' \
		'the same hash against itself on pages in the first-level cache: a ratio near 1 means that it does not wait for memory, so a prefetch would not help' \
		.a .cache '(.a / .cache)' <<<"$rounds"
}
