#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# examples/github-workflow.yml: the commands that it calls exist, and its own script works.

HERE=$(cd "$(dirname "${BATS_TEST_FILENAME}")" && pwd)
REPO=$HERE/../..
YAML=$REPO/examples/github-workflow.yml

@test "each make target and each option of the matrix that it uses exists" {
	cd "$BATS_TEST_TMPDIR"
	grep -oE 'make (demo|[a-z]+ MATRIX=.*)$' "$YAML" >calls
	[ "$(wc -l <calls)" -eq 2 ]
	while read -r _ target _; do make -n -C "$REPO" "$target" >/dev/null; done <calls
	grep -oE -- 'MATRIX="[^"]*' "$YAML" | grep -oE -- '--[a-z]+' >options
	[ "$(wc -l <options)" -eq 2 ]
	while read -r option; do "$REPO/tests/matrix/run" --help | grep -qF -- "$option "; done <options
}

@test "the matrix writes each file that it keeps" {
	cd "$BATS_TEST_TMPDIR"
	grep -oE 'build/matrix/[a-z]+\.[a-z]+' "$YAML" | sort -u >files
	[ "$(wc -l <files)" -eq 3 ]
	while read -r file; do grep -qF "${file#build/matrix/}" "$REPO/tests/matrix/lib/results.bash"; done <files
}

@test "the summary counts cells by their result, and says if there is none" {
	cd "$BATS_TEST_TMPDIR"
	awk '/^        run: \|$/ { on = 1; next } on && !/^          / { on = 0 } on { sub(/^          /, ""); print }' "$YAML" >script
	grep -q GITHUB_STEP_SUMMARY script
	GITHUB_STEP_SUMMARY=none bash script 2>/dev/null
	grep -qx 'no results' none
	mkdir -p build/matrix
	echo '{"cells": [{"result": "held"}, {"result": null}, {"result": "held"}, {"result": "failed"}]}' >build/matrix/results.json
	GITHUB_STEP_SUMMARY=some bash script
	grep -qx -- '- held: 2' some
	grep -qx -- '- failed: 1' some
	grep -qx -- '- not run: 1' some
}
