#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a whole Debian 13 between two crashes: systemctl kexec; set up from nothing as by cloud-init; hvcrash-configure
# checked, run again and undone; and then, with nothing configured any more, a pipeline on it. The run itself judges each result.

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	lab_begin
	lab_result life debian --kernel 6.12 --case kexec,cloudinit,undone,pipeline || true
}

@test "systemctl kexec, twice: nothing is left mapped, and the next kernel's audit is clean" {
	held life
	[ "$(of life kexec .kind)" = kexec ]
}

@test "the script of cloud-init.yaml leaves a guest that is ready after one reboot" {
	held life
	[ "$(of life cloudinit .kind)" = cloudinit ]
}

@test "hvcrash-configure: --check holds after the reboot, a second run changes nothing, --undo restores byte for byte" {
	held life
	[ "$(of life undone .kind)" = undo ]
}

@test "crash-test configures it, reboots it, crashes it, and fetches a report that is clean" {
	dumped life pipeline clean
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries life
}
