#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a crash initramfs as RHEL and SUSE have one, made by a real dracut with kdump-hooks: the verdict is beside the dump.
#
# What is in the initramfs is asked of the file itself.

bats_require_minimum_version 1.5.0

setup_file() {
	export LAB=$BATS_TEST_DIRNAME/../lab/lab STATE=$BATS_TEST_DIRNAME/../../build/lab
	"$LAB" build --kernel 6.12 --dracut >&3 2>&1
	zcat "$STATE/kernels/trixie/dracut.img" | cpio -it --quiet >"$BATS_FILE_TMPDIR/files" 2>/dev/null || true
	rc=0
	"$LAB" run --dracut --crashkernel 320M --json "$BATS_FILE_TMPDIR/result.json" >"$BATS_FILE_TMPDIR/log" 2>&1 || rc=$?
	printf '%d\n' $rc >"$BATS_FILE_TMPDIR/rc"
}

has() { grep -qxE "$1" "$BATS_FILE_TMPDIR/files"; }

field() { jq -r "$1" "$BATS_FILE_TMPDIR/result.json"; }

@test "dracut takes the tool, its libraries, the hooks and their library" {
	has usr/sbin/hvcrashctl
	has usr/lib/hvcrash/hvcrash-hook.sh
	has etc/kdump/pre.d/50-hvcrash
	has etc/kdump/post.d/50-hvcrash
	for library in libelf libsmartcols libxxhash libjson-c; do has "usr/lib/.*/$library\.so\.[0-9.]*"; done
	has 'usr/lib/modules/.*/msr\.ko.*'
}

@test "crashed, the guest finds its verdict beside the dump, clean, and the hypervisor agrees" {
	[ "$(cat "$BATS_FILE_TMPDIR/rc")" = 0 ] || { tail -n 60 "$BATS_FILE_TMPDIR/log"; return 1; }
	[ "$(field .verdict)" = clean ]
	[ "$(field '.stale_overlays | length')" -eq 0 ]
	[ "$(field .dump_ok)" = true ]
	log=$(dirname "$(field .log)")/hooks.log
	cat "$log"
	grep -q '^hvcrash-hook: audit: CLEAN' "$log"
	grep -q '^hvcrash-hook: report: /kdumproot/var/crash/127.0.0.1-' "$log"
	run ! grep 'exited with' "$log"
}
