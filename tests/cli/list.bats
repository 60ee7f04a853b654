#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrashctl list: the registry without a judgement, of this kernel or of a dump.

load helpers

@test "the live registry is listed, without torn-down extents" {
	live live
	try list --registry registry
	expect_status 0
	expect_word out "live, kernel 6.12.0-test, module 0.1.0"
	expect "$(row 0x209000)" "SIMP VP 3 0x209000 1 shared register on"
	expect_no_word out 0x230000
	expect "$(grep -c '^[SVGhr].* 0x' out)" 18
}

@test "--all shows torn-down extents" {
	live live
	try list --all --registry registry
	expect "$(row 0x230000)" "GPADL channel 6 0x230000 1 torn down GPADL torn down"
}

@test "the list in JSON has numbers, addresses and nulls" {
	live live
	try list --json --registry registry
	expect_status 0
	expect "$(jq -r .schema out)" hvcrash.list/1
	expect "$(jq -r .summary.phase out)" live
	expect "$(jq -c '.extents[] | select(.gpa == "0x40000000")
		| [.pages, .vp_index, .relid, .gpadl, .hash, .device_class]' out)" \
		'[4,null,5,"0xe1e10",null,"f8615163-df3e-46c5-913f-f2d2f965ed0e"]'
}

@test "the gaps of the live registry are listed" {
	live live "header coverage=1 extents_dropped=2"
	try list --registry registry
	expect_status 0
	expect_word out "the module was loaded after VMBus had made contact"
	expect_word out "no room for 2 extents"
}

@test "a record that is being written is shown as busy" {
	live live "edit extent 3 state=busy gpa=0x77 pages=0"
	try list --registry registry
	expect_status 0
	expect "$(row 0x77)" "SIMP VP 1 0x77 0 busy register on"
}

@test "a dump is listed as well" {
	core not-reached
	try list core
	expect_status 0
	expect_word out "finished, kernel 6.12.0-test"
	expect "$(row 0x209000)" "SIMP VP 3 0x209000 1 not reached no answer"
}

@test "columns of the audit are not columns of the list" {
	live live
	refused 3 "unknown column 'FINDING'" list -o FINDING --registry registry
}

@test "-o selects columns, + adds them, and case does not matter" {
	live live
	try list -o gpa,VP --no-headings --registry registry
	expect "$(row 0x209000)" "0x209000 3"
	try list -o +gpadl --registry registry
	expect "$(row 0x220000)" "GPADL channel 5 (network) 0x220000 4 shared GPADL created 0xe1e10"
	expect "$(row '^KIND')" "KIND OWNER GPA PAGES STATE EVIDENCE GPADL"
}

@test "-o also selects the keys of JSON" {
	live live
	try list --json -o GPA,PAGES --registry registry
	expect "$(jq -c '.extents[0]' out)" '{"gpa":"0x200000","pages":1}'
}

@test "without the module there is no registry, status 2" {
	[ ! -e /sys/kernel/hvcrash/registry ] || skip "the module is loaded here"
	refused 2 "hvcrash.ko is not loaded" list
}

@test "another registry that does not exist is an I/O error, status 3" {
	refused 3 "missing: cannot open: No such file or directory" list --registry missing
}

@test "a live registry truncated in its header or its chunks is refused" {
	live live "truncate 4000"
	refused 2 "registry: registry header: truncated after 4000 bytes" list --registry registry
	live live "truncate 9000"
	refused 2 "registry: registry chunk at 0x104000: not in the dump" list --registry registry
	live live "truncate 16460"
	refused 2 "registry: registry chunk at 0x105000: record 0 is not in the dump" list --registry registry
}

@test "a live registry with hostile numbers is refused" {
	live live "header nr_chunks=0xffffffff"
	refused 2 "4294967295 chunks" list --registry registry
	live live "header chunk_gpa.2=0x103000"
	refused 2 "chunks 1 and 2 overlap" list --registry registry
	live live "edit chunk 1 bytes_used=0xffffffff"
	refused 2 "4294967295 bytes used" list --registry registry
	live live "header gpa=0"
	refused 2 "VMCOREINFO: the registry's address 0x0" list --registry registry
}

@test "the live registry can be audited but is never clean" {
	live live
	try audit registry
	expect_status 2
	expect_no_word out CLEAN
	live good
	try audit registry
	expect_status 2
	expect_word out "CANNOT TELL: 18 regions not in the dump (first missing page 0x200000: the registry file contains no other memory)"
}

@test "a dry run: the audit of the running kernel's registry says what a crash has to revoke" {
	live live
	try audit registry
	expect_status 2
	expect "$(verdict)" "CANNOT TELL: the crash path did not run (phase: live); 18 regions of 25 pages shared now, to be revoked in a crash."
	expect "$(row 0x203000)" "SIMP VP 1 0x203000 1 shared register on not checked shared now, to be revoked in a crash"
	expect_no_word out CLEAN
	try audit --json registry
	expect_status 2
	expect "$(jq -r '.gaps[1].gap' out)" dry-run
}
