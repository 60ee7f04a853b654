#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrashctl crash, on a machine made of files: /proc/sysrq-trigger is a FIFO there,
# and its reader kills the tool, as a crash would.

load helpers
load fake_root

setup() {
	begin
	ready_root
	mkdir -p root/proc root/sys/devices/system/cpu root/proc/sys/kernel/random bin
	put /sys/devices/system/cpu/online 0-1,4
	put /proc/sys/kernel/random/boot_id 11111111-aaaa
	cat >bin/modprobe <<-'END'
		#!/bin/sh
		# prints its arguments, and creates the module's parameter
		echo "${0##*/} $*" >>called
		[ ! -e fail ] || exit 1
		mkdir -p root/sys/module/hvcrash_crash/parameters
		cat root/proc/sys/kernel/panic_on_oops >before
		ln -s "$PWD/trigger" root/sys/module/hvcrash_crash/parameters/fire
	END
	chmod +x bin/modprobe
	cp bin/modprobe bin/insmod
	export HVCRASH_MODULE_PROGRAMS=$PWD/bin
}

# crashed ARGUMENT...: the tool sets off the crash, and is gone
crashed() {
	local pid
	rm -f trigger
	mkfifo trigger
	ln -sf "$PWD/trigger" root/proc/sysrq-trigger
	"$HVCRASHCTL" crash --sysroot root "$@" >out 2>err &
	pid=$!
	timeout 30 head -c 1 trigger >triggered
	kill -9 "$pid"
	wait "$pid" || true
	cat out err
}

# refused_crash STATUS WORDS ARGUMENT...: refuses, and does nothing
refused_crash() {
	local expected=$1 words=$2
	shift 2
	rm -f root/proc/sysrq-trigger
	put /proc/sysrq-trigger untouched
	try crash --sysroot root "$@"
	expect_status "$expected"
	expect_word err "$words"
	expect "$(wc -l <err)" 1
	expect "$(cat root/proc/sysrq-trigger)" untouched
	[ ! -e root/var/lib/hvcrash/crash-marker ]
	[ ! -e called ]
}

# dump DIRECTORY FILE [VERDICT MESSAGE]: a dump, with an audit that says so
dump() {
	put "/var/crash/$1/$2" dump
	[ -z "${3:-}" ] || put "/var/crash/$1/hvcrash-audit.json" "{\"verdict\": \"$3\", \"message\": \"$4\"}"
}

last_crash() {
	try status --all --sysroot root
	row '^last-crash '
}

@test "sysrq: says what is lost, leaves a marker, and triggers" {
	crashed --yes
	expect "$(cat triggered)" c
	expect_word out "This crashes this machine: sysrq on CPU 0."
	expect_word out "Lost: "
	expect_word out "The dump goes to /var/crash."
	expect_word root/var/lib/hvcrash/crash-marker how=sysrq
	expect_word root/var/lib/hvcrash/crash-marker boot_id=11111111-aaaa
	expect "$(find root/var/lib/hvcrash -type f | wc -l)" 1
}

@test "it refuses if status is not ready, status 1, unless --force overrides" {
	put /sys/kernel/kexec_crash_loaded 0
	refused_crash 1 "NOT READY: crash-loaded: see 'hvcrashctl status'; --force" --yes
	drop /sys/kernel/hvcrash/coverage
	refused_crash 1 "NOT READY: coverage, crash-loaded" --yes
	crashed --yes --force
	expect "$(cat triggered)" c
}

@test "without a terminal it needs --yes, status 3" {
	refused_crash 3 "no terminal to ask on: --yes"
	expect "$(wc -c <out)" 0
}

@test "on a terminal it asks, and anything but 'crash' does nothing" {
	command -v script >/dev/null || skip "no script"
	rm -f root/proc/sysrq-trigger
	put /proc/sysrq-trigger untouched
	script -qec "'$HVCRASHCTL' crash --sysroot root; echo status \$?" /dev/null <<<yes >out
	expect_word out "Type 'crash' to continue: "
	expect_word out "nothing was done"
	expect_word out "status 1"
	expect "$(cat root/proc/sysrq-trigger)" untouched
	put /sys/kernel/kexec_crash_loaded 0
	script -qec "'$HVCRASHCTL' crash --sysroot root; echo status \$?" /dev/null <<<crash >out
	expect_no_word out Type
	expect_word out "status 1"
}

@test "misuse, status 3" {
	refused_crash 3 "unknown kind 'stroke': try 'hvcrashctl crash --help'" --yes --how stroke
	refused_crash 3 "--cpu takes a number up to 4095, not '-1'" --yes --cpu -1
	refused_crash 3 "--cpu takes a number" --yes --cpu 1x
	refused_crash 3 "--cpu takes a number" --yes --cpu ''
	refused_crash 3 "--in takes a number up to 86400, not '86401'" --yes --in 86401
	refused_crash 3 "--in takes a number" --yes --in 99999999999999999999
	refused_crash 3 "unexpected operand 'now'" --yes now
	refused_crash 3 "CPU 2 is not online" --yes --cpu 2
}

@test "every kind in --help is known, and every known one is in --help" {
	local kind source=$CLI_DIR/../../tools/hvcrashctl/vm/crash.c
	"$HVCRASHCTL" help --words crash | sed -n 's/^--how KIND //p' | tr ' ' '\n' >kinds
	[ -s kinds ]
	expect "$(sort kinds)" "$(sed -n 's/.*{ \.name = "\([a-z-]*\)".*/\1/p' "$source" | sort)"
	while read -r kind; do
		put /sys/devices/system/cpu/online 9
		refused_crash 3 "CPU 0 is not online" --yes --how "$kind"
	done <kinds
}

@test "the module knows every kind that the tool requests" {
	local kind kernel=$CLI_DIR/../../kernel/test/hvcrash_crash.c
	sed -n 's/.*\.module_kind = "\([a-z-]*\)".*/\1/p' "$CLI_DIR/../../tools/hvcrashctl/vm/crash.c" >kinds
	[ "$(wc -l <kinds)" -gt 5 ]
	while read -r kind; do
		expect_word "$kernel" "{ \"$kind\", "
	done <kinds
}

@test "a kind that needs code in the kernel loads the module with its parameters" {
	put /proc/sys/kernel/panic_on_oops 0
	crashed --yes --how null --cpu 4
	expect "$(cat triggered)" c
	expect_word called "modprobe hvcrash_crash how=null cpu=4 other=0"
	expect "$(cat before)" 0
	expect "$(cat root/proc/sys/kernel/panic_on_oops)" 1
	expect_word root/var/lib/hvcrash/crash-marker how=null
}

@test "a missing module is an error and changes nothing" {
	touch fail
	put /proc/sys/kernel/panic_on_oops 0
	put /var/lib/hvcrash/crash-marker "of the crash before"
	try crash --sysroot root --yes --how null
	expect_status 3
	expect_word err "modprobe did not load hvcrash_crash"
	expect "$(cat root/proc/sys/kernel/panic_on_oops)" 0
	expect "$(cat root/var/lib/hvcrash/crash-marker)" "of the crash before"
}

@test "without modprobe, without the sysctl, without CPU: an error before the crash" {
	put /proc/sys/kernel/panic_on_oops 0
	rm bin/modprobe
	try crash --sysroot root --yes --how bug --module none
	expect_word called "insmod none how=bug"
	rm -r called root/sys/module/hvcrash_crash
	mkdir empty
	status=0
	HVCRASH_MODULE_PROGRAMS=$PWD/empty "$HVCRASHCTL" crash --sysroot root --yes --how bug >out 2>err || status=$?
	expect_status 3
	expect_word err "cannot run modprobe: No such file"
	drop /proc/sys/kernel/panic_on_oops
	try crash --sysroot root --yes --how bug --module none
	expect_status 3
	expect_word err "kernel.panic_on_oops: cannot set: No such file"
	[ ! -e root/var/lib/hvcrash/crash-marker ]
	# a CPU that the kernel calls online but that does not exist
	put /sys/devices/system/cpu/online 0-4095
	put /proc/sysrq-trigger untouched
	try crash --sysroot root --yes --cpu 4095
	expect_status 3
	expect_word err "cannot run on CPU 4095: "
	expect "$(cat root/proc/sysrq-trigger)" untouched
	[ ! -e root/var/lib/hvcrash/crash-marker ]
}

@test "a module that is already loaded is an error" {
	put /sys/module/hvcrash_crash/refcnt 1
	try crash --sysroot root --yes --how bug
	expect_status 3
	expect_word err "is loaded already"
}

@test "with --sysroot nothing of this machine is touched: no module, no /proc, no /sys" {
	local kind
	unset HVCRASH_MODULE_PROGRAMS
	mkdir bin2
	cp bin/modprobe bin2/
	for kind in nmi double notifier; do
		PATH=$PWD/bin2:$PATH refused_crash 3 "--sysroot: --how $kind would load a module into this machine" --yes --how "$kind"
	done
	# the whole machine under another name, its /proc below another root, a link to its file
	export HVCRASH_MODULE_PROGRAMS=$PWD/bin
	ln -s / everything
	try crash --sysroot everything --yes --force
	expect_status 3
	expect_word err "--sysroot: everything/proc is this machine's own"
	rm -r root/sys
	ln -s /sys root/sys
	refused_crash 3 "--sysroot: root/sys is this machine's own" --yes --force
	rm root/sys root/proc/sysrq-trigger
	ln -s /proc/version root/proc/sysrq-trigger
	try crash --sysroot root --yes --force
	expect_status 3
	expect_word err "root/proc/sysrq-trigger is this machine's own"
	[ ! -e root/var/lib/hvcrash/crash-marker ]
}

@test "a lockup that no detector would notice is refused" {
	refused_crash 3 "nothing would detect a hardlockup: kernel.nmi_watchdog is 0 or not there; on Hyper-V it takes nmi_watchdog=1 on the command line, and a virtual PMU" --yes --how hardlockup
	put /proc/sys/kernel/soft_watchdog 0
	refused_crash 3 "nothing would detect a softlockup" --yes --how softlockup
	refused_crash 3 "nothing would detect a hung-task" --yes --how hung-task
}

@test "double uses a second CPU, the first other one that is online" {
	touch fail
	try crash --sysroot root --yes --how double --cpu 0
	expect_word called "how=double cpu=0 other=1"
	try crash --sysroot root --yes --how double --cpu 1 --module ./x.ko
	expect_word called "insmod ./x.ko how=double cpu=1 other=0"
	rm called
	put /sys/devices/system/cpu/online 0
	refused_crash 3 "double takes two CPUs, one is online" --yes --how double
}

@test "a crash that does not happen leaves no marker and restores the sysctls" {
	put /proc/sys/kernel/panic_on_oops 0
	: >trigger
	try crash --sysroot root --yes --how null
	expect_status 3
	expect_word err "no crash in 30 s"
	expect "$(cat trigger)" c
	expect "$(tr -d '\n' <root/proc/sys/kernel/panic_on_oops)" 0
	[ ! -e root/var/lib/hvcrash/crash-marker ]
}

@test "a marker that cannot be written is an error before the crash" {
	rm -r root/var/lib
	: >root/var/lib
	refused_crash 3 "/var/lib/hvcrash/crash-marker: cannot" --yes
}

@test "output that cannot be written is an error before the crash" {
	[ -c /dev/full ] || skip "no /dev/full"
	rm -f root/proc/sysrq-trigger
	put /proc/sysrq-trigger untouched
	status=0
	"$HVCRASHCTL" crash --sysroot root --yes >/dev/full 2>err || status=$?
	expect_status 3
	expect "$(cat root/proc/sysrq-trigger)" untouched
}

@test "a target cannot reach the terminal as an escape" {
	kdump_tools $'KDUMP_COREDIR="/var/crash\033[31m"'
	crashed --yes --force
	expect_word out "The dump goes to /var/crash?[31m."
}

@test "--in waits" {
	crashed --yes --in 1
	expect_word out "sysrq on CPU 0, in 1 s."
	expect "$(cat triggered)" c
}

@test "status after the next boot tells how it went" {
	expect "$(last_crash | tail -n 1)" "last-crash - no crash is known"
	crashed --yes --cpu 1
	last_crash | grep "^last-crash warn sysrq on CPU 1, 20.* UTC: this kernel has not crashed"
	put /proc/sys/kernel/random/boot_id 22222222-bbbb
	last_crash | grep "^last-crash warn .*: no dump in /var/crash since"
	now=$(date +%Y%m%d%H%M)
	dump "$now" dump-incomplete
	last_crash | grep "^last-crash warn sysrq on CPU 1, .*/var/crash/$now/dump-incomplete is not complete"
	rm -r root/var/crash/*
	dump "$now" "dump.$now"
	last_crash | grep "^last-crash warn .*/dump.$now, and no audit beside it hvcrashctl audit /var/crash/$now/dump.$now"
	dump "$now" "dump.$now" clean "CLEAN: 18 regions, 25 pages"
	last_crash | grep "^last-crash ok sysrq on CPU 1, .*/dump.$now, CLEAN: 18 regions, 25 pages"
	dump "$now" "dump.$now" "not clean" "NOT CLEAN: VP 3 did not answer"
	last_crash | grep "^last-crash warn .*/dump.$now, NOT CLEAN: VP 3 did not answer hvcrashctl crashes show $now"
}

@test "an unplanned crash can be the last crash, too" {
	local dir=202611280512
	dump $dir dump.$dir clean "CLEAN: 18 regions"
	put /var/crash/$dir/dmesg.$dir '[ 9.1] Kernel panic - not syncing: Fatal exception'
	last_crash | grep "^last-crash ok 2026-11-28 .* UTC, Kernel panic - not syncing: Fatal exception: /var/crash/$dir/dump.$dir, CLEAN: 18 regions"
	# a crash long after a test crash is another one
	put /var/lib/hvcrash/crash-marker $'boot_id=1\nseconds=1700000000\nhow=sysrq\ncpu=0'
	last_crash | grep "^last-crash ok 2026-11-28 .* UTC, Kernel panic"
	# and so is one before it
	dump 202311010000 dump.202311010000 "not clean" "NOT CLEAN: long ago"
	rm -r root/var/crash/$dir
	last_crash | grep "^last-crash warn sysrq on CPU 0, 2023-11-14 .*: no dump in /var/crash since"
}

@test "a dump that went elsewhere is unknown" {
	crashed --yes
	put /proc/sys/kernel/random/boot_id 22222222-bbbb
	kdump_tools 'SSH=root@store'
	last_crash | grep "^last-crash unknown .*: the dump did not stay here"
	put "/var/lib/hvcrash/audit/$(date +%Y%m%d%H%M%S).no-dump/hvcrash-audit.json" '{"verdict": "clean", "message": "CLEAN: of the store"}'
	last_crash | grep "^last-crash ok .*: the dump did not stay here, CLEAN: of the store"
}

@test "a dump from before the crash is not taken for the crash's own" {
	crashed --yes
	put /proc/sys/kernel/random/boot_id 22222222-bbbb
	dump 202511230000 vmcore clean "CLEAN: of last year"
	last_crash | grep "^last-crash warn .*: no dump in /var/crash since"
}

@test "a malformed marker is ignored" {
	put /var/lib/hvcrash/crash-marker 'seconds=99999999999999999999999 how='
	last_crash | grep "^last-crash - no crash is known"
}
