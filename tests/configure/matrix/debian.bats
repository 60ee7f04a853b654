#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrash-configure, and its --undo, killed between any two steps, on Debian
# and Ubuntu. Minutes: part of make test, not of make check.

load ../helpers
load ../interrupted

@test "Debian 12: killed anywhere, run again or undone" {
	every_step debian12
}

@test "Debian 13: killed anywhere, run again or undone" {
	every_step debian13
}

@test "Ubuntu 22.04: killed anywhere, run again or undone" {
	every_step ubuntu2204
}

@test "Ubuntu 24.04: killed anywhere, run again or undone" {
	every_step ubuntu2404
}

@test "Debian 13: --undo killed anywhere, run again or configured again" {
	every_step_of_undo debian13
}
