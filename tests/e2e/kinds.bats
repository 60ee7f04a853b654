#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: however a guest crashes, its second kernel finds nothing shared. The
# kinds are those of kernel/test; the full table is tests/lab/scenarios.
#
# All runs come first, two side by side, and each test looks at their results.

bats_require_minimum_version 1.5.0
load helpers

scenarios=(null irq:null nmi-handler:null double-nmi:null notifier:null stuck-nmi:null ctl-sysrq:null ctl-softlockup:null spin-n
	slot-taken offline-online registers registers-stock)

setup_file() {
	run_scenarios "${scenarios[@]}"
}

@test "an oops that becomes a panic: clean" {
	is_clean null
}

@test "a panic in a hard interrupt: clean" {
	is_clean irq
}

@test "a panic in an NMI handler: clean" {
	is_clean nmi-handler
}

@test "two CPUs panic at once, in NMI handlers: clean" {
	is_clean double-nmi
}

@test "a panic inside a panic notifier: clean" {
	is_clean notifier
}

@test "a CPU spins with interrupts off, message-mode timers, post_notifiers=N: clean" {
	is_clean spin-n
}

@test "a timer's message in the slot for the answer to UNLOAD, where the stock kernel waits 100 s: answered, clean" {
	is_clean slot-taken
	[ "$(jq -r .summary.unload "$(run_directory slot-taken)/audit.json")" = answered ]
}

@test "a CPU that never leaves an NMI handler is named, and the dump is taken" {
	held stuck-nmi
	[ "$(field stuck-nmi .audit_exit)" -eq 1 ]
	[ "$(synic stuck-nmi stale_overlays)" -eq 2 ]
	[ "$(field stuck-nmi .dump_ok)" = true ]
}

@test "a CPU went offline and came back before the crash: clean" {
	is_clean offline-online
}

# status_says SCENARIO CHECK STATE: the guest's status said so before the crash
status_says() {
	[ "$(jq -r --arg c "$2" '.checks[] | select(.check == $c) | .state' "$(run_directory "$1")/status.json")" = "$3" ]
}

@test "hvcrashctl crash crashes it, on the requested CPU: clean" {
	is_clean ctl-sysrq
	[ "$(field ctl-sysrq .cpu)" -eq "$(jq .summary.panicking_cpu "$(run_directory ctl-sysrq)/audit.json")" ]
}

@test "hvcrashctl crash makes a soft lockup, which becomes a panic: clean" {
	is_clean ctl-softlockup
}

@test "hvcrashctl status had said before the crash what is there and what is missing" {
	local check
	for check in hyperv confidential stimer module coverage hand-over crashkernel crash-loaded notifiers; do
		status_says ctl-sysrq $check ok
	done
	status_says ctl-sysrq hooks warn
	status_says ctl-sysrq kdump unknown # an initramfs without os-release
}

# where SCENARIO CPU: its task and function, according to the dump
where() {
	field "$1" ".registers[$2] | (.pid != \"0\"), .symbol"
}

@test "the dump has the registers of the interrupted code, like the stock kernel's" {
	local cpu
	held registers
	held registers-stock
	[ "$(field registers '.registers | length')" -eq 4 ]
	# The CPU that panicked, and the one that spun; the others may idle in several places
	for cpu in 2 1; do
		[ "$(where registers $cpu)" = "$(where registers-stock $cpu)" ]
	done
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries "${scenarios[@]%:*}"
}
