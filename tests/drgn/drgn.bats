#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# tools/drgn/hvcrash.py reads the registry independently: compare its verdict with hvcrashctl's.

load ../cli/helpers

JUDGE=$CLI_DIR/../drgn/judge.py

# same VERDICT: both give this verdict about the file "core"
same() {
	run python3 "$JUDGE" "$HVCRASHCTL" core
	echo "$output"
	[ "$status" -eq 0 ]
	expect "$output" "$1"
}

@test "both judge a good crash as clean" {
	core good
	same clean
}

@test "both judge pages that were revoked late as clean" {
	core late
	same clean
}

@test "both name the pages of a VP that did not answer" {
	core not-reached
	same "not clean"
}

@test "both agree on thousands of regions" {
	core many
	same clean
}

@test "both cannot tell about an unfinished registry" {
	core good "header phase=2"
	same "cannot tell"
}

@test "both cannot tell without a registry" {
	core good no-vmcoreinfo "vmcoreinfo OSRELEASE=6.12.0"
	same "cannot tell"
}

@test "both cannot tell with a gap in the header" {
	core good "header coverage=1"
	same "cannot tell"
}

@test "both cannot tell if pages are not in the dump" {
	core good "drop 0x40000000"
	same "cannot tell"
}

# keep_dumps DIRECTORY: a hvcrashctl that keeps what it audits, each once
keep_dumps() {
	mkdir "$1"
	cat >keeping <<-END
		#!/bin/bash
		file=\${*: -1}
		if [ "\$1" = audit ] && [ -f "\$file" ] && [ "\$(head -c 4 "\$file" | tr -d '\0')" = \$'\x7fELF' ]; then
			cp "\$file" "$1/\$(sha1sum <"\$file" | cut -c 1-40)"
		fi
		exec "$HVCRASHCTL" "\$@"
	END
	chmod +x keeping
}

@test "both judge alike every dump by which the command tests test the audit" {
	local file
	keep_dumps "$PWD/kept"
	for file in good not_clean cannot_tell bad_registry; do
		HVCRASHCTL=$PWD/keeping bats "$CLI_DIR/$file.bats" >"$file.log" || { cat "$file.log"; return 1; }
	done
	[ "$(find kept -type f | wc -l)" -gt 100 ]
	run python3 "$JUDGE" "$HVCRASHCTL" kept all
	echo "$output"
	[ "$status" -eq 0 ]
	for file in clean "not clean" "cannot tell"; do [[ $output == *" $file"* ]]; done
}

@test "both judge 400 damaged registries alike" {
	core good
	run python3 "$JUDGE" "$HVCRASHCTL" core fuzz 400 1
	echo "$output"
	[ "$status" -eq 0 ]
	# All three verdicts have to occur, or the damage was ineffective
	expect_words() { for word; do [[ $output == *" $word"* ]] || return 1; done; }
	expect_words clean "not clean" "cannot tell"
}

@test "for a running kernel it prints the shared pages, and judges nothing" {
	core live
	run python3 - "$CLI_DIR/../drgn" core <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import judge
source = judge.Elf(open(sys.argv[2], "rb").read())
judge.hvcrash.show(judge.hvcrash.Registry(source))
source.is_live = True
judge.hvcrash.show(judge.hvcrash.Registry(source))
END
	echo "$output"
	[ "$status" -eq 0 ]
	# the same registry in a dump: the kernel died without a word
	[[ ${lines[0]} == 'CANNOT TELL: phase'* ]]
	[[ $output == *$'\nThis kernel runs, and shares '*' pages in '*' regions:'* ]]
}

@test "the module's own XXH64 agrees with libxxhash" {
	command -v python3 >/dev/null
	run python3 - "$CLI_DIR/../../tools/drgn" <<'END'
import ctypes, random, sys
sys.path.insert(0, sys.argv[1])
import hvcrash
library = ctypes.CDLL("libxxhash.so.0")
library.XXH64.restype = ctypes.c_uint64
library.XXH64.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]
chance = random.Random(1)
for length in list(range(70)) + [4095, 4096, 8192]:
    data = bytes(chance.randrange(256) for _ in range(length))
    assert hvcrash._xxh64_python(data) == library.XXH64(data, length, 0), length
END
	echo "$output"
	[ "$status" -eq 0 ]
}
