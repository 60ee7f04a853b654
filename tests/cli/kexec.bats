#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The registry of a kernel that ended with kexec: no contents to compare, since all
# its memory is the next kernel's; the proof of each revoke has to suffice.

load helpers

@test "after a kexec regions without a hash are clean by their proof" {
	core good "header way=kexec" "edit extent 3 flags=1"
	try audit core
	expect_status 0
	expect_word out "CLEAN: "
	expect_no_word out unchanged
	expect_word out "not compared: they are the next kernel's memory"
	try audit --json core
	expect "$(jq -r .summary.way out)" kexec
}

@test "after a kexec a region without proof is not clean" {
	core good "header way=kexec" "edit extent 3 flags=1 evidence=none"
	try audit core
	expect_status 2
	expect_no_word out CLEAN
}

@test "after a kexec a VP that was not reached is not clean" {
	core good "header way=kexec" "edit extent 3 flags=1 state=not_reached evidence=no_answer"
	try audit core
	expect_status 1
}

@test "after a crash the same regions without a hash cannot tell" {
	core good "header way=crash" "edit extent 3 flags=1"
	try audit core
	expect_status 2
}

# memory CORE...: writes the file "memory", with the segments of each CORE at their addresses
memory() {
	local core
	truncate -s 4M memory
	for core; do
		readelf -lW "$core" | awk '$1 == "LOAD" { print $2, $4, $5 }' | while read -r offset gpa bytes; do
			dd if="$core" of=memory bs=4096 conv=notrunc status=none \
				skip=$((offset / 4096)) seek=$((gpa / 4096)) count=$((bytes / 4096))
		done
	done
}

# audit_memory CMDLINE
audit_memory() {
	printf '%s\n' "$1" >cmdline
	status=0
	MEMORY=memory CMDLINE=cmdline ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=$(dirname "$MKCORE")/devmem.so "$HVCRASHCTL" audit /dev/mem >out 2>err || status=$?
	cat out err
}

@test "the last of two hvcrash_registry= counts: an old clean one is not the verdict" {
	# without hashes, as after a kexec
	mapfile -t unhashed < <(printf "edit extent %d flags=1\n" {0..18})
	core good "header way=kexec" "${unhashed[@]}"
	memory core
	audit_memory "root=/dev/sda1 hvcrash_registry=0x101000 memmap=20K%0x101000-1+2"
	expect_status 0
	expect_word out "CLEAN: "
	audit_memory "root=/dev/sda1 hvcrash_registry=0x101000 memmap=20K%0x101000-1+2 hvcrash_registry=0x301000 memmap=20K%0x301000-1+2"
	expect_status 2
	expect_no_word out CLEAN
	audit_memory "root=/dev/sda1 hvcrash_registry=0x301000 quiet xhvcrash_registry=0x5000 hvcrash_registry=0x101000"
	expect_status 0
}
