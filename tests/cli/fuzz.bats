#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Cut and flipped dumps, the same ones each time: no signal, no false CLEAN.

load helpers

# Nothing but a normal exit status, and CLEAN only with status 0
expect_sane() {
	[ "$status" -le 3 ] || {
		echo "status $status at $1"
		return 1
	}
	if grep -q '^CLEAN' out && [ "$status" -ne 0 ]; then
		echo "CLEAN with status $status at $1"
		return 1
	fi
	[ "$status" -ne 3 ] || [ ! -s out ] || {
		echo "an error and a report at $1"
		return 1
	}
}

# Offset in the file of a GPA in the segment at 0x100000
offset_of() {
	echo $(($(awk '$1 == "0x100000" { print $2 }' map) + $1 - 0x100000))
}

core_with_map() {
	"$MKCORE" -m -I "$FIXTURES" "$FIXTURES/good.core" core >map
}

run_quietly() {
	status=0
	"$HVCRASHCTL" "$@" >out 2>err || status=$?
}

# flip OFFSET: the byte there becomes its complement, in the file "flipped"
flip() {
	local byte
	cp core flipped
	byte=$(od -An -tu1 -j "$1" -N 1 core)
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\x$(printf %x $((byte ^ 255)))" |
		dd of=flipped bs=1 seek="$1" conv=notrunc status=none
}

@test "a dump cut at any length is refused or cannot tell" {
	local bytes full
	core_with_map
	full=$(stat -c %s core)
	for bytes in $(seq 0 7 600) $(seq 8190 37 9000) $(seq 12000 9973 "$full"); do
		head -c "$bytes" core >short
		run_quietly audit short
		expect_sane "$bytes"
		# beyond the last extent nothing is missed
		[ "$bytes" -gt $((full - 0xc000)) ] || [ "$status" -ge 2 ]
	done
}

@test "a flipped byte of the header is never clean" {
	local at
	core_with_map
	for at in $(seq 0 1 200) $(seq 200 29 4095); do
		flip "$(offset_of $((0x101000 + at)))"
		run_quietly audit flipped
		expect_sane "header $at"
		expect "$status $at" "2 $at"
		! grep -q CLEAN out err
	done
}

@test "a flipped byte of a chunk in use is never clean" {
	local at chunk
	core_with_map
	for chunk in 0x102000 0x103000 0x104000 0x105000; do
		for at in $(seq 0 1 127) ; do
			flip "$(offset_of $((chunk + at)))"
			run_quietly audit flipped
			expect_sane "chunk $chunk $at"
			expect "$status $at" "2 $at"
			! grep -q CLEAN out err
		done
	done
}

@test "a flipped byte of the ELF header and the notes does no harm" {
	local at
	core_with_map
	for at in $(seq 0 1 290) $(seq 8192 3 8700); do
		flip "$at"
		run_quietly audit flipped
		expect_sane "file $at"
		[ $((at % 8)) -eq 0 ] || continue
		run_quietly audit --json flipped
		jq -e .schema out >/dev/null
	done
}

@test "a flipped byte of a live registry does no harm" {
	local at
	"$MKCORE" -l -I "$FIXTURES" "$FIXTURES/live.core" core
	for at in $(seq 0 11 600) $(seq 4096 23 8400) $(seq 8192 17 9000); do
		flip "$at"
		run_quietly list --all --registry flipped
		expect_sane "list $at"
		run_quietly audit flipped
		expect_sane "audit $at"
		! grep -q CLEAN out err
	done
}
