#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What happens to a configuration later: edits, upgrades, failing commands, and a
# system that was already partly configured.
# shellcheck disable=SC2016 # texts that are not expanded

load helpers

@test "--dry-run shows each file as a diff and each command, and patch gives the same files" {
	make_root rhel9
	tree >tree.before
	done_by --dry-run
	same_tree tree.before
	cp out plan
	cp -a "$ROOT" patched
	(cd patched && patch -s -p1 <../plan)
	grep '^run: ' plan | sed -E 's/^run: (.*)    # .*/\1/' >commands.shown
	: >"$FAKE_LOG"
	done_by
	grep -vE 'is-enabled|^uname' "$FAKE_LOG" | diff -u commands.shown -
	local file
	while read -r file; do
		diff -u "patched$file" "$ROOT$file"
	done < <(sed -n 's/^+++ //p' plan)
}

@test "--dry-run of RHEL 8 shows grubenv as grubby leaves it" {
	make_root rhel8
	done_by --dry-run
	cp out plan
	cp -a "$ROOT" patched
	(cd patched && patch -s -p1 <../plan)
	done_by
	cmp patched/boot/grub2/grubenv "$ROOT/boot/grub2/grubenv"
	expect "$(wc -c <"$ROOT/boot/grub2/grubenv")" 1024
}

@test "enough is already reserved: the boot loader is left alone" {
	make_root debian13
	sed -i 's/consoleblank=0/consoleblank=0 crashkernel=6G/' "$ROOT/etc/default/grub"
	rm "$ROOT/etc/default/grub.d/kdump-tools.cfg"
	done_by --dry-run
	expect_no_word out zz-hvcrash
	expect_no_word out update-grub
	make_root sles15
	sed -i 's/rootdelay=300/crashkernel=5G,high crashkernel=72M,low/' "$ROOT/etc/default/grub"
	done_by --dry-run
	expect_no_word out crashkernel
}

@test "more is reserved by hand later: our drop-in is removed" {
	configured debian13
	[ -e "$ROOT/etc/default/grub.d/zz-hvcrash.cfg" ]
	echo 'GRUB_CMDLINE_LINUX_DEFAULT="crashkernel=6G"' >"$ROOT/etc/default/grub.d/zy-own.cfg"
	done_by
	[ ! -e "$ROOT/etc/default/grub.d/zz-hvcrash.cfg" ]
	expect_word "$ROOT/boot/grub/grub.cfg" crashkernel=6G
	done_by --undo
	[ ! -e "$ROOT/etc/default/grub.d/zz-hvcrash.cfg" ]
}

@test "with memory reserved, the running kdump gets the new configuration at once" {
	make_root rhel9
	echo 536870912 >"$ROOT/sys/kernel/kexec_crash_size"
	done_by
	expect_word "$FAKE_LOG" "systemctl restart kdump.service"
}

@test "a service that was enabled before stays so after --undo, one that was not does not" {
	make_root sles15
	"$FAKE_CHROOT" "$ROOT" systemctl enable kdump.service
	done_by
	done_by --undo
	"$FAKE_CHROOT" "$ROOT" systemctl is-enabled kdump.service
	configured sles15
	"$FAKE_CHROOT" "$ROOT" systemctl is-enabled kdump.service
	done_by --undo
	run "$FAKE_CHROOT" "$ROOT" systemctl is-enabled kdump.service
	expect "$status" 1
}

@test "sysctls of the running kernel are restored" {
	make_root debian12
	echo 1 >"$ROOT/proc/sys/kernel/panic_on_io_nmi"
	done_by
	expect "$(cat "$ROOT/proc/sys/kernel/sysrq")" 446
	done_by --undo
	expect "$(cat "$ROOT/proc/sys/kernel/sysrq")" 438
	expect "$(cat "$ROOT/proc/sys/kernel/panic_on_io_nmi")" 1
	expect "$(cat "$ROOT/proc/sys/kernel/unknown_nmi_panic")" 0
}

@test "an image: nothing is asked of a running system, and nothing started" {
	make_root debian13
	rm -r "$ROOT/run/systemd"
	done_by
	expect_no_word "$FAKE_LOG" sysctl
	expect_no_word "$FAKE_LOG" daemon-reload
	expect_word "$FAKE_LOG" "systemctl enable"
	expect "$(cat "$ROOT/proc/sys/kernel/sysrq")" 438
	done_by --check
	expect_word out "?       what is reserved shows after the boot"
}

@test "a command that fails: status 1, its output, and both ways out" {
	make_root debian13
	tree >tree.original
	FAKE_FAIL=update-initramfs try
	expect "$status" 1
	expect_word err "update-initramfs: fails, as the test asked"
	expect_word err "run hvcrash-configure again, or undo with --undo"
	try --check
	expect "$status" 1
	expect_word out "NOT OK  a run was interrupted"
	cp -a "$ROOT" half
	done_by
	[ -s "$ROOT/boot/initrd.img" ]
	try --check
	expect_no_word out interrupted
	rm -r "$ROOT"
	cp -a half "$ROOT"
	done_by --undo
	same_tree tree.original
}

@test "a file that was edited since is not undone without --force" {
	make_root sles16
	contents >contents.original
	done_by
	echo 'KDUMP_CPUS=4' >>"$ROOT/etc/sysconfig/kdump"
	refused "edited since it was configured: /etc/sysconfig/kdump; nothing was undone; --force" --undo
	done_by # our part does not change, and the edit is not forgotten
	refused "edited since it was configured: /etc/sysconfig/kdump" --undo
	sed -i 's/^KDUMP_CRASHKERNEL=.*/KDUMP_CRASHKERNEL="auto"/' "$ROOT/etc/sysconfig/kdump"
	done_by # now it does
	refused "edited since it was configured: /etc/sysconfig/kdump" --undo
	done_by --undo --force
	same_contents contents.original
}

@test "RHEL: a kernel installed since loses our crashkernel=, too; a removed one stays removed" {
	make_root rhel9
	local entries=$ROOT/boot/loader/entries old new
	old=$(sed -n 's/^options.*crashkernel=//p' "$entries"/*-5.14.0-503*.conf)
	done_by
	new=$(sed -n 's/^options.*crashkernel=//p' "$entries"/*-5.14.0-503*.conf)
	[ "$old" != "$new" ]
	sed 's/5.14.0-503/5.14.0-570/g' "$entries"/*-5.14.0-503*.conf >"$entries/ffffffffffffffffffffffffffffffff-5.14.0-570.el9_6.x86_64.conf"
	rm "$entries"/*-5.14.0-427*.conf
	sed -i 's/rootdelay=300/rootdelay=60/' "$entries"/*-5.14.0-503*.conf
	done_by --undo
	expect "$(find "$entries" -type f | wc -l)" 3
	expect_word "$entries/ffffffffffffffffffffffffffffffff-5.14.0-570.el9_6.x86_64.conf" "crashkernel=$old"
	expect_no_word "$entries/ffffffffffffffffffffffffffffffff-5.14.0-570.el9_6.x86_64.conf" "$new"
	expect_word "$(echo "$entries"/*-5.14.0-503*.conf)" "rootdelay=60"
	expect_word "$(echo "$entries"/*-5.14.0-503*.conf)" "crashkernel=$old"
	expect_no_word "$(echo "$entries"/*-0-rescue.conf)" crashkernel
}

@test "RHEL 8: if boots have written grubenv since, grubby removes our crashkernel=" {
	configured rhel8
	sed -i 's/boot_success=0/boot_success=1/' "$ROOT/boot/grub2/grubenv"
	done_by --undo
	expect_word "$ROOT/boot/grub2/grubenv" crashkernel=auto
	expect_word "$ROOT/boot/grub2/grubenv" boot_success=1
	expect "$(grep -o crashkernel= "$ROOT/boot/grub2/grubenv" | wc -l)" 1
}

@test "RHEL: grubby is told to leave /etc/default/grub alone, since it would change _DEFAULT, too" {
	configured rhel9
	expect_word "$FAKE_LOG" "grubby --update-kernel=ALL --args=crashkernel="
	expect_word "$ROOT/etc/default/grub" 'net.ifnames=0 crashkernel='
	expect_word "$ROOT/etc/kdump.conf" "auto_reset_crashkernel no"
}

@test "RHEL 8: a kdumpctl without auto_reset_crashkernel does not get it" {
	configured rhel8
	expect_no_word "$ROOT/etc/kdump.conf" auto_reset
}

@test "a link to a file stays a link" {
	make_root rhel9
	ln -s ../default/grub "$ROOT/etc/sysconfig/grub"
	rm "$ROOT/etc/default/grub"
	mv "$ROOT/etc/sysconfig/grub" "$ROOT/etc/default/grub.link"
	printf 'GRUB_CMDLINE_LINUX="ro"\n' >"$ROOT/etc/sysconfig/grub"
	ln -s ../sysconfig/grub "$ROOT/etc/default/grub"
	done_by
	[ -L "$ROOT/etc/default/grub" ]
	expect_word "$ROOT/etc/sysconfig/grub" crashkernel=
	done_by --undo
	expect "$(cat "$ROOT/etc/sysconfig/grub")" 'GRUB_CMDLINE_LINUX="ro"'
}

@test "arm64: no NMI, another table, and with pages of 64 KiB yet another" {
	make_root debian13
	echo aarch64 >"$ROOT/machine"
	rm "$ROOT"/proc/sys/kernel/*nmi*
	done_by
	[ ! -e "$ROOT/etc/systemd/system/systemd-sysctl.service.d" ]
	expect_no_word "$ROOT/etc/sysctl.d/60-hvcrash.conf" nmi
	expect_word "$ROOT/boot/grub/grub.cfg" 4G-64G:512M,64G-1T:768M
	expect_word "$FAKE_LOG" "systemctl daemon-reload"
	boot 512
	done_by --check
	make_root rhel10
	echo aarch64 >"$ROOT/machine"
	rm "$ROOT"/proc/sys/kernel/*nmi*
	mv "$ROOT"/lib/modules/6.12* "$ROOT/lib/modules/6.12.0-124.el10_1.aarch64+64k"
	echo 6.12.0-124.el10_1.aarch64+64k >"$ROOT/proc/sys/kernel/osrelease"
	done_by
	boot_words >words
	expect_word words 4G-64G:768M
}

@test "SLES: kdump 2.0 with another script: reported, and not changed" {
	make_root sles16
	mkdir -p "$ROOT/usr/lib/dracut/modules.d/99kdump"
	echo '${KDUMP_PRESCRIPT}' >"$ROOT/usr/lib/dracut/modules.d/99kdump/kdump-save"
	done_by
	expect_word err "KDUMP_POSTSCRIPT runs another program and this kdump takes only one"
	expect_no_word err KDUMP_PRESCRIPT
	expect_word "$ROOT/etc/sysconfig/kdump" 'KDUMP_POSTSCRIPT="/usr/local/bin/tell-somebody"'
}

@test "SLES: modules not built by SUSE have to be allowed" {
	make_root sles15
	echo 'allow_unsupported_modules 0' >"$ROOT/etc/modprobe.d/10-unsupported-modules.conf"
	try --check
	expect_word out "NOT OK  signature: modprobe refuses a module that SUSE did not build: echo allow_unsupported_modules 1"
	rm -r "$ROOT/run/systemd"
	try --check
	expect_word out "NOT OK  modprobe does not load modules that SUSE did not build"
}

@test "without the hooks or the tool it still configures, and --check says so" {
	make_root rhel9
	rm "$ROOT/etc/kdump/post.d/50-hvcrash" "$ROOT/usr/sbin/hvcrashctl"
	done_by
	boot 512
	try --check
	expect "$status" 1
	expect_word out "NOT OK  kdump hooks are missing: /etc/kdump/post.d/50-hvcrash"
	HVCRASHCTL=/nonexistent PATH=/usr/bin:/bin try --check
	expect "$status" 1
	[ -x "$CONFIGURE_DIR/../../build/tools/hvcrashctl" ] || expect_word out "NOT OK  hvcrashctl is not installed"
}

@test "--check names what is wrong, and what fixes it" {
	make_root debian13
	try --check
	expect "$status" 1
	expect_word out "NOT OK  /etc/modprobe.d/hvcrash.conf is not as it should be"
	expect_word out "NOT OK  kdump-tools.service is not enabled"
	expect_word out "note    there is nothing for --undo to undo"
	done_by
	try --check
	expect_word out "NOT OK  crashkernel: no memory is reserved for a crash kernel: reboot"
	boot 512
	done_by --check
	echo 134217728 >"$ROOT/sys/kernel/kexec_crash_size"
	echo 0 >"$ROOT/sys/kernel/kexec_crash_loaded"
	echo 0 >"$ROOT/proc/sys/kernel/unknown_nmi_panic"
	rm -r "$ROOT/sys/kernel/hvcrash"
	try --check
	expect "$status" 1
	expect_word out "NOT OK  crashkernel: 128 MiB of "
	expect_word out "NOT OK  crash-loaded: no crash kernel is loaded: systemctl restart kdump-tools.service"
	expect_word out "warn    nmi: panic_on_unrecovered_nmi only"
	expect_word out "NOT OK  module: hvcrash.ko is not loaded"
	rm -r "$ROOT/lib/modules"
	try --check
	expect_word out "NOT OK  hvcrash.ko is not installed for 6.12.48+deb13-cloud-amd64"
	done_by
	expect_word err "hvcrash.ko is not installed for"
}

@test "undo without a journal does nothing, and removes a journal that was never used" {
	make_root debian13
	tree >tree.before
	done_by --undo
	expect_word out "nothing to undo"
	same_tree tree.before
	mkdir -p "$ROOT/var/lib/hvcrash/configure/files"
	done_by --undo
	same_tree tree.before
	mkdir -p "$ROOT/var/lib/hvcrash/.configure-gone/files"
	done_by --undo
	same_tree tree.before
}

# old_journal: as it was when each hash, and each thing kept, was in a file of its own
old_journal() {
	local journal=$ROOT/var/lib/hvcrash/configure key text path
	mkdir "$journal/keep"
	while read -r key text; do
		printf '%s\n' "$text" >"$journal/keep/$key"
	done <"$journal/kept"
	while read -r text path; do
		printf '%s' "$text" >"$journal/files/${path//\//%}/after"
	done <"$journal/after"
	rm "$journal/kept" "$journal/after"
}

@test "a journal that an older hvcrash-configure wrote is undone, and knows later edits" {
	local name
	for name in debian13 rhel9; do
		make_root "$name"
		tree >tree.before
		done_by
		old_journal
		done_by --undo
		same_tree tree.before
	done
	make_root sles16
	done_by
	old_journal
	echo '# mine' >>"$ROOT/etc/sysconfig/kdump"
	refused "edited since it was configured: /etc/sysconfig/kdump; nothing was undone; --force" --undo
}
