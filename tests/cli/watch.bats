#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# audit --watch: round after round, with writes in between.
#
# Where the tool would wait, BETWEEN runs instead (between.c): the events
# between two rounds happen exactly there, whatever the machine's load.

load helpers

BETWEEN_SO=$(dirname "$MKCORE")/between.so

# watch COMMAND ARGUMENT...: the tool with COMMAND between its rounds
watch() {
	local command=$1
	shift
	export BETWEEN=$command
	status=0
	# a tool that does not stop is a failure, not a wait
	timeout 60 env "LD_PRELOAD=$BETWEEN_SO" ASAN_OPTIONS=verify_asan_link_order=0 \
		"$HVCRASHCTL" audit --watch 3600 "$@" core >out 2>err || status=$?
	cat out err
}

# A dump, and the places of its pages in the file: "at GPA" is an offset
watched_core() {
	{
		printf 'include %s.core\n' "$1"
		shift
		printf '%s\n' "$@"
	} | "$MKCORE" -m -I "$FIXTURES" - core >map
}

at() {
	local first offset bytes
	while read -r first offset bytes; do
		if (($1 >= first && $1 - first < bytes)); then
			echo $((offset + $1 - first))
		fi
	done <map
}

# write_at GPA: a command that writes the round's number there
write_at() {
	# shellcheck disable=SC2016 # for the command's own shell
	printf 'printf %%s "$ROUND" | dd of=core bs=1 seek=%d conv=notrunc status=none' "$(at "$1")"
}

@test "three rounds over unchanging pages are clean" {
	watched_core good
	# shellcheck disable=SC2016 # for the command's own shell
	watch 'echo "$ROUND" >>rounds' --rounds 3
	expect_status 0
	expect "$(tr '\n' ' ' <rounds)" "1 2 "
	expect "$(verdict)" "CLEAN: 18 regions of 25 pages, all revoked, contents unchanged."
	expect_word out "Watched:        3 rounds, 0 regions written meanwhile"
	expect "$(wc -c <err)" 0
}

@test "a page that is written between two rounds: not clean, and it is named" {
	watched_core good
	watch "$(write_at 0x206000)" --rounds 2
	expect_status 1
	expect "$(verdict)" "NOT CLEAN: 1 region changed after the crashed kernel revoked it (SIMP 0x206000 of VP 2); 1 region written while watched."
	expect_word out "Watched:        2 rounds, 1 region written meanwhile"
	expect "$(row 0x206000)" "SIMP VP 2 0x206000 1 revoked read back changed after revoke written while watched"
}

@test "one round too few: a write after the last one is not seen" {
	watched_core good
	watch "$(write_at 0x206000)" --rounds 1
	expect_status 0
	expect_word out "Watched:        1 round, 0 regions written meanwhile"
}

@test "a page that is restored in the last round counts as written" {
	local there
	watched_core good
	there=$(write_at 0x206000)
	cp core whole
	watch "if [ \$ROUND = 1 ]; then $there; else cat whole >core; fi" --rounds 3
	expect_status 1
	expect_word out "3 rounds, 1 region written meanwhile"
	expect_word out "written while watched"
}

@test "a page that changed only before the first round is not reported as written" {
	watched_core good "poke 0x206000 1"
	watch true --rounds 3
	expect_status 1
	expect_word out "3 rounds, 0 regions written meanwhile"
	expect "$(row 0x206000)" "SIMP VP 2 0x206000 1 revoked read back changed after revoke contents differ"
}

@test "a page left shared that is being written is reported" {
	watched_core not-reached
	watch "$(write_at 0x209000)" --rounds 2
	expect_status 1
	expect "$(row 0x209000)" "SIMP VP 3 0x209000 1 not reached no answer left shared its VP did not answer, written while watched"
	expect "$(row 0x20a000)" "SIEFP VP 3 0x20a000 1 not reached no answer left shared its VP did not answer"
}

@test "a page without a hash that is being written is not clean" {
	watched_core good "edit extent 6 flags=1"
	watch true --rounds 2
	expect_status 2
	watch "$(write_at 0x206000)" --rounds 2
	expect_status 1
	expect_word out "changed after revoke written while watched"
}

@test "a page missing in a later round keeps its earlier finding" {
	watched_core good
	watch "truncate -s $(at 0x40000000) core" --rounds 2
	expect_status 0
	expect_word out "2 rounds"
}

@test "Ctrl-C between two rounds: the verdict so far, and its exit status" {
	watched_core good
	# shellcheck disable=SC2016 # for the command's own shell
	watch '[ $ROUND != 3 ] || kill -INT $TOOL'
	expect_status 0
	expect_word out "Watched:        3 rounds, 0 regions written meanwhile"
	watched_core good
	# shellcheck disable=SC2016
	watch "$(write_at 0x206000)"'; [ $ROUND != 2 ] || kill -TERM $TOOL'
	expect_status 1
	expect_word out "Watched:        2 rounds, 1 region written meanwhile"
}

@test "Ctrl-C before anything was read: cannot tell" {
	watched_core good
	export RAISE=2
	watch true
	expect_status 2
	expect "$(verdict)" "CANNOT TELL: stopped before 18 regions had been read."
	expect_word out "Watched:        0 rounds, 0 regions written meanwhile"
	unset RAISE
}

@test "--json has the rounds and what was written, and null without --watch" {
	watched_core good
	watch "$(write_at 0x206000)" --rounds 4 --json
	expect "$(jq -c '[.summary.rounds, .summary.regions_written, .exit_status]' out)" "[4,1,1]"
	core good
	try audit --json core
	expect "$(jq -c '[.summary.rounds, .summary.regions_written]' out)" "[1,null]"
	expect_no_word out Watched
}

@test "--html has the rounds, too" {
	watched_core good
	watch "$(write_at 0x206000)" --rounds 2 --html page
	expect_word page "written while watched"
	expect_word page "2 rounds, 1 region written meanwhile"
}

@test "progress on a terminal, removed at the end; none in a pipe" {
	watched_core good
	export BETWEEN=true
	# script(1) provides a terminal; standard output goes to a file nevertheless
	timeout 60 script -qec "ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=$BETWEEN_SO $HVCRASHCTL audit --watch 1 --rounds 2 core >out" terminal >/dev/null
	expect "$(verdict)" "CLEAN: 18 regions of 25 pages, all revoked, contents unchanged."
	tr '\r' '\n' <terminal >lines
	expect_word lines "round 1, 0 regions written"
	expect_word lines "round 2, 0 regions written"
	# only blanks are left in the line
	expect "$(grep -A2 'round 2' lines | sed -n 2p | tr -d ' ')" ""
	watch true --rounds 2
	expect "$(wc -c <err)" 0
}

@test "a registry that was not finished is not watched forever" {
	watched_core good "header phase=crashing"
	watch true
	expect_status 2
	expect_word out "the crash path began and did not end"
}

@test "a real wait is as long as requested" {
	local begin=$SECONDS
	core good
	try audit --watch 2 --rounds 2 core
	expect_status 0
	[ $((SECONDS - begin)) -ge 2 ]
}

@test "wrong numbers, and --rounds without --watch" {
	core good
	refused 3 "audit: --watch takes a number up to 86400, not 'x'" audit --watch x core
	refused 3 "audit: --watch takes a number up to 86400, not '1.5'" audit --watch 1.5 core
	refused 3 "audit: --watch takes a number up to 86400, not '-1'" audit --watch=-1 core
	refused 3 "audit: --rounds takes a number up to" audit --watch 1 --rounds x core
	refused 3 "audit: --rounds without --watch" audit --rounds 2 core
}
