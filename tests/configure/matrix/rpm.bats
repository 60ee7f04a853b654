#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrash-configure, and its --undo, killed between any two steps, on RHEL,
# Azure Linux and SLES. Minutes: part of make test, not of make check.

load ../helpers
load ../interrupted

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

@test "RHEL 9: --undo killed anywhere, run again or configured again" {
	every_step_of_undo rhel9
}

@test "SLES 16: --undo killed anywhere, run again or configured again" {
	every_step_of_undo sles16
}
