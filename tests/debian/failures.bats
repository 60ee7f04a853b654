#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a hook never prevents the dump. A whole Debian 13 crashes once for each way in which the audit can fail. The crash
# kernel's log is judged by the run itself, by tests/lab/debian/cases.table.

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	lab_begin
	lab_result failures debian --kernel 6.12 --case missing,foreign,hanging,crashing,full,readonly,damaged,oom,audited || true
}

@test "hvcrashctl is missing: the dump is there, and the report says that it cannot tell" {
	dumped failures missing 'cannot tell'
}

@test "hvcrashctl is for another machine: the same" {
	dumped failures foreign 'cannot tell'
}

@test "hvcrashctl hangs: the same, after its bound" {
	dumped failures hanging 'cannot tell'
}

@test "hvcrashctl dies of a signal: the same" {
	dumped failures crashing 'cannot tell'
}

@test "the disk for the report is full: the dump, on another disk, is there, without a report" {
	dumped failures full none
}

@test "the disk for the report is read-only: the same" {
	dumped failures readonly none
}

@test "a byte of the registry was changed from outside: the dump is there, and the report says that it cannot tell" {
	dumped failures damaged 'cannot tell'
}

@test "in a crash kernel of 192 MiB hvcrashctl takes all memory: it is killed, and the dump is taken" {
	dumped failures oom 'cannot tell'
}

@test "after all these, without a fault, the report says clean" {
	dumped failures audited clean
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries failures
}
