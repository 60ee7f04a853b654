#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a crash initramfs like RHEL's and SUSE's, made by a real dracut with kdump-hooks: the verdict is beside the dump.
#
# Its contents are read from the file itself.

bats_require_minimum_version 1.5.0

load helpers

setup_file() {
	export STATE=$BATS_TEST_DIRNAME/../../build/lab
	lab_begin
	"$LAB" build --kernel 6.12 --dracut >&3 2>&1
	zcat "$STATE/kernels/trixie/dracut.img" | cpio -it --quiet >"$BATS_FILE_TMPDIR/files" 2>/dev/null || true
	lab_result clean run --dracut || true
	lab_result hanging run --dracut --dump-hangs --expect rebooted || true
}

has() { grep -qxE "$1" "$BATS_FILE_TMPDIR/files"; }

hooks_log() { cat "$(run_directory "$1")/hooks.log"; }

@test "dracut includes the tool, its libraries, the hooks and their library" {
	has usr/sbin/hvcrashctl
	has usr/lib/hvcrash/hvcrash-hook.sh
	has etc/kdump/pre.d/50-hvcrash
	has etc/kdump/post.d/50-hvcrash
	for library in libelf libsmartcols libxxhash libjson-c; do has "usr/lib/.*/$library\.so\.[0-9.]*"; done
	has 'usr/lib/modules/.*/msr\.ko.*'
}

@test "crashed, the guest finds its verdict beside the dump, clean, and the hypervisor agrees" {
	held clean
	[ "$(field clean .verdict)" = clean ]
	[ "$(field clean '.stale_overlays | length')" -eq 0 ]
	[ "$(field clean .dump_ok)" = true ]
	run -0 hooks_log clean
	[[ $output == *'hvcrash-hook: audit: CLEAN'* ]]
	[[ $output == *'hvcrash-hook: report: /kdumproot/var/crash/127.0.0.1-'* ]]
	[[ $output != *'exited with'* ]]
}

@test "a dump that hangs: after the bound of hvcrash_dump_minutes the hook says why, and reboots" {
	held hanging
	[ "$(field hanging .verdict)" = clean ]
	[ "$(field hanging '.stale_overlays | length')" -eq 0 ]
}
