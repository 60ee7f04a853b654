#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: everything that the documents name exists: targets of make, scenarios and cases of the lab, files.

bats_require_minimum_version 1.5.0

setup_file() {
	export REPO=$BATS_TEST_DIRNAME/..
}

# documents: all of them, by their paths
documents() { git -C "$REPO" ls-files -z --cached --others --exclude-standard '*.md' | while IFS= read -r -d '' file; do printf '%s\n' "$REPO/$file"; done; }

# none_missing WHAT: fails if standard input has lines, each of which names a missing WHAT
none_missing() {
	local lines
	lines=$(sort -u)
	[ -z "$lines" ] || { printf 'no such %s:\n%s\n' "$1" "$lines"; return 1; }
}

@test "there are documents, and the patterns of this file match something in them" {
	[ "$(documents | wc -l)" -gt 10 ]
	[ "$(named_targets | wc -l)" -gt 8 ]
	[ "$(named_scenarios | wc -l)" -gt 5 ]
	[ "$(named_cases | wc -l)" -gt 5 ]
}

# named_targets: only in code, since "make" is also a verb
named_targets() {
	documents | xargs grep -hoE '(`|^ {4})make [a-z][a-z0-9-]*' | sed 's/.*make //' | sort -u
}

named_scenarios() { documents | xargs grep -hoE -- '--scenario [a-z0-9-]+' | cut -d ' ' -f 2 | sort -u; }

named_cases() { documents | xargs grep -hoE -- '--case [a-z,]+' | cut -d ' ' -f 2 | tr , '\n' | sort -u; }

@test "every target that a document names is in the Makefile" {
	named_targets | grep -vxFf <(sed -n 's/^\([a-z0-9-]*\):.*/\1/p' "$REPO/Makefile") | none_missing target
}

@test "every scenario of the lab that a document names is declared" {
	named_scenarios | grep -vxFf <(awk '!/^#/ { print $1 }' "$REPO/tests/lab/scenarios") | none_missing scenario
}

@test "every case of a Debian guest that a document names is declared" {
	named_cases | grep -vxFf <(awk '!/^#/ { print $1 }' "$REPO/tests/lab/debian/cases.table") | none_missing case
}

# A link is relative to its document; links to other sites, or within the same document, are not checked
@test "every file that a document links to exists" {
	documents | while IFS= read -r file; do
		grep -oE '\]\([^)]+\)' "$file" | sed 's/^](//; s/)$//; s/#.*//' | grep -vE '^(https?:|$)' | while IFS= read -r link; do
			[ -e "$(dirname "$file")/$link" ] || printf '%s in %s\n' "$link" "$file"
		done || true
	done | none_missing file
}

@test "the matrix tables in documents match the record" {
	"$REPO/tests/matrix/documents" --check
}

@test "a table that does not match the record is detected and updated" {
	cp -r "$REPO/tests/matrix" "$BATS_TEST_TMPDIR/"
	mkdir -p "$BATS_TEST_TMPDIR/repo/tests" "$BATS_TEST_TMPDIR/repo/docs/dev"
	mv "$BATS_TEST_TMPDIR/matrix" "$BATS_TEST_TMPDIR/repo/tests/"
	cp "$REPO/tests/quote" "$BATS_TEST_TMPDIR/repo/tests/"
	cp "$REPO/README.md" "$BATS_TEST_TMPDIR/repo/"
	cp "$REPO"/docs/dev/matrix* "$BATS_TEST_TMPDIR/repo/docs/dev/"
	sed -i '/^| 6\.12/s/overlays left/pages left/' "$BATS_TEST_TMPDIR/repo/README.md"
	run -1 "$BATS_TEST_TMPDIR/repo/tests/matrix/documents" --check
	[[ $output == *'README.md does not say'* ]]
	run -0 "$BATS_TEST_TMPDIR/repo/tests/matrix/documents"
	cmp "$REPO/README.md" "$BATS_TEST_TMPDIR/repo/README.md"
}

@test "the kernel tables in documents match the record" {
	"$REPO/tests/kernels/documents" --check
}

# status and hvcrash-configure refuse exactly the kernels older than that
@test "the first kernel that hvcrash.ko is made for is the oldest that \"make kernels\" builds it for, and that is crashed" {
	local first
	first=$(awk '!/^#/ && NF { print $1 "." $2 }' "$REPO/scripts/lib/tables/kernels")
	# shellcheck disable=SC2016 # for the inner shell
	run -0 bash -c '. "$1"; set_defaults; release_of "$2"' - "$REPO/tests/lab/lab" "$first"
	[ "$output" = "$(awk '!/^#/ && NF { print $1; exit }' "$REPO/tests/lab/kernels/flavours")" ]
	[ "$(awk '!/^#/ && NF { print $2 }' "$REPO/tests/kernels/table" | grep '^[0-9]' | sort -V | head -n 1)" = "$first" ]
}
