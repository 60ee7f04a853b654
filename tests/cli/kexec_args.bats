#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrashctl kexec-args: what keeps the registry across a kexec. The fixture's
# chunks have one page; the module's are larger, which makes no difference here.

load helpers
load fake_root

setup() {
	begin
	mkdir root
	put /proc/sys/kernel/arch x86_64
	put /proc/cmdline "root=/dev/sda1 quiet"
}

# A chunk that is not adjacent
far=("segment 0x300000 0x1000" "chunk extents 0x300000")

# registry NAME [LINE...]: the file that sysfs shows
registry() {
	live "$@"
	mkdir -p root/sys/kernel/hvcrash
	mv registry root/sys/kernel/hvcrash/registry
}

@test "the header and every chunk, adjacent ones in one word" {
	registry live
	try kexec-args --sysroot root
	expect_status 0
	expect "$(cat out)" "hvcrash_registry=0x101000 memmap=20K%0x101000-1+2"
	registry live "${far[@]}"
	try kexec-args --sysroot root
	expect "$(cat out)" "hvcrash_registry=0x101000 memmap=20K%0x101000-1+2 memmap=4K%0x300000-1+2"
	expect "$(wc -c <err)" 0
}

@test "every page of the registry is in a region, and none twice" {
	registry live "${far[@]}"
	try kexec-args --json --sysroot root
	jq -r '.regions[] | [.gpa, .bytes] | @tsv' out | while read -r gpa bytes; do
		for ((at = gpa; at < gpa + bytes; at += 4096)); do printf '0x%x\n' $at; done
	done >pages
	expect "$(tr '\n' ' ' <pages)" "0x101000 0x102000 0x103000 0x104000 0x105000 0x300000 "
}

@test "the JSON has not changed" {
	registry live "${far[@]}"
	try kexec-args --json --sysroot root
	expect_status 0
	jq -S . out >sorted.json
	diff -u "$CLI_DIR/kexec_args.json" sorted.json
}

@test "no module, no registry, status 2" {
	refused 2 "no registry: hvcrash.ko is not loaded" kexec-args --sysroot root
}

@test "a damaged registry is an error, status 2" {
	registry live "header nr_chunks=449"
	refused 2 "449 chunks, 448 at most" kexec-args --sysroot root
}

@test "the registry of a crash, finished or not, is refused, status 2" {
	registry live "header phase=2"
	refused 2 "not that of a running module" kexec-args --sysroot root
	registry good
	refused 2 "not that of a running module" kexec-args --sysroot root
}

@test "an architecture without memmap= gets an error, status 3" {
	registry live
	put /proc/sys/kernel/arch aarch64
	refused 3 "only x86 has memmap=" kexec-args --sysroot root
}

@test "a line too long for a kernel is refused, status 3" {
	registry live
	put /proc/cmdline "$(printf 'x%.0s' {1..1997})"
	try kexec-args --sysroot root
	expect_status 0
	expect "$(($(wc -c <out) - 1 + 1 + 1997))" 2047
	put /proc/cmdline "$(printf 'x%.0s' {1..1998})"
	refused 3 "49 bytes of arguments do not fit behind this kernel's command line of 1998: a kernel takes 2047" kexec-args --sysroot root
}

@test "more regions than a memory map may hold are refused, status 3" {
	local i
	registry live "${far[@]}"
	for i in {0..127}; do put /sys/firmware/memmap/"$i"/type "System RAM"; done
	refused 3 "the registry has 2 regions: with 128 entries" kexec-args --sysroot root
	drop /sys/firmware/memmap/127
	try kexec-args --sysroot root
	expect_status 0
}

# shellcheck disable=SC2016 # for those shells
@test "a shell that evals the line, as kdump of Debian and SUSE does, changes nothing in it" {
	local shell
	registry live "${far[@]}"
	try kexec-args --sysroot root
	for shell in dash bash; do
		# kdump_load() of kdump-config, and a second evaluation of its result
		$shell -c 'KEXEC_CMD="printf %s\\\\n --command-line=\"root=/dev/sda1 $(cat out)\""; eval $KEXEC_CMD' >once
		expect "$(cat once)" "--command-line=root=/dev/sda1 $(cat out)"
		$shell -c 'line=$(cat once); eval "set -- $line"; echo "$*"' | diff once -
	done
	expect "$(tr -d 'a-zA-Z0-9_=%+ \n-' <out)" ""
}

@test "if this kernel already has the words of a kexec, a line on stderr says so" {
	registry live
	put /proc/cmdline 'root=/dev/sda1 hvcrash_registry=0x900000 memmap=20K%0x900000-1+2'
	try kexec-args --sysroot root
	expect_status 0
	expect "$(wc -l <out)" 1
	expect "$(wc -l <err)" 1
	expect_word err "already has hvcrash_registry= of the last kexec"
	# the remedy that the man page gives
	sed -E 's/ ?(hvcrash_registry|memmap=[0-9]+K%0x)[^ ]*//g' root/proc/cmdline >stripped
	expect "$(cat stripped)" "root=/dev/sda1"
	expect_word "$CLI_DIR/../../tools/hvcrashctl/hvcrashctl.8" "s/ ?(hvcrash_registry|memmap=[0\-9]+K%0x)[^ ]*//g"
}
