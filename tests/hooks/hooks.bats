#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the verdict is saved beside the dump; if the audit fails, the dump is still saved and the log says why.
#
# Every test runs with each distribution's adapters, in dash, busybox's ash or bash.

# shellcheck disable=SC2034,SC2154 # shared with helpers.bash
bats_require_minimum_version 1.5.0
load helpers

clean() {
	crash "$1"
	[ "$(verdict)" = clean ] &&
		[[ $(head -n 1 "$dump/hvcrash-audit.txt") == CLEAN:* ]] &&
		[[ $log == *'audit: CLEAN: 18 regions'* ]] &&
		[ "$adapter_status" -eq 0 ] && no_scraps
}

@test "a clean audit: text and JSON beside the dump, the verdict in the log" {
	each clean
}

not_clean() {
	crashed good 'poke 0x204123 0x5a'
	crash "$1"
	[ "$(verdict)" = 'not clean' ] && [[ $log == *'audit: NOT CLEAN: '* ]]
}

@test "a write after the revoke: the report beside the dump says NOT CLEAN" {
	each not_clean
}

no_registry() {
	crashed good no-vmcoreinfo 'vmcoreinfo OSRELEASE=6.12.0'
	crash "$1"
	dump_and_reason 'no registry: VMCOREINFO has no line HVCRASH_REGISTRY'
}

@test "no registry in the dump: cannot tell, and why" {
	each no_registry
}

missing() {
	rm "$HVCRASH_ROOT/usr/sbin/hvcrashctl"
	crash "$1"
	dump_and_reason 'hvcrashctl is missing'
}

@test "the tool is missing" {
	each missing
}

not_executable() {
	chmod -x "$HVCRASH_ROOT/usr/sbin/hvcrashctl"
	crash "$1"
	dump_and_reason 'is not a program'
}

@test "the tool cannot be executed" {
	each not_executable
}

# The beginning of an ELF file for AArch64, followed by commands for a shell that takes the file for a script
foreign() {
	{
		printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0\1\0\0\0\n'
		printf 'touch %s/taken-for-a-script\n' "$HVCRASH_ROOT"
	} | tool
	crash "$1"
	dump_and_reason 'for another machine' && [ ! -e "$HVCRASH_ROOT/taken-for-a-script" ]
}

@test "the tool is for another machine: not even run as a script" {
	each foreign
}

libraries() {
	printf '#!/no/such/loader\n' | tool
	crash "$1"
	dump_and_reason 'hvcrashctl cannot be started'
}

@test "the tool's loader is missing" {
	each libraries
}

hanging() {
	HVCRASH_AUDIT_SECONDS=1
	tool <<<$'#!/bin/sh\ntrap "" TERM INT HUP\nexec sleep 50'
	crash "$1"
	dump_and_reason 'did not finish in 1 s and was killed' && [ "$seconds" -lt 15 ]
}

@test "the tool hangs: bounded, and not run a second time" {
	each hanging
}

half() {
	HVCRASH_AUDIT_SECONDS=1
	tool <<<$'#!/bin/sh\necho "CLEAN: 18 regions"\nexec sleep 50'
	crash "$1"
	dump_and_reason 'did not finish in 1 s'
}

@test "the tool hangs after half a report that begins with CLEAN: the report is not trusted" {
	each half
}

crashing() {
	tool <<<$'#!/bin/sh\nkill -SEGV $$'
	crash "$1"
	dump_and_reason 'died of signal 11'
}

@test "the tool crashes" {
	each crashing
}

killed() {
	tool <<<$'#!/bin/sh\nkill -KILL $$'
	crash "$1"
	dump_and_reason 'was killed, probably by the OOM killer'
}

@test "the tool is killed, as the OOM killer does" {
	each killed
}

silent() {
	tool <<<$'#!/bin/sh\nexit 0'
	crash "$1"
	dump_and_reason 'ended with status 0 without a report'
}

@test "exit status 0 without a report is not taken for clean" {
	each silent
}

half_json() {
	tool <<END
#!/bin/sh
case "\$*" in *--json*) printf '{ "schema": "hvcrash.audit/1", "verdict": "clean",'; exit 0 ;; esac
echo 'CLEAN: 18 regions'
END
	crash "$1"
	[ "$(verdict)" = 'cannot tell' ] && logged 'ended with status 0 without a report'
}

@test "truncated JSON is not kept" {
	each half_json
}

damaged() {
	crashed good 'header checksum=0xabc'
	crash "$1"
	dump_and_reason 'registry header at 0x101000: wrong checksum'
}

@test "the registry is damaged" {
	each damaged
}

hostile() {
	tool <<<$'#!/bin/sh\nprintf \'no\\a "quotes" \\\\ here\\033[2J\\n\' >&2\nexit 3'
	crash "$1"
	dump_and_reason 'no "quotes" \\ here' && [ "$(tr -cd '\007\033' <<<"$log")" = '' ]
}

@test "an error message of any bytes gives valid JSON and a printable log" {
	each hostile
}

no_library() {
	rm "$HVCRASH_ROOT/usr/lib/hvcrash/hvcrash-hook.sh"
	crash "$1"
	[ "$(cat "$dump/vmcore")" = 'the dump' ] && logged 'hvcrash-hook.sh is missing' && [[ $log != *'exited with'* ]]
}

@test "the library of the hooks is missing" {
	each no_library
}

no_memory() {
	rmdir "$HVCRASH_ROOT/run"
	: >"$HVCRASH_ROOT/run"
	crash "$1"
	[ "$(cat "$dump/vmcore")" = 'the dump' ] && logged 'no audit: cannot create .*/run/hvcrash/work' && [[ $log != *'exited with'* ]]
}

@test "no memory is left" {
	each no_memory
}

first_kernel() {
	: >"$HVCRASH_ROOT/proc/vmcore"
	crash "$1"
	[ -z "$log" ] && [ ! -e "$dump/hvcrash-audit.json" ]
}

@test "outside the crash kernel they do nothing and print nothing" {
	each first_kernel
}

twice() {
	local first
	crash "$1" && rm -rf "$HVCRASH_ROOT/run/hvcrash" && touch -d '1 hour ago' "$dump" || return 1
	# The second may come in the same second, and then has the same name
	first=${dump%?}x
	mv "$dump" "$first" && crashed good 'poke 0x204123 0x5a' && crash "$1" &&
		[ "$(verdict)" = 'not clean' ] && [ "$(jq -r .verdict "$first/hvcrash-audit.json")" = clean ]
}

@test "after two crashes each dump gets its own report" {
	each twice
}

# modprobe that prints its arguments. Debian's busybox would use its own.
rescue() {
	case $shell in busybox*) return 0 ;; esac
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '%s\n' '#!/bin/sh' "echo \"\$*\" >>$HVCRASH_ROOT/asked" "[ \"\$2\" = msr ]" >"$BATS_TEST_TMPDIR/bin/modprobe"
	chmod +x "$BATS_TEST_TMPDIR/bin/modprobe"
	echo "quiet $cpus irqpoll" >"$HVCRASH_ROOT/proc/cmdline"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH crash "$1"
	[ "$(verdict)" = clean ] && [ "$(tr '\n' ' ' <"$HVCRASH_ROOT/asked")" = "$asked" ]
}

@test "a crash kernel with one CPU loads only msr" {
	cpus=nr_cpus=1 asked='-q msr '
	each rescue
}

@test "with maxcpus=1 hvcrash is loaded for the rescue; if that fails, the log says so and the audit still runs" {
	cpus=maxcpus=1 asked='-q msr -q hvcrash '
	each rescue
	logged 'no rescue: hvcrash was not loaded'
}

# A dump that does not finish within a second: files for SysRq, and what is written to it
overdue() {
	local i early=no
	export HVCRASH_DUMP_SECONDS=1 HVCRASH_WRITE_SECONDS=1
	mkdir -p "$HVCRASH_ROOT/dev"
	: >"$HVCRASH_ROOT/proc/sysrq-trigger"
	if [ "$1" = debian ]; then
		adapter /usr/lib/hvcrash/debian-bound
	else
		crash "$1" 3>&-
		# the hooks ended before the bound, although its shell still waits
		[ ! -s "$HVCRASH_ROOT/proc/sysrq-trigger" ] || [ "$seconds" -ge 2 ] || early=yes
	fi
	for ((i = 0; i < 100; i++)); do
		[ ! -s "$HVCRASH_ROOT/proc/sysrq-trigger" ] || break
		sleep 0.1
	done
	[ "$(cat "$HVCRASH_ROOT/proc/sysrq-trigger")" = b ] &&
		grep -qx '<3>hvcrash-hook: the dump did not finish in 1 s: rebooting' "$HVCRASH_ROOT/dev/kmsg" &&
		[ "$early" = no ] && { [ -z "${dump:-}" ] || [ -e "$dump/vmcore" ]; }
}

@test "a dump that takes too long ends in a reboot by SysRq, and the hook itself does not wait for it" {
	local runs=('debian dash' 'rhel busybox ash' 'suse bash')
	each overdue
}

# may_take SHELL CMDLINE BYTES: prints the bound in seconds
# shellcheck disable=SC2016 # for that shell
may_take() {
	printf '%s\n' "$2" >"$HVCRASH_ROOT/proc/cmdline"
	truncate -s "$3" "$HVCRASH_ROOT/proc/vmcore"
	# shellcheck disable=SC2086 # words
	env -u HVCRASH_DUMP_SECONDS $1 -c '. "$0"; hook_dump_seconds' "$repo/kdump-hooks/lib/hvcrash-hook.sh"
}

@test "how long a dump may take: an hour plus a minute for each GiB, or as the command line says" {
	local sh
	fresh_root rhel
	for sh in dash bash 'busybox ash'; do
		[ "$(may_take "$sh" 'root=/dev/sda1 panic=10' 2G)" = "$((62 * 60))" ]
		[ "$(may_take "$sh" 'root=/dev/sda1' 1T)" = "$(((60 + 1024) * 60))" ]
		[ "$(may_take "$sh" 'a hvcrash_dump_minutes=3 hvcrash_dump_minutes=5 b' 2G)" = "300" ]
		[ "$(may_take "$sh" 'hvcrash_dump_minutes=0' 2G)" = "0" ]
		[ "$(may_take "$sh" 'hvcrash_dump_minutes=soon x=*' 2G)" = "$((62 * 60))" ]
	done
}

@test "in a kernel that has not crashed nothing waits to reboot it" {
	fresh_root debian
	rm "$HVCRASH_ROOT/proc/vmcore"
	: >"$HVCRASH_ROOT/proc/sysrq-trigger"
	HVCRASH_DUMP_SECONDS=1 HVCRASH_WRITE_SECONDS=1 adapter /usr/lib/hvcrash/debian-bound
	[ ! -s "$HVCRASH_ROOT/proc/sysrq-trigger" ]
}
