#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The second kernel's own registers and RAM, as evidence that may be missing.

load helpers

@test "own registers that point elsewhere are shown and change nothing" {
	core good
	own_registers 0x70000001 0x200000 0 0 0x70001001
	try audit --registers registers core
	expect_status 0
	expect "$(row '^Own registers')" "Own registers: SIMP 0x70000000, SIEFP off, VP assist off, hypercall off, reference TSC 0x70001000"
}

@test "a disabled own register at a page of the dump changes nothing" {
	core good
	own_registers 0x200000
	try audit --registers registers core
	expect_status 0
}

@test "registers that cannot be read are not checked, which is not a gap" {
	core good
	try audit --registers missing core
	expect_status 0
	expect_word out "not checked, because cannot open missing: No such file"
	try audit --json --registers missing core
	expect "$(jq -r .summary.own_registers out)" "not checked"
	expect "$(jq .summary.own_registers_pointing out)" null
}

@test "a missing register is reported" {
	core good
	own_registers
	grep -v 0x40000073 registers >fewer
	try audit --registers fewer core
	expect_status 0
	expect_word out "not checked, because VP assist cannot be read"
}

@test "a register that can be read counts even if another cannot" {
	core good
	own_registers 0x200001
	grep -v 0x40000073 registers >fewer
	try audit --registers fewer core
	expect_status 1
	expect_word out "own SIMP register still points there"
}

@test "RAM whose addresses the kernel hides is not checked" {
	core not-reached
	own_ram 00000000-00000000
	try audit --iomem iomem core
	expect_status 1
	expect_word out "not checked, because iomem hides the addresses"
	expect_no_word out "this kernel's RAM"
}

@test "RAM that cannot be read is not checked" {
	core good
	try audit --iomem missing core
	expect_status 0
	expect_word out "not checked, because cannot open missing: No such file"
	: >empty
	try audit --iomem empty core
	expect_word out "not checked, because empty lists no System RAM"
}

@test "without /proc/vmcore the machine's own state is not read" {
	core good
	try audit core
	expect "$(row '^Own registers')" "Own registers: not checked, because FILE is not /proc/vmcore"
}

@test "column RAM says where each region lies" {
	core good
	own_ram 00200000-002fffff
	try audit --all --iomem iomem -o GPA,RAM --no-headings core
	expect "$(row 0x200000)" "0x200000 inside"
	expect "$(row 0x40000000)" "0x40000000 outside"
}
