#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: on a machine without Hyper-V, hvcrash changes nothing.
#
# A plain emulated machine with the lab's kernel and images, and an init that
# tries to load the module. It ends by itself; the bound is for a hang.

bats_require_minimum_version 1.5.0

setup() {
	lab=$BATS_TEST_DIRNAME/../lab/lab
	state=$BATS_TEST_DIRNAME/../../build/lab
	"$lab" build --kernel 6.12 >&3 2>&1
	mkdir -p "$BATS_TEST_TMPDIR/root/modules"
	cp "$state/kernels/trixie/hvcrash.ko" "$BATS_TEST_TMPDIR/root/modules/"
	cat >"$BATS_TEST_TMPDIR/root/init" <<'END'
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
insmod /modules/hvcrash.ko 2>/tmp/error
{
	echo "insmod ended with status $?"
	cat /tmp/error
	ls /sys/kernel/hvcrash /sys/module/hvcrash 2>&1
	dmesg | grep 'hvcrash: ' | grep -v taint
	echo done
} >/dev/ttyS0
poweroff -f
END
	chmod +x "$BATS_TEST_TMPDIR/root/init"
	cp "$state/kernels/trixie/base.img" "$BATS_TEST_TMPDIR/initrd.img"
	(cd "$BATS_TEST_TMPDIR/root" && find . | cpio -o -H newc 2>/dev/null) >>"$BATS_TEST_TMPDIR/initrd.img"
	kernel=$(echo "$state"/trees/trixie/boot/vmlinuz-*)
}

@test "off Hyper-V the module refuses with ENODEV and one line, and leaves nothing behind" {
	timeout 300 qemu-system-x86_64 -accel tcg -m 512 -nodefaults -display none -no-reboot \
		-serial "file:$BATS_TEST_TMPDIR/console" -kernel "$kernel" \
		-initrd "$BATS_TEST_TMPDIR/initrd.img" -append 'console=ttyS0 quiet panic=-1'
	tr -d '\r' <"$BATS_TEST_TMPDIR/console"
	run -0 tr -d '\r' <"$BATS_TEST_TMPDIR/console"
	[[ $output != *'insmod ended with status 0'* ]]
	[[ $output == *'No such device'* ]]
	[[ $output == *'/sys/kernel/hvcrash: No such file'* ]]
	[[ $output == *'/sys/module/hvcrash: No such file'* ]]
	# Once for each attempt: busybox tries a second system call after the first
	[ "$(sed -n 's/^\[.*\] //; /^hvcrash: /p' <<<"$output" | sort -u)" = 'hvcrash: not a Hyper-V guest' ]
	[[ $output == *done* ]]
}
