#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: kdump of RHEL, Fedora and Azure Linux: where the dump is, by the rules of kdump.sh and kdump.conf.

# shellcheck disable=SC2034,SC2154 # shared with helpers.bash
bats_require_minimum_version 1.5.0
load helpers

setup() {
	fresh_root rhel
	shell=bash
	seconds=0
}

conf() { printf '%s\n' "$@" >"$HVCRASH_ROOT/etc/kdump.conf"; }

mounts() { printf '%s\n' 'proc /proc proc rw 0 0' "$@" >"$HVCRASH_ROOT/proc/mounts"; }

# dumped DIRECTORY [STATUS]: audit, dump to there, post
dumped() {
	dump=$HVCRASH_ROOT$1
	: >"$BATS_TEST_TMPDIR/log"
	adapter /etc/kdump/pre.d/50-hvcrash
	save "$dump"
	adapter /etc/kdump/post.d/50-hvcrash "${2:-0}"
	log=$(cat "$BATS_TEST_TMPDIR/log")
	printf '%s\n' "$log"
	[ "$adapter_status" -eq 0 ]
}

@test "no path in kdump.conf: /var/crash of the root file system" {
	conf '# path /elsewhere' 'final_action reboot'
	dumped /sysroot/var/crash/127.0.0.1-2026-11-23-00:17:03
	[ "$(verdict)" = clean ]
}

@test "a path with quotes, blanks around it and a comment behind" {
	conf '  path   "/my/dumps"   # on the data disk'
	dumped /sysroot/my/dumps/127.0.0.1-2026-11-23-00:17:03
	[ "$(verdict)" = clean ]
}

@test "of two paths the last one counts, as for kdump" {
	conf 'path /one' 'path /two'
	dumped /sysroot/two/127.0.0.1-2026-11-23-00:17:03
	[ "$(verdict)" = clean ]
}

@test "a dump target of its own, whose mount point has a blank" {
	mounts '/dev/sda2 /sysroot ext4 ro 0 0' '/dev/sdb1 /data\040disk xfs rw 0 0'
	dumped '/data disk/var/crash/127.0.0.1-2026-11-23-00:17:03'
	[ "$(verdict)" = clean ]
}

@test "NFS: the directory has the address of the machine" {
	mounts 'server:/dumps /kdumproot/mnt nfs4 rw 0 0'
	dumped /kdumproot/mnt/var/crash/10.0.0.4-2026-11-23-00:17:03
	[ "$(verdict)" = clean ]
}

@test "kdumpctl test: its directory" {
	dumped /sysroot/var/crash/kdump-test-1795400000
	[ "$(verdict)" = clean ]
}

@test "the dump was not saved: the report is beside what there is of it, and the log has kdump's status" {
	dumped /sysroot/var/crash/127.0.0.1-2026-11-23-00:17:03 1
	[ "$(verdict)" = clean ]
	logged 'the dump was not saved: kdump.s status is 1'
}

@test "older dumps get nothing, even where this one has no directory: then the log has the report" {
	mkdir -p "$HVCRASH_ROOT/sysroot/var/crash/127.0.0.1-2026-11-20-10:00:00"
	touch -d '3 days ago' "$HVCRASH_ROOT/sysroot/var/crash/127.0.0.1-2026-11-20-10:00:00"
	conf 'ssh user@server' 'path /var/crash'
	dumped /remote
	[ ! -e "$HVCRASH_ROOT/sysroot/var/crash/127.0.0.1-2026-11-20-10:00:00/hvcrash-audit.txt" ]
	logged 'no directory of the dump to write to'
	grep -q '^Regions:  *18 clean' <<<"$log"
}

@test "post without pre, as when that was killed: nothing, and no failure" {
	: >"$BATS_TEST_TMPDIR/log"
	adapter /etc/kdump/post.d/50-hvcrash 0
	[ "$adapter_status" -eq 0 ]
	[ ! -s "$BATS_TEST_TMPDIR/log" ]
}

posted() {
	seconds=0 shell=bash
	save "$1/var/crash/127.0.0.1-2026-11-23-00:17:03" 2>/dev/null || true
	adapter /etc/kdump/post.d/50-hvcrash 0
	cat "$BATS_TEST_TMPDIR/log"
	[ "$adapter_status" -eq 0 ] && [ -z "$(find "$1" -name '*.new')" ]
}

@test "the disk is full: the log has the report" {
	adapter /etc/kdump/pre.d/50-hvcrash
	with_disk full "$HVCRASH_ROOT/sysroot" posted "$HVCRASH_ROOT/sysroot"
	[[ $output == *'audit: CLEAN: 18 regions'* ]]
	[[ $output == *'No space left on device'* || $output == *'no directory of the dump'* ]]
	grep -q '^Regions:  *18 clean' <<<"$output"
}

@test "the disk stayed read-only: the log has the report" {
	adapter /etc/kdump/pre.d/50-hvcrash
	with_disk readonly "$HVCRASH_ROOT/sysroot" posted "$HVCRASH_ROOT/sysroot"
	grep -q '^Regions:  *18 clean' <<<"$output"
}

@test "kdump.sh can start what is installed: executable, with an interpreter that the initrd has" {
	for file in "$HVCRASH_ROOT"/etc/kdump/{pre,post}.d/*; do
		[ -x "$file" ]
		[ "$(head -n 1 "$file")" = '#!/bin/sh' ]
	done
	shell=''
	dumped /sysroot/var/crash/127.0.0.1-2026-11-23-00:17:03
	[ "$(verdict)" = clean ]
}
