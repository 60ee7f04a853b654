#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrash-configure killed between its steps: every seventh, on two distributions.
# Every step of one distribution in each family, and a killed --undo, are in matrix/.

load helpers
load interrupted

@test "killed on Debian 13: run again like an uninterrupted run, undone byte for byte" {
	prepare debian13
	STRIDE=7 each_step template.original ''
}

@test "killed on RHEL 10: run again like an uninterrupted run, undone byte for byte" {
	prepare rhel10
	STRIDE=7 each_step template.original ''
}
