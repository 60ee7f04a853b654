#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# status and audit for a fleet: --prometheus and --journal.

load helpers
load fake_root

setup() {
	begin
	ready_root
}

# The grammar: a HELP, a TYPE, samples of that name, and none twice. Prometheus's own check: tests/packages/promtool.bats
expect_grammar() {
	awk '
		/^# HELP hvcrash_[a-z_]+ .+\.$/ { name = $3; next }
		/^# TYPE / { if ($3 != name || $4 != "gauge") exit 1; next }
		!/^hvcrash_[a-z_]+({[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*})? [0-9]+$/ { exit 1 }
		{ series = $0; sub(/ [0-9]+$/, "", series); if (seen[series]++) exit 1 }
		{ sub(/{.*/, "", series); if (series != name) exit 1 }' "$1"
}

# expect_value FILE NUMBER SERIES
expect_value() {
	expect "$3 $(grep -v '^#' "$1" | grep -F "$3 " | sed 's/.* //')" "$3 $2"
}

@test "metrics of a clean audit, beside the same report" {
	core good
	try audit core
	without_clock <out >plain
	try audit --prometheus metrics core
	expect_status 0
	without_clock <out | cmp - plain
	expect_grammar metrics
	expect_value metrics 1 'hvcrash_audit_verdict{verdict="clean"}'
	expect_value metrics 0 'hvcrash_audit_verdict{verdict="not clean"}'
	expect_value metrics 18 'hvcrash_audit_regions{finding="clean"}'
	expect_value metrics 25 'hvcrash_audit_pages{finding="clean"}'
	expect_value metrics 0 hvcrash_audit_gaps
}

@test "pages that are not clean are in the metrics and in the JSON" {
	core page
	try audit --prometheus metrics --json core
	expect_status 1
	expect_grammar metrics
	expect_value metrics 1 'hvcrash_audit_verdict{verdict="not clean"}'
	jq -r '[.findings[].finding] | group_by(.)[] | "\(length) \(.[0])"' out | while read -r number finding; do
		expect_value metrics "$number" "hvcrash_audit_regions{finding=\"$finding\"}"
	done
	expect_value metrics "$(jq '.gaps | length' out)" hvcrash_audit_gaps
}

@test "each check of status is in the metrics and in the JSON" {
	drop /sys/kernel/hvcrash
	try status --sysroot root --prometheus metrics --json
	expect_grammar metrics
	expect_value metrics 1 "hvcrash_status_verdict{verdict=\"$(jq -r .verdict out)\"}"
	jq -r '.checks[] | "hvcrash_status_check{check=\"\(.check)\",state=\"\(.state)\"} 1"' out >expected
	grep '^hvcrash_status_check{' metrics | diff -u expected -
}

@test "a label's value cannot end the label" {
	printf '6"} 1\nx\\\n' >root/proc/sys/kernel/osrelease
	try status --sysroot root --prometheus metrics
	expect_grammar metrics
}

@test "the file appears complete or not at all" {
	core good
	try audit --prometheus no/such/directory core
	expect_status 3
	expect "$(wc -l <err)" 1
	expect_word err "no/such/directory: cannot create"
	try audit --prometheus /dev/full core
	expect_status 3
	expect_word err "/dev/full: not a regular file"
	mkdir metrics
	try audit --prometheus metrics core
	expect_status 3
	expect "$(find . -name 'metrics?*')" ""
}

# As root, in a mount namespace with a /run of its own: the journal daemon of this machine's systemd
with_journal() {
	local id=$1 daemon
	shift
	for daemon in /usr/lib/systemd/systemd-journald /lib/systemd/systemd-journald ''; do
		[ ! -x "$daemon" ] || break
	done
	[ -n "$daemon" ] || skip "systemd-journald is not installed"
	[ "$(id -u)" -eq 0 ] || skip "not root"
	# shellcheck disable=SC2016 # expanded by the inner shell
	catalog=$CLI_DIR/../../tools/hvcrashctl/hvcrash.catalog timeout 60 unshare --mount --propagation private sh -euc '
		daemon=$1 id=$2; shift 2
		mount -t tmpfs tmpfs /run
		mount -t tmpfs tmpfs /usr/lib/systemd/catalog
		cp "$catalog" /usr/lib/systemd/catalog
		mount -t tmpfs tmpfs /var/lib/systemd
		journalctl --update-catalog
		mkdir -p /run/systemd/journal /run/log/journal
		"$daemon" 2>daemon.log &
		trap "kill $!; wait" EXIT
		until [ -S /run/systemd/journal/socket ]; do sleep 0.05; done
		"$@" >out 2>err || echo "status $?"
		journalctl --sync
		journalctl -D /run/log/journal "MESSAGE_ID=$id" -x --no-pager >explained
		journalctl -D /run/log/journal "MESSAGE_ID=$id" -o json --no-pager >entry' with_journal "$daemon" "$id" "$@"
}

# The documented message ids
id_of() { sed -n "s/^| \`\([0-9a-f]\{32\}\)\` | $1 .*/\1/p" "$CLI_DIR/../../docs/fleet.md"; }

@test "the journal has the audit's verdict under the documented id, with its fields" {
	core page
	with_journal "$(id_of audit)" "$HVCRASHCTL" audit --journal core
	expect "$(jq -r .MESSAGE entry)" "$(head -n 1 out)"
	expect "$(jq -r '[.HVCRASH_VERDICT, .HVCRASH_EXIT_STATUS, .PRIORITY, .HVCRASH_FILE, .SYSLOG_IDENTIFIER] | join("|")' entry)" \
		"not clean|1|3|core|hvcrashctl"
	expect_word explained 'Subject: hvcrash: audit of a crashed kernel: not clean'
	expect_word explained 'The report is core.'
	"$HVCRASHCTL" audit --json core >json || true
	expect "$(jq -r .HVCRASH_REGIONS_LEFT_SHARED entry)" "$(jq '[.findings[] | select(.finding == "left shared")] | length' json)"
	expect "$(jq -r .HVCRASH_GAPS entry)" "$(jq '.gaps | length' json)"
}

@test "the journal has the verdict of status under the documented id" {
	with_journal "$(id_of status)" "$HVCRASHCTL" status --sysroot root --journal
	expect "$(jq -r '[.HVCRASH_VERDICT, .HVCRASH_EXIT_STATUS, .PRIORITY, .HVCRASH_CHECKS_FAILED] | join("|")' entry)" "ready|0|6|0"
	expect_word explained '"ready"; 0 checks failed'
}

@test "a missing journal is an error, in one line" {
	core good
	HVCRASH_JOURNAL=$PWD/none try audit --journal core
	expect_status 3
	expect "$(wc -l <err)" 1
	expect_word err "none: cannot send to the journal: No such file or directory"
	expect "$(wc -c <out)" 0
	HVCRASH_JOURNAL=$(printf '%0200d' 0) try audit --journal core
	expect_status 3
	expect_word err "File name too long"
}

@test "publish: gives what the audit itself would give for the report beside a dump" {
	local name
	for name in page good not-reached unload-timeout; do
		core $name "vmcoreinfo CRASHTIME=1795843991"
		try audit --prometheus audit.prom core
		"$HVCRASHCTL" audit --json core >hvcrash-audit.json || true
		try publish --prometheus published.prom hvcrash-audit.json
		expect_status 0
		expect "$(cat out err)" ""
		diff -u audit.prom published.prom
	done
	expect_value published.prom 1795843991 hvcrash_audit_crash_time_seconds
	with_journal "$(id_of audit)" "$HVCRASHCTL" publish --journal hvcrash-audit.json
	expect "$(jq -r .MESSAGE entry)" "$(jq -r .message hvcrash-audit.json)"
	expect "$(jq -r '[.HVCRASH_VERDICT, .PRIORITY, .HVCRASH_FILE, .HVCRASH_CRASH_TIME] | join("|")' entry)" \
		"not clean|3|hvcrash-audit.json|1795843991"
}

# crashed VERDICT [FILE]: a machine that crashed at 05:11:40, with that dump file and an audit with that verdict
crashed() {
	rm -rf root/var/crash
	put /var/crash/202611280512/dmesg.202611280512 $'[ 0.0] Linux version 6.12.0 x\n[ 9.0] Kernel panic - not syncing: Fatal exception'
	[ -z "${2:-}" ] || put "/var/crash/202611280512/$2" data
	[ -z "$1" ] || put /var/crash/202611280512/hvcrash-audit.json "{\"schema\": \"hvcrash.audit/1\", \"verdict\": \"$1\",
\"message\": \"the line of $1\", \"summary\": {\"crash_time\": \"2026-11-28T05:11:40Z\"}}"
}

@test "publish --crash: publishes the last crash, even without an audit and a dump" {
	crashed clean dump.202611280512
	try publish --sysroot root --crash last --prometheus p
	expect_status 0
	expect_grammar p
	expect_value p 1795842700 hvcrash_crash_time_seconds
	expect_value p 1 'hvcrash_crash_verdict{verdict="clean"}'
	expect_value p 1 'hvcrash_crash_saved{saved="dump"}'
	expect_value p 5 hvcrash_crash_bytes
	crashed ''
	try publish --sysroot root --crash last --prometheus p
	expect_value p 1 'hvcrash_crash_verdict{verdict="cannot tell"}'
	expect_value p 0 'hvcrash_crash_verdict{verdict="clean"}'
	expect_value p 1 'hvcrash_crash_saved{saved="log only"}'
	expect_value p 0 'hvcrash_crash_saved{saved="dump"}'
	# a word that is not a verdict counts as no verdict
	crashed Clean dump.202611280512
	try publish --sysroot root --crash 2026 --prometheus p
	expect_value p 1 'hvcrash_crash_verdict{verdict="cannot tell"}'
	rm -r root/var/crash p
	try publish --sysroot root --crash last --prometheus p
	expect_status 3
	expect_word err "'last' is not among the crashes"
	[ ! -e p ]
}

# in_journal VERDICT [FILE]: the priority and the fields of that crash's entry
in_journal() {
	crashed "$@"
	with_journal "$(id_of 'publish --crash')" "$HVCRASHCTL" publish --sysroot root --crash last --journal
	jq -r '[.PRIORITY, .HVCRASH_VERDICT, .HVCRASH_SAVED, .HVCRASH_KERNEL, .HVCRASH_CRASH_ID, .HVCRASH_CRASH_TIME] | join("|")' entry
}

@test "the journal has the crash under the documented id, with a priority by verdict and dump, and journalctl -x explains it" {
	expect "$(in_journal clean dump.202611280512)" '6|clean|dump|6.12.0|202611280512|1795842700'
	expect "$(jq -r .MESSAGE entry)" 'This machine crashed: Kernel panic - not syncing: Fatal exception; the dump was saved. the line of clean'
	expect "$(in_journal 'not clean' dump.202611280512 | cut -d'|' -f1-3)" '3|not clean|dump'
	expect "$(in_journal 'cannot tell' dump.202611280512 | cut -d'|' -f1-3)" '4|cannot tell|dump'
	expect "$(in_journal '' dump.202611280512 | cut -d'|' -f1-3)" '4|cannot tell|dump'
	expect "$(in_journal clean dump-incomplete | cut -d'|' -f1-3)" '3|clean|incomplete'
	expect_word explained 'Subject: hvcrash: this machine crashed, saved: incomplete'
	expect_word explained '"hvcrashctl crashes show 202611280512"'
}

@test "each message id has a text in the catalog, and each field of a text is documented" {
	local catalog=$CLI_DIR/../../tools/hvcrashctl/hvcrash.catalog
	sed -n 's/^-- //p' "$catalog" | sort >texts
	# shellcheck disable=SC2016 # backquotes of Markdown
	sed -n 's/^| `\([0-9a-f]\{32\}\)` .*/\1/p' "$CLI_DIR/../../docs/fleet.md" | sort | diff -u texts -
	grep -oE '@HVCRASH_[A-Z_]+@' "$catalog" | tr -d @ | sort -u >used
	grep -oE '"HVCRASH_[A-Z_]+"' "$CLI_DIR/../../tools/hvcrashctl/report/journal.c" | tr -d '"' | sort -u >sent
	expect "$(comm -23 used sent)" ''
}

# unpublished WORDS ARGUMENT...: one line, and no metrics
unpublished() {
	try publish "${@:2}"
	expect_status 3
	expect_word err "$1"
	expect "$(wc -l <err)" 1
	expect "$(wc -c <out)" 0
	[ ! -e p ]
}

@test "publish: a file that is not a report gets one line, and nothing is written" {
	local text
	unpublished "neither --prometheus nor --journal" x
	unpublished "publish: no FILE" --journal
	unpublished "both FILE and --crash" --journal --crash last x
	unpublished "none: cannot open: No such file" --prometheus p none
	for text in '' '{' '[]' '1' 'x' '{"schema":"hvcrash.status/1"}' '{"schema":1}' '{"schema":"hvcrash.audit/2","verdict":"clean"}'; do
		printf '%s' "$text" >report
		unpublished "not a report" --prometheus p report
	done
	head -c 100000 /dev/zero | tr '\0' '[' >report
	unpublished "not a report" --prometheus p report
	unpublished "/dev/zero: cannot open: it is a device" --prometheus p /dev/zero
}

@test "publish: an incomplete report is never clean" {
	local text
	for text in '{"schema":"hvcrash.audit/1"}' '{"schema":"hvcrash.error/1","verdict":"cannot tell"}' \
		'{"schema":"hvcrash.audit/1","verdict":"Clean","findings":[1,{"finding":2}],"summary":[],"gaps":{}}' \
		'{"schema":"hvcrash.audit/1","verdict":null,"findings":{},"summary":{"left_in_own_ram":"x","crash_time":"yesterday"}}'; do
		printf '%s' "$text" >report
		try publish --prometheus p report
		expect_status 0
		expect_grammar p
		expect_value p 1 'hvcrash_audit_verdict{verdict="cannot tell"}'
		expect_value p 0 'hvcrash_audit_verdict{verdict="clean"}'
	done
}

@test "fields and metrics are all in docs/fleet.md" {
	core page "vmcoreinfo CRASHTIME=1795843991"
	try audit --prometheus audit.prom core
	try status --sysroot root --prometheus status.prom
	crashed clean dump.202611280512
	try publish --sysroot root --crash last --prometheus crash.prom
	sed -n 's/^# TYPE \([a-z_]*\) .*/\1/p' audit.prom status.prom crash.prom | sort >written
	grep -oE 'hvcrash_(audit|status|crash)_[a-z_]+' "$CLI_DIR/../../docs/fleet.md" | sort -u | diff -u written -
}

# run_service DIRECTORY: runs the unit's command as systemd passes it to sh; the tool prints its arguments
run_service() {
	local line
	printf '#!/bin/sh\necho "$*" >called\n' >tool
	chmod +x tool
	line=$(sed -e ':more' -e '/\\$/{N;s/\\\n//;b more' -e '}' "$FLEET/systemd/hvcrash-status.service" | sed -n 's/^ExecStart=//p')
	line=${line//'$$'/'$'}
	HVCRASH_TEXTFILES=$1 sh -c "${line//\/usr\/sbin\/hvcrashctl/./tool}" 2>err
}

@test "the timer's service writes metrics if there is a collector, and creates no directory if there is none" {
	FLEET=$BATS_TEST_DIRNAME/../../fleet
	mkdir collector
	run_service collector
	expect "$(cat called)" 'status --journal --prometheus collector/hvcrash.prom'
	expect "$(cat err)" ''
	run_service elsewhere/collector
	expect "$(cat called)" 'status --journal'
	expect "$(cat err)" 'elsewhere/collector is not there: no metrics'
	[ ! -e elsewhere ]
}
