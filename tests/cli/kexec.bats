#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The registry of a kernel that ended by kexec: no contents to compare, since all
# its memory is the next kernel's; the proof of each revoke has to do.

load helpers

@test "after a kexec regions without a hash are clean by their proof" {
	core good "header way=kexec" "edit extent 3 flags=1"
	try audit core
	expect_status 0
	expect_word out "CLEAN: "
	expect_no_word out unchanged
	expect_word out "not compared: they are the next kernel's memory"
	try audit --json core
	expect "$(jq -r .summary.way out)" kexec
}

@test "after a kexec a region without proof is not clean" {
	core good "header way=kexec" "edit extent 3 flags=1 evidence=none"
	try audit core
	expect_status 2
	expect_no_word out CLEAN
}

@test "after a kexec a VP that was not reached is not clean" {
	core good "header way=kexec" "edit extent 3 flags=1 state=not_reached evidence=no_answer"
	try audit core
	expect_status 1
}

@test "after a crash the same regions without a hash cannot tell" {
	core good "header way=crash" "edit extent 3 flags=1"
	try audit core
	expect_status 2
}
