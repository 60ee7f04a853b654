#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrashctl crashes, on the files that each distribution's kdump leaves.

load helpers
load fake_root

setup() {
	begin
	export TZ=UTC
	mkdir root
	put /etc/os-release $'ID=debian\nVERSION_ID="13"'
	kdump_tools
}

# panic_log PATH KERNEL PANIC
panic_log() {
	put "$1" "[    0.000000] Linux version $2 (debian@debian) #1 SMP
[   12.345678] something else
[   99.000001] $3
[   99.000002] ---[ end $3 ]---"
}

# audit_report DIRECTORY VERDICT TIME
audit_report() {
	put "$1/hvcrash-audit.json" "{\"schema\": \"hvcrash.audit/1\", \"verdict\": \"$2\", \"exit_status\": 0,
\"message\": \"the line of $2\", \"summary\": {\"release\": \"6.12.1-audit\", \"panic\": \"sysrq triggered crash\", \"crash_time\": \"$3\"}}"
}

# wtmp LINE...: records, "boot SECONDS" or "shutdown SECONDS"
wtmp() {
	mkdir -p root/var/log
	for record; do
		read -r what seconds <<<"$record"
		case $what in boot) type=2 user=reboot ;; shutdown) type=1 user=shutdown ;; *) type=7 user=$what ;; esac
		python3 -c '
import struct, sys
kind, user, seconds = int(sys.argv[1]), sys.argv[2].encode(), int(sys.argv[3])
sys.stdout.buffer.write(struct.pack("<hxxi32s4s32s256shhiii16s20x", kind, 0, b"~", b"~~", user, b"", 0, 0, 0, seconds, 0, b""))' \
			"$type" "$user" "$seconds"
	done >root/var/log/wtmp
}

crashes() { try crashes --sysroot root "$@"; }

# field ID KEY: its value in the list
field() { jq -r --arg id "$1" ".crashes[] | select(.id == \$id) | .$2" out; }

@test "kdump-tools: dump and log, with the audit beside them" {
	panic_log /var/crash/202611280512/dmesg.202611280512 6.12.0 'Kernel panic - not syncing: Fatal exception'
	put /var/crash/202611280512/dump.202611280512 data
	audit_report /var/crash/202611280512 clean 2026-11-28T05:11:40Z
	crashes --json
	expect_status 0
	expect "$(field 202611280512 verdict)" clean
	expect "$(field 202611280512 saved)" dump
	expect "$(field 202611280512 bytes)" 5
	expect "$(field 202611280512 kernel)" 6.12.1-audit
	expect "$(field 202611280512 panic)" 'sysrq triggered crash'
	expect "$(field 202611280512 time)" '2026-11-28 05:11:40'
}

@test "kdump-tools: a dump that was cut short is incomplete" {
	panic_log /var/crash/202611280512/dmesg.202611280512 6.12.0 'Kernel panic - not syncing: Fatal exception'
	put /var/crash/202611280512/dump-incomplete data
	crashes --json
	expect "$(field 202611280512 saved)" incomplete
	expect "$(field 202611280512 panic)" 'Kernel panic - not syncing: Fatal exception'
	expect "$(field 202611280512 verdict)" null
}

@test "an empty dump is incomplete" {
	mkdir -p root/var/crash/202611280512
	: >root/var/crash/202611280512/dump.202611280512
	crashes --json
	expect "$(field 202611280512 saved)" incomplete
	# there is nothing in it to audit
	crashes show last
	expect_no_word out 'Do:'
}

@test "RHEL: the dump failed, its dmesg was saved, the crash kernel's log says why" {
	put /etc/os-release $'ID=rhel\nVERSION_ID="9.6"'
	put /etc/kdump.conf 'path /data/crash'
	dir=/data/crash/127.0.0.1-2026-11-28-05:12:01
	panic_log $dir/vmcore-dmesg.txt 5.14.0-570.el9 'Kernel panic - not syncing: sysrq triggered crash'
	put $dir/kexec-dmesg.log $'[    5.0] kdump: saving vmcore\n[    9.0] kdump: makedumpfile: Can\'t write the dump file: No space left on device'
	crashes --json
	id=${dir##*/}
	expect "$(field "$id" saved)" 'log only'
	expect "$(field "$id" kernel)" 5.14.0-570.el9
	expect "$(field "$id" why)" "kdump: makedumpfile: Can't write the dump file: No space left on device"
	expect "$(field "$id" time)" '2026-11-28 05:12:01'
}

@test "RHEL: a complete dump counts as a dump, whatever the crash kernel's log says" {
	put /etc/os-release $'ID=rhel\nVERSION_ID="9.6"'
	put /etc/kdump.conf 'path /var/crash'
	dir=/var/crash/127.0.0.1-2026-11-28-05:12:01
	put $dir/vmcore data
	put $dir/kexec-dmesg.log 'Out of memory: Killed process 1 (x)'
	crashes --json
	expect "$(field "${dir##*/}" saved)" dump
	expect "$(field "${dir##*/}" why)" null
}

@test "SUSE: the directory's name has the minute" {
	put /etc/os-release $'ID=sles\nVERSION_ID="15.6"'
	put /var/crash/2026-11-28-05-12/vmcore data
	panic_log /var/crash/2026-11-28-05-12/dmesg 6.4.0-default 'BUG: kernel NULL pointer dereference, address: 0000000000000000'
	crashes --json
	expect "$(field 2026-11-28-05-12 time)" '2026-11-28 05:12:00'
	expect "$(field 2026-11-28-05-12 panic)" 'BUG: kernel NULL pointer dereference, address: 0000000000000000'
}

@test "a split dump is one crash with all its parts" {
	for part in 1 2 3; do put /var/crash/202611280512/vmcore$part data; done
	crashes --json
	expect "$(field 202611280512 saved)" dump
	expect "$(field 202611280512 parts)" 3
	expect "$(field 202611280512 bytes)" 15
	expect "$(field 202611280512 path)" /var/crash/202611280512/vmcore1
}

@test "a compressed dump is a dump" {
	put /var/crash/202611280512/dump.202611280512.zst data
	crashes --json
	expect "$(field 202611280512 saved)" dump
}

@test "a split dump with a part missing or empty is incomplete, and says which" {
	for part in 1 2 4; do put /var/crash/202611280512/vmcore$part data; done
	crashes --json
	expect "$(field 202611280512 saved)" incomplete
	expect "$(field 202611280512 why)" 'part 3 of the dump is missing'
	crashes show last
	expect_status 2
	expect_word out "Do: copy part 3 of the dump into /var/crash/202611280512, then run 'hvcrashctl audit /var/crash/202611280512/vmcore1'"
	audit_report /var/crash/202611280512 'not clean' 2026-11-28T05:11:40Z
	crashes show last
	expect "$(sed -n 's/^Do: //p' out)" 'copy part 3 of the dump into /var/crash/202611280512'
	rm root/var/crash/202611280512/hvcrash-audit.json
	: >root/var/crash/202611280512/vmcore3
	crashes --json
	expect "$(field 202611280512 why)" 'a part of the dump is empty'
	crashes show last
	expect "$(sed -n 's/^Do: //p' out)" 'hvcrashctl audit /var/crash/202611280512/vmcore1'
	echo data >root/var/crash/202611280512/vmcore3
	crashes --json
	expect "$(field 202611280512 saved)" dump
	rm root/var/crash/202611280512/vmcore[2-4]
	crashes show last --json
	expect "$(jq -r .action out)" "copy the other parts of the dump into /var/crash/202611280512, then run 'hvcrashctl audit /var/crash/202611280512/vmcore1'"
}

@test "notes beside a dump, an empty dump beside a complete one, and a copy of a dump change nothing" {
	put /var/crash/202611280512/dump.202611280512 data
	put /var/crash/202611280512/vmcore.sha256 0123
	put /var/crash/202611280512/vmcore.txt 'see ticket 5'
	put /var/crash/202611280512/dump.202611280512.zst dat
	: >root/var/crash/202611280512/vmcore
	crashes --json
	expect "$(field 202611280512 saved)" dump
	expect "$(field 202611280512 parts)" 1
	expect "$(field 202611280512 bytes)" 5
	expect "$(field 202611280512 path)" /var/crash/202611280512/dump.202611280512
}

@test "a dump that is a link to another disk counts, a dangling link does not" {
	put /data/core data
	put /var/crash/202611280512/dmesg.202611280512 x
	ln -s "$PWD/root/data/core" root/var/crash/202611280512/vmcore
	crashes --json
	expect "$(field 202611280512 saved)" dump
	rm root/data/core
	crashes --json
	expect "$(field 202611280512 saved)" 'log only'
}

@test "SUSE: README.txt says whether the vmcore is whole" {
	dir=/var/crash/2026-11-28-05-12
	put $dir/vmcore data
	put $dir/README.txt $'This file will be overwritten when the dump is finished.\nIf you see this text the crash dump is likely incomplete.'
	crashes --json
	expect "$(field 2026-11-28-05-12 saved)" incomplete
	expect_word out 'the crash kernel ended before the dump was whole'
	put $dir/README.txt $'Kernel crashdump\ndmesg status: saved successfully\nvmcore status: error while saving, return code: 1'
	crashes --json
	expect "$(field 2026-11-28-05-12 why)" 'vmcore status: error while saving, return code: 1'
	put $dir/README.txt $'Kernel crashdump\ndmesg status: saved successfully\nvmcore status: saved successfully'
	crashes --json
	expect "$(field 2026-11-28-05-12 saved)" dump
	rm "root$dir/vmcore"
	put $dir/README.txt 'vmcore status: deleted (10 < KDUMP_FREE_DISK_SIZE 64)'
	put $dir/dmesg x
	crashes --json
	expect "$(field 2026-11-28-05-12 saved)" 'log only'
	expect "$(field 2026-11-28-05-12 why)" 'vmcore status: deleted (10 < KDUMP_FREE_DISK_SIZE 64)'
}

@test "RHEL: the cause is shown, not kdump giving up because of it" {
	put /etc/os-release $'ID=rhel\nVERSION_ID="9.6"'
	put /etc/kdump.conf 'path /var/crash'
	dir=/var/crash/127.0.0.1-2026-11-28-05:12:01
	put $dir/vmcore-incomplete data
	put $dir/kexec-dmesg.log $'[    9.0] kdump.sh[500]: Can\'t write the dump file(/sysroot/x). No space left on device\n[    9.1] kdump.sh[500]: makedumpfile Failed.\n[    9.2] kdump[501]: saving vmcore failed'
	crashes --json
	expect_word out 'No space left on device'
	put $dir/kexec-dmesg.log '[    9.1] kdump.sh[500]: makedumpfile Failed.'
	crashes --json
	expect_word out 'makedumpfile Failed.'
}

@test "a directory that cannot be read is reported as a gap; one of another user is not trusted" {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	put /var/crash/202611280512/vmcore.202611280512 data
	chown -R 12345 root/var/crash/202611280512
	crashes
	expect_word out 'No crash of this machine is known'
	expect_word out 'do not belong to root, and are not looked at: 1.'
	chown -R 0 root
	chmod 700 root/var/crash
	chmod 755 "$BATS_TEST_TMPDIR" root root/var
	setpriv --reuid=12345 --clear-groups "$HVCRASHCTL" crashes --sysroot root >out
	expect_word out 'may hold more crashes: 1, the first is /var/crash.'
}

@test "zero bytes in a log do not end the search" {
	mkdir -p root/var/crash/202611280512
	printf 'a\0b\n[ 1.0] Kernel panic - not syncing: x\n' >root/var/crash/202611280512/dmesg.202611280512
	crashes --json
	expect "$(field 202611280512 panic)" 'Kernel panic - not syncing: x'
}

@test "more crashes than fit: the newest are shown, and the rest are counted" {
	python3 -c '
import os, time
for i in range(4100):
    d = "root/var/crash/" + time.strftime("%Y%m%d%H%M", time.gmtime(1700000000 + 60 * i))
    os.makedirs(d)
    open(d + "/dump", "w").write("x")'
	crashes -n -o ID
	expect "$(head -n 1 out)" "$(date -ud @$((1700000000 + 60 * 4099)) +%Y%m%d%H%M)"
	expect "$(grep -c '^20' out)" 4096
	crashes
	expect_word out '4 older crashes are not shown'
}

@test "the newest is first, and --since leaves out what is older" {
	put /var/crash/202611270000/vmcore.202611270000 data
	put /var/crash/202611280512/vmcore.202611280512 data
	crashes -n -o ID
	expect "$(cat out)" $'202611280512\n202611270000'
	crashes -n -o ID --since '2026-11-28 01:00'
	expect "$(cat out)" 202611280512
	crashes --since tomorrow
	expect_status 3
	expect_word err 'not '\''tomorrow'\'
}

@test "--since takes what operators write, and refuses the rest in one line" {
	local since
	put "/var/crash/$(date +%Y%m%d%H%M)/dump" data
	put "/var/crash/$(date -d '3 days ago' +%Y%m%d%H%M)/dump" data
	for since in '2 days ago' '48 hours ago' -2d -90min "@$(date -d '1 day ago' +%s)" "$(date -ud '1 day ago' +%Y-%m-%dT%H:%M:%SZ)" \
		"$(date -d '1 day ago' '+%Y-%m-%d %H:%M:%S')" "$(date -d '1 day ago' +%F)" yesterday; do
		crashes -n -o ID --since "$since"
		expect "$since: $(wc -l <out)" "$since: 1"
	done
	crashes -n -o ID --since '1 week ago'
	expect "$(wc -l <out)" 2
	crashes -n -o ID --since '3000 years ago'
	expect "$(wc -l <out)" 2
	for since in '' 'ago' '2 fortnights ago' -2 '-' @ @x '2 days ago x' 2026-13-01 2026-11-28T05:12:00Zx 1h '05:12Z' 99999999999999999999d; do
		crashes --since "$since"
		expect_status 3
		expect "$(wc -l <err)" 1
	done
}

@test "a clock set back, a time stamp of next year, and another time zone do no harm" {
	put /var/crash/209901010000/dump data
	put /var/crash/197001010000/dump data
	put /var/crash/202611280512/dump data
	put /var/crash/202602300000/dump data
	crashes -n -o ID
	expect_status 0
	expect "$(head -n 1 out)" 209901010000
	expect "$(wc -l <out)" 4
	TZ=Asia/Tokyo crashes show 209901010000
	expect_status 2
}

@test "show: the verdict is the exit status; without one it says what to do" {
	put /var/crash/202611280512/dump.202611280512 data
	crashes show 202611280512
	expect_status 2
	expect "$(head -n 1 out)" 'CANNOT TELL: no audit was made of this dump.'
	expect_word out 'hvcrashctl audit /var/crash/202611280512/dump.202611280512'
	audit_report /var/crash/202611280512 'not clean' 2026-11-28T05:11:40Z
	crashes show 2026
	expect_status 1
	expect "$(head -n 1 out)" 'the line of not clean'
	crashes show 2025
	expect_status 3
	crashes show
	expect_status 3
	expect_word err 'no ID'
}

@test "a part of an ID that fits two crashes is refused" {
	put /var/crash/202611270000/vmcore.202611270000 data
	put /var/crash/202611280512/vmcore.202611280512 data
	crashes show 2026
	expect_status 3
	expect_word err 'fits 2 crashes'
}

@test "an audit whose dump was not saved is a crash without a dump" {
	audit_report /var/lib/hvcrash/audit/20261128051140.no-dump clean 2026-11-28T05:11:40Z
	crashes --json
	expect "$(field 20261128051140.no-dump saved)" nothing
	expect "$(field 20261128051140.no-dump verdict)" clean
}

@test "an audit that was set aside belongs to the dump of its minute that has no audit, and to no other" {
	put /var/crash/127.0.0.1-2026-11-28-05:12:01/vmcore-incomplete data
	audit_report /var/lib/hvcrash/audit/20261128051405.no-dump clean 2026-11-28T05:11:40Z
	put /var/lib/hvcrash/audit/20261128051405.no-dump/kexec-dmesg.log 'kdump: No space left on device'
	put /var/crash/127.0.0.1-2026-11-27-05:12:01/vmcore data
	crashes --json
	expect "$(jq '.crashes | length' out)" 2
	expect "$(field 127.0.0.1-2026-11-28-05:12:01 verdict)" clean
	expect "$(field 127.0.0.1-2026-11-28-05:12:01 saved)" incomplete
	expect "$(field 127.0.0.1-2026-11-28-05:12:01 why)" 'kdump: No space left on device'
	expect "$(field 127.0.0.1-2026-11-27-05:12:01 verdict)" null
}

@test "a boot that followed no shutdown is a crash without a dump" {
	wtmp 'boot 1795000000' 'root 1795000100' 'boot 1795010000' 'shutdown 1795020000' 'boot 1795020100'
	crashes --json
	expect "$(jq '.crashes | length' out)" 1
	expect "$(jq -r '.crashes[0].saved' out)" nothing
	expect_word out 'followed no shutdown'
}

@test "without wtmp hvcrash's own list of boots is used, and a restarted unit is not a boot" {
	put /var/lib/hvcrash/boots 'boot 1795000000 a
shutdown 1795000100 a
boot 1795000101 a
garbage
boot 1795010000 b
shutdown 1795020000 b
boot 1795020100 c'
	crashes --json
	expect "$(jq '.crashes | length' out)" 1
	expect "$(jq -r '.crashes[0].time' out)" "$(date -ud @1795010000 '+%F %T')"
	crashes
	expect_no_word out wtmp
	# an empty wtmp says nothing
	mkdir -p root/var/log
	: >root/var/log/wtmp
	crashes --json
	expect "$(jq '.crashes | length' out)" 1
}

@test "a boot after a crash with a dump is not listed as another crash" {
	put /var/crash/202611181200/vmcore.202611181200 data
	crashed=$(date -ud '2026-11-18 12:00' +%s)
	wtmp "boot $((crashed - 1000))" "boot $((crashed - 20))" "boot $((crashed + 60))"
	crashes --json
	expect "$(jq '.crashes | length' out)" 1
}

@test "a record in the firmware is a crash if kdump saved nothing" {
	panic_log /var/lib/systemd/pstore/7301/dmesg.txt 6.12.0 'Kernel panic - not syncing: hung_task: blocked tasks'
	crashes --json
	expect "$(jq -r '.crashes[0].panic' out)" 'Kernel panic - not syncing: hung_task: blocked tasks'
	expect "$(jq -r '.crashes[0].saved' out)" 'log only'
}

@test "without wtmp the list does not claim that there was no crash" {
	crashes
	expect_status 0
	expect_word out 'No crash of this machine is known.'
	expect_word out 'no /var/log/wtmp'
}

@test "no escape byte of a log or a name reaches the terminal" {
	panic_log /var/crash/202611280512/dmesg.202611280512 $'6.12\033[31m' $'Kernel panic - not syncing: \033]0;x\007'
	put $'/var/crash/e\033[1m/vmcore' data
	# these lines go to the terminal without a renderer
	crashes show 202611280512
	expect "$(tr -cd '\033\007' <out | wc -c)" 0
	for form in '' --json --raw --pairs; do
		crashes $form
		expect "$(tr -cd '\033\007' <out | wc -c)" 0
	done
}

@test "links, FIFOs and directories in place of files are skipped" {
	mkdir -p root/var/crash/202611280512/vmcore root/elsewhere
	mkfifo root/var/crash/202611280512/dmesg.txt
	put /elsewhere/vmcore data
	ln -s ../../elsewhere root/var/crash/link
	timeout 10 "$HVCRASHCTL" crashes --sysroot root --json >out
	expect "$(jq '.crashes | length' out)" 0
}

@test "a log of binary data and a report that is not JSON do no harm" {
	mkdir -p root/var/crash/202611280512
	head -c 100000 /dev/urandom >root/var/crash/202611280512/dmesg.202611280512
	put /var/crash/202611280512/hvcrash-audit.json '{"verdict": ["clean'
	put /var/crash/202611280512/dump.202611280512 data
	crashes --json
	expect_status 0
	expect "$(field 202611280512 verdict)" null
}

@test "only on a terminal a pager shows the list" {
	put /var/crash/202611280512/dump.202611280512 data
	HVCRASH_PAGER='sed s/^/paged:/' script -qec "$HVCRASHCTL crashes --sysroot root" /dev/null </dev/null >typescript
	grep -q paged: typescript
	HVCRASH_PAGER='sed s/^/paged:/' crashes
	expect_no_word out paged:
	HVCRASH_PAGER='sed s/^/paged:/' script -qec "$HVCRASHCTL crashes --no-pager --sysroot root" /dev/null </dev/null >typescript
	expect_no_word typescript paged:
}
