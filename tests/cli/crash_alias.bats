#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# tools/crash: the script behind the alias in crash, given the output of crash's "sys". The real crash runs the alias in the lab, by
# "lab run --crash-opens".

load helpers

setup() {
	begin
	mkdir bin
	ln -s "$HVCRASHCTL" bin/hvcrashctl
}

# sys LINE: what crash prints about the dump that it has open
sys() {
	printf '      KERNEL: /usr/lib/debug/boot/vmlinux\n'
	printf '%s\n' "$@"
	printf '        CPUS: 4\n        DATE: Sat Nov 28 09:38:54 UTC 2026\n'
}

# alias_prints SHELL [OPTION...]: what the alias prints for the lines on standard input
alias_prints() {
	local shell=$1
	shift
	status=0
	# shellcheck disable=SC2086 # "busybox ash" is two words
	PATH=$PWD/bin:$PATH $shell "$CLI_DIR/../../tools/crash/crash-audit" "$@" >out 2>err || status=$?
	cat out err
}

@test "the alias prints the audit of the dump that is open, with its exit status, in each shell" {
	local shell
	core not-reached
	mv core 'a dump'
	for shell in dash bash 'busybox ash'; do
		sys '    DUMPFILE: a dump  [PARTIAL DUMP]' | { alias_prints "$shell"; echo "$status" >status; }
		expect "$(cat status)" 1
		expect "$(head -n 1 out | cut -d : -f 1)" 'NOT CLEAN'
	done
	"$HVCRASHCTL" audit 'a dump' >direct || true
	diff <(without_clock <direct) <(without_clock <out)
}

@test "options of the alias are those of the audit" {
	core good
	sys '    DUMPFILE: core' | alias_prints sh --json
	expect "$(jq -r .verdict out)" clean
}

@test "any part of a split dump is enough" {
	core good
	sys '   DUMPFILES: core  [PARTIAL DUMP]' '              vmcore2' | alias_prints sh
	expect "$(head -n 1 out | cut -d : -f 1)" CLEAN
}

@test "a dump whose name looks like an option is still a dump" {
	core good
	mv core -- -core
	sys '    DUMPFILE: -core' | alias_prints sh
	expect "$(head -n 1 out | cut -d : -f 1)" CLEAN
}

@test "on a running kernel it lists the shared pages" {
	rm bin/hvcrashctl
	printf '#!/bin/sh\necho "$@"\n' >bin/hvcrashctl
	chmod +x bin/hvcrashctl
	sys '    DUMPFILE: /proc/kcore' | alias_prints sh
	expect "$(tail -n 1 out)" list
}

@test "without a name it says so, and judges nothing" {
	alias_prints sh </dev/null
	expect_status 3
	expect "$(wc -l <err)" 1
	expect_word err 'which dump it has open'
}

@test "the alias begins with a command of crash, and calls what is installed" {
	local make=(make -s -C "$CLI_DIR/../../tools/hvcrashctl" O="$(dirname "$HVCRASHCTL")" DESTDIR="$PWD/to" PREFIX=/opt)
	"${make[@]}" install >/dev/null
	expect "$(grep -v '^#' to/opt/share/hvcrash/crashrc)" 'alias hvcrash "sys | /opt/share/hvcrash/crash-audit"'
	[ -x to/opt/share/hvcrash/crash-audit ]
}
