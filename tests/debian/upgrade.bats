#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a whole Debian 13 gets the next release's kernel, in which VMBus is built in.

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	lab_begin
	lab_result upgrade debian --kernel 6.12 --case upgraded || true
}

@test "a new kernel has a crash kernel; a warning says that it lacks hvcrash.ko; with that its crash is clean" {
	dumped upgrade upgraded clean
	[[ $(of upgrade upgraded .kernel) != 6.12* ]]
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries upgrade
}
