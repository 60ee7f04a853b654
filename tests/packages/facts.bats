#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The role's facts, its verdict, and its handler, on a VM made of files, with the real Ansible if it is installed.

load ../cli/helpers
load ../cli/fake_root

setup() {
	command -v ansible-playbook >/dev/null || skip "ansible is not installed"
	begin
	ready_root
	mkdir bin
	printf '#!/bin/sh\nexec %s "$@" --sysroot %s\n' "$HVCRASHCTL" "$PWD/root" >bin/hvcrashctl
	printf '#!/bin/sh\necho ok\n' >bin/hvcrash-configure
	chmod +x bin/*
	echo "vm ansible_connection=local ansible_become=false ansible_python_interpreter=$(command -v python3)" >inventory
	export PATH=$PWD/bin:$PATH ANSIBLE_LOCAL_TEMP=$PWD/local ANSIBLE_REMOTE_TEMP=$PWD/remote ANSIBLE_NOCOWS=1
}

# play NAME
play() {
	status=0
	ansible-playbook -i inventory -e ansible_become=false "$BATS_TEST_DIRNAME/../../fleet/ansible/$1.yml" >out 2>&1 || status=$?
	cat out
}

# facts: the facts that facts.yml shows
facts() { sed -n '/^ok: .*=> {$/,/^}$/p' out | sed '1s/.*/{/' | jq -c ".hvcrash$1"; }

@test "facts: verdict, checks, and no crash" {
	play facts
	expect "$status" 0
	expect "$(facts .verdict)" '"ready"'
	expect "$(facts '.checks["crash-loaded"]')" '"ok"'
	expect "$(facts .amiss)" '[]'
	expect "$(facts .last_crash)" '{}'
	play verify
	expect "$status" 0
}

@test "facts: the checks that fail, with what to do, and the last crash; verify fails" {
	drop /sys/kernel/hvcrash
	put /var/crash/202611280512/dump.202611280512 data
	put /var/crash/202611280512/hvcrash-audit.json '{"verdict": "not clean", "message": "NOT CLEAN: VP 3"}'
	play facts
	expect "$status" 0
	expect "$(facts .verdict)" '"not ready"'
	expect "$(facts '.amiss | map(select(.state == "fail")) | map(.check)')" '["module"]'
	expect "$(facts .last_crash.id)" '"202611280512"'
	expect "$(facts .last_crash.verdict)" '"not clean"'
	play verify
	expect "$status" 2
	expect_word out 'hvcrash.ko is not loaded'
}
