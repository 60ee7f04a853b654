#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Every document that --json writes is UTF-8 and valid by tools/hvcrashctl/schema.json, according to
# an independent validator.

load helpers
load fake_root

# written NAME ARGUMENT...: the tool's document
written() {
	"$HVCRASHCTL" "${@:2}" >"$1.json" 2>/dev/null || true
}

validated() {
	"$CLI_DIR/../validate" "$@"
}

@test "audit and list of every fixture" {
	local name
	own_registers 0x20b001
	own_ram 00209000-0020a7ff 80000000-8fffffff
	for name in good page not-reached unload-timeout late empty live; do
		core $name
		written "$name" audit --json core
		written "$name-machine" audit --json --registers registers --iomem iomem core
		written "$name-watched" audit --json --watch 0 --rounds 2 core
		written "$name-some" audit --json -o GPA,FINDING core
		written "$name-list" list --json --all core
		live $name
		written "$name-live" audit --json registry
	done
	core good "header coverage=0x1f extents_dropped=4 extents_torn=3 untracked=2" "edit extent 3 kind=99 state=77 evidence=55"
	written gaps audit --json core
	core good "header way=2"
	written kexec audit --json core
	core good "header phase=crashing"
	written crashing audit --json core
	core good "header host.build=0"
	written no-host audit --json core
	[ "$(find . -name '*.json' | wc -l)" -gt 40 ]
	validated ./*.json
}

@test "numbers too large for a double are strings" {
	core good "header crash.pages_hashed=0xffffffffffffffff published=9007199254740993 retired=9007199254740992"
	written audit audit --json core
	written list list --json core
	expect "$(jq -c .summary.pages_hashed audit.json)" '"0xffffffffffffffff"'
	expect "$(jq -c '[.summary.published, .summary.retired]' list.json)" '["0x20000000000001",9007199254740992]'
	validated audit.json list.json
}

@test "status, kexec-args, version and errors" {
	ready_root
	written ready status --json --sysroot root
	drop /sys/kernel/hvcrash
	written not-ready status --json --sysroot root
	mkdir nothing
	written nothing status --json --sysroot nothing
	mkdir -p k/sys/kernel/hvcrash k/proc/sys/kernel
	live live
	cp registry k/sys/kernel/hvcrash/registry
	echo x86_64 >k/proc/sys/kernel/arch
	written kexec kexec-args --json --sysroot k
	written version version --json
	mkdir -p c/var/crash/202611280512
	echo dump >c/var/crash/202611280512/dump.202611280512
	written crashes crashes --json --sysroot c
	written crash crashes --json --sysroot c "$(jq -r '.crashes[0].id' crashes.json)"
	expect "$(jq '.crashes | length' crash.json)" 1
	written no-crashes crashes --json --sysroot nothing
	written e1 audit --json none
	core good "header magic=1"
	written e2 audit --json core
	written e3 audit --json --frob core
	written e4 frobnicate --json
	validated ./*.json
}

@test "an error is JSON wherever --json appears, and names its file" {
	core good
	for options in -nJ -Jn --js "-o GPA -J" "--json -o"; do
		# shellcheck disable=SC2086 # several words
		try audit $options none
		expect_status 3
		expect "$(jq -r .schema out)" hvcrash.error/1
		cp out "$BATS_TEST_TMPDIR/e$RANDOM.json"
	done
	try audit --json --html no/page core
	expect "$(jq -r .error.file out)" no/page
	HVCRASH_JOURNAL=$PWD/none try audit --json --journal core
	expect "$(jq -r .error.file out)" "$PWD/none"
	try audit --json --prometheus no/file core
	expect "$(jq -r .error.file out)" no/file
	# a word after "--" is not an option
	try audit -- --json
	expect "$(wc -c <out)" 0
	validated ./*.json
}

# bytes that are not UTF-8: a Latin-1 byte, a truncated one, an overlong form, a surrogate, beyond the last, a lone tail
@test "JSON is UTF-8 whatever bytes arguments and files contain" {
	local bytes
	for bytes in $'caf\xe9' $'\xc3' $'\xc0\xaf' $'\xed\xa0\x80' $'\xf4\x90\x80\x80' $'a\x80b' $'\xff\xfe' $'ok\xc3\xa9'; do
		try audit --json "no-$bytes"
		expect_status 3
		cp out "e$RANDOM$RANDOM.json"
	done
	expect "$(jq -r .error.file out)" $'no-ok\xc3\xa9'
	ready_root
	printf 'KDUMP_COREDIR=/var/caf\xe9\n' >>root/etc/default/kdump-tools
	printf 'caf\xe9\n' >root/sys/class/dmi/id/chassis_asset_tag
	written latin status --json --sysroot root
	validated ./*.json
}

@test "the hook's own JSON, if there is no report, is in the schema" {
	bash -c '. "$1"; hook_work=$PWD; hook_reason="a \"reason\""; hook_no_report json' bash \
		"$CLI_DIR/../../kdump-hooks/lib/hvcrash-hook.sh"
	expect "$(jq -r .message hvcrash-audit.json)" 'CANNOT TELL: a "reason"'
	validated hvcrash-audit.json
}

@test "a key that is not in the schema is noticed" {
	core good
	written good audit --json core
	jq '.summary.more = 1' good.json >more.json
	jq '.findings[0].finding = "fine"' good.json >fine.json
	jq 'del(.action)' good.json >less.json
	printf '{"schema": "hvcrash.version/1", "version": "caf\xe9"}' >latin.json
	validated good.json
	for name in more fine less latin; do
		run validated $name.json
		[ "$status" -eq 1 ] || return 1
	done
}
