#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: dumps that the real makedumpfile writes in the second kernel of a real
# crash give the same audit on another machine as in that kernel. Two crashes: one
# that is clean, and one after which the host changed a page.
#
# The dumps are made for this test and removed with the run.

bats_require_minimum_version 1.5.0
load helpers

# In ELF form makedumpfile leaves out runs of 256 pages that are zero or unwanted, without telling them apart; the
# guest's own page below a VP assist overlay is a zero page. So levels that keep zero pages are compared.
clean_forms=elf-30,elf-31,zlib-31,lzo-31,snappy-31,zstd-31,lzo-0,flat-zlib-31,flat-lzo-1,flat-elf-30
changed_forms=elf-30,zlib-31,flat-lzo-31

# run_dumps NAME FORMS OPTION...: a small guest, since its dumps are written by an emulated CPU
run_dumps() {
	local name=$1 forms=$2
	shift 2
	lab_result "$name" run --memory 704 --crashkernel 192M --dumps "$forms" "$@" || true
}

setup_file() {
	lab_begin
	"$LAB" build --kernel 6.12 >&3 2>&1
	make -s -C "$BATS_TEST_DIRNAME/../../tools/hvcrashctl" O="$RESULTS/tool" >&3 2>&1
	run_dumps clean "$clean_forms" &
	run_dumps changed "$changed_forms" --scenario poke &
	wait
}

teardown_file() {
	local name
	for name in clean changed; do
		[ ! -e "$RESULTS/$name.json" ] || rm -rf "$(run_directory "$name")/dumps"
	done
}

# judgement FILE: the part that must not depend on the file's form and the machine
judgement() {
	jq -S '{verdict, exit_status, message, gaps, findings: [.findings[] | del(.own_ram)]}' "$1"
}

# agrees RUN FILE [KIB]: its audit equals the second kernel's, within the memory of a crash kernel, or within that much
agrees() {
	local live status=0 kib=${3:-12288}
	live=$(run_directory "$1")/audit.json
	(
		ulimit -d "$kib"
		"$RESULTS/tool/hvcrashctl" audit --json "$2"
	) >"$BATS_TEST_TMPDIR/offline.json" || status=$?
	[ "$status" -eq "$(jq .exit_status "$live")" ] || {
		printf '%s: status %s\n' "$2" "$status"
		return 1
	}
	diff <(judgement "$live") <(judgement "$BATS_TEST_TMPDIR/offline.json")
}

# form_agrees RUN FORM
form_agrees() {
	local dump
	held "$1" || return 1
	dump=$(run_directory "$1")/dumps/$2
	if [ ! -e "$dump" ] && grep -q "$2: this makedumpfile was built without it" "$RESULTS/$1.log"; then
		skip "Debian's makedumpfile was built without this method"
	fi
	agrees "$1" "$dump"
}

@test "ELF, level 30: as in the second kernel" {
	form_agrees clean elf-30
	[ "$(field clean .verdict)" = clean ]
}

@test "ELF, level 31: without the zero pages it cannot tell, and says so" {
	local status=0
	held clean
	"$RESULTS/tool/hvcrashctl" audit --json "$(run_directory clean)/dumps/elf-31" >"$BATS_TEST_TMPDIR/31.json" || status=$?
	case $status in
	0) [ "$(jq '.gaps | length' "$BATS_TEST_TMPDIR/31.json")" -eq 0 ] ;;
	2) [ "$(jq -r '[.gaps[].gap] | join(" ")' "$BATS_TEST_TMPDIR/31.json")" = not-in-dump ] ;;
	*) return 1 ;;
	esac
}

@test "zlib, level 31: as in the second kernel" {
	form_agrees clean zlib-31
}

@test "lzo, level 31: as in the second kernel" {
	form_agrees clean lzo-31
}

@test "snappy, level 31: as in the second kernel" {
	form_agrees clean snappy-31
}

@test "zstd, level 31: as in the second kernel" {
	form_agrees clean zstd-31
}

@test "lzo, level 0: as in the second kernel" {
	form_agrees clean lzo-0
}

@test "flattened zlib, level 31, as Debian writes it: as in the second kernel" {
	form_agrees clean flat-zlib-31
}

@test "flattened lzo, level 1: as in the second kernel" {
	form_agrees clean flat-lzo-1
}

@test "flattened ELF, level 30: as in the second kernel" {
	form_agrees clean flat-elf-30
}

@test "makedumpfile -R of the flattened one: as in the second kernel" {
	held clean
	timeout 300 makedumpfile -R "$BATS_TEST_TMPDIR/plain" <"$(run_directory clean)/dumps/flat-zlib-31"
	agrees clean "$BATS_TEST_TMPDIR/plain"
}

@test "makedumpfile --split: any part is read as the whole, and without the part that has the pages it cannot tell" {
	local part parts=("$BATS_TEST_TMPDIR"/part{1,2,3}) status=0
	held clean
	timeout 300 makedumpfile --split -l -d 31 "$(run_directory clean)/dumps/lzo-31" "${parts[@]}"
	# Parts are read where dumps are kept; all are open at once
	for part in "${parts[@]}"; do agrees clean "$part" 65536; done
	# a small guest's pages are all in the first part
	rm "${parts[0]}"
	"$RESULTS/tool/hvcrashctl" audit "${parts[1]}" || status=$?
	[ "$status" -eq 2 ]
}

@test "a page changed after the revoke is found in each form of the dump" {
	local form
	held changed
	[ "$(field changed .verdict)" = "not clean" ]
	for form in ${changed_forms//,/ }; do
		form_agrees changed "$form"
	done
}

@test "a truncated dump, as from a full disk, is not taken for a complete one" {
	local dump=$BATS_TEST_TMPDIR/cut status=0
	held clean
	head -c 5000000 "$(run_directory clean)/dumps/flat-zlib-31" >"$dump"
	"$RESULTS/tool/hvcrashctl" audit "$dump" >"$BATS_TEST_TMPDIR/out" 2>&1 || status=$?
	cat "$BATS_TEST_TMPDIR/out"
	[ "$status" -ge 2 ]
	! grep -q 'CLEAN:' "$BATS_TEST_TMPDIR/out" || return 1
}
