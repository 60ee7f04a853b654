#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Files that are not a dump, or a damaged one: status 3 (2 if the dump is sound
# but has no registry), one line, no verdict.

load helpers

@test "a file that does not exist" {
	refused 3 "core: cannot open: No such file or directory"
}

@test "a directory" {
	mkdir core
	refused 3 "core: not a dump: it is a directory"
}

@test "an empty file" {
	: >core
	refused 3 "core: not a dump: the file is empty"
}

@test "a text file" {
	echo "HVCRASH_REGISTRY=0x101000, and much more text than a header has" >core
	refused 3 "core: not a dump: neither ELF nor kdump-compressed, flattened or not, nor a registry"
}

@test "a name with a line break is one line of error" {
	try audit $'no\nsuch'
	expect_status 3
	expect "$(wc -l <err)" 1
}

@test "an ELF file truncated in its header" {
	core good "truncate 40"
	refused 3 "core: ELF header: damaged or cut"
}

@test "an ELF file truncated in its program headers" {
	core good "truncate 150"
	refused 3 "core: truncated: 4 program headers at offset 0x40 do not fit into the file"
}

@test "a 32-bit dump" {
	core good "elf class=1"
	refused 3 "core: ELF header: "
}

@test "a big-endian dump" {
	core good "elf data=2"
	refused 3 "core: ELF header: not little-endian"
}

@test "an ELF file that is an executable" {
	core good "elf e_type=2"
	refused 3 "core: ELF header: not a core file (type 2)"
}

@test "a dump of another machine" {
	core good "elf e_machine=22"
	refused 3 "core: ELF header: machine 22 is not supported"
}

@test "no program headers" {
	core good "elf e_phnum=0"
	refused 3 "core: no program headers"
}

@test "more program headers than the file contains" {
	core good "elf e_phnum=60000"
	refused 3 "core: truncated: 60000 program headers"
}

@test "program headers beyond the end of the file" {
	core good "elf e_phoff=0xfffffffffffffff0"
	refused 3 "core: truncated: 4 program headers at offset 0xfffffffffffffff0"
}

@test "PN_XNUM without a section header" {
	core good "elf e_phnum=0xffff"
	refused 3 "core: section header 0: cannot be read"
}

@test "PN_XNUM with a section header beyond the end" {
	core good xnum "elf e_shoff=0x7fffffffffff0000"
	refused 3 "core: "
}

@test "program headers of an unexpected size" {
	core good "elf e_phentsize=32"
	refused 3 "core: program headers of 32 bytes"
}

@test "a segment whose address overflows" {
	core good "phdr 1 p_paddr=0xfffffffffffff000"
	refused 3 "core: program header 1: address 0xfffffffffffff000 and size 0x20000 overflow"
}

@test "a segment whose offset overflows" {
	core good "phdr 1 p_offset=0xfffffffffffff000"
	refused 3 "core: program header 1: "
}

@test "a segment whose memory size overflows" {
	core good "phdr 1 p_memsz=0xffffffffffffffff"
	refused 3 "core: program header 1: "
}

@test "a note whose contents run past the notes" {
	core good "note n_descsz=0xfffffffc"
	refused 3 "core: note at offset 0x2164: "
}

@test "a note whose name runs past the notes" {
	core good "note n_namesz=0xffffffff"
	refused 3 "core: note at offset 0x2164: "
}

@test "notes that run past the end of the file" {
	core good "no-note" "phdr 0 p_filesz=0x3000000"
	truncate -s 8700 core
	refused 3 "core: truncated: the file ends inside a note"
}

@test "notes of a hostile size" {
	core good "no-note" "phdr 0 p_filesz=0x7fffffffffffffff"
	refused 3 "core: notes of 9223372036854775807 bytes at offset 0x2000: too large"
}

@test "a VMCOREINFO of a hostile size" {
	core good "note n_descsz=0x50000" "phdr 0 p_filesz=0x60000"
	refused 3 "VMCOREINFO of 327680 bytes is too large"
}

@test "no VMCOREINFO note" {
	core good no-note
	refused 2 "core: no VMCOREINFO note"
}

@test "a note with VMCOREINFO's name but another type is not used" {
	core good "note n_type=1"
	refused 2 "core: no VMCOREINFO note"
}

@test "a VMCOREINFO without the registry's line" {
	core good no-vmcoreinfo "vmcoreinfo OSRELEASE=6.12.0"
	refused 2 "core: no registry: VMCOREINFO has no line HVCRASH_REGISTRY"
}

@test "the key inside another line is not the registry's line" {
	core good no-vmcoreinfo "vmcoreinfo XHVCRASH_REGISTRY=0x101000"
	refused 2 "core: no registry"
}

@test "an empty VMCOREINFO" {
	core good no-vmcoreinfo
	refused 2 "core: no registry"
}

@test "a registry line that is not an address" {
	local value
	# the last two were found by fuzz_vmcoreinfo: strtoull() accepts them
	for value in 101000 0x 0xg01000 0x101000x 0x10100000000000000 -1 "" \
		0x10100A000 0x00000C0000000010000; do
		core good no-vmcoreinfo "vmcoreinfo HVCRASH_REGISTRY=$value"
		refused 2 "core: VMCOREINFO: bad value in HVCRASH_REGISTRY=$value"
	done
}

# Found by every_byte: a terminal without UTF-8 obeys 0x9b
@test "a registry line with a control byte does not reach the terminal" {
	core good no-vmcoreinfo "vmcoreinfo HVCRASH_REGISTRY="$'\x9b'"31m"
	refused 2 "core: VMCOREINFO: bad value in HVCRASH_REGISTRY=?31m"
}

@test "a bad last registry line is not skipped in favour of a good one" {
	core good "vmcoreinfo HVCRASH_REGISTRY=nonsense"
	refused 2 "core: VMCOREINFO: bad value"
}

@test "a registry line that is not a page address" {
	local value
	for value in 0x0 0x101001 0xfffffffffffff001 0xfffffffffffff000; do
		core good no-vmcoreinfo "vmcoreinfo HVCRASH_REGISTRY=$value"
		refused 2 "core: VMCOREINFO: the registry's address $value is not that of a page"
	done
}

@test "a registry that the dump does not contain" {
	core good "drop 0x100000"
	refused 2 "core: registry header at 0x101000: not in the dump"
}

@test "a registry at an address without memory" {
	core good "vmcoreinfo HVCRASH_REGISTRY=0x7fff0000"
	refused 2 "core: registry header at 0x7fff0000: not in the dump"
}

@test "anything but a regular file is refused by name, without waiting for it" {
	mkfifo fifo
	refused 3 "fifo: not a dump: it is a pipe: save its output to a file first" audit fifo
	refused 3 "/dev/zero: not a dump: it is a device" audit /dev/zero
	refused 3 "/dev/null: not a dump: it is a device" list /dev/null
	mkdir dir
	refused 3 "dir: not a dump: it is a directory" audit dir
	core good
	status=0
	# shellcheck disable=SC2002 # a pipe is what is tested
	cat core | timeout 30 "$HVCRASHCTL" audit /dev/stdin >out 2>err || status=$?
	expect_status 3
	expect_word err "/dev/stdin: not a dump: it is a pipe: save"
	timeout 30 "$HVCRASHCTL" audit /dev/stdin <core >out
	expect "$(verdict | cut -d: -f1)" CLEAN
}

@test "own registers and RAM are read from a regular file, not from a pipe or an endless device" {
	core good
	mkfifo fifo
	for file in fifo /dev/zero .; do
		status=0
		timeout 30 "$HVCRASHCTL" audit --registers "$file" --iomem "$file" core >out 2>err || status=$?
		expect_status 0
		expect "$(grep -c "not checked, because cannot open $file: it is a" out)" 2
	done
}

@test "no FILE on a machine that is not a crash kernel: one line says so" {
	[ ! -e /proc/vmcore ] && [ ! -e /sys/kernel/hvcrash ] || skip "this is one"
	refused 3 "no FILE, and this is not a crash kernel: name a dump" audit
}
