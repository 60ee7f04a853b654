#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrash-configure on every distribution: configured, again, booted, undone.

load helpers

# on NAME CRASHKERNEL: the whole life of a configuration on a distribution
on() {
	make_root "$1"
	tree >tree.original

	done_by
	boot_words >words
	expect "$(grep -oE 'crashkernel=[^ ]+' words | tail -n 1)" "crashkernel=$2"
	expect_word "$ROOT/etc/modprobe.d/hvcrash.conf" "softdep hv_vmbus pre: hvcrash"
	expect_word "$ROOT/etc/modules-load.d/hvcrash.conf" hvcrash
	expect "$(cat "$ROOT/proc/sys/kernel/unknown_nmi_panic")" 1
	expect "$(find "$ROOT" -name '*.hvcrash-new' -o -name '.hvcrash-configure-probe')" ""

	: >"$FAKE_LOG"
	tree >tree.configured
	done_by
	expect_word out "nothing to change"
	same_tree tree.configured
	expect "$(grep -vE '^uname|is-enabled' "$FAKE_LOG")" ""

	boot 512
	try --check
	# there is no module for kernels before 5.10, and nothing else is wrong
	expect "$(grep 'NOT OK' out | grep -v 'NOT OK  kernel: .*hvcrash.ko is for kernels from 5.10 on')" ""
	case $(cat "$ROOT/proc/sys/kernel/osrelease") in 4.*) expect "$status" 1 ;; *) expect "$status" 0 ;; esac
	expect_word out "ok      crashkernel: 512 MiB of "
	expect_word out "ok      next-boot: crashkernel="
	expect_word out "ok      way-out: a crash kernel that panics reboots, panic="
	boot_back
	done_by --undo
	same_tree tree.original
}

readonly TABLE=384M-1G:128M,1G-2G:256M,2G-4G:320M,4G-1T:512M,1T-4T:1G,4T-8T:2G,8T-:4G

@test "Debian 12" {
	on debian12 $TABLE
}

@test "Debian 13: its own 192M from 512M on stays where it is larger" {
	on debian13 384M-512M:128M,512M-1G:192M,1G-2G:256M,2G-4G:320M,4G-1T:512M,1T-4T:1G,4T-8T:2G,8T-:4G
}

@test "Ubuntu 22.04" {
	on ubuntu2204 384M-512M:128M,512M-1G:192M,1G-2G:256M,2G-4G:320M,4G-1T:512M,1T-4T:1G,4T-8T:2G,8T-:4G
}

@test "Ubuntu 24.04: its own table stays where it is larger" {
	on ubuntu2404 384M-1G:128M,1G-2G:256M,2G-4G:320M,4G-32G:512M,32G-64G:1G,64G-128G:2G,128G-:4G
}

@test "RHEL 8: in grubenv, for entries with \$kernelopts" {
	on rhel8 $TABLE
}

@test "RHEL 9: in every entry, and kdumpctl leaves it alone" {
	on rhel9 $TABLE
}

@test "RHEL 10: grubby's addition to /etc/kernel/cmdline is removed again" {
	on rhel10 $TABLE
}

@test "Azure Linux 3: its own 256M from 512M on stays where it is larger" {
	on azurelinux3 384M-512M:128M,512M-2G:256M,2G-4G:320M,4G-1T:512M,1T-4T:1G,4T-8T:2G,8T-:4G
}

@test "SLES 15" {
	on sles15 $TABLE
}

@test "SLES 16: kdump's own KDUMP_CRASHKERNEL says the same" {
	on sles16 $TABLE
	done_by
	expect_word "$ROOT/etc/sysconfig/kdump" "KDUMP_CRASHKERNEL=\"crashkernel=$TABLE\""
	expect_word "$ROOT/etc/sysconfig/kdump" 'KDUMP_PRESCRIPT="/usr/lib/hvcrash/suse-pre"'
	# shellcheck disable=SC2016 # for kdump-save
	expect_word "$ROOT/etc/sysconfig/kdump" 'suse-post \"\$DIR\"; /usr/local/bin/tell-somebody"'
}

@test "Debian 11" {
	on debian11 384M-512M:128M,512M-1G:192M,1G-2G:256M,2G-4G:320M,4G-1T:512M,1T-4T:1G,4T-8T:2G,8T-:4G
}

@test "Debian testing, which has no VERSION_ID" {
	on debiantesting 384M-512M:128M,512M-1G:192M,1G-2G:256M,2G-4G:320M,4G-1T:512M,1T-4T:1G,4T-8T:2G,8T-:4G
}

@test "Ubuntu 26.04" {
	on ubuntu2604 384M-1G:128M,1G-2G:256M,2G-4G:320M,4G-32G:512M,32G-64G:1G,64G-128G:2G,128G-:4G
}

@test "Oracle Linux 9: like RHEL" {
	on oracle9 $TABLE
}

@test "Fedora 44" {
	on fedora44 $TABLE
}

@test "Azure Linux 4: boot entries, and kdump-utils" {
	on azurelinux4 $TABLE
}

@test "openSUSE Leap 16" {
	on leap16 $TABLE
}
