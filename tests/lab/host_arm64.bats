#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the lab's own host on arm64 against a hostile guest (host/arm64/test/guest.c), which does what Linux never does. A second
# each.

bats_require_minimum_version 1.5.0

setup_file() {
	local dir=$BATS_TEST_DIRNAME/host/arm64
	make -s -C "$dir" "O=$BATS_FILE_TMPDIR/host" 2>&1
	make -s -C "$dir/test" "O=$BATS_FILE_TMPDIR/guest" 2>&1
}

# machine ACT WORDS [ARGUMENT...]: QEMU with the host in it, until it ends by itself. Sets $said, what the guest said, and $end, the
# host's last line without its time.
machine() {
	local dir=$BATS_TEST_TMPDIR
	printf '%s\0' "$1" >"$dir/act"
	printf '%s\0' "$2" >"$dir/words"
	run -0 timeout 120 qemu-system-aarch64 -accel tcg,thread=multi,tb-size=64 -M virt,virtualization=on,gic-version=3,its=off,highmem=off \
		-cpu neoverse-n1 -smp 2 -m 256 -nodefaults -no-user-config -display none -no-reboot \
		-kernel "$BATS_FILE_TMPDIR/host/host.bin" -device "loader,file=$dir/words,addr=0x40100000,force-raw=on" \
		-device "loader,file=$BATS_FILE_TMPDIR/guest/guest.bin,addr=0x42000000,force-raw=on" \
		-device "loader,file=$dir/act,addr=0x46000000,force-raw=on" -serial "file:$dir/said" \
		-chardev "file,id=log,path=$dir/log" -device pci-serial,chardev=log,addr=1 "${@:3}"
	said=$(tr '\n' ' ' <"$dir/said")
	end=$(tail -n 1 "$dir/log" | sed 's/^\[[^]]*\] //')
}

guest() { machine "$1" 'memory=256'; }

# is_to_blame TEXT: the host ended the run and blamed the guest with TEXT
is_to_blame() {
	[[ $end == "end: guest: VP 0 $1, where nothing is; PC 0x"* ]] || {
		echo "the guest said '$said', the host '$end'"
		return 1
	}
}

# goes_on WORDS: the guest said WORDS and turned the power off
goes_on() {
	[[ $said$end == "$1 done end: guest: it turned the power off" ]] || {
		echo "the guest said '$said', the host '$end'"
		return 1
	}
}

@test "the guest cannot write, read or execute the host's memory" {
	guest write-host
	is_to_blame 'writes to 0x40200000'
	guest read-host
	is_to_blame 'reads from 0x40201000'
	guest run-host
	is_to_blame 'runs 0x40200000'
	guest read-words
	is_to_blame 'reads from 0x40100000'
	guest write-host-uart
	is_to_blame 'writes to 0x3eff1000'
}

@test "there is no device that could write to memory by itself" {
	guest fw-cfg
	is_to_blame 'reads from 0x9020000'
	guest pci
	is_to_blame 'reads from 0x3f000000'
	guest virtio
	is_to_blame 'reads from 0xa000000'
}

@test "the host's redistributor can be read, and not written" {
	guest host-gicr
	[ "$said" = 'last ' ]
	is_to_blame 'writes to 0x80d0180'
}

@test "an invalid address ends the run in one line, and so does a reset" {
	guest nowhere
	is_to_blame 'reads from 0xf0000000'
	guest reset
	[ "$end" = 'end: guest: it asked for a reset' ]
}

@test "PSCI knows neither the host's CPU nor a nonexistent one" {
	guest psci
	goes_on 'host-cpu no-cpu already-on unknown'
}

@test "registers are read and set with the parameters in memory, several at once, from where a call begins" {
	guest registers-in-memory
	goes_on 'set third get from-start'
}

@test "an invalid call is refused by its status" {
	guest wrong-calls
	goes_on 'none past-the-end alignment across host-input host-output partition vp too-many code'
}

@test "an overlay covers the guest's page, moves with its contents, and the page reappears unchanged" {
	guest overlay
	goes_on 'not-over-the-host zeros back moved back kept'
}

@test "timers fire by message and by interrupt" {
	guest timers
	goes_on 'message direct once'
}

@test "the reference TSC page and the register show the same time" {
	guest tsc-page
	goes_on 'sequence time'
}

@test "the host survives nonsense in registers and hypercalls, and its CPU is alive" {
	guest nonsense
	goes_on alive
}

# looked_at ACT: asks the oracle for registers repeatedly, before and during the guest's act
looked_at() {
	local pipe=$BATS_TEST_TMPDIR/oracle out=$BATS_TEST_TMPDIR/answers
	mkfifo "$pipe.in" "$pipe.out"
	{ for _ in {1..12}; do echo registers; sleep 0.1; done; echo quit; } >"$pipe.in" &
	cat "$pipe.out" >"$out" &
	machine "$1" 'memory=256' -chardev "pipe,id=oracle,path=$pipe" -device pci-serial,chardev=oracle,addr=3
	wait
	[ "$end" = 'end: quit' ]
	mapfile -t counts < <(jq -r '.vps[0]?.registers.x19 // empty' "$out")
	[ "${#counts[@]}" -ge 2 ]
	[ $((counts[-1])) -gt $((counts[0])) ]
	jq -s -e '[.[].vps[0]?.registers.pc // empty][-1] | startswith("0x4200")' "$out"
}

@test "the registers of a spinning VP can be shown, and it continues" {
	looked_at spin
}

@test "the registers of a VP that waits for an interrupt can be shown too" {
	looked_at idle
}

@test "an unknown option, missing memory, one CPU: each is named in one line" {
	machine psci 'memory=256 no-such=1'
	[[ $end == 'end: host: '*no-such* ]]
	machine psci 'vmbus=5.3'
	[ "$end" = 'end: host: the first word is not memory=MIB, from 256 to 3072' ]
	machine psci 'memory=256' -smp 1
	[ "$end" = 'end: host: 1 CPUs; from 2 to 17 are needed' ]
}
