#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The output of each verb in each format does not change by accident: scripts parse
# it. The files for a clean audit, status and kexec-args are beside their other tests.
#
# Option tables are not compared here, because they grow: completion.bats and
# cli.bats compare them with the man page.

load helpers

# as_ever FILE STATUS ARGUMENT...: the output equals tests/cli/FILE
as_ever() {
	local golden=$CLI_DIR/$1 expected=$2
	shift 2
	try "$@"
	expect_status "$expected"
	case $golden in
	*.json) jq -S 'if .summary.judged_at then .summary.judged_at = "now" else . end' out >now ;;
	*) sed 's/^hvcrashctl [0-9.]*$/hvcrashctl N/; s/^\(Judged: .*, \).*/\1now/' out >now ;;
	esac
	# by hand, after an intended change: HVCRASH_GOLDEN=write bats tests/cli/golden.bats
	[ "${HVCRASH_GOLDEN:-}" != write ] || cp now "$golden"
	diff -u "$golden" now
}

@test "help" {
	as_ever help.txt 0 help
}

@test "version" {
	as_ever version.txt 0 version
}

@test "list: table and JSON" {
	live live
	as_ever live.table 0 list --all --registry registry
	as_ever live.json 0 list --all --json --registry registry
}

@test "audit: not clean, table and JSON" {
	core not-reached
	as_ever not_reached.table 1 audit core
	as_ever not_reached.json 1 audit --json core
}

@test "audit: cannot tell, table and JSON" {
	core good "header coverage=1" "drop 0x40000000"
	as_ever cannot_tell.table 2 audit core
	as_ever cannot_tell.json 2 audit --json core
}

@test "an error in JSON" {
	core good "header magic=1"
	as_ever error.json 2 audit --json core
}
