#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrash-configure, and its --undo, killed between any two steps, on Debian and Ubuntu.
# Minutes: part of make test, not of make check. One of each family at every
# step, the others at some: HVCRASH_TEST_EVERY_STEP=1 for all of them.

load ../helpers
load ../interrupted

@test "Debian 12: killed at some steps, run again or undone" {
	some_steps debian12
}

@test "Debian 13: killed anywhere, run again or undone" {
	every_step debian13
}

@test "Ubuntu 22.04: killed at some steps, run again or undone" {
	some_steps ubuntu2204
}

@test "Ubuntu 24.04: killed at some steps, run again or undone" {
	some_steps ubuntu2404
}

@test "Debian 13: --undo killed anywhere, run again or configured again" {
	every_step_of_undo debian13
}
