#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# A crash that went well.

load helpers

@test "a crash that revoked everything is clean, status 0" {
	core good
	try audit core
	expect_status 0
	expect "$(verdict)" "CLEAN: 18 regions of 25 pages, all revoked, contents unchanged."
	expect "$(wc -c <err)" 0
}

@test "the table has not changed" {
	core good
	try audit core
	sed 's/^\(Judged: .*, \).*/\1now/' out >table
	diff -u "$CLI_DIR/good.table" table
}

@test "the JSON has not changed" {
	core good
	try audit --json core
	expect_status 0
	jq -S '.summary.judged_at = "now"' out >sorted.json
	diff -u "$CLI_DIR/good.json" sorted.json
}

@test "torn down and empty records are counted but not shown" {
	core good
	try audit core
	expect_word out "1 torn down before"
	expect_no_word out 0x230000
}

@test "after a rescue by the second kernel it says revoked late, status 0" {
	core late
	try audit core
	expect_status 0
	expect "$(verdict)" "CLEAN: 18 regions of 25 pages, all revoked (3 late, by the second kernel), contents unchanged."
	try audit --all core
	expect "$(row 0x209000)" "SIMP VP 3 0x209000 1 revoked late read back revoked late by the second kernel"
}

@test "the last of several registry lines counts" {
	core good "no-vmcoreinfo" "vmcoreinfo HVCRASH_REGISTRY=0xdead000" \
		"vmcoreinfo HVCRASH_REGISTRY=0x101000"
	try audit core
	expect_status 0
}

@test "program headers counted by PN_XNUM are read" {
	core good xnum
	try audit core
	expect_status 0
}

@test "a dump of arm64 is read" {
	core good "elf e_machine=183"
	try audit core
	expect_status 0
}

@test "overlapping segments, like the kernel's text in /proc/vmcore, are read" {
	core good "segment 0x200000 0x4000"
	try audit core
	expect_status 0
}

@test "unload of a VMBus that was not connected is not a gap" {
	core good "header crash.unload=none"
	try audit core
	expect_status 0
	expect_word out "not connected"
}

@test "an extent that spans two segments is hashed over both" {
	core good "segment 0x240000 0x2000" "extent kind=gpadl relid=5 gpa=0x23f000 pages=2 hash=0"
	try audit core
	expect_status 1
	expect "$(row 0x23f000)" "GPADL channel 5 (network) 0x23f000 2 revoked read back changed after revoke contents differ"
}

@test "a registry of thousands of extents is one table with one heading" {
	core many
	try audit --all core
	expect_status 0
	expect "$(grep -c '^KIND' out)" 1
	expect "$(grep -c '^GPADL ' out)" 1300
	try audit --json core
	expect "$(jq '.findings | length' out)" 1300
}

@test "strings of the dump cannot reach the terminal as escapes" {
	core good "header release=$(printf '\033[31mred')"
	try audit core
	expect_status 0
	expect_word out "?[31mred"
	expect "$(tr -d '\n -~' <out | wc -c)" 0
}

@test "an unload after the revoke is not part of the time to hash" {
	core good "header crash.tsc_unload_begin=7500000 crash.tsc_unload_end=7900000"
	try audit core
	expect_status 0
	expect "$(grep '^Times:' out | tr -s ' ')" "Times: park 120 us, notifiers 3130 us, unload 200 us, revoke 80 us, hash 60 us, all 3515 us"
}
