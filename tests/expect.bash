# SPDX-License-Identifier: GPL-2.0-only
# bash. expect.bash - how tests begin, what they compare, and say when it differs
#
# Sourced by the helpers of cli and configure.
# shellcheck shell=bash

# begin: each setup() does that first. The test has a directory of its own, and only
# its own lines are traced: what bats does for each command of a function, to name
# the one that failed, takes half a millisecond, as long as a process.
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
