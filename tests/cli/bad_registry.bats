#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Damaged registries: status 2, one line that says what and where, no verdict.
# Damage by `header` and `edit` has correct checksums, damage by `poke` does not.

load helpers

@test "header: wrong magic" {
	core good "header magic=0x1234"
	refused 2 "core: registry header at 0x101000: wrong magic 0x0000000000001234"
}

@test "header: another major version" {
	core good "header major=2 minor=0"
	refused 2 "core: registry header at 0x101000: format 2.0 is not supported, only 1.x"
}

@test "header: a newer minor version is read" {
	core good "header minor=9"
	try audit core
	expect_status 0
}

@test "header: another size" {
	core good "header header_bytes=512"
	refused 2 "core: registry header at 0x101000: size of 512 bytes, not 4096"
}

@test "header: gives another address as its own" {
	core good "header gpa=0x102000"
	refused 2 "core: registry header at 0x101000: says that it is at 0x102000"
}

@test "header: unknown phase" {
	core good "header phase=9"
	refused 2 "core: registry header at 0x101000: unknown phase 9"
	core good "header phase=0"
	refused 2 "unknown phase 0"
}

@test "header: wrong checksum" {
	core good "header checksum=0xabc"
	refused 2 "core: registry header at 0x101000: wrong checksum: 0x0000000000000abc, computed 0x"
}

@test "header: a byte changed at its very end" {
	core good "poke 0x101fff 1"
	refused 2 "core: registry header at 0x101000: wrong checksum"
}

@test "header: chunks of an impossible size" {
	local bytes
	for bytes in 0 100 4097 0x80000000 0xfffff000; do
		core good "header chunk_bytes=$bytes"
		refused 2 "core: registry header at 0x101000: chunks of $((bytes)) bytes"
	done
}

@test "header: more chunks than the directory has" {
	core good "header nr_chunks=449"
	refused 2 "core: registry header at 0x101000: 449 chunks, 448 at most"
	core good "header nr_chunks=0xffffffff"
	refused 2 "4294967295 chunks, 448 at most"
}

@test "header: more chunks than there are" {
	core good "header nr_chunks=5"
	refused 2 "core: registry header at 0x101000: chunk 4 has the bad address 0x0"
}

@test "header: a chunk at an address that is not a page" {
	core good "header chunk_gpa.1=0x103008"
	refused 2 "core: registry header at 0x101000: chunk 1 has the bad address 0x103008"
}

@test "header: a chunk that ends beyond the address space" {
	core good "header chunk_gpa.1=0xfffffffffffff000"
	refused 2 "core: registry header at 0x101000: chunk 1 has the bad address 0xfffffffffffff000"
}

@test "header: a chunk listed twice" {
	core good "header chunk_gpa.2=0x103000"
	refused 2 "core: registry header at 0x101000: chunks 1 and 2 overlap at 0x103000"
}

@test "header: chunks that overlap" {
	core good "header chunk_bytes=8192"
	refused 2 "core: registry header at 0x101000: chunks 0 and 1 overlap at 0x103000"
}

@test "header: a chunk that is the header" {
	core good "header chunk_gpa.3=0x101000"
	refused 2 "core: registry header at 0x101000: chunk 3 at 0x101000 overlaps the header"
}

@test "chunk: not in the dump" {
	core good "header chunk_gpa.2=0x7fff0000"
	refused 2 "core: registry chunk at 0x7fff0000: not in the dump"
}

@test "chunk: only its head is in the dump" {
	core good "segment 0x300000 0x1000" "chunk extents 0x300000 bytes_used=4096" "phdr 4 p_filesz=128"
	refused 2 "core: registry chunk at 0x300000: not in the dump"
}

@test "chunk: wrong magic" {
	core good "edit chunk 1 magic=7"
	refused 2 "core: registry chunk at 0x103000: wrong magic 0x0000000000000007"
}

@test "chunk: gives another address as its own" {
	core good "edit chunk 1 gpa=0x104000"
	refused 2 "core: registry chunk at 0x103000: says that it is at 0x104000"
}

@test "chunk: another index" {
	core good "edit chunk 1 index=2"
	refused 2 "core: registry chunk at 0x103000: index 2, listed as 1"
}

@test "chunk: unknown type" {
	core good "edit chunk 1 type=4"
	refused 2 "core: registry chunk at 0x103000: unknown type 4"
	core good "edit chunk 1 type=0"
	refused 2 "unknown type 0"
}

@test "chunk: records of another size" {
	local bytes
	for bytes in 0 32 128 0xffffffff; do
		core good "edit chunk 1 record_bytes=$bytes"
		refused 2 "core: registry chunk at 0x103000: records of $((bytes)) bytes, not 64"
	done
}

@test "chunk: more records than fit" {
	core good "edit chunk 1 nr_records=64"
	refused 2 "core: registry chunk at 0x103000: 64 records do not fit into it"
	core good "edit chunk 1 nr_records=0xffffffff"
	refused 2 "4294967295 records do not fit into it"
}

@test "chunk: more bytes used than it has, too few, or half a record" {
	local bytes
	for bytes in 0 63 100 4160 0xffffffff; do
		core good "edit chunk 1 bytes_used=$bytes"
		refused 2 "core: registry chunk at 0x103000: $((bytes)) bytes used, with room for 4096"
	done
}

@test "chunk: wrong checksum" {
	core good "edit chunk 2 checksum=5"
	refused 2 "core: registry chunk at 0x104000: wrong checksum: 0x0000000000000005, computed 0x"
}

@test "chunk: a state changed after the checksum" {
	core not-reached "poke 0x103280 4"
	refused 2 "core: registry chunk at 0x103000: wrong checksum"
}

@test "chunk: a record of a channel changed after the checksum" {
	core good "poke 0x105044 6"
	refused 2 "core: registry chunk at 0x105000: wrong checksum"
}

@test "extent: an address that is not a page" {
	core good "edit extent 3 gpa=0x203001"
	refused 2 "core: registry chunk at 0x103000: extent 3: bad address 0x203001 with 1 pages"
}

@test "extent: no pages" {
	core good "edit extent 16 pages=0"
	refused 2 "core: registry chunk at 0x104000: extent 0: bad address 0x220000 with 0 pages"
}

@test "extent: ends beyond the address space" {
	core good "edit extent 3 gpa=0xfffffffffffff000 pages=2"
	refused 2 "core: registry chunk at 0x103000: extent 3: bad address 0xfffffffffffff000 with 2 pages"
}

@test "extent: malformed, of an unknown kind or state" {
	core good "edit extent 3 state=99 gpa=0x1"
	refused 2 "extent 3: bad address 0x1"
}

@test "an error names the address in JSON" {
	core good "header magic=1"
	try audit --json core
	expect "$(jq -r .error.gpa out)" 0x101000
	expect "$(jq -r .error.file out)" core
}

@test "list refuses what audit refuses" {
	core good "header nr_chunks=449"
	refused 2 "449 chunks" list core
	core good "poke 0x103080 9"
	refused 2 "wrong checksum" list core
	core good "edit extent 16 pages=0"
	refused 2 "bad address" list core
}
