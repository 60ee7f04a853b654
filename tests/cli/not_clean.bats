#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Pages that the hypervisor can still write to, or did write to.

load helpers

@test "a VP that did not answer is named with its pages, status 1" {
	core not-reached
	try audit core
	expect_status 1
	expect "$(verdict)" "NOT CLEAN: the host can still write to 3 pages of the crashed kernel (VP 3 did not answer: SIMP 0x209000, SIEFP 0x20a000, VP assist 0x20b000)."
	expect "$(row 0x209000)" "SIMP VP 3 0x209000 1 not reached no answer left shared its VP did not answer"
}

@test "the same in JSON" {
	core not-reached
	try audit --json core
	expect_status 1
	expect "$(jq -r .verdict out)" "not clean"
	expect "$(jq -r .exit_status out)" 1
	expect "$(jq -c '[.findings[] | select(.finding == "left shared") | .gpa]' out)" \
		'["0x209000","0x20a000","0x20b000"]'
	expect "$(jq -c '[.findings[] | select(.finding == "left shared") | .vp_index]' out)" "[3,3,3]"
	expect "$(jq .summary.left_in_own_ram out)" null
}

@test "a page that changed after the revoke is named with kind and owner" {
	core good "poke 0x204123 0x5a"
	try audit core
	expect_status 1
	expect "$(verdict)" "NOT CLEAN: 1 region changed after the crashed kernel revoked it (SIEFP 0x204000 of VP 1)."
	expect "$(row 0x204000)" "SIEFP VP 1 0x204000 1 revoked read back changed after revoke contents differ"
}

@test "a change in the last byte of a long extent is found" {
	core good "poke 0x40003fff 0x5a"
	try audit core
	expect_status 1
	expect "$(verdict)" "NOT CLEAN: 1 region changed after the crashed kernel revoked it (GPADL 0x40000000 of channel 5)."
}

@test "a change of an unloaded page counts as well" {
	core good "poke 0x20f000 0x5a"
	try audit core
	expect_status 1
	expect_word out "VMBus monitor 0x20f000 of VM"
}

@test "a register that reads back as enabled is left shared" {
	core good "edit extent 4 state=failed evidence=register_on" "header crash.registers_failed=1"
	try audit core
	expect_status 1
	expect "$(verdict)" "NOT CLEAN: the host can still write to 1 page of the crashed kernel (SIEFP 0x204000 of VP 1); 1 register reads back as enabled after the revoke."
}

@test "the header's count of failed registers is enough" {
	core good "header crash.registers_failed=2"
	try audit core
	expect_status 1
	expect "$(verdict)" "NOT CLEAN: 2 registers read back as enabled after the revoke."
}

@test "a VP record whose register reads back as enabled is enough" {
	core good "edit vp 1 after.0=0x203001"
	try audit core
	expect_status 1
	expect "$(verdict)" "NOT CLEAN: 1 register reads back as enabled after the revoke."
}

@test "SCONTROL left on is not a shared page" {
	core good "edit vp 1 after.3=1"
	try audit core
	expect_status 0
}

@test "an unload without an answer leaves GPADLs shared" {
	core unload-timeout
	try audit core
	expect_status 1
	expect "$(verdict)" "NOT CLEAN: the host can still write to 11 pages of the crashed kernel (VMBus interrupt 0x20e000 of VM, VMBus monitor 0x20f000 of VM, GPADL 0x220000 of channel 5, GPADL 0x40000000 of channel 5); 1 gap."
	expect_word out "the host did not answer VMBus UNLOAD"
}

@test "many GPADLs left shared do not hide the VP that did not answer" {
	core unload-timeout "include not-reached-edits.core" "extent kind=gpadl relid=5 gpa=0x221000 state=shared"
	try audit core
	expect_status 1
	expect_word out "(VP 3 did not answer: SIMP 0x209000, SIEFP 0x20a000, VP assist 0x20b000; VMBus interrupt 0x20e000 of VM,"
	expect_word out "of channel 5, and 1 more); 1 gap."
}

@test "not clean takes precedence over cannot tell" {
	core not-reached "header coverage=1" "edit extent 0 flags=0"
	try audit core
	expect_status 1
	expect_word out "NOT CLEAN: the host can still write to 3 pages"
	expect_word out "2 gaps"
	expect "$(row 0x200000)" "SIMP VP 0 0x200000 1 revoked read back not checked contents were not hashed"
}

@test "a changed extent of a rescued VP is not clean" {
	core late "poke 0x209000 1 2 3"
	try audit core
	expect_status 1
	expect_word out "NOT CLEAN: 1 region changed after the crashed kernel revoked it (SIMP 0x209000 of VP 3)"
}

@test "pages left shared are reported as inside or outside this kernel's RAM" {
	core not-reached
	own_ram 00209000-0020a7ff 80000000-8fffffff
	try audit --iomem iomem core
	expect_status 1
	expect "$(verdict)" "NOT CLEAN: the host can still write to 3 pages of the crashed kernel (VP 3 did not answer: SIMP 0x209000, SIEFP 0x20a000, VP assist 0x20b000); 2 of these regions lie in this kernel's RAM."
	expect_word out "Do: do not trust this dump: the crash kernel itself runs in memory that the host can write to."
	expect "$(row 0x20a000)" "SIEFP VP 3 0x20a000 1 not reached no answer left shared its VP did not answer, inside this kernel's RAM"
	expect "$(row 0x20b000)" "VP assist VP 3 0x20b000 1 not reached no answer left shared its VP did not answer, outside this kernel's RAM"
}

@test "regions left shared or changed say whether they lie in the crash kernel's CMA memory, in any dump" {
	core not-reached "header is_crash_cma_known=1 nr_crash_cma=2" \
		"header crash_cma[0].gpa=0x204000 crash_cma[0].bytes=0x6000 crash_cma[1].gpa=0x40000000 crash_cma[1].bytes=0x1000" "poke 0x204123 0x5a"
	try audit core
	expect_status 1
	expect "$(verdict)" "NOT CLEAN: the host can still write to 3 pages of the crashed kernel (VP 3 did not answer: SIMP 0x209000, SIEFP 0x20a000, VP assist 0x20b000); 1 of these regions lies in the crash kernel's CMA memory; 1 region changed after the crashed kernel revoked it (SIEFP 0x204000 of VP 1)."
	expect_word out "Do: do not trust this dump: the crash kernel itself runs in memory that the host can write to."
	expect "$(row 0x209000)" "SIMP VP 3 0x209000 1 not reached no answer left shared its VP did not answer, inside the crash kernel's CMA memory"
	expect "$(row 0x20a000)" "SIEFP VP 3 0x20a000 1 not reached no answer left shared its VP did not answer, outside the crash kernel's CMA memory"
	expect "$(row 0x204000)" "SIEFP VP 1 0x204000 1 revoked read back changed after revoke contents differ, inside the crash kernel's CMA memory"
	try audit --json core
	expect "$(jq -c '.summary | [.crash_cma_bytes, .left_in_crash_cma, .changed_in_crash_cma]' out)" "[28672,1,1]"
	expect "$(jq -r '.findings[] | select(.gpa == "0x209000" or .gpa == "0x20b000") | .crash_cma' out | paste -sd ' ')" "inside outside"
}

@test "a page in the crash kernel's CMA memory is in no dump: that is given as the reason for not checking it" {
	core good "header is_crash_cma_known=1 nr_crash_cma=1 crash_cma[0].gpa=0x40000000 crash_cma[0].bytes=0x10000" "drop 0x40000000"
	try audit core
	expect_status 2
	expect_word out "a page is not in the dump: the crash kernel's CMA memory is in none"
}

@test "without CMA memory, or without information about it, it is not mentioned" {
	core not-reached "header is_crash_cma_known=1"
	try audit core
	expect "$(grep -c CMA out)" 0
	core not-reached
	try audit --json core
	expect "$(jq -c '[.summary.crash_cma_bytes, .summary.left_in_crash_cma]' out)" "[null,null]"
	expect "$(grep -c '"crash_cma": "' out)" 0
}

@test "an own register that still points at a page of the dump is not clean" {
	core good
	own_registers 0x20b001
	try audit --registers registers core
	expect_status 1
	expect_word out "NOT CLEAN: the host can still write to 1 page of the crashed kernel (VP assist 0x20b000 of VP 3); this kernel's own registers still point into 1 region."
	expect_word out "own SIMP register still points there"
}

@test "an own register that points into the middle of an extent counts" {
	core good
	own_registers 0 0 0 0x222001
	try audit --registers registers core
	expect_status 1
	expect_word out "GPADL 0x220000 of channel 5"
}

@test "an own register that points at a page torn down before counts" {
	core good
	own_registers 0 0x230001
	try audit --registers registers core
	expect_status 1
	expect_word out "own SIEFP register still points there"
}
