#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the lab judges a kernel about which it knows nothing but its file and its
# modules. It is Debian's own, under another name and in another place, so that the result
# can be compared with what is known about it.

bats_require_minimum_version 1.5.0
load helpers

# own_run NAME [OPTION...]: two of them run side by side
own_run() {
	lab_result "$1" run --stock --kernel 6.12 --kernel-image "$IMAGE" --modules "$MODULES" --expect none-left "${@:2}" || true
}

# hvcrash_run: with hvcrash, built against its headers
hvcrash_run() {
	lab_result hvcrash run --kernel 6.12 --kernel-image "$IMAGE" --modules "$MODULES" --headers "$HEADERS" --crash null || true
}

setup_file() {
	local tree
	lab_begin
	"$LAB" build --kernel 6.12 --stock >&3 2>&1
	tree=$BATS_TEST_DIRNAME/../../build/lab/trees/trixie
	export IMAGE=$BATS_FILE_TMPDIR/bzImage MODULES=$BATS_FILE_TMPDIR/mods
	cp "$tree"/boot/vmlinuz-* "$IMAGE"
	mkdir -p "$MODULES/lib"
	cp -r "$tree/usr/lib/modules" "$MODULES/lib/"
	# Debian's headers name files by their place in the tree
	HEADERS=$(echo "$tree"/usr/src/linux-headers-*-amd64)
	export HEADERS
	export -f lab_result own_run hvcrash_run
	printf '%s\n' 'own_run kexec --crash kexec' 'own_run left' hvcrash_run | xargs -P "$LAB_JOBS" -I '{}' bash -c '{}'
}

@test "a kexec leaves no overlay, as expected" {
	held kexec
	[ "$(field kexec '.stale_overlays | length')" -eq 0 ]
}

@test "a panic leaves 6 of 8 SynIC overlays, as it does of the same kernel under its own name" {
	[ "$(synic left stale_overlays)" -eq 6 ]
	[ "$(field left .dump_ok)" = true ]
	[ "$(field left .panic)" != null ]
	[ "$(field left .mode)" = stock ]
}

@test "an overlay left where none is allowed is a failure of the kernel, not of the lab" {
	[ "$(cat "$RESULTS/left.rc")" -eq 1 ]
	[ "$(field left .result)" = failed ]
	[[ $(field left .failure) == *'still maps 9 overlays'* ]]
}

@test "with hvcrash, built against its headers, it is as clean as a kernel that the lab knows" {
	is_clean hvcrash
	compared_same hvcrash
}

@test "modules of another release, a file that is not a bzImage, or a run with hvcrash: refused, status 3" {
	mkdir -p "$BATS_TEST_TMPDIR/other/lib/modules/1.2.3"
	run -3 "$LAB" run --stock --kernel-image "$IMAGE" --modules "$BATS_TEST_TMPDIR/other"
	[[ $output == *"which is the image's release"* ]]
	run -3 "$LAB" run --stock --kernel-image /etc/hostname --modules "$MODULES"
	[[ $output == *'in the format bzImage'* ]]
	run -3 "$LAB" run --stock --arch arm64 --kernel-image "$IMAGE" --modules "$MODULES"
	[[ $output == *'in the format Image'* ]]
	run -3 "$LAB" run --kernel-image "$IMAGE" --modules "$MODULES"
	[[ $output == *'goes with --stock, or with --headers'* ]]
	run -3 "$LAB" run --kernel-image "$IMAGE" --modules "$MODULES" --headers /etc
	[[ $output == *'/etc is not a kernel'*'s headers'* ]]
	run -3 "$LAB" run --stock --crash null --kernel-image "$IMAGE" --modules "$MODULES"
	[[ $output == *"'null' needs a module"* ]]
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries kexec left hvcrash
}
