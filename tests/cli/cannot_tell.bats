#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Sound registries with too little information: status 2, and never the word CLEAN.

load helpers

# cannot_tell WORDS: audit of the file "core"
cannot_tell() {
	audit_cannot_tell "$1"
	expect "$(wc -c <err)" 0
	try audit --json core
	expect_status 2
	expect "$(jq -r .verdict out)" "cannot tell"
	expect "$(jq -r .exit_status out)" 2
	expect "$(jq -r '.gaps | length > 0' out)" true
	jq -r '.gaps[].text' out | grep -qF -e "$1"
}

@test "a module loaded late that could not find everything cannot tell" {
	core good "header coverage=1"
	cannot_tell "the module was loaded after VMBus had made contact, and not all that was shared could be found"
}

@test "extents without room cannot tell" {
	core good "header coverage=2 extents_dropped=7"
	cannot_tell "no room for 7 extents"
}

@test "a count of dropped extents alone cannot tell" {
	core good "header extents_dropped=1"
	cannot_tell "no room for 1 extent"
}

@test "a torn update cannot tell" {
	core good "header coverage=4 extents_torn=1"
	cannot_tell "the crash interrupted the update of 1 extent"
}

@test "a module without VMBus cannot tell" {
	core good "header coverage=8"
	cannot_tell "could not attach to VMBus"
}

@test "a confidential VM cannot tell" {
	core good "header coverage=0x10"
	cannot_tell "host-visible pages are not tracked"
}

@test "a message that the crash interrupted cannot tell" {
	core good "header coverage=0x20 untracked=1"
	cannot_tell "the crash interrupted a VMBus message"
}

@test "a coverage bit of a newer module cannot tell" {
	core good "header coverage=0x400"
	cannot_tell "coverage bits 0x400 are unknown"
}

@test "shared areas with unknown pages cannot tell" {
	core good "header untracked=3"
	cannot_tell "3 shared areas with unknown pages"
}

@test "pages that the time budget did not reach cannot tell" {
	core good "header crash.pages_not_hashed=9"
	cannot_tell "9 pages not hashed, out of time"
}

@test "an extent without a hash cannot tell" {
	core good "edit extent 3 flags=1"
	cannot_tell "1 region without a hash"
	try audit core
	expect "$(row 0x203000)" "SIMP VP 1 0x203000 1 revoked read back not checked contents were not hashed"
}

@test "a page that the dump excludes cannot tell, and is named" {
	core good "drop 0x40000000"
	cannot_tell "1 region not in the dump (first missing page 0x40000000: left out of the dump)"
	try audit core
	expect "$(row 0x40000000)" "GPADL channel 5 (network) 0x40000000 4 unloaded UNLOAD answered not checked a page is not in the dump"
}

@test "memory in the program header but not in the file cannot tell" {
	core good "phdr 3 p_filesz=0x2000"
	cannot_tell "first missing page 0x40002000: left out of the dump"
}

@test "a dump truncated inside the memory cannot tell" {
	core good
	truncate -s -4096 core
	try audit core
	expect_status 0
	truncate -s -50000 core
	cannot_tell "first missing page 0x40002000: the file is cut short"
}

@test "an extent of 4 billion pages ends at the first missing one" {
	core good "edit extent 17 pages=0xffffffff"
	start=$SECONDS
	cannot_tell "not in the dump"
	[ $((SECONDS - start)) -lt 10 ]
}

@test "extents that claim far more pages than the dump contains are not all read" {
	core crowded
	cannot_tell "beyond what the dump can hold"
}

@test "a kind of a newer module cannot tell" {
	core good "edit extent 3 kind=99"
	cannot_tell "1 region torn, contradictory or of an unknown kind, state or evidence"
	try audit core
	expect "$(row 0x203000)" "unknown (99) VP 1 0x203000 1 revoked read back not checked kind 99 is unknown"
}

@test "a state of a newer module cannot tell" {
	core good "edit extent 3 state=99"
	cannot_tell "1 region torn"
	try audit core
	expect "$(row 0x203000)" "SIMP VP 1 0x203000 1 unknown (99) read back not checked state 99 is unknown"
}

@test "evidence of a newer module cannot tell" {
	core good "edit extent 3 evidence=99"
	cannot_tell "1 region torn"
	try audit core
	expect "$(row 0x203000)" "SIMP VP 1 0x203000 1 revoked unknown (99) not checked evidence 99 is unknown"
}

@test "a state that its evidence does not prove cannot tell" {
	core good "edit extent 3 evidence=register_on"
	cannot_tell "1 region torn, contradictory"
	core good "edit extent 3 evidence=found"
	cannot_tell "1 region torn, contradictory or of an unknown kind, state or evidence"
	core good "edit extent 3 evidence=none"
	cannot_tell "1 region torn, contradictory"
	# of a register's page, which no driver has (found by fuzz_registry)
	core good "edit extent 3 evidence=driver"
	cannot_tell "1 region torn, contradictory"
}

@test "an interrupted record cannot tell, whatever it contains" {
	core good "edit extent 3 state=busy gpa=0x123 pages=0"
	cannot_tell "1 region torn"
}

@test "a VP that did not answer and owns nothing cannot tell" {
	core good "header crash.vps_revoked=2" "vp vp_index=7 state=not_reached"
	cannot_tell "VP 7 did not revoke, and none of its pages is tracked"
}

@test "a VP in an unknown state cannot tell" {
	core good "edit vp 1 state=77"
	cannot_tell "1 VP in an unknown state"
}

@test "a VP that is missing from the records cannot tell" {
	core good "header crash.vps_expected=4"
	cannot_tell "3 of 4 VPs revoked, and no record says which did not"
}

@test "an unload without an answer cannot tell, even if every page is unloaded" {
	core good "header crash.unload=timeout"
	cannot_tell "the host did not answer VMBus UNLOAD"
	core good "header crash.unload=no_way"
	cannot_tell "VMBus was connected and could not be unloaded"
	core good "header crash.unload=unknown"
	cannot_tell "whether VMBus was unloaded is not known (0)"
}

@test "an empty registry cannot tell" {
	core empty
	cannot_tell "the registry lists no shared page"
}

@test "a registry of the running kernel cannot tell" {
	core good "header phase=live"
	cannot_tell "the crash path did not run (phase: live)"
	try audit core
	expect "$(row 0x203000)" "SIMP VP 1 0x203000 1 revoked read back not checked the registry was not finished"
}

@test "a crash path that did not end cannot tell" {
	core good "header phase=crashing crash.tsc_hash_end=0 crash.tsc_end=0"
	cannot_tell "the crash path began and did not end (phase: crashing)"
	try audit core
	expect_word out "hash unknown, all unknown"
	try audit --json core
	expect "$(jq .summary.total_us out)" null
}

@test "reserved numbers, which no module writes, are unknown: never clean" {
	core good "header phase=4"
	refused 2 "unknown phase 4"
	core good "edit extent 0 kind=10" "edit extent 1 kind=11"
	cannot_tell "2 regions torn, contradictory or of an unknown kind, state or evidence"
	core good "edit vp 1 state=3"
	cannot_tell "1 VP in an unknown state"
}

@test "own registers decide nothing about a registry that was not finished" {
	core good "header phase=crashing"
	own_registers 0x200001
	try audit --registers registers core
	expect_status 2
}
