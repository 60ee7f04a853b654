# SPDX-License-Identifier: GPL-2.0-only
# bash, loaded by the *.bats files beside it: a fake root, and in it what a distribution's kdump does around a dump.
# shellcheck shell=bash disable=SC2034 # read by the tests
#
# crash DISTRO plays a second kernel, and on Debian the boot after it, by the rules of that kdump as its own scripts have
# them: who calls us with what, what a failure costs there, where the dump goes. It leaves $dump, the directory of the dump,
# if one was saved, $log, all that the adapters said, and $seconds, how long they took.
#
# The real hvcrashctl reads a real dump, unless a test puts something else in its place.

HOOKS_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo=$(cd "$HOOKS_DIR/../.." && pwd)
HVCRASHCTL=${HVCRASHCTL:-$repo/build/tools/hvcrashctl}
MKCORE=${MKCORE:-$repo/build/fixtures/mkcore}
# What sh is there, and busybox's for an initramfs of one's own
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
	# nothing waits in the background for the dump, but where a test is about that
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

# tool: standard input is the tool from now on
tool() {
	rm -f "$HVCRASH_ROOT/usr/sbin/hvcrashctl"
	cat >"$HVCRASH_ROOT/usr/sbin/hvcrashctl"
	chmod +x "$HVCRASH_ROOT/usr/sbin/hvcrashctl"
}

# adapter FILE [ARGUMENT...]: as the kernel would start it, by its first line, or by $shell; nothing may take a minute
adapter() {
	local file=$HVCRASH_ROOT$1 command=() began
	shift
	[ -z "${shell:-}" ] || read -r -a command <<<"$shell"
	began=$SECONDS
	adapter_status=0
	timeout -s KILL 60 "${command[@]}" "$file" "$@" </dev/null >>"$BATS_TEST_TMPDIR/log" 2>&1 || adapter_status=$?
	seconds=$((seconds + SECONDS - began))
}

# save DIRECTORY: the dump
save() {
	mkdir -p "$1"
	dump=$1
	echo 'the dump' >"$1/vmcore"
}

# Debian: the audit is a unit that the dump's wants, so it follows whatever its status is. The dump is named after the minute.
crash_debian() {
	local dumps=$HVCRASH_ROOT/var/crash
	adapter /usr/lib/hvcrash/debian-capture
	save "$dumps/$(date +%Y%m%d%H%M)"
	mv "$HVCRASH_ROOT/proc/vmcore" "$BATS_TEST_TMPDIR/vmcore"
	adapter /usr/lib/hvcrash/debian-collect
	mv "$BATS_TEST_TMPDIR/vmcore" "$HVCRASH_ROOT/proc/vmcore"
}

# kdump.sh of RHEL: what is in pre.d and post.d is run if it can be, and its status is logged and not looked at
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

# kdump-save of SUSE, with KDUMP_CONTINUE_ON_ERROR=false: a status other than 0 is a shell on the console and no dump
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

# each FUNCTION: for every distribution, with its adapters run by the shells that it may have
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

# verdict: what a script that fetches the report reads
verdict() { jq -r .verdict "$dump/hvcrash-audit.json"; }

# dump_and_reason PATTERN: the dump is there, the log says why there is no verdict, and so do both reports
dump_and_reason() {
	[ "$(cat "$dump/vmcore")" = 'the dump' ] &&
		logged "$1" &&
		[ "$(verdict)" = 'cannot tell' ] &&
		[[ $(jq -r .error.message "$dump/hvcrash-audit.json") == *$1* ]] &&
		[[ $(head -n 1 "$dump/hvcrash-audit.txt") == 'CANNOT TELL: '*$1* ]] &&
		[[ $log != *'exited with'* ]]
}

# logged PATTERN: in a line of ours
logged() { grep -q "^hvcrash-hook: .*$1" <<<"$log"; }

# full_disk DIRECTORY: from now on, in this shell's mount namespace, a disk with nothing left
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

# no_scraps: nothing half-written, nothing left in memory but the report that waits there
no_scraps() {
	[ -z "$(find "$HVCRASH_ROOT" -name '*.new' -o -path '*/run/hvcrash/work*')" ]
}
