#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# How much memory the crash kernel gets: scripts/lib/crashkernel.bash by itself.

# shellcheck disable=SC2154 # "answer" is set by what is sourced

load helpers

setup() {
	begin
	# shellcheck disable=SC2034 # for what is sourced
	root='' verb=configure
	source_configure
	CRASHKERNEL_X86_64=$(answer_of hyperv_crashkernel x86_64)
	CRASHKERNEL_ARM64=$(answer_of hyperv_crashkernel aarch64)
	CRASHKERNEL_ARM64_64K=$(answer_of hyperv_crashkernel aarch64-64k)
}

# at TEXT RAM MIB
at() {
	crashkernel_at "$1" "$2"
	expect "$2: $answer" "$2: $3"
}

# wanted CURRENT RESULT, with a short table
wanted() {
	crashkernel_wanted 1G-4G:256M,4G-:512M "$1"
	expect "$1 -> $answer" "$1 -> $2"
}

@test "the kernel's own reading of ranges, sizes and offsets" {
	local text=512M-2G:64M,2G-4G:128M,4G-:1G
	at $text 511 0
	at $text 512 64
	at $text 2047 64
	at $text 2048 128
	at $text 4095 128
	at $text 4096 1024
	at $text 99999999 1024
	at 256M 100 256
	at 256M@16M 100 256
	at 1G-2G:64M@32M 1024 64
	at 300M,high 100 300
	at 262144K 100 256
	at 268435456 100 256
	at auto 8192 0
	at 1G-2G 1024 0
	at 1G-2G:x 1024 0
	at '' 8192 0
	at 1G-2G:64M, 1024 0
	at 08M 100 8
	at 1g-2t:64m 2048 64
}

@test "firmware takes some memory: what an old or a new kernel reserves is enough" {
	expect "$(answer_of crashkernel_expected 1G-4G:256M,4G-:512M 4095)" 256
	expect "$(answer_of crashkernel_expected 1G-4G:256M,4G-:512M 4096)" 512
	expect "$(answer_of crashkernel_expected 1G-4G:256M,4G-:512M 3900)" 256
	expect "$(answer_of crashkernel_expected 1G-4G:256M,4G-:512M 1020)" 0
}

@test "the tables give a dump on Azure what it needs, and never more than a quarter" {
	local table ram size
	at "$CRASHKERNEL_X86_64" 512 128
	at "$CRASHKERNEL_X86_64" 1024 256
	at "$CRASHKERNEL_X86_64" 3584 320
	at "$CRASHKERNEL_X86_64" 8192 512
	at "$CRASHKERNEL_X86_64" $((1024 * 1024)) 1024
	at "$CRASHKERNEL_X86_64" $((12 * 1024 * 1024)) 4096
	at "$CRASHKERNEL_ARM64" 8192 512
	at "$CRASHKERNEL_ARM64_64K" 8192 768
	for table in "$CRASHKERNEL_X86_64" "$CRASHKERNEL_ARM64" "$CRASHKERNEL_ARM64_64K"; do
		for ((ram = 512; ram < 16 * 1024 * 1024; ram += ram / 4)); do
			crashkernel_at "$table" $ram
			size=$answer
			[ $((size * 4)) -le $ram ] || { echo "$size of $ram MiB: $table"; return 1; }
		done
	done
}

@test "the table of an architecture and a page size" {
	expect "$(answer_of crashkernel_table x86_64 6.1)" "$CRASHKERNEL_X86_64"
	expect "$(answer_of crashkernel_table aarch64 6.1)" "$CRASHKERNEL_ARM64"
	expect "$(answer_of crashkernel_table aarch64 5.14.0-503.el9.aarch64+64k)" "$CRASHKERNEL_ARM64_64K"
	run crashkernel_table s390x 6.1
	expect "$status" 1
}

@test "never less than what is set, and exactly that if it is enough" {
	wanted '' 1G-4G:256M,4G-:512M
	wanted auto 1G-4G:256M,4G-:512M
	wanted nonsense 1G-4G:256M,4G-:512M
	wanted 512M 512M
	wanted 512M@64M 512M@64M
	wanted 1G,high 1G,high
	wanted 1G-:512M 1G-:512M
	wanted 300M 0M-4G:300M,4G-:512M
	wanted 2G-8G:1G 1G-2G:256M,2G-8G:1G,8G-:512M
	wanted 512M-:128M 512M-1G:128M,1G-4G:256M,4G-:512M
	wanted 1G-2G:2G 1G-2G:2G,2G-4G:256M,4G-:512M
}

@test "merging again changes nothing: a second run is a no-op" {
	local current once
	for current in 384M-:128M 512M-:192M 2G-4G:320M,4G-32G:512M,32G-:1G 300M 1G-2G:2G 8T-:8G auto ''; do
		crashkernel_wanted "$CRASHKERNEL_X86_64" "$current"
		once=$answer
		crashkernel_wanted "$CRASHKERNEL_X86_64" "$once"
		expect "$answer" "$once"
	done
}

@test "the last crashkernel= counts, except one with ,low" {
	expect "$(answer_of last_crashkernel "ro crashkernel=1G crashkernel=2G quiet")" 2G
	expect "$(answer_of last_crashkernel "ro crashkernel=300M,high crashkernel=72M,low")" 300M,high
	expect "$(answer_of last_crashkernel "ro crashkernel=512M crashkernel=1G,cma")" 512M
	expect "$(answer_of last_crashkernel "ro nocrashkernel=1G")" ""
	expect "$(answer_of last_crashkernel "")" ""
}
