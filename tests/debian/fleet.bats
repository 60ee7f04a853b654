#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a Debian 13 as one VM of a fleet: hvcrash is installed, upgraded and removed by the packages and the Ansible role, over SSH.
# The run itself judges the results (judge_fleet in tests/lab/lib/fleet.bash).

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	command -v ansible-playbook >/dev/null || skip "ansible is not installed"
	lab_begin
	lab_result fleet debian --kernel 6.12 --case fleet || true
}

@test "the role installs it, DKMS builds the module, the role reboots and verifies; a second run changes nothing" {
	held fleet
	[ "$(field fleet .module_first)" = true ]
	[ "$(field fleet .status_exit)" -eq 0 ]
}

@test "crashed, dumped, and audited clean" {
	dumped fleet fleet clean
}

@test "upgraded by the role, undone by it, and purged: nothing is left behind" {
	held fleet
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries fleet
}
