#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Which machine crashed, when, with which panic line, and who judged the dump: read out
# of the crashed kernel's memory, in a dump made here from the layout in VMCOREINFO.

load helpers

# le64 NUMBER: its bytes in memory
le64() {
	local i
	for i in 0 8 16 24 32 40 48 56; do printf ' 0x%x' $((($1 >> i) & 255)); done
}

# text WORDS: its bytes, and a zero: the memory around it has a pattern
text() {
	printf '%s\0' "$1" | od -An -v -tx1 -w256 | sed 's/ / 0x/g'
}

# x86 LOG-ADDRESS LINE: where a kernel of x86 has its name and its log, as lines for
# core(); the log begins at 0x508000
x86() {
	cat <<-END
		segment 0x500000 0x10000
		vmcoreinfo NUMBER(phys_base)=0
		vmcoreinfo SYMBOL(swapper_pg_dir)=ffffffff80501000
		vmcoreinfo NUMBER(pgtable_l5_enabled)=0
		vmcoreinfo SYMBOL(init_uts_ns)=ffffffff80500000
		vmcoreinfo OFFSET(uts_namespace.name)=4
		vmcoreinfo SYMBOL(prb)=ffffffff80500200
		vmcoreinfo OFFSET(printk_ringbuffer.text_data_ring)=40
		vmcoreinfo OFFSET(prb_data_ring.size_bits)=0
		vmcoreinfo OFFSET(prb_data_ring.data)=8
		poke 0x500045 $(text vm-7)
		poke 0x500200 $(le64 $((0xffffffff80500300)))
		poke 0x500328 14 0 0 0
		poke 0x500330 $(le64 "$1")
		poke 0x501888 $(le64 $((0x502001)))
		poke 0x502000 $(le64 $((0x503001)))
		poke 0x503010 $(le64 $((0x400081)))
		$2
	END
}

origin_of() {
	mapfile -t lines < <(x86 "$@")
	core good "${lines[@]}"
	try audit --json core
	expect_status 0
	jq -r '.summary | "\(.machine)|\(.panic)"' out >origin
}

readonly IMAGE=$((0xffffffff80508000)) DIRECT=$((0xffff888000508000))

@test "the report has the time of the crash, the machine's name, the panic line, and who judged the dump" {
	mapfile -t lines < <(x86 $IMAGE "poke 0x508123 $(text 'Kernel panic - not syncing: sysrq triggered crash')")
	core good "${lines[@]}" "vmcoreinfo CRASHTIME=1795843991"
	try audit core
	expect_status 0
	expect_word out "Crashed:        2026-11-28T05:33:11Z, machine vm-7"
	expect_word out "Panic:          Kernel panic - not syncing: sysrq triggered crash"
	grep -qE '^Judged: +by hvcrashctl [0-9.]+, 20[0-9]{2}-[0-9-]+T[0-9:]+Z$' out
	try audit --json core
	expect "$(jq -r .summary.crash_time out)" 2026-11-28T05:33:11Z
	expect "$(jq -r .summary.machine out)" vm-7
	expect "$(jq -r .summary.panic out)" "Kernel panic - not syncing: sysrq triggered crash"
	[[ $(jq -r .summary.judged_at out) == 20*Z ]]
	expect "hvcrashctl $(jq -r .summary.tool_version out)" "$("$HVCRASHCTL" version)"
}

@test "remains of an older text after the line are not part of it" {
	local id=0x1234567890000005
	mapfile -t lines < <(x86 $IMAGE "vmcoreinfo OFFSET(printk_ringbuffer.desc_ring)=0
vmcoreinfo OFFSET(prb_desc_ring.count_bits)=0
vmcoreinfo OFFSET(prb_desc_ring.infos)=16
vmcoreinfo SIZE(printk_info)=88
vmcoreinfo OFFSET(printk_info.text_len)=16
poke 0x500300 4 0 0 0
poke 0x500310 $(le64 $((0xffffffff8050c000)))
poke $((0x50c000 + 5 * 88 + 16)) 49 0
poke 0x508118 $(le64 $id)
poke 0x508120 $(text 'Kernel panic - not syncing: sysrq triggered crashsh')")
	core good "${lines[@]}"
	try audit core
	expect "$(sed -n 's/^Panic: *//p' out)" "Kernel panic - not syncing: sysrq triggered crash"
}

@test "a log that was allocated at boot is found through the page tables" {
	origin_of $DIRECT "poke 0x508ff0 $(text 'Kernel panic - not syncing: over the end of a page')"
	expect "$(cat origin)" "vm-7|Kernel panic - not syncing: over the end of a page"
}

@test "a log of arm64 in the linear map is found" {
	core good "segment 0x500000 0x10000" "elf e_machine=183" "vmcoreinfo NUMBER(VA_BITS)=48" \
		"vmcoreinfo NUMBER(PHYS_OFFSET)=0x400000" "vmcoreinfo NUMBER(kimage_voffset)=0xffff800000000000" \
		"vmcoreinfo SYMBOL(init_uts_ns)=ffff800000500000" "vmcoreinfo OFFSET(uts_namespace.name)=4" \
		"vmcoreinfo SYMBOL(prb)=ffff800000500200" "vmcoreinfo OFFSET(printk_ringbuffer.text_data_ring)=40" \
		"vmcoreinfo OFFSET(prb_data_ring.size_bits)=0" "vmcoreinfo OFFSET(prb_data_ring.data)=8" \
		"poke 0x500045 $(text arm-1)" "poke 0x500200 $(le64 $((0xffff800000500300)))" "poke 0x500328 14 0 0 0" \
		"poke 0x500330 $(le64 $((0xffff000000108000)))" "poke 0x508008 $(text 'Kernel panic - not syncing: arm')"
	try audit core
	expect_status 0
	expect_word out "machine arm-1"
	expect_word out "Panic:          Kernel panic - not syncing: arm"
}

@test "if an oops led directly to the crash kernel, its line is the panic line" {
	origin_of $IMAGE "poke 0x508100 $(text 'Oops: 0002 [#1]')
poke 0x508200 $(text 'BUG: kernel NULL pointer dereference')"
	expect "$(cat origin)" "vm-7|BUG: kernel NULL pointer dereference"
}

@test "a fact missing from the dump is unknown, not an error" {
	core good
	try audit core
	expect_status 0
	expect_word out "machine not known"
	expect_no_word out "Panic:"
	try audit --json core
	expect "$(jq -c '[.summary.machine, .summary.panic]' out)" '[null,null]'
	core good "vmcoreinfo CRASHTIME=18446744073709551615"
	try audit --json core
	expect "$(jq -c .summary.crash_time out)" null
}

@test "a hostile dump is read within bounds, and none of its bytes reaches the terminal unescaped" {
	local lines number
	# page tables that lead to themselves, a ring of 2^255 bytes, addresses at the end of everything
	mapfile -t lines < <(x86 $DIRECT "poke 0x503010 $(le64 $((0x503001)))")
	core good "${lines[@]}"
	try audit core
	expect_status 0
	mapfile -t lines < <(x86 $IMAGE "poke 0x500328 255 0 0 0")
	core good "${lines[@]}"
	try audit core
	expect_status 0
	for number in 0 0xffffffffffffffff 0x7ffffffffffffff8 0xfffffffffffffff8; do
		mapfile -t lines < <(x86 $((number)) "vmcoreinfo SYMBOL(init_uts_ns)=${number#0x}")
		core good "${lines[@]}" "vmcoreinfo OFFSET(uts_namespace.name)=-9999999999999999999999"
		try audit core
		expect_status 0
	done
	origin_of $IMAGE "poke 0x500045 $(text $'v\e[31mx')
poke 0x508100 $(text $'Kernel panic - not syncing: \e[31mred')"
	expect "$(cat origin)" "v|Kernel panic - not syncing: "
}

@test "a running kernel has not crashed" {
	live live
	try audit --json registry
	expect "$(jq -c '[.summary.crash_time, .summary.panic]' out)" '[null,null]'
}
