# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by bench/run.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files
#
# The hash that the crash path takes of the shared pages, against a plain read of the same memory.

bench_hash() {
	local mib=256
	say "hash-vs-read: $opt_rounds rounds over $mib MiB"
	"$out/hash_read" $mib "$opt_rounds" | jq -R -s --argjson mib $mib \
		'[split("\n")[] | select(. != "") | split(" ") | map(tonumber) | {a: ($mib * 1e9 / .[0]), b: ($mib * 1e9 / .[1])}]' |
		figure hash-vs-read MiB/s 0.8 \
			"XXH64 page by page, as the crash path hashes, against adding up the same words; one CPU, memory that no cache holds. libxxhash's XXH64, the same algorithm as the kernel's xxh64()" \
			.a .b '(.a / .b)'
}
