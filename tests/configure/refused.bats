#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What hvcrash-configure refuses: one line says why, and nothing changes.

load helpers

@test "wrong usage: status 3, two lines on stderr" {
	make_root debian13
	local words
	for words in --frob "--dry-run --check" --root "--root=/no/such/directory"; do
		status=0
		# shellcheck disable=SC2086 # words
		"$CONFIGURE" $words >out 2>err || status=$?
		expect "$status" 3
		expect "$(wc -c <out)" 0
	done
	"$CONFIGURE" --help >out
	expect_word out "Exit status: 0 done"
}

@test "not Hyper-V, unless --force" {
	make_root debian13
	rm -r "$ROOT/sys/class/dmi" "$ROOT/sys/bus"
	refused "this is neither Hyper-V nor Azure; --force"
	done_by --force
	expect_word out "no Hyper-V"
}

@test "Hyper-V by DMI, and by its bus" {
	make_root debian13
	echo none >"$ROOT/sys/class/dmi/id/chassis_asset_tag"
	done_by --dry-run
	expect_word out "on Hyper-V, x86_64, generation 2"
	rm -r "$ROOT/sys/class/dmi" "$ROOT/sys/firmware"
	done_by --dry-run
	expect_word out "on Hyper-V, x86_64, generation 1"
}

@test "a container, and WSL" {
	local mark
	make_root debian13
	for mark in run/systemd/container .dockerenv run/.containerenv; do
		: >"$ROOT/$mark"
		refused "this is a container"
		rm "$ROOT/$mark"
	done
	mkdir -p "$ROOT/proc/1"
	printf 'PATH=/bin\0container=lxc\0' >"$ROOT/proc/1/environ"
	refused "this is a container"
	rm -r "$ROOT/proc/1"
	echo 5.15.167.4-microsoft-standard-WSL2 >"$ROOT/proc/sys/kernel/osrelease"
	refused "this is a container"
}

@test "not root" {
	make_root debian13
	chmod 755 . "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR"
	# Where it may be read: a clone may be in /root
	cp -r "$(dirname "$CONFIGURE")" scripts
	local verb
	for verb in --check --dry-run --undo --force; do
		status=0
		setpriv --reuid 65534 --regid 65534 --clear-groups "scripts/$(basename "$CONFIGURE")" --root "$ROOT" $verb >out 2>err || status=$?
		expect "$status" 2
		expect_word err "must be run as root"
	done
}

@test "another distribution, or an untested version" {
	make_root debian13
	printf 'ID=arch\nPRETTY_NAME="Arch Linux"\n' >"$ROOT/usr/lib/os-release"
	refused "Arch Linux: not supported, so by hand: install its kdump, boot with crashkernel=512M; supported are debian 11 12 13 testing; ubuntu 22.04 24.04 26.04; rhel 8 9 10"
	: >"$ROOT/usr/lib/os-release"
	refused "the distribution is unknown"
	printf 'ID=debian\nVERSION_ID="14"\n' >"$ROOT/usr/lib/os-release"
	refused "debian 14: this version is untested"
	done_by --force --dry-run
	rm "$ROOT/usr/lib/os-release"
	refused "the distribution is unknown"
	make_root rhel9
	: >"$ROOT/run/ostree-booted"
	refused "rpm-ostree kargs"
}

@test "an architecture without a table" {
	make_root debian13
	echo ppc64le >"$ROOT/machine"
	refused "ppc64le: not supported"
}

@test "kdump or the boot loader's tool is missing" {
	make_root debian13
	rm "$ROOT/usr/sbin/kdump-config"
	refused "apt-get install -y kdump-tools"
	make_root debian13
	rm "$ROOT/usr/sbin/update-grub"
	refused "update-grub: not there"
	refused "and give --no-bootloader"
	: >"$FAKE_LOG"
	done_by --no-bootloader
	expect "$(ls "$ROOT/etc/default/grub.d")" kdump-tools.cfg
	expect_no_word "$FAKE_LOG" update-grub
	done_by # --no-bootloader is remembered
	expect_word out "nothing to change"
	make_root rhel9
	rm -r "$ROOT/boot/loader"
	refused "/boot/loader/entries: no boot entries"
	make_root sles16
	rm "$ROOT/etc/default/grub"
	refused "/etc/default/grub: not there, so pbl has nothing to change"
}

@test "a second run at the same time" {
	make_root debian13
	exec 8<"$ROOT/var/lib"
	flock 8
	refused "another hvcrash-configure is at work"
}

# on_small_disk DIR SIZE: moves DIR to a file system of its own
on_small_disk() {
	mkdir keep
	cp -a "$ROOT/$1/." keep/
	mount -t tmpfs -o "size=$2,mode=755" none "$ROOT/$1" || skip "mount is not allowed here"
	cp -a keep/. "$ROOT/$1/"
}

teardown() {
	local dir
	for dir in "$BATS_TEST_TMPDIR/root/etc" "$BATS_TEST_TMPDIR/root/var/lib"; do
		! mountpoint -q "$dir" 2>/dev/null || umount "$dir"
	done
}

@test "a read-only file system" {
	make_root debian13
	on_small_disk etc 1m
	mount -o remount,ro "$ROOT/etc"
	tree >tree.before
	try
	expect "$status" 2
	expect_word err "/etc: cannot be written: Read-only file system"
	same_tree tree.before
}

@test "a full disk: nothing is half-written" {
	local left
	make_root debian13
	on_small_disk etc 1m
	head -c 2000000 /dev/zero >"$ROOT/etc/filler" || true
	tree >tree.before
	try
	expect "$status" 2
	expect_word err "/etc: cannot be written: No space left on device"
	same_tree tree.before
	# room for some files: it stops, and both ways out are open
	for left in 1 2 3; do
		rm "$ROOT/etc/filler"
		head -c $(($(df --output=avail -B4096 "$ROOT/etc" | tail -n 1) * 4096 - left * 4096)) /dev/zero >"$ROOT/etc/filler"
		tree >tree.before
		try
		expect "$status" 1
		expect_word err "cannot be written"
		expect "$(find "$ROOT" -name '*hvcrash-new')" ""
		done_by --undo
		same_tree tree.before
	done
	rm "$ROOT/etc/filler"
	done_by
}

@test "the journal's disk is full: nothing is changed" {
	make_root debian13
	on_small_disk var/lib 64k
	head -c 2000000 /dev/zero >"$ROOT/var/lib/filler" || true
	truncate -s -8192 "$ROOT/var/lib/filler"
	tree | grep -v var/lib >tree.before
	try
	[ "$status" -ne 0 ]
	tree | grep -v var/lib >tree.now
	diff -u tree.before tree.now
	rm "$ROOT/var/lib/filler"
	done_by --undo
	expect "$(ls "$ROOT/var/lib")" ""
}
