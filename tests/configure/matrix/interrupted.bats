#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrash-configure, and its --undo, killed between any two steps, on every
# distribution. Minutes: part of make test, not of make check.

load ../helpers
load ../interrupted

every_step() {
	prepare "$1"
	killed_then_again
	killed_then_undone
	undo_killed_then_undone
	undo_killed_then_configured
}

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

@test "RHEL 8: killed anywhere, run again or undone" {
	every_step rhel8
}

@test "RHEL 9: killed anywhere, run again or undone" {
	every_step rhel9
}

@test "RHEL 10: killed anywhere, run again or undone" {
	every_step rhel10
}

@test "Azure Linux 3: killed anywhere, run again or undone" {
	every_step azurelinux3
}

@test "SLES 15: killed anywhere, run again or undone" {
	every_step sles15
}

@test "SLES 16: killed anywhere, run again or undone" {
	every_step sles16
}
