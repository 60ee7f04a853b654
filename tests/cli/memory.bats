#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Memory is scarce in a crash kernel. Not for a build with sanitizers, which need
# memory of their own.

load helpers

@test "the audit of a large registry needs less than 8 MiB of data" {
	core many
	ulimit -d 8192
	try audit core
	expect_status 0
	try audit --json core
	expect_status 0
}

@test "the audit of a kdump-compressed dump needs less than 12 MiB of data, flattened or not" {
	local record
	for record in 0 4096; do
		kdump zlib $record
		(
			ulimit -d 12288
			try audit core
			expect_status 0
		)
	done
}

@test "the size of an allocation does not depend on a header's claims" {
	local claim
	for claim in bitmap_blocks=0x40000 size_note=0x7fffffff size_vmcoreinfo=0x7fffffff; do
		kdump zlib 0 "kdump $claim"
		(
			ulimit -d 8192
			try audit core
			expect_status 3
			expect_no_word err "out of memory"
		)
	done
}

@test "the audit of a dump of 1 TiB with a million shared pages needs less than 8 MiB of data" {
	make -s -C "$CLI_DIR/../../bench" O="$PWD/bench"
	bench/mkbig $((1 << 40)) 62500 16 core || skip "no file of 1 TiB here, not even a sparse one"
	ulimit -d 8192
	try audit -o FINDING core >shown
	expect_status 0
	expect "$(verdict)" "CLEAN: 62500 regions of 1000000 pages, all revoked, contents unchanged."
}
