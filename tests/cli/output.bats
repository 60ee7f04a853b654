#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The layout of a report: for people by the width of their terminal, for scripts
# as rows, or nothing at all.

load helpers

# on_terminal COLUMNS ARGUMENT...: the text on a terminal of that width, without colours, into
# "shown"
on_terminal() {
	local columns=$1
	shift
	NO_COLOR=1 timeout 60 script -qec "stty cols $columns rows 24; $HVCRASHCTL $*" terminal >typescript </dev/null || true
	tr -d '\r' <typescript >shown
	cat shown
}

expect_no_longer() {
	awk -v most="$1" 'length($0) > most { print "longer than " most ": " $0; bad = 1 } END { exit bad }' shown
}

@test "by default only what is not clean is shown, and the rest is counted" {
	core not-reached
	try audit core
	expect "$(grep -c ' VP 3 ' out)" 3
	expect_no_word out 0x200000
	expect_word out "15 clean regions not shown: --all shows them"
	try audit --all core
	expect_word out 0x200000
	expect_no_word out "not shown"
}

@test "a clean audit has no table, and says how many regions it does not show" {
	core good
	try audit core
	expect_no_word out KIND
	expect "$(tail -n 1 out)" "18 clean regions not shown: --all shows them"
}

@test "JSON has every region, whatever the table shows" {
	core not-reached
	try audit --json core
	expect "$(jq '.findings | length' out)" 18
}

@test "--finding shows the regions with one finding" {
	local word
	core page
	try audit --json core
	cp out all.json
	for word in "clean:clean" "revoked-late:revoked late" "left-shared:left shared" \
		"changed:changed after revoke" "not-checked:not checked"; do
		try audit -n -o FINDING --finding "${word%%:*}" core
		expect "$(sort -u out)" "${word#*:}"
		expect "$(wc -l <out)" "$(jq --arg f "${word#*:}" '[.findings[] | select(.finding == $f)] | length' all.json)"
	done
	refused 3 "no finding 'clea': there are clean revoked-late" audit --finding clea core
	refused 3 "no finding ''" audit --finding "" core
}

@test "the second line says what to do, and a clean audit needs nothing" {
	core not-reached
	try audit core
	[[ $(sed -n 2p out) == "Do: keep the dump. Give the crash kernel maxcpus=1"* ]]
	core good "header coverage=1"
	try audit core
	[[ $(sed -n 2p out) == "Do: load hvcrash before hv_vmbus"* ]]
	try audit --json core
	[[ $(jq -r .action out) == "load hvcrash before hv_vmbus"* ]]
	core good
	try audit core
	expect "$(grep -c '^Do:' out || true)" 0
	try audit --json core
	expect "$(jq .action out)" null
}

@test "every gap is described in docs/operating.md" {
	local gap
	cat "$CLI_DIR"/../../tools/hvcrashctl/audit/audit_gaps.c "$CLI_DIR"/../../tools/hvcrashctl/audit/audit_action.c |
		tr -d '\n\t' | grep -oE '(add_gap\(audit, |\{ )"[a-z-]+"' | cut -d '"' -f 2 | sort -u >gaps
	[ "$(wc -l <gaps)" -gt 15 ]
	while read -r gap; do
		grep -q "^|.*\`$gap\`.*|" "$CLI_DIR/../../docs/operating.md" || { echo "$gap is missing"; return 1; }
	done <gaps
}

@test "each abbreviation in the rows is explained, once" {
	core not-reached
	try audit core
	expect "$(grep -c '^SIMP: page in which' out)" 1
	expect "$(grep -c '^VP: virtual processor' out)" 1
	expect_no_word out "GPADL:"
}

@test "-n prints only rows, without trailing blanks" {
	core not-reached
	try audit -n -o GPA core
	expect "$(cat out)" "0x209000
0x20a000
0x20b000"
	core good
	try audit -n core
	expect "$(wc -c <out)" 0
	try audit --all -n core
	expect "$(wc -l <out)" 18
	expect "$(grep -c ' $' out || true)" 0
	live live
	try list -n -o GPA --registry registry
	expect "$(wc -l <out)" 18
	try list --registry registry
	expect "$(grep -c ' $' out || true)" 0
}

@test "--raw: one line per row, one word per cell" {
	core not-reached
	try audit --raw -o GPA,NOTE,HASH core
	expect "$(head -n 2 out)" 'GPA NOTE HASH
0x209000 its\x20VP\x20did\x20not\x20answer -'
	expect "$(awk '{ print NF }' out | sort -u)" 3
	try audit --raw -n -o GPA core
	expect "$(head -n 1 out)" 0x209000
}

@test "--pairs: output that a shell can read" {
	core not-reached
	try audit --pairs -o GPA,FINDING core
	expect "$(head -n 1 out)" 'GPA="0x209000" FINDING="left shared"'
	expect "$(wc -l <out)" 3
}

@test "thousands of raw rows have one heading" {
	core many
	try audit --all --raw -o GPA core
	expect "$(grep -c GPA out)" 1
	expect "$(wc -l <out)" 1301
}

@test "--quiet prints nothing, and the exit status is the verdict" {
	core not-reached
	try audit -q core
	expect_status 1
	expect "$(cat out err)" ""
	core good
	try audit --quiet core
	expect_status 0
	expect "$(cat out err)" ""
	core good "header coverage=1"
	try audit --quiet core
	expect_status 2
	try audit --quiet none
	expect_status 3
	expect_word err "none: cannot open"
	expect "$(cat out)" ""
}

@test "formats exclude each other" {
	refused 3 "--json, --raw, --pairs and --quiet exclude each other" audit --raw --pairs core
	try audit --json --quiet core
	expect_status 3
}

@test "no line is wider than the terminal, and the verdict is repeated at the end" {
	local columns
	core not-reached
	for columns in 60 80 100 119; do
		on_terminal $columns audit core
		expect_no_longer $columns
		expect "$(grep -c '^NOT CLEAN: ' shown)" 2
		expect "$(grep -c '^Do: ' shown)" 2
		expect "$(grep -c '^    State: not reached; evidence: no answer; note:' shown)" 3
	done
}

@test "a wide terminal has room for every column, which wrap" {
	core not-reached
	own_ram 00209000-0020a7ff 80000000-8fffffff
	on_terminal 120 audit --iomem iomem core
	expect_no_longer 120
	expect_word shown "NOTE"
	on_terminal 200 audit core
	expect_word shown "not reached no answer left shared its VP did not answer"
}

@test "status shows what is not ok and counts the rest; a script that names columns gets all" {
	load fake_root
	ready_root
	put /proc/sys/kernel/panic_on_oops 0
	try status --sysroot root
	grep -q '^oops  *warn' out
	expect "$(grep -c ' ok ' out || true)" 0
	grep -qE '^[0-9]+ checks found nothing wrong and are not shown: --all shows them$' out
	try status --all --sysroot root
	grep -q '^hyperv  *ok' out
	expect_no_word out "not shown"
	try status --sysroot root -n -o CHECK
	cp out all
	try status --sysroot root --json
	expect "$(wc -l <all)" "$(jq '.checks | length' out)"
}

@test "a command to paste is on one line of its own, however narrow the terminal is" {
	mkdir -p root/sys/class/dmi/id
	echo "Microsoft Corporation" >root/sys/class/dmi/id/sys_vendor
	echo "Virtual Machine" >root/sys/class/dmi/id/product_name
	mkdir -p root/proc root/usr/src/hvcrash-1
	: >root/usr/src/hvcrash-1/dkms.conf
	on_terminal 60 status --sysroot root
	expect_word shown "    Fix: "
	expect_no_word shown "FIX"
}

@test "in a pipe each row is one line" {
	core not-reached
	COLUMNS=60 try audit core
	grep -q '^VP assist VP 3 *0x20b000 *1 not reached no answer left shared its VP did not answer$' out
}

@test "on a terminal the headings of thousands of rows appear once" {
	core many
	on_terminal 80 audit --all core
	expect "$(grep -c '^KIND' shown)" 1
	expect_no_longer 80
}
