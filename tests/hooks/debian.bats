#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: kdump-tools of Debian and Ubuntu: the dump that a report belongs to, disks, units, initrds.

# shellcheck disable=SC2034,SC2154,SC2030,SC2031 # shared with helpers.bash; a test has a PATH of its own
bats_require_minimum_version 1.5.0
load helpers

setup() {
	fresh_root debian
	shell=dash
	audits=$HVCRASH_ROOT/var/lib/hvcrash/audit
	dumps=$HVCRASH_ROOT/var/crash
}

# waiting STAMP: a report that no boot has collected yet
waiting() {
	mkdir -p "$audits/$1"
	printf 'CLEAN: of %s\n' "$1" >"$audits/$1/hvcrash-audit.txt"
	printf '{"of": "%s"}\n' "$1" >"$audits/$1/hvcrash-audit.json"
}

# boot: the next one
boot() {
	rm -f "$HVCRASH_ROOT/proc/vmcore"
	: >"$BATS_TEST_TMPDIR/log"
	adapter /usr/lib/hvcrash/debian-collect
	log=$(cat "$BATS_TEST_TMPDIR/log")
	printf '%s\n' "$log"
}

of() { jq -r .of "$1/hvcrash-audit.json"; }

@test "a dump that began in a later minute than its audit gets the report" {
	waiting 20261123001759
	mkdir -p "$dumps"/20261123{0016,0018}
	boot
	[ "$(of "$dumps/202611230018")" = 20261123001759 ]
	[ ! -e "$dumps/202611230016/hvcrash-audit.json" ]
	[ -z "$(ls "$audits")" ]
}

@test "after two crashes without a boot between them each dump gets its own report" {
	waiting 20261123001759
	waiting 20261123002001
	mkdir -p "$dumps"/20261123{0018,0020}
	boot
	[ "$(of "$dumps/202611230018")" = 20261123001759 ]
	[ "$(of "$dumps/202611230020")" = 20261123002001 ]
}

@test "the audit of a dump that was not saved is kept, and no later dump gets it" {
	waiting 20261123001759
	waiting 20261123002001
	mkdir -p "$dumps/202611230020"
	boot
	[ "$(of "$dumps/202611230020")" = 20261123002001 ]
	[ -e "$audits/20261123001759.no-dump/hvcrash-audit.txt" ]
	logged 'no dump below .* to the audit of 20261123001759'
	mkdir -p "$dumps/202611230030"
	boot
	[ ! -e "$dumps/202611230030/hvcrash-audit.json" ]
}

@test "the disk of the dumps is not mounted yet: the report waits for the next boot" {
	waiting 20261123235959
	boot
	logged 'no dumps below .*: the audit of 20261123235959 waits'
	mkdir -p "$dumps/202611240000"
	boot
	[ "$(of "$dumps/202611240000")" = 20261123235959 ]
}

@test "a dump that began more than an hour after the audit belongs to another crash" {
	waiting 20261123235959
	mkdir -p "$dumps/202611240100"
	boot
	[ ! -e "$dumps/202611240100/hvcrash-audit.json" ]
	[ -e "$audits/20261123235959.no-dump" ]
}

@test "the reason for a missing or incomplete dump is kept beside it, from the journal of the crash kernel" {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/journalctl" <<-END
		#!/bin/sh
		echo "\$*" >>"$BATS_TEST_TMPDIR/asked"
		echo "[  9.0] makedumpfile[300]: Can't write the dump file(/var/crash/x). No space left on device"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/journalctl"
	local PATH=$BATS_TEST_TMPDIR/bin:$PATH
	waiting 20261123001759
	waiting 20261123002001
	waiting 20261124000000
	mkdir -p "$dumps"/{202611230020,202611240000}
	echo part >"$dumps/202611230020/dump-incomplete"
	echo whole >"$dumps/202611240000/dump.202611240000"
	boot
	grep -q 'No space left' "$audits/20261123001759.no-dump/kexec-dmesg.log"
	grep -q 'No space left' "$dumps/202611230020/kexec-dmesg.log"
	[ ! -e "$dumps/202611240000/kexec-dmesg.log" ]
	grep -q "u kdump-tools-dump.service --since @$(date -d '2026-11-23 00:17:59' +%s) --until @$(date -d '2026-11-23 01:17:59' +%s)" "$BATS_TEST_TMPDIR/asked"
	"$HVCRASHCTL" crashes -o ID,SAVED,WHY -n --raw --sysroot "$HVCRASH_ROOT" | grep -q '^20261123001759.no-dump nothing .*No.*space'
}

@test "a dump that has a report keeps it" {
	waiting 20261123001759
	mkdir -p "$dumps/202611230018"
	echo '{"of": "another"}' >"$dumps/202611230018/hvcrash-audit.json"
	boot
	[ "$(of "$dumps/202611230018")" = another ]
	[ -e "$audits/20261123001759.no-dump" ]
}

@test "KDUMP_COREDIR: the directory of the dumps" {
	waiting 20261123001759
	mkdir -p "$HVCRASH_ROOT/data/crash/202611230018"
	export KDUMP_COREDIR=/data/crash
	boot
	[ "$(of "$HVCRASH_ROOT/data/crash/202611230018")" = 20261123001759 ]
	grep -q '^EnvironmentFile=-/etc/default/kdump-tools$' "$HVCRASH_ROOT/usr/lib/systemd/system/hvcrash-collect.service"
}

@test "links, and directories that a user made below /var/crash, are not dumps" {
	waiting 20261123001759
	mkdir -p "$dumps/202611230018" "$HVCRASH_ROOT/etc/target" "$dumps/202611230021x" "$dumps/_usr_bin_x.0.crash"
	chown 65534 "$dumps/202611230018"
	ln -s "$HVCRASH_ROOT/etc/target" "$dumps/202611230019"
	boot
	[ -e "$audits/20261123001759.no-dump" ]
	[ -z "$(find "$HVCRASH_ROOT/etc/target" "$dumps" -type f)" ]
}

@test "none of our files is below /var/crash before the dump, since KDUMP_NUM_DUMPS counts them" {
	adapter /usr/lib/hvcrash/debian-capture
	[ -z "$(ls -A "$dumps")" ]
	[ "$(jq -r .verdict "$audits"/*/hvcrash-audit.json)" = clean ]
}

@test "only root can read a report" {
	crash debian
	[ "$(stat -c %a "$dump"/hvcrash-audit.{txt,json} | sort -u)" = 600 ]
}

captured() {
	dump='' seconds=0 shell=dash
	adapter /usr/lib/hvcrash/debian-capture
	cat "$BATS_TEST_TMPDIR/log"
	[ "$adapter_status" -eq 0 ] && [ -z "$(find "$HVCRASH_ROOT/var/lib/hvcrash" -name '*.new')" ]
}

@test "the disk is full: the verdict is in the log, and the dump is still attempted" {
	with_disk full "$HVCRASH_ROOT/var/lib/hvcrash" captured
	[[ $output == *'audit: CLEAN: 18 regions'* ]]
	[[ $output == *'report not written to '*'No space left on device'* ]]
}

@test "the disk is read-only: the same" {
	with_disk readonly "$HVCRASH_ROOT/var/lib/hvcrash" captured
	[[ $output == *'audit: CLEAN: 18 regions'* ]]
	[[ $output == *'report not written to '*'Read-only file system'* ]]
}

booted() {
	seconds=0 shell=dash
	adapter /usr/lib/hvcrash/debian-collect
	cat "$BATS_TEST_TMPDIR/log"
	[ "$adapter_status" -eq 0 ]
}

@test "the disk of the dumps is full at the next boot: the report waits" {
	waiting 20261123001759
	rm "$HVCRASH_ROOT/proc/vmcore"
	mkdir -p "$dumps/202611230018"
	with_disk full "$dumps/202611230018" booted
	[[ $output == *'report not written to '*'No space left on device'* ]]
	[ "$(of "$audits/20261123001759")" = 20261123001759 ]
	boot
	[ "$(of "$dumps/202611230018")" = 20261123001759 ]
}

# unit NAME KEY: the values of KEY
unit() { sed -n "s/^$2=//p" "$HVCRASH_ROOT/usr/lib/systemd/system/$1"; }

@test "the dump wants the audit but does not require it, and comes after it" {
	[ "$(unit kdump-tools-dump.service.d/10-hvcrash.conf Wants)" = 'hvcrash-audit.service hvcrash-bound.service' ]
	[ "$(unit kdump-tools-dump.service.d/10-hvcrash.conf After)" = hvcrash-audit.service ]
	run ! grep -E '^(Requires|BindsTo|Requisite|ExecStart)' -r "$HVCRASH_ROOT"/usr/lib/systemd/system/kdump-tools-dump.service.d
}

@test "the audit's unit has a larger bound than its commands, and survives an OOM kill of one" {
	[ "$(unit hvcrash-audit.service TimeoutStartSec)" -gt 210 ]
	[ "$(unit hvcrash-audit.service OOMPolicy)" = continue ]
	[ "$(unit hvcrash-audit.service ConditionPathExists)" = /proc/vmcore ]
}

@test "the bound waits for nothing that may hang, and does not delay an orderly reboot" {
	[ "$(unit hvcrash-bound.service DefaultDependencies)" = no ]
	[ "$(unit hvcrash-bound.service ConditionPathExists)" = /proc/vmcore ]
	[ "$(unit hvcrash-bound.service Conflicts)" = shutdown.target ]
	run ! grep -E '^(After|Requires|Type=oneshot)' "$HVCRASH_ROOT/usr/lib/systemd/system/hvcrash-bound.service"
}

@test "the module is loaded before the crash kernel, and reports are collected before logins are possible" {
	[[ $(unit kdump-tools.service.d/10-hvcrash.conf After) == *systemd-modules-load.service* ]]
	[[ $(unit kdump-tools.service.d/10-hvcrash.conf Wants) == *hvcrash-collect.service* ]]
	[[ $(unit hvcrash-collect.service Before) == *basic.target* ]]
}

# initramfs VERSION CONFDIR: the files that the hook adds
initramfs() {
	mkdir -p "$HVCRASH_ROOT/usr/share/initramfs-tools" "$BATS_TEST_TMPDIR/bin"
	# shellcheck disable=SC2016
	echo 'manual_add_modules() { echo "adds $*"; }' >"$HVCRASH_ROOT/usr/share/initramfs-tools/hook-functions"
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/sh' '[ "$1 $3" = "-k hvcrash" ] && [ "$2" != 5.10 ]' >"$BATS_TEST_TMPDIR/bin/modinfo"
	chmod +x "$BATS_TEST_TMPDIR/bin/modinfo"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH version=$1 CONFDIR=$2 "$HVCRASH_ROOT/usr/share/initramfs-tools/hooks/hvcrash"
}

@test "initramfs-tools: the initrd of each kernel with the module gets it" {
	[ "$(initramfs 6.1.0-50-amd64 /etc/initramfs-tools)" = 'adds hvcrash' ]
	[ "$(initramfs 6.12.107+deb13-amd64 /etc/initramfs-tools)" = 'adds hvcrash' ]
	[ -z "$(initramfs 5.10 /etc/initramfs-tools)" ]
}

@test "initramfs-tools: the crash kernel's initrd gets nothing" {
	[ -z "$(initramfs 6.1.0-50-amd64 /var/lib/kdump/initramfs-tools)" ]
}

@test "initramfs-tools: the hook has no prerequisites, and says so without any environment" {
	[ -z "$(env -i "$HVCRASH_ROOT/usr/share/initramfs-tools/hooks/hvcrash" prereqs)" ]
}
