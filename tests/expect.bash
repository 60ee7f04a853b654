# SPDX-License-Identifier: GPL-2.0-only
# bash. expect.bash - what tests compare, and say when it differs
#
# Sourced by the helpers of cli and configure.
# shellcheck shell=bash

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
