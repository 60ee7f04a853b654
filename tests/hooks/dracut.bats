#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the dracut module: which initrd gets which files. tests/e2e/dracut.bats tests an initrd made by a real dracut.

# shellcheck disable=SC2030,SC2031,SC2317 # dracut calls these functions, and each test is a shell of its own
bats_require_minimum_version 1.5.0

setup() {
	# dracut's own functions, which print their arguments
	inst_multiple() { printf 'install %s\n' "$*"; }
	inst_hook() { printf 'hook %s\n' "$*"; }
	instmods() { printf 'module %s, hostonly "%s"\n' "$*" "$hostonly"; }
	require_binaries() { printf 'needs %s\n' "$*"; [ -z "${without_tool:-}" ]; }
	modinfo() { [ "$1 $2 $3" = '-k 6.12.0 hvcrash' ] && [ -z "${without_module:-}" ]; }
	kernel=6.12.0 hostonly=y
	unset IN_KDUMP dracutmodules add_dracutmodules force_add_dracutmodules
	# shellcheck source=SCRIPTDIR/../../kdump-hooks/dracut/module-setup.sh
	. "$BATS_TEST_DIRNAME/../../kdump-hooks/dracut/module-setup.sh"
}

@test "the kdump initrd of RHEL: the tool, the hooks' library, msr and the module" {
	export IN_KDUMP=1
	run -0 check
	run -0 install
	[[ $output == *'install hvcrashctl '*/usr/lib/hvcrash/hvcrash-hook.sh* ]]
	run -0 installkernel
	[ "$output" = $'module msr, hostonly ""\nmodule hvcrash, hostonly ""' ]
}

@test "the kdump initrd of SUSE, known by the module that its mkdumprd adds: the scripts, too" {
	add_dracutmodules='network kdump'
	run -0 check
	run -0 install
	[[ $output == *'/usr/lib/hvcrash/suse-pre /usr/lib/hvcrash/suse-post'* ]]
	[[ $output != *'hook emergency'* ]]
	# as installed on SUSE
	moddir=$BATS_TEST_DIRNAME/../../kdump-hooks/dracut
	run -0 install
	[[ $output == *"hook emergency 50 $moddir/emergency.sh"*"hook shutdown-emergency 50 $moddir/emergency.sh" ]]
}

@test "the kdump initrd of a kernel without the module: everything else" {
	export IN_KDUMP=1
	without_module=1
	run -0 check
	run -0 installkernel
	[ "$output" = 'module msr, hostonly ""' ]
}

@test "the kdump initrd without the tool: dracut leaves out our module, and still makes the initrd" {
	export IN_KDUMP=1
	without_tool=1
	run -1 check
}

@test "the normal initrd: the module and its softdep, even if dracut takes only what this machine needs; no tool" {
	run -0 check
	run -0 installkernel
	[ "$output" = 'module hvcrash, hostonly ""' ]
	run -0 install
	[ "$output" = 'install -o /etc/modprobe.d/hvcrash.conf /usr/lib/modprobe.d/hvcrash.conf' ]
}

@test "the normal initrd of a kernel without the module: nothing of ours" {
	without_module=1
	run -1 check
}

@test "a module whose name merely contains kdump is not kdump" {
	add_dracutmodules='earlykdump kdumpbase'
	run -0 install
	[[ $output != *hvcrashctl* ]]
}
