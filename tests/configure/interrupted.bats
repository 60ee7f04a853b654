#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrash-configure killed between its steps: every seventh, on two distributions.
# Every step of one distribution in each family, and a killed --undo, are in matrix/.

load helpers
load interrupted

@test "killed, run again: as if it had not been killed" {
	prepare debian13
	STRIDE=7 killed_then_again
}

@test "killed, undone: byte for byte what was there before" {
	prepare rhel10
	STRIDE=7 killed_then_undone
}
