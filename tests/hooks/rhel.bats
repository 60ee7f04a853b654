#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: kdump of RHEL, Fedora and Azure Linux: the dump's place, by the rules of kdump.sh and kdump.conf.

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

@test "no path in kdump.conf: /var/crash in the root file system" {
	conf '# path /elsewhere' 'final_action reboot'
	dumped /sysroot/var/crash/127.0.0.1-2026-11-23-00:17:03
	[ "$(verdict)" = clean ]
}

@test "a path with quotes, blanks around it and a comment after it" {
	conf '  path   "/my/dumps"   # on the data disk'
	dumped /sysroot/my/dumps/127.0.0.1-2026-11-23-00:17:03
	[ "$(verdict)" = clean ]
}

@test "of two paths the last one counts, as for kdump" {
	conf 'path /one' 'path /two'
	dumped /sysroot/two/127.0.0.1-2026-11-23-00:17:03
	[ "$(verdict)" = clean ]
}

@test "a separate dump target whose mount point contains a blank" {
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

@test "the dump was not saved: the report is beside its remains, and the log has kdump's status" {
	dumped /sysroot/var/crash/127.0.0.1-2026-11-23-00:17:03 1
	[ "$(verdict)" = clean ]
	logged 'the dump was not saved: kdump.s status is 1'
}

@test "older dumps get nothing, even if this one has no directory: then the log has the report" {
	mkdir -p "$HVCRASH_ROOT/sysroot/var/crash/127.0.0.1-2026-11-20-10:00:00"
	touch -d '3 days ago' "$HVCRASH_ROOT/sysroot/var/crash/127.0.0.1-2026-11-20-10:00:00"
	conf 'ssh user@server' 'path /var/crash'
	dumped /remote
	[ ! -e "$HVCRASH_ROOT/sysroot/var/crash/127.0.0.1-2026-11-20-10:00:00/hvcrash-audit.txt" ]
	logged 'no directory of the dump to write to'
	grep -q '^Regions:  *18 clean' <<<"$log"
}

@test "post without pre, for instance if pre was killed: nothing, and no failure" {
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

# posted_aside DIRECTORY: the report is set aside there, and the file system is read-only as before
posted_aside() {
	posted "$1"
	jq -r '"verdict: " + .verdict' "$1"/var/lib/hvcrash/audit/*.no-dump/hvcrash-audit.json
	awk -v at="$1" '$2 == at { print "mode: " substr($4, 1, 2) }' /proc/mounts
}

@test "the disk stayed read-only: the report is set aside, and if the disk cannot be made writable the log has it" {
	adapter /etc/kdump/pre.d/50-hvcrash
	export -f posted
	with_disk readonly "$HVCRASH_ROOT/sysroot" posted_aside "$HVCRASH_ROOT/sysroot"
	[[ $output == *'verdict: clean'*'mode: ro'* ]]
	fake mount <<<$'#!/bin/sh\ncase $*:$HVCRASH_ROOT in *remount,rw*:?*) exit 32 ;; *) exec /bin/mount "$@" ;; esac'
	with_disk readonly "$HVCRASH_ROOT/sysroot" posted "$HVCRASH_ROOT/sysroot"
	grep -q '^Regions:  *18 clean' <<<"$output"
}

# fake NAME: standard input becomes that program, first in PATH
fake() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/$1"
	chmod +x "$BATS_TEST_TMPDIR/bin/$1"
	export PATH="$BATS_TEST_TMPDIR/bin:$PATH"
}

# emergency SHELL: kdump.sh --error-handler, in a crash kernel with that sh
emergency() {
	shell=$1 seconds=0
	: >"$BATS_TEST_TMPDIR/log"
	adapter /etc/kdump/emergency.d/50-hvcrash
	log=$(cat "$BATS_TEST_TMPDIR/log")
	printf '%s\n' "$log"
	[ "$adapter_status" -eq 0 ]
}

# aside: the one report that is below the root file system's /var/lib/hvcrash/audit
aside() { echo "$HVCRASH_ROOT"/sysroot/var/lib/hvcrash/audit/*.no-dump; }

@test "emergency: the target was not mounted, so the audit did not run: it runs, and is set aside with the log for the next boot" {
	local sh
	fake journalctl <<<$'#!/bin/sh\necho "[    7.1] systemd[1]: Timed out waiting for device /dev/sdb1"\necho "[    7.2] kdump: No space left on device"'
	fake mount <<-END
		#!/bin/sh
		echo "\$*" >>"$BATS_TEST_TMPDIR/mounts"
	END
	for sh in bash dash 'busybox ash'; do
		fresh_root rhel
		emergency "$sh"
		[ "$(jq -r .verdict "$(aside)/hvcrash-audit.json")" = clean ]
		logged 'report: .*no-dump/hvcrash-audit.txt'
		# the file system is read-only again
		[ "$(tail -n 2 "$BATS_TEST_TMPDIR/mounts" | paste -sd,)" = "-o remount,rw $HVCRASH_ROOT/sysroot,-o remount,ro $HVCRASH_ROOT/sysroot" ]
		no_scraps
		# once
		emergency "$sh"
		[ -z "$log" ]
	done
	mkdir -p "$HVCRASH_ROOT/var/lib/hvcrash"
	mv "$HVCRASH_ROOT/sysroot/var/lib/hvcrash/audit" "$HVCRASH_ROOT/var/lib/hvcrash/audit"
	"$HVCRASHCTL" crashes show last --json --sysroot "$HVCRASH_ROOT" >"$BATS_TEST_TMPDIR/json"
	[ "$(jq -r '.crashes[0] | "\(.verdict)|\(.saved)|\(.why)"' "$BATS_TEST_TMPDIR/json")" = 'clean|nothing|kdump: No space left on device' ]
}

@test "emergency: after a failed dump the report is where post.d put it, and nothing is done twice" {
	dumped /sysroot/var/crash/127.0.0.1-2026-11-23-00:17:03 1
	emergency bash
	[ -z "$log" ]
	[ ! -e "$HVCRASH_ROOT/sysroot/var/lib" ]
}

@test "emergency: no file system of the first kernel is mounted, or it cannot be made writable: the log has the report" {
	mounts 'none /sysroot rootfs rw 0 0'
	emergency 'busybox ash'
	grep -q '^Regions:  *18 clean' <<<"$log"
	fresh_root rhel
	fake mount <<<$'#!/bin/sh\necho "mount: /sysroot: write-protected" >&2\nexit 32'
	emergency dash
	grep -q '^Regions:  *18 clean' <<<"$log"
	[ ! -e "$HVCRASH_ROOT/sysroot/var/lib" ]
}

@test "emergency: in a kernel that has not crashed nothing happens" {
	: >"$HVCRASH_ROOT/proc/vmcore"
	emergency bash
	[ -z "$log" ]
}

# full_with_room: no space, except the space that publish has reserved
full_with_room() {
	local audit=$HVCRASH_ROOT/sysroot/var/lib/hvcrash/audit
	umount "$HVCRASH_ROOT/sysroot"
	mount -t tmpfs -o size=256k full "$HVCRASH_ROOT/sysroot"
	mkdir -p "$audit" "$HVCRASH_ROOT/sysroot/var/crash/127.0.0.1-2026-11-23-00:17:03"
	head -c 131072 /dev/urandom >"$audit/.room"
	dd if=/dev/zero of="$HVCRASH_ROOT/sysroot/ballast" bs=1k 2>/dev/null || true
	seconds=0 shell=bash
	adapter /etc/kdump/post.d/50-hvcrash 1
	cat "$BATS_TEST_TMPDIR/log"
	[ "$adapter_status" -eq 0 ] && jq -r '"verdict: " + .verdict' "$(aside)/hvcrash-audit.json" && [ ! -e "$audit/.room" ]
}

@test "the verdict is saved even on a full disk: the boot before has reserved space" {
	mounts '/dev/sda2 /sysroot ext4 rw 0 0'
	adapter /etc/kdump/pre.d/50-hvcrash
	export -f aside full_with_room
	with_disk full "$HVCRASH_ROOT/sysroot" full_with_room
	[[ $output == *'verdict: clean'* ]]
}

@test "kdump.sh can start the installed hooks: executable, with an interpreter that the initrd has" {
	for file in "$HVCRASH_ROOT"/etc/kdump/{pre,post,emergency}.d/*; do
		[ -x "$file" ]
		[ "$(head -n 1 "$file")" = '#!/bin/sh' ]
	done
	shell=''
	dumped /sysroot/var/crash/127.0.0.1-2026-11-23-00:17:03
	[ "$(verdict)" = clean ]
}

# hung SHELL: the dump hangs, and the machine reboots
hung() {
	local i
	fresh_root rhel
	mkdir -p "$HVCRASH_ROOT/dev"
	: >"$HVCRASH_ROOT/proc/sysrq-trigger"
	shell=$1
	HVCRASH_DUMP_SECONDS=1 HVCRASH_WRITE_SECONDS=5 adapter /etc/kdump/pre.d/50-hvcrash 3>&-
	for ((i = 0; i < 600; i++)); do
		[ ! -s "$HVCRASH_ROOT/proc/sysrq-trigger" ] || return 0
		sleep 0.1
	done
	echo 'no reboot in 60 s'
	return 1
}

@test "a dump that hangs: before the reboot the report is set aside with the reason, and the next boot says both" {
	local sh
	fake journalctl <<<$'#!/bin/sh\nsed "s/^<3>/[   84.827397] kernel: /" "$HVCRASH_ROOT/dev/kmsg"'
	fake mount <<<$'#!/bin/sh'
	for sh in dash 'busybox ash'; do
		hung "$sh"
		[ "$(cat "$HVCRASH_ROOT/proc/sysrq-trigger")" = b ]
		[ "$(jq -r .verdict "$(aside)/hvcrash-audit.json")" = clean ]
	done
	mkdir -p "$HVCRASH_ROOT/var/lib/hvcrash"
	mv "$HVCRASH_ROOT/sysroot/var/lib/hvcrash/audit" "$HVCRASH_ROOT/var/lib/hvcrash/audit"
	"$HVCRASHCTL" crashes show last --json --sysroot "$HVCRASH_ROOT" >"$BATS_TEST_TMPDIR/json"
	[ "$(jq -r '.crashes[0] | "\(.verdict)|\(.saved)|\(.why)"' "$BATS_TEST_TMPDIR/json")" = \
		'clean|nothing|kernel: hvcrash-hook: the dump did not finish in 1 s: rebooting' ]
}

@test "a dump that ends in time: the process that waits for it sets nothing aside" {
	local i
	fresh_root rhel
	mkdir -p "$HVCRASH_ROOT/dev"
	: >"$HVCRASH_ROOT/proc/sysrq-trigger"
	shell=dash
	export HVCRASH_DUMP_SECONDS=1 HVCRASH_WRITE_SECONDS=1
	crash rhel 3>&-
	for ((i = 0; i < 300; i++)); do
		[ ! -s "$HVCRASH_ROOT/proc/sysrq-trigger" ] || break
		sleep 0.1
	done
	[ "$(cat "$HVCRASH_ROOT/proc/sysrq-trigger")" = b ]
	[ ! -e "$HVCRASH_ROOT/sysroot/var/lib/hvcrash" ]
	[ -e "$dump/hvcrash-audit.json" ]
}
