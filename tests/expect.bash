# SPDX-License-Identifier: GPL-2.0-only
# bash. expect.bash - the beginning of a test, and comparisons that print the difference
#
# Sourced by the helpers of cli and configure.
# shellcheck shell=bash

# begin: each setup() calls this first. The test has a directory of its own, and only
# its own lines are traced: bats's trap for each command of a function, which names
# the one that failed, takes half a millisecond, as long as starting a process.
begin() {
	set +T
	cd "$BATS_TEST_TMPDIR" || return 1
}

expect() {
	[ "$1" = "$2" ] || {
		printf 'got:      %s\nexpected: %s\n' "$1" "$2"
		return 1
	}
}

expect_word() {
	grep -qF -e "$2" "$1" || {
		printf 'no "%s" in %s:\n' "$2" "$1"
		cat "$1"
		return 1
	}
}

expect_no_word() {
	! grep -qF -e "$2" "$1" || {
		printf '"%s" is in %s\n' "$2" "$1"
		return 1
	}
}
