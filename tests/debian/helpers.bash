# SPDX-License-Identifier: GPL-2.0-only
# bash, loaded by the *.bats files beside it: runs of "lab debian", in each of which one machine goes through several cases.
# shellcheck shell=bash

load ../e2e/helpers

# of RUN CASE JQ-EXPRESSION: a value in the result of that case
of() {
	jq -r --arg case "$2" ".cases[] | select(.case == \$case) | $3" "$RESULTS/$1.json"
}

# dumped RUN CASE VERDICT: the dump was saved whatever went wrong, no page was left shared, and the report
# beside the dump says VERDICT
dumped() {
	held "$1" &&
		[ "$(of "$1" "$2" .dump_ok)" = true ] &&
		[ "$(of "$1" "$2" '[.overlays_before[] | select(.name | startswith("synic-"))] | length')" -eq 4 ] &&
		[ "$(of "$1" "$2" '.stale_overlays | length')" -eq 0 ] &&
		[ "$(of "$1" "$2" .verdict)" = "$3" ]
}
