#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Verbs, options, help, and output that cannot be written.

load helpers

# misused WORDS ARGUMENT...: status 3, one line
misused() {
	local words=$1
	shift
	try "$@"
	expect_status 3
	expect "$(wc -l <err)" 1
	expect "$(wc -c <out)" 0
	expect_word err "$words"
	expect_word err "--help'"
}

@test "help, --help and -h show the verbs on stdout, status 0" {
	local word
	for word in help --help -h; do
		try "$word"
		expect_status 0
		expect_word out "audit"
		expect_word out "Exit status: 0 clean or ready, 1 not clean or not ready, 2 cannot tell"
		expect "$(wc -c <err)" 0
	done
}

@test "version, --version and -V show the version, status 0" {
	local word
	for word in version --version -V; do
		try "$word"
		expect_status 0
		grep -qE '^hvcrashctl [0-9]+\.[0-9]+\.[0-9]+' out
	done
}

@test "the help of a verb shows its options and columns" {
	try audit --help
	expect_status 0
	expect_word out "--registers FILE"
	expect_word out "FINDING"
	try list -h
	expect_status 0
	expect_word out "--registry FILE"
	expect_no_word out "FINDING"
}

@test "the verb help of a verb is its --help" {
	local verb
	for verb in audit list version help; do
		try help "$verb"
		mv out help
		try "$verb" --help
		expect_status 0
		expect "$(cat help)" "$(cat out)"
	done
}

@test "the version in JSON" {
	try version --json
	expect_status 0
	expect "$(jq -r .schema out)" hvcrash.version/1
	expect "hvcrashctl $(jq -r .version out)" "$("$HVCRASHCTL" version)"
}

@test "make install puts the program, its man page and its completion in place" {
	run make -s -C "$CLI_DIR/../../tools/hvcrashctl" O="$(dirname "$HVCRASHCTL")" DESTDIR="$PWD/root" install
	[ "$status" -eq 0 ]
	[ -x root/usr/sbin/hvcrashctl ]
	[ -f root/usr/share/man/man8/hvcrashctl.8 ]
	[ -f root/usr/share/bash-completion/completions/hvcrashctl ]
	run make -s -C "$CLI_DIR/../../tools/hvcrashctl" O="$(dirname "$HVCRASHCTL")" DESTDIR="$PWD/root" uninstall
	expect "$(find root -type f)" ""
}

@test "every option and column of --help is in the man page" {
	local verb word
	for verb in $("$HVCRASHCTL" help --words); do
		try "$verb" --help
		grep -oE -e '--[a-z-]+' out | sort -u >words
		awk '/^Columns:/ { on = 1; next } on { print $1 }' out >>words
		while read -r word; do
			grep -qF -e "${word//-/\\-}" "$CLI_DIR/../../tools/hvcrashctl/hvcrashctl.8" ||
				{ echo "$word is missing"; return 1; }
		done <words
	done
}

@test "every JSON schema and every check of status is in the man page" {
	local tool=$CLI_DIR/../../tools/hvcrashctl word
	{
		grep -ohE '"hvcrash\.[a-z-]+/[0-9]+"' "$tool"/*.c "$tool"/*/*.c | tr -d '"'
		mkdir root
		"$HVCRASHCTL" status --sysroot root --json | jq -r '.checks[].check'
	} >words
	[ "$(wc -l <words)" -gt 25 ]
	while read -r word; do
		grep -qF -e "${word//-/\\-}" "$tool/hvcrashctl.8" || { echo "$word is missing"; return 1; }
	done <words
}

@test "misuse is one line that points to --help, status 3" {
	misused "no verb"
	misused "unknown verb 'frobnicate'" frobnicate
	misused "audit: bad option '--frob'" audit --frob
	misused "audit: bad option '-z'" audit -z
	misused "audit: no argument to '--output'" audit --output
	misused "list: no argument to '-o'" list -o
	misused "audit: unexpected operand 'b'" audit a b
	misused "unknown verb 'me'" help me
	misused "help: unexpected operand 'list'" help audit list
	misused "version: unexpected operand 'x'" version x
	misused "version: bad option '-o'" version -o x
	misused "list: --registry and FILE exclude each other" list --registry a b
}

@test "an unknown column is misuse" {
	core good
	refused 3 "unknown column 'COLOUR': there are KIND OWNER GPA PAGES" audit -o KIND,COLOUR core
	refused 3 "unknown column ''" audit -o "" core
	refused 3 "unknown column ''" audit -o + core
	refused 3 "unknown column ''" audit -o KIND,, core
}

@test "a column named twice is shown once" {
	core good
	try audit --all -o KIND,kind,KIND core
	expect_status 0
	expect "$(row '^KIND')" KIND
}

@test "all columns at once are accepted" {
	core good
	try audit --all -o +VP,RELID,GPADL,OVERLAY,HASH,CLASS,INSTANCE,RAM core
	expect_status 0
	expect_word out INSTANCE
}

@test "--no-headings omits only the headings" {
	core good
	try audit --no-headings core
	expect_status 0
	expect_no_word out EVIDENCE
	expect_no_word out CLEAN
}

@test "a full disk is an error, status 3" {
	[ -c /dev/full ] || skip "no /dev/full"
	core good
	live live
	mkdir -p root/sys/kernel/hvcrash root/proc/sys/kernel
	cp registry root/sys/kernel/hvcrash/registry
	echo x86_64 >root/proc/sys/kernel/arch
	for verb in "audit core" "audit --json core" "list core" "list --json core" "status --sysroot root" \
		"status --json --sysroot root" "kexec-args --sysroot root" "kexec-args --json --sysroot root" \
		help "help audit" "help --words" "version --json"; do
		status=0
		# shellcheck disable=SC2086 # the verb and its options
		"$HVCRASHCTL" $verb >/dev/full 2>err || status=$?
		expect_status 3
		expect "$(wc -l <err)" 1
		expect_word err "hvcrashctl: stdout: cannot write"
	done
	status=0
	"$HVCRASHCTL" version >/dev/full 2>err || status=$?
	expect_status 3
}

@test "a closed pipe is status 3, without a signal or a message" {
	core many
	# more than a pipe holds, so that the writer meets the closed end
	{ "$HVCRASHCTL" audit --all core 2>err && echo 0 >result || echo $? >result; } | true
	expect "$(cat result)" 3
	expect "$(wc -c <err)" 0
}

@test "auditing a file and status need no privilege" {
	[ "$(id -u)" -eq 0 ] || skip "not root: all the other tests show it"
	core good
	chmod 711 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$HVCRASHCTL" audit core >out
	expect "$(verdict | cut -d: -f1)" CLEAN
	status=0
	setpriv --reuid=65534 --regid=65534 --clear-groups "$HVCRASHCTL" status >out 2>err || status=$?
	[ "$status" -ne 3 ]
	expect "$(wc -c <err)" 0
}

@test "a closed stdout is an error, status 3" {
	core good
	status=0
	"$HVCRASHCTL" audit core >&- 2>err || status=$?
	expect_status 3
}

@test "a missing FILE cannot hide a verdict" {
	try audit ""
	expect_status 3
}
