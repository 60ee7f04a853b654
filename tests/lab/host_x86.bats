#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the lab's own host on x86 against a hostile guest (host/x86/test/guest.c). A second each.

bats_require_minimum_version 1.5.0

setup_file() {
	local dir=$BATS_TEST_DIRNAME/host/x86
	make -s -C "$dir" "O=$BATS_FILE_TMPDIR/host" 2>&1
	make -s -C "$dir/test" "O=$BATS_FILE_TMPDIR/guest" 2>&1
}

# machine ARGUMENT...: QEMU with the host in it, until it ends by itself. Sets $said, what the guest said, and $end, the host's last
# line without its time.
machine() {
	local dir=$BATS_TEST_TMPDIR
	run -0 timeout 120 qemu-system-x86_64 -accel tcg,thread=single,tb-size=64 -M q35,smm=off,hpet=off -cpu EPYC,+svm,-x2apic \
		-smp 2 -m 256 -nodefaults -no-user-config -display none -vga none -no-reboot \
		-acpitable "file=$BATS_FILE_TMPDIR/host/ssdt.aml" -kernel "$BATS_FILE_TMPDIR/host/host.elf" \
		-serial "file:$dir/said" -debugcon "file:$dir/log" "$@"
	said=$(tr '\n' ' ' <"$dir/said")
	end=$(tail -n 1 "$dir/log" | sed 's/^\[[^]]*\] //')
}

# guest ACT [ARGUMENT...]: that machine with the guest, which performs ACT
guest() { machine -initrd "$BATS_FILE_TMPDIR/guest/guest.bzimage act=$1" "${@:2}"; }

# is_to_blame TEXT: the host ended the run and blamed the guest with TEXT
is_to_blame() {
	[[ $end == "end: guest: VP 0: $1, at 0x"* ]] || {
		echo "the guest said '$said', the host '$end'"
		return 1
	}
}

# goes_on WORDS: the guest said WORDS and turned the power off
goes_on() {
	[[ $said$end == "$1 end: guest: it turned the power off" ]] || {
		echo "the guest said '$said', the host '$end'"
		return 1
	}
}

@test "the guest cannot write the host's memory" {
	guest write-host
	is_to_blame "touches the host's memory, GPA 0x8000000"
}

@test "the guest cannot read the host's memory" {
	guest read-host
	is_to_blame "touches the host's memory, GPA 0x8100000"
}

@test "the guest cannot execute the host's code" {
	guest run-host
	is_to_blame "touches the host's memory, GPA 0x8000000"
}

@test "the host's memory cannot serve as a page table of the guest" {
	guest tables-in-host
	is_to_blame "touches the host's memory, GPA 0x8000000"
}

@test "the guest reads zeros where CPUs start, and cannot write there" {
	guest write-trampoline
	[ "$said" = 'zeros ' ]
	is_to_blame "touches the host's memory, GPA 0x9e000"
}

@test "a device cannot copy anything over the host by the firmware's configuration port" {
	guest dma-by-fw-cfg
	goes_on hidden
}

@test "an INIT or a SIPI does not reach the host's CPU by the APIC in memory" {
	guest ipi-in-memory
	goes_on 'kept alive'
}

@test "an INIT or a SIPI does not reach the host's CPU by Hyper-V's register" {
	guest ipi-by-msr
	goes_on 'kept alive'
}

@test "a VP that is reset while the host works for it gains no access to the host" {
	guest init-storm -smp 3
	goes_on 'ran alive'
}

@test "an INIT to the boot VP, which would begin with the firmware, ends the run" {
	guest init-boot-vp
	is_to_blame 'sends an INIT to the boot VP'
}

@test "a message-signalled interrupt written by a CPU ends the run" {
	guest msi-by-cpu
	is_to_blame 'touches GPA 0xfee01000, where nothing is'
}

@test "a store to the APIC that is not emulated ends the run in one line" {
	guest odd-apic-write
	is_to_blame 'writes to its APIC by instruction 0x83'
}

@test "the guest has no SVM" {
	guest svm-registers
	goes_on 'fault fault undefined no-svm efer'
}

@test "a triple fault ends the run in one line" {
	guest triple-fault
	is_to_blame 'triple fault'
}

@test "an invalid memory address ends the run in one line" {
	guest nowhere
	is_to_blame 'touches GPA 0x8000000000, where nothing is'
}

@test "the host survives nonsense in registers and hypercalls" {
	guest nonsense
	goes_on 'done'
}

@test "a string that is written to the oracle's port ends the run, and asks it nothing" {
	guest string-to-oracle
	is_to_blame 'string I/O at port 0x2e8'
}

@test "an unknown option, an invalid kernel, one CPU, no SVM, SMM: each is named in one line" {
	guest triple-fault -append 'no-such=1'
	[[ $end == 'end: host: '*no-such* ]]
	machine -initrd "$BATS_FILE_TMPDIR/host/ssdt.aml"
	[ "$end" = 'end: host: the first module is not a 64-bit bzImage' ]
	guest triple-fault -smp 1
	[[ $end == 'end: host: 1 CPUs, '* ]]
	guest triple-fault -cpu EPYC,-svm
	[[ $end == 'end: host: the CPU has no SVM '* ]]
	guest triple-fault -M q35,smm=on
	[[ $end == 'end: host: the machine has SMM'* ]]
}
