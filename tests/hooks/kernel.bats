#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the hooks of a kernel's installation warn if it has no hvcrash.ko, and never fail.

bats_require_minimum_version 1.5.0

setup() {
	HOOK=$BATS_TEST_DIRNAME/../../scripts/kernel-hook
	export HVCRASH_ROOT=$BATS_TEST_TMPDIR/root
	mkdir -p "$HVCRASH_ROOT/lib/modules/6.12.1/build" "$HVCRASH_ROOT/usr/src/hvcrash-0.1.0"
	mkdir -p "$HVCRASH_ROOT/usr/lib/modprobe.d"
	touch "$HVCRASH_ROOT/usr/lib/modprobe.d/hvcrash.conf"
	touch "$HVCRASH_ROOT/lib/modules/6.12.1/build/Makefile" "$HVCRASH_ROOT/usr/src/hvcrash-0.1.0/dkms.conf"
}

# package NAME STATUS: a package in dpkg's list
package() {
	mkdir -p "$HVCRASH_ROOT/var/lib/dpkg"
	printf 'Package: %s\nStatus: install ok %s\nArchitecture: amd64\nVersion: 1\nMaintainer: x\nDescription: x\n' "$@" >"$HVCRASH_ROOT/var/lib/dpkg/status"
	mkdir -p "$HVCRASH_ROOT/var/lib/dpkg/updates" "$HVCRASH_ROOT/var/lib/dpkg/info"
}

# silent ARGUMENT...: the hook prints nothing
silent() {
	run -0 "$HOOK" "$@"
	[ -z "$output" ]
}

@test "a kernel with the module, in whatever directory and however compressed: silence" {
	mkdir -p "$HVCRASH_ROOT/lib/modules/6.12.1/updates/dkms"
	touch "$HVCRASH_ROOT/lib/modules/6.12.1/updates/dkms/hvcrash.ko.xz"
	silent 6.12.1 /boot/vmlinuz-6.12.1
	silent add 6.12.1 /boot/entry /boot/vmlinuz-6.12.1
}

@test "a kernel without it: a warning on standard error with the command that builds it, from both kinds of hook" {
	local arguments
	for arguments in 6.12.1 'add 6.12.1'; do
		# shellcheck disable=SC2086 # words
		run -0 --separate-stderr "$HOOK" $arguments
		[ -z "$output" ]
		# shellcheck disable=SC2154 # bats
		[[ ${stderr_lines[0]} == 'hvcrash: WARNING: kernel 6.12.1 has no hvcrash.ko:'* ]]
		[[ ${stderr_lines[1]} == *'dkms install hvcrash/'*' -k 6.12.1'* ]]
	done
	rm "$HVCRASH_ROOT/usr/src/hvcrash-0.1.0/dkms.conf"
	run -0 "$HOOK" 6.12.1
	[[ $output == *'make module KDIR=/lib/modules/6.12.1/build'* ]]
}

@test "without headers: the warning names them" {
	rm -r "$HVCRASH_ROOT/lib/modules/6.12.1/build"
	run -0 "$HOOK" 6.12.1
	[[ $output == *'its headers are not installed'*'linux-headers-6.12.1'* ]]
	# A dangling link, as in a package of modules
	ln -s /nowhere "$HVCRASH_ROOT/lib/modules/6.12.1/build"
	run -0 "$HOOK" 6.12.1
	[[ $output == *'its headers are not installed'* ]]
}

@test "Debian: headers not configured yet will build it, and their own hook checks again" {
	package linux-headers-6.12.1 unpacked
	silent 6.12.1
	package linux-headers-6.12.1 installed
	run -0 "$HOOK" 6.12.1
	[[ $output == *'has no hvcrash.ko'* ]]
}

@test "a removed kernel, no kernel, or our package removed: silence" {
	silent remove 6.12.1
	silent
	rm "$HVCRASH_ROOT/usr/lib/modprobe.d/hvcrash.conf"
	silent 6.12.1
}
