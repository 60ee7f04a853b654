#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrash-configure, and its --undo, killed between any two steps, on RHEL and Azure Linux.
# Minutes: part of make test, not of make check. One of each family at every
# step, the others at some: HVCRASH_TEST_EVERY_STEP=1 for all of them.

load ../helpers
load ../interrupted

@test "RHEL 8: killed at some steps, run again or undone" {
	some_steps rhel8
}

@test "RHEL 9: killed at some steps, run again or undone" {
	some_steps rhel9
}

@test "RHEL 10: killed anywhere, run again or undone" {
	every_step rhel10
}

@test "Azure Linux 3: killed at some steps, run again or undone" {
	some_steps azurelinux3
}

@test "RHEL 9: --undo killed anywhere, run again or configured again" {
	every_step_of_undo rhel9
}
