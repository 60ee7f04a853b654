#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Dumps as makedumpfile writes them: kdump-compressed by each method, flattened or
# not; what they leave out; what is wrong with them. The lab's own dumps, by the
# real makedumpfile, are in tests/e2e/dump.bats.
#
# A test may use a build of its own, and forgets it at its end
# shellcheck disable=SC2030,SC2031

load helpers

# put OFFSET BYTE...: into the file "core"
put() {
	local at=$1
	shift
	# shellcheck disable=SC2059 # the format is the bytes
	printf "$(printf '\\x%s' "$@")" | dd of=core bs=1 seek=$((at)) conv=notrunc status=none
}

# same_as_elf LINE...: every form gives the same as the ELF file, except for its name
same_as_elf() {
	local method record
	core good "$@"
	try audit --json core
	without_clock <out >elf.json
	for method in raw zlib lzo snappy zstd; do
		for record in 0 4096 65536; do
			kdump "$method" "$record" "$@"
			try audit --json core
			without_clock <out | cmp - elf.json
			expect "$status" "$(jq .exit_status elf.json)"
		done
	done
	for record in 300 4096 65536; do
		flat_elf "$record" "$@"
		try audit --json core
		without_clock <out | cmp - elf.json
	done
}

@test "every method, flattened or not: clean, like the ELF file" {
	same_as_elf
	expect "$(jq -r .verdict elf.json)" clean
}

@test "every method, flattened or not: a changed page, like the ELF file" {
	same_as_elf "poke 0x203010 0x55"
	expect "$(jq -r .verdict elf.json)" "not clean"
}

@test "every method, flattened or not: a region left shared, like the ELF file" {
	same_as_elf "edit extent 3 state=not_reached evidence=no_answer"
	expect "$(jq -r .verdict elf.json)" "not clean"
}

@test "list reads them too" {
	kdump zlib 4096
	try list core
	expect_status 0
	expect "$(row 0x203000)" "SIMP VP 1 0x203000 1 revoked read back"
}

@test "a page that the dump level left out is not checked, and the level is named" {
	kdump lzo 0 "exclude 0x40001000 1"
	audit_cannot_tell "1 region not in the dump (first missing page 0x40001000: left out of the dump, of dump level 31)"
	expect "$(row 0x40000000)" "GPADL channel 5 (network) 0x40000000 4 unloaded UNLOAD answered not checked a page is not in the dump"
	kdump lzo 4096 "exclude 0x40001000 1" "kdump dump_level=8"
	audit_cannot_tell "left out of the dump, of dump level 8"
}

@test "a page beyond the end of memory is not checked" {
	kdump lzo 0 "edit extent 3 gpa=0x80000000"
	audit_cannot_tell "first missing page 0x80000000: left out of the dump"
}

@test "a dump that ran out of space says so" {
	kdump zlib 0 "exclude 0x40001000 1" "kdump status=8"
	audit_cannot_tell "0x40001000: makedumpfile could not write the dump to its end"
}

# part NAME FIRST END [LINE...]: the pages of the fixture "good" from FIRST to before END, as makedumpfile --split writes them
part() {
	local name=$1 first=$2 end=$3
	shift 3
	kdump zlib "${record:-0}" "exclude 0 $first" "exclude $((end * 4096)) $((0x80000 - end))" "kdump split=1" \
		"kdump start_pfn_64=$first" "kdump end_pfn_64=$end" "$@"
	mv core "$name"
}

@test "a split dump is audited as one, whichever part is named" {
	local name record
	for record in 0 4096; do
		part vmcore1 0 0x200
		part vmcore2 0x200 0x40002
		part vmcore3 0x40002 0x80000
		for name in vmcore1 vmcore2 ./vmcore3 "$PWD/vmcore1"; do
			try audit "$name"
			expect_status 0
			expect_word out "CLEAN: 18 regions of 25 pages"
		done
	done
	# a change is seen in whichever part it is
	part vmcore3 0x40002 0x80000 "poke 0x40003010 0x55"
	try audit vmcore1
	expect_status 1
}

@test "parts of a split dump that are missing, damaged or from another dump are not checked, with the reason" {
	part vmcore1 0 0x40002
	part vmcore2 0x40002 0x80000
	mkdir alone
	mv vmcore1 core
	cp core alone/vmcore1
	audit_cannot_tell "0x40002000: in a part of the split dump that is not beside the others"
	# another dump's part, by the time at which it was begun
	cp core alone/core1
	part alone/core2 0x40002 0x80000 "kdump timestamp.0=7"
	cp alone/core1 core
	try audit alone/core1
	expect_status 2
	expect_word out "that is not beside the others"
	echo x >alone/vmcore2
	try audit alone/vmcore1
	expect_word out "not in the parts of the split dump that can be read, and vmcore2 cannot"
	# the part without the registry
	try audit vmcore2
	expect_status 2
	expect_word err "registry header at 0x101000: not in the dump: in a part of the split dump that is not beside the others"
}

@test "a dump that was compressed as a whole: the command that unpacks it, and that command does" {
	local command form
	kdump zlib 0
	mv core whole
	for form in 'gzip gz' 'xz xz' 'zstd zst'; do
		rm -f core*
		${form% *} -qc whole >"core.${form#* }"
		try audit core.*
		expect_status 3
		expect "$(wc -l <err)" 1
		command=$(sed -n 's/.*: first run //p' err)
		[ -n "$command" ]
		$command
		cmp core whole
	done
}

@test "a registry that the dump does not contain" {
	kdump zlib 0 "exclude 0x101000 1"
	refused 2 "core: registry header at 0x101000: not in the dump"
}

@test "a dump without VMCOREINFO" {
	kdump zlib 0 no-note
	refused 2 "core: no VMCOREINFO"
}

@test "a page that cannot be decompressed is not checked, and never counts as changed" {
	# page 96 is the first of the ring at 0x40000000
	kdump zlib 0 "page 96 size=9"
	audit_cannot_tell "first missing page 0x40000000: kdump-compressed: "
	kdump zlib 0 "page 96 flags=2"
	audit_cannot_tell "first missing page 0x40000000: kdump-compressed: "
	kdump raw 0 "page 96 size=4000"
	audit_cannot_tell "first missing page 0x40000000: kdump-compressed: "
}

@test "page data beyond the end of the file are not checked" {
	kdump zlib 0 "page 96 offset=0x7000000000000000"
	audit_cannot_tell "first missing page 0x40000000: kdump-compressed: "
	kdump raw 0 "page 96 offset=0x70000000"
	audit_cannot_tell "first missing page 0x40000000: kdump-compressed: "
}

@test "a file truncated in its data: the rest is checked" {
	local method cut
	for method in raw zlib; do
		kdump "$method" 0 "exclude 0x40004000 12"
		cp core whole
		try audit core
		expect_status 0
		# cut in the last page, which is the last of the ring: never a change
		for cut in 1 10 100 1000 2000 4000; do
			truncate -s -$cut core
			audit_cannot_tell "1 region not in the dump (first missing page 0x40003000: kdump-compressed: "
			cp whole core
		done
	done
}

@test "a file truncated in its descriptors" {
	kdump zlib 0
	truncate -s $((0x1000 * 20)) core
	try audit core
	[ "$status" -ge 2 ]
	expect_no_word out CLEAN
}

@test "a file truncated in its header or its bitmap" {
	kdump zlib 0
	cp core whole
	head -c 300 whole >core
	refused 3 "core: kdump-compressed: truncated inside the header"
	head -c 4100 whole >core
	refused 3 "core: kdump-compressed: truncated inside the header"
	head -c 9000 whole >core
	refused 3 "core: kdump-compressed: truncated: the bitmap of "
}

@test "impossible sizes are refused" {
	kdump zlib 0 "kdump bitmap_blocks=0xffffffff"
	refused 3 "core: kdump-compressed: sub-header of 1 blocks, bitmap of 17592186040320 bytes: damaged"
	kdump zlib 0 "kdump bitmap_blocks=0x1000"
	refused 3 "core: kdump-compressed: truncated: the bitmap of 16777216 bytes does not fit into the file"
	kdump zlib 0 "kdump sub_hdr_size=0xffffffff"
	refused 3 "core: kdump-compressed: sub-header of 4294967295 blocks"
	kdump zlib 0 "kdump size_note=0xffffffffffffffff"
	refused 3 "core: kdump-compressed: notes of 18446744073709551615 bytes: too large"
	kdump zlib 0 "kdump offset_note=0xffffffffffffff00"
	refused 3 "core: kdump-compressed: truncated: notes of "
	kdump zlib 0 "kdump size_vmcoreinfo=0x10000000"
	refused 3 "core: kdump-compressed: VMCOREINFO of 268435456 bytes: too large"
	kdump zlib 0 "kdump offset_vmcoreinfo=0x7fffffffffffffff"
	refused 3 "core: kdump-compressed: truncated: VMCOREINFO of "
}

@test "a flattened file that claims a giant bitmap without containing one" {
	kdump zlib 4096 "kdump bitmap_blocks=0x3000"
	# a record that makes the plain file large enough
	truncate -s -16 core
	printf '\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\1x' >>core
	head -c 16 /dev/zero | tr '\0' '\377' >>core
	refused 3 "core: kdump-compressed: truncated: the bitmap of "
}

@test "a header of another machine or another time" {
	kdump zlib 0 "kdump block_size=512"
	refused 3 "core: kdump-compressed: not of a 64-bit little-endian machine, or damaged (blocks of 512 bytes)"
	kdump zlib 0 "kdump timestamp.1=4096"
	refused 3 "core: kdump-compressed: not of a 64-bit little-endian machine"
	kdump zlib 0 "kdump max_mapnr=0xfffffff"
	refused 3 "core: kdump-compressed: cannot be opened: "
	kdump zlib 0 "kdump version=7"
	refused 3 "core: kdump-compressed: header version 7 is not supported, only 1 to 6"
}

@test "a flattened file without its end record: the rest is checked" {
	kdump raw 4096
	cp core whole
	truncate -s -16 core
	try audit core
	expect_status 0
	# the header is written last: without it there are only the false bytes
	truncate -s -4112 core
	refused 3 "core: not a dump: neither ELF"
}

@test "a flattened ELF file truncated in the middle" {
	local half
	flat_elf 4096
	half=$(($(stat -c %s core) / 2))
	# the header comes last: put it first, as makedumpfile also does
	tail -c $((16 + 4096 + 16)) core | head -c $((16 + 4096)) >header
	{ head -c 4096 core && cat header && tail -c +$((4096 + 16 + 4096 + 1)) core; } >moved
	head -c $half moved >core
	audit_cannot_tell "not in the dump"
}

@test "flattened files that are damaged" {
	kdump zlib 4096
	cp core whole
	head -c 20 whole >core
	refused 3 "core: flattened file: truncated before any data"
	head -c 4096 whole >core
	refused 3 "core: flattened file: truncated before any data"
	cp whole core
	put 23 02
	refused 3 "core: flattened file: unknown type or version"
	cp whole core
	put 4096 80
	refused 3 "core: flattened file: the record at 0x1000 is damaged"
	cp whole core
	put 4104 ff
	refused 3 "core: flattened file: the record at 0x1000 is damaged"
	cp whole core
	put 4104 00 00 00 00 00 00 00 00
	refused 3 "core: flattened file: the record at 0x1000 is damaged"
}

@test "makedumpfile -R and the audit of a flattened file agree" {
	type makedumpfile >/dev/null || skip "makedumpfile is not installed"
	kdump zlib 5000
	try audit --json core
	without_clock <out >flat.json
	timeout 60 makedumpfile -R plain <core >/dev/null
	mv plain core
	try audit --json core
	without_clock <out | cmp - flat.json
}

@test "a build without libkdumpfile and reports says so in one line, but reads flattened ELF files" {
	make -s -C "$CLI_DIR/../../tools/hvcrashctl" KDUMPFILE= REPORT= O="$PWD/bare"
	local HVCRASHCTL=$PWD/bare/hvcrashctl
	kdump zlib 0
	refused 3 "core: kdump-compressed: this hvcrashctl was built without libkdumpfile"
	kdump zlib 4096
	refused 3 "core: kdump-compressed: this hvcrashctl was built without libkdumpfile"
	flat_elf 4096
	try audit core
	expect_status 0
	refused 3 "--html: this hvcrashctl was built without reports" audit --html page core
	refused 3 "--prometheus: this hvcrashctl was built without reports" audit --prometheus page core
	refused 3 "--journal: this hvcrashctl was built without reports" audit --journal core
	[ ! -e page ]
}

@test "the library is not linked, and its absence is reported" {
	ldd "$HVCRASHCTL" >libraries
	expect_no_word libraries kdumpfile
	make -s -C "$CLI_DIR/../../tools/hvcrashctl" KDUMPFILE=libkdumpfile.so.0 O="$PWD/other"
	local HVCRASHCTL=$PWD/other/hvcrashctl
	kdump zlib 0
	refused 3 "core: kdump-compressed: cannot be read without libkdumpfile: libkdumpfile.so.0: cannot open"
}

# A documented exit status, and CLEAN only with status 0
expect_sane() {
	status=0
	"$HVCRASHCTL" audit "$1" >out 2>err || status=$?
	[ "$status" -le 3 ] || {
		echo "status $status at $2"
		return 1
	}
	if grep -q '^CLEAN' out && [ "$status" -ne 0 ]; then
		echo "CLEAN with status $status at $2"
		return 1
	fi
}

@test "truncated at any length: refused, or cannot tell, and never a change" {
	local bytes record
	for record in 0 4096; do
		kdump zlib $record
		for bytes in $(seq 0 97 600) $(seq 4000 499 9000) $(seq 12000 9973 "$(stat -c %s core)"); do
			head -c "$bytes" core >short
			expect_sane short "$bytes of $record"
			! grep -q 'NOT CLEAN' out
		done
	done
}

@test "a flipped byte does no harm" {
	local at byte record
	for record in 0 4096; do
		kdump lzo $record
		# what the header counts, the sub-header, bitmap, descriptors, data
		for at in 0 8 $(seq 424 2 462) $(seq 4096 7 4230) $(seq 8192 991 12000) $(seq 40000 9973 90000); do
			cp core flipped
			byte=$(od -An -tu1 -j "$at" -N 1 core)
			# shellcheck disable=SC2059 # the format is the byte
			printf "\\x$(printf %x $((byte ^ 255)))" | dd of=flipped bs=1 seek="$at" conv=notrunc status=none
			expect_sane flipped "$at of $record"
		done
	done
}

# kdump_free() of 0.5.1 uses memory that it has freed, at each close
@test "a context of libkdumpfile is never freed, since freeing one is broken there" {
	grep -qa kdump_new "$HVCRASHCTL" || skip "built without libkdumpfile"
	expect_no_word "$HVCRASHCTL" kdump_free
}
