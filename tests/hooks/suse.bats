#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: kdump of SUSE: the dump's place, by the rules of its kdump-save, in versions that evaluate KDUMP_POSTSCRIPT and
# in those that do not.

# shellcheck disable=SC2034,SC2154 # shared with helpers.bash
bats_require_minimum_version 1.5.0
load helpers

# emergency SHELL: dracut's own script sources its hook, with that sh, and goes on to reboot
emergency() {
	# shellcheck disable=SC2016 # expanded by that shell
	log=$($1 -euc '. "$0"; echo "and reboots"' "$HVCRASH_ROOT/usr/lib/dracut/modules.d/99hvcrash/emergency.sh" 2>&1)
	printf '%s\n' "$log"
	[[ $log == *'and reboots' ]]
}

@test "emergency: no script of kdump-save has run: the audit runs, and without a mounted root the console has it" {
	local sh
	for sh in bash dash 'busybox ash'; do
		fresh_root suse
		echo 'tmpfs /sysroot tmpfs rw 0 0' >"$HVCRASH_ROOT/proc/mounts"
		emergency "$sh"
		grep -q '^Regions:  *18 clean' <<<"$log"
		# once
		emergency "$sh"
		[ "$log" = 'and reboots' ]
	done
}

@test "emergency: after both scripts there is nothing to do, and without our files the reboot still comes" {
	fresh_root suse
	crash suse
	emergency dash
	[ "$log" = 'and reboots' ]
	rm "$HVCRASH_ROOT/usr/lib/hvcrash/suse-emergency"
	emergency bash
}

setup() {
	fresh_root suse
	shell=bash
	seconds=0
}

# saved DIRECTORY ARGUMENT: the audit, the dump to DIRECTORY, and then the second script
saved() {
	dump=$HVCRASH_ROOT$1
	: >"$BATS_TEST_TMPDIR/log"
	adapter /usr/lib/hvcrash/suse-pre
	[ "$adapter_status" -eq 0 ]
	save "$dump"
	adapter /usr/lib/hvcrash/suse-post "${@:2}"
	log=$(cat "$BATS_TEST_TMPDIR/log")
	printf '%s\n' "$log"
	[ "$adapter_status" -eq 0 ]
}

conf() { printf '%s\n' "$@" >"$HVCRASH_ROOT/etc/kdump.conf"; }

@test "2.1.1 and later: the directory that kdump passes" {
	saved /kdump/mnt/var/crash/2026-11-23-00-17 /kdump/mnt/var/crash/2026-11-23-00-17
	[ "$(verdict)" = clean ]
}

# shellcheck disable=SC2016 # that is what they do
@test "2.0: the words are not evaluated, and the newest directory is used" {
	conf "KDUMP_SAVEDIR='/var/crash'"
	mkdir -p "$HVCRASH_ROOT/kdump/mnt/var/crash/2026-11-20-10-00"
	touch -d '3 days ago' "$HVCRASH_ROOT/kdump/mnt/var/crash/2026-11-20-10-00"
	saved /kdump/mnt/var/crash/2026-11-23-00-17 '"$DIR"'
	[ "$(verdict)" = clean ]
	[ ! -e "$HVCRASH_ROOT/kdump/mnt/var/crash/2026-11-20-10-00/hvcrash-audit.txt" ]
}

@test "1.0: a URL in the sysconfig file, a colon in the directory" {
	mkdir -p "$HVCRASH_ROOT/etc/sysconfig"
	echo 'KDUMP_SAVEDIR="file:///data/crash"' >"$HVCRASH_ROOT/etc/sysconfig/kdump"
	saved /kdump/mnt0/data/crash/2026-11-23-00:17
	[ "$(verdict)" = clean ]
}

@test "NFS: the directory has the machine's name" {
	conf "KDUMP_SAVEDIR='nfs://server/dumps'"
	saved /kdump/mnt/vm1-2026-11-23-00-17
	[ "$(verdict)" = clean ]
}

@test "ssh: there is no local directory, older dumps get nothing, the console has the report" {
	conf "KDUMP_SAVEDIR='ssh://server/dumps'"
	mkdir -p "$HVCRASH_ROOT/kdump/mnt/var/crash/2026-11-20-10-00"
	touch -d '3 days ago' "$HVCRASH_ROOT/kdump/mnt/var/crash/2026-11-20-10-00"
	saved /remote /dumps/vm1-2026-11-23-00-17
	[ ! -e "$HVCRASH_ROOT/kdump/mnt/var/crash/2026-11-20-10-00/hvcrash-audit.txt" ]
	logged 'no directory of the dump to write to'
	grep -q '^Regions:  *18 clean' <<<"$log"
}

posted() {
	seconds=0 shell=bash
	adapter /usr/lib/hvcrash/suse-post "$1"
	cat "$BATS_TEST_TMPDIR/log"
	[ "$adapter_status" -eq 0 ] && [ -z "$(find "$HVCRASH_ROOT$1" -name '*.new')" ]
}

@test "the disk is full: the console has the report" {
	adapter /usr/lib/hvcrash/suse-pre
	with_disk full "$HVCRASH_ROOT/kdump/mnt/var/crash/2026-11-23-00-17" posted /kdump/mnt/var/crash/2026-11-23-00-17
	[[ $output == *'No space left on device'* ]]
	grep -q '^Regions:  *18 clean' <<<"$output"
}

@test "the module is loaded before the early load of the crash kernel" {
	grep -q '^After=systemd-modules-load.service$' "$HVCRASH_ROOT/usr/lib/systemd/system/kdump-early.service.d/10-hvcrash.conf"
}
