# SPDX-License-Identifier: GPL-2.0-only
# bash, loaded by the *.bats files beside it: a fake root, in which each distribution's kdump takes a dump.
# shellcheck shell=bash disable=SC2034 # read by the tests
#
# crash DISTRO simulates a second kernel, and on Debian the boot after it, by the rules of that kdump's own scripts: who
# calls us with which arguments, the effect of a failure, where the dump goes. It leaves $dump, the directory of the dump,
# if one was saved, $log, all output of the adapters, and $seconds, how long they took.
#
# The real hvcrashctl reads a real dump, unless a test replaces it.

HOOKS_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$HOOKS_DIR/../.." && pwd)
HVCRASHCTL=${HVCRASHCTL:-$repo/build/tools/hvcrashctl}
MKCORE=${MKCORE:-$repo/build/fixtures/mkcore}
# Each distribution's sh, and busybox's for a self-made initramfs
runs=('debian dash' 'rhel bash' 'rhel busybox ash' 'suse bash' 'suse dash')

# fresh_root DISTRO: with the hooks of one distribution, the tool, and a second kernel's /proc
fresh_root() {
	export HVCRASH_ROOT=$BATS_TEST_TMPDIR/root
	rm -rf "$HVCRASH_ROOT"
	mkdir -p "$HVCRASH_ROOT"/{proc,run,etc,usr/sbin,var/crash,kdump/mnt/var/crash,sysroot/var/crash}
	make -s -C "$repo/kdump-hooks" install DESTDIR="$HVCRASH_ROOT" DISTRO="$1"
	cp "$HVCRASHCTL" "$HVCRASH_ROOT/usr/sbin/hvcrashctl"
	crashed good
	printf '%s\n' 'proc /proc proc rw 0 0' '/dev/sda2 /sysroot ext4 ro,relatime 0 0' >"$HVCRASH_ROOT/proc/mounts"
	printf '%s\n' 'path /var/crash' 'core_collector makedumpfile -l -d 31' >"$HVCRASH_ROOT/etc/kdump.conf"
	# nothing waits in the background for the dump, except in tests of that
	export HVCRASH_AUDIT_SECONDS=30 HVCRASH_WRITE_SECONDS=10 HVCRASH_DUMP_SECONDS=0
}

# crashed NAME [LINE...]: the memory of the crashed kernel is the fixture NAME.core with these lines
crashed() {
	local name=$1
	shift
	{
		printf 'include %s.core\n' "$name"
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} | "$MKCORE" -I "$repo/tests/fixtures" - "$HVCRASH_ROOT/proc/vmcore"
}

# tool: standard input replaces the tool from now on
tool() {
	rm -f "$HVCRASH_ROOT/usr/sbin/hvcrashctl"
	cat >"$HVCRASH_ROOT/usr/sbin/hvcrashctl"
	chmod +x "$HVCRASH_ROOT/usr/sbin/hvcrashctl"
}

# adapter FILE [ARGUMENT...]: runs it by its first line, like the kernel, or by $shell; none may take a minute
adapter() {
	local file=$HVCRASH_ROOT$1 command=() began
	shift
	[ -z "${shell:-}" ] || read -r -a command <<<"$shell"
	began=$SECONDS
	adapter_status=0
	timeout -s KILL 60 "${command[@]}" "$file" "$@" </dev/null >>"$BATS_TEST_TMPDIR/log" 2>&1 || adapter_status=$?
	seconds=$((seconds + SECONDS - began))
}

# save DIRECTORY: saves the dump there
save() {
	mkdir -p "$1"
	dump=$1
	echo 'the dump' >"$1/vmcore"
}

# Debian: the dump's unit wants the audit's, so the dump follows whatever the audit's status. The minute names the dump.
crash_debian() {
	local dumps=$HVCRASH_ROOT/var/crash
	adapter /usr/lib/hvcrash/debian-capture
	save "$dumps/$(date +%Y%m%d%H%M)"
	mv "$HVCRASH_ROOT/proc/vmcore" "$BATS_TEST_TMPDIR/vmcore"
	adapter /usr/lib/hvcrash/debian-collect
	mv "$BATS_TEST_TMPDIR/vmcore" "$HVCRASH_ROOT/proc/vmcore"
}

# kdump.sh of RHEL: executable files in pre.d and post.d are run, and their status is only logged
crash_rhel() {
	local stamp file
	stamp=$(date +%Y-%m-%d-%T)
	for file in "$HVCRASH_ROOT"/etc/kdump/pre.d/*; do
		adapter "${file#"$HVCRASH_ROOT"}"
		kdump_status "$file"
	done
	save "$HVCRASH_ROOT/sysroot/var/crash/127.0.0.1-$stamp"
	for file in "$HVCRASH_ROOT"/etc/kdump/post.d/*; do
		adapter "${file#"$HVCRASH_ROOT"}" "${dump_status:-0}"
		kdump_status "$file"
	done
}

kdump_status() { [ "$adapter_status" -eq 0 ] || printf '%s exited with %d status\n' "$1" "$adapter_status" >>"$BATS_TEST_TMPDIR/log"; }

# kdump-save of SUSE, with KDUMP_CONTINUE_ON_ERROR=false: a status other than 0 means a shell on the console and no dump
crash_suse() {
	local DIR
	DIR=/kdump/mnt/var/crash/$(date +%Y-%m-%d-%H-%M)
	adapter /usr/lib/hvcrash/suse-pre
	[ "$adapter_status" -eq 0 ] || return 0
	save "$HVCRASH_ROOT$DIR"
	adapter /usr/lib/hvcrash/suse-post "$DIR"
	kdump_status suse-post
}

crash() {
	dump='' seconds=0
	: >"$BATS_TEST_TMPDIR/log"
	"crash_$1"
	log=$(cat "$BATS_TEST_TMPDIR/log")
	printf -- '--- %s, %s, %d s\n%s\n' "$1" "${shell:-by its first line}" "$seconds" "$log"
}

# each FUNCTION: runs it for every distribution, with the adapters run by each shell that the distribution may have
each() {
	local run distro shell
	for run in "${runs[@]}"; do
		distro=${run%% *} shell=${run#* }
		fresh_root "$distro"
		"$1" "$distro" || {
			printf 'failed for %s with %s\n' "$distro" "$shell"
			return 1
		}
	done
}

# verdict: the value that a script reads from the report
verdict() { jq -r .verdict "$dump/hvcrash-audit.json"; }

# dump_and_reason PATTERN: the dump is there, and the log and both reports say why there is no verdict
dump_and_reason() {
	[ "$(cat "$dump/vmcore")" = 'the dump' ] &&
		logged "$1" &&
		[ "$(verdict)" = 'cannot tell' ] &&
		[[ $(jq -r .error.message "$dump/hvcrash-audit.json") == *$1* ]] &&
		[[ $(head -n 1 "$dump/hvcrash-audit.txt") == 'CANNOT TELL: '*$1* ]] &&
		[[ $log != *'exited with'* ]]
}

# logged PATTERN: one of our log lines matches
logged() { grep -q "^hvcrash-hook: .*$1" <<<"$log"; }

# full_disk DIRECTORY: from now on a full disk, in this shell's mount namespace
full_disk() {
	mkdir -p "$1"
	mount -t tmpfs -o size=16k full "$1"
	dd if=/dev/zero of="$1/ballast" bs=1k 2>/dev/null || true
}

# readonly_disk DIRECTORY
readonly_disk() {
	mkdir -p "$1"
	mount -t tmpfs -o ro readonly "$1"
}

# with_disk KIND DIRECTORY FUNCTION [ARGUMENT...]: in a mount namespace of its own, so that nothing stays mounted. What the
# function prints is $output.
with_disk() {
	export -f with_disk_inside "${3?}"
	run -0 unshare --mount --propagation private bash -c 'with_disk_inside "$@"' - "$HOOKS_DIR/helpers.bash" "$@"
}

with_disk_inside() {
	set -eu
	# shellcheck disable=SC1090
	. "$1"
	"$2_disk" "$3"
	shift 3
	"$@"
}

# no_scraps: no half-written file, and none left in memory except the report that waits there
no_scraps() {
	[ -z "$(find "$HVCRASH_ROOT" -name '*.new' -o -path '*/run/hvcrash/work*')" ]
}
