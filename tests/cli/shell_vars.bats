#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The reader of shell assignments (tools/hvcrashctl/vm/shell_vars.c) against the
# shells themselves, on generated files and on forms that people write.
# shellcheck disable=SC2016 # texts that are not expanded

load helpers

PRINT=$(dirname "$MKCORE")/print_shell_vars

# said_by SHELL FILE...: the same records, from a shell that sources each file
said_by() {
	local shell=$1
	shift
	env -i PATH=/nonexistent "$(command -v "$shell")" -c '
		for file; do (
			. "./$file" >/dev/null 2>&1 </dev/null
			for name in A B C LONG_NAME _x1; do
				eval "state=\${$name+set} value=\${$name-}"
				printf "%s %s %s %s\036" "$file" "$name" "${state:-unset}" "$value"
			done
		) 2>/dev/null || :; done' - "$@"
}

# a value that ours knows equals the shell's; one that it does not know may be anything
compare() {
	awk 'BEGIN { RS = "\036" }
		NR == FNR { split($0, part, " "); real[part[1], part[2]] = $0; next }
		{ split($0, part, " ") }
		part[3] == "unknown" { unknown++; next }
		$0 == real[part[1], part[2]] { same++; next }
		{ printf "ours: %s\nreal: %s\n", $0, real[part[1], part[2]]; bad = 1 }
		END { printf "%d same, %d not told\n", same, unknown; exit bad || same < unknown / 2 }' "$1" "$2"
}

# HVCRASH_TEST_SEED: another seed finds other bugs
@test "generated files: the reader agrees with dash and bash" {
	local seed=${HVCRASH_TEST_SEED:-1} shell
	echo "HVCRASH_TEST_SEED=$seed"
	awk -v seed="$seed" -v count=400 -v dir=. -f "$CLI_DIR/shell_vars_files.awk"
	for shell in dash bash; do
		said_by $shell {1..400} >real
		"$PRINT" $shell {1..400} >ours
		compare real ours || { echo "$shell"; return 1; }
	done
}

# reads SHELL TEXT STATE [VALUE]: what is known of A after TEXT
reads() {
	printf '%s\n' "$2" >file
	"$PRINT" "$1" file | tr '\036' '\n' >ours
	expect "$(sed -n '1,/ B /p' ours | sed '$d')" "file A $3 ${4-}"
}

@test "files as people write them: quotes, comments, continued lines, +=, values built on others" {
	reads dash 'A="ro quiet" # serial console for "Azure"' set "ro quiet"
	reads dash $'A="one \\\ntwo"' set "one two"
	reads dash $'A="one\ntwo"' set $'one\ntwo'
	reads dash $'A="x"\nA="${A} y"' set "x y"
	reads dash $'B=b\nA="$B c"' set "b c"
	reads dash 'A="${B} c"' unknown
	reads dash 'A=' set ""
	reads dash 'export A=1' set 1
	reads dash 'A=1 B=2' set 1
	reads dash $'A=1\nA+=" 2"' unknown
	reads bash $'A=1\nA+=" 2"' set "1 2"
	reads bash 'A=${A:-y}' set y
	reads dash ': ${A:=y}' set y
	reads dash 'A=$(id)' unknown
	reads dash $'A=1\nif true; then A=2; fi' unknown
	reads dash $'A=1\n. /etc/other' unknown
	reads dash $'A=1\nB="' unknown
	reads dash "A='it''s'" set its
	reads dash '# A=1' unset
}

@test "files with a NUL byte or of random bytes are unknown" {
	printf 'A=1\n\0\n' >file
	"$PRINT" dash file | tr '\036' '\n' >ours
	expect_word ours "A unknown"
	head -c 50000 /dev/urandom >file
	"$PRINT" bash file >ours
}
