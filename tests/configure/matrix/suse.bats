#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrash-configure, and its --undo, killed between any two steps, on SLES.
# Minutes: part of make test, not of make check. One of each family at every
# step, the others at some: HVCRASH_TEST_EVERY_STEP=1 for all of them.

load ../helpers
load ../interrupted

@test "SLES 15: killed at some steps, run again or undone" {
	some_steps sles15
}

@test "SLES 16: killed anywhere, run again or undone" {
	every_step sles16
}

@test "SLES 16: --undo killed anywhere, run again or configured again" {
	every_step_of_undo sles16
}
