#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# examples/crash-test: every way in which it can end, with a VM made of files.

load ../expect

HERE=$(cd "$(dirname "${BATS_TEST_FILENAME}")" && pwd)

setup() {
	begin
	export VM=$BATS_TEST_TMPDIR/vm SSH=$HERE/fake-ssh POLL=0.1 BOOT_TIMEOUT=20 CRASH_TIMEOUT=20
	mkdir -p "$VM/crash/202601020304" "$VM/next/202601020405"
	echo 1 >"$VM/boot"
	echo 2 >"$VM/ready"
	report clean >"$VM/crash/202601020304/hvcrash-audit.json"
	report clean >"$VM/next/202601020405/hvcrash-audit.json"
}

report() {
	printf '{ "schema": "hvcrash.audit/1", "verdict": "%s" }\n' "$1"
}

# ends STATUS WORDS
ends() {
	local status=0
	"$HERE/../../examples/crash-test" ci@vm artifacts >out 2>&1 || status=$?
	cat out
	[ "$status" -eq "$1" ] || { echo "status $status, not $1"; return 1; }
	grep -qF -e "$2" out
}

@test "clean: configured, rebooted once, crashed, fetched" {
	ends 0 "verdict: clean"
	cmp "$VM/next/202601020405/hvcrash-audit.json" artifacts/hvcrash-audit.json
	grep -E '^sudo (hvcrash|systemctl)' "$VM/log" | uniq >asked
	diff -u - asked <<'END'
sudo hvcrash-configure
sudo hvcrash-configure --check
sudo systemctl reboot
sudo hvcrash-configure --check
sudo hvcrashctl crash --yes
END
}

@test "a VM that is ready is not rebooted first, and crashes in the requested way" {
	echo 1 >"$VM/ready"
	CRASH_HOW=nmi ends 0 "verdict: clean"
	[ "$(grep -c 'systemctl reboot' "$VM/log")" -eq 0 ]
	grep -qxF 'sudo hvcrashctl crash --yes --how nmi' "$VM/log"
}

@test "not clean is 1, cannot tell is 2" {
	report "not clean" >"$VM/next/202601020405/hvcrash-audit.json"
	ends 1 "verdict: not clean"
	rm -r "$VM/crash/202601020405"
	report "cannot tell" >"$VM/next/202601020405/hvcrash-audit.json"
	ends 2 "verdict: cannot tell"
}

@test "without a new report it is 2, however clean the old ones are" {
	rm -r "$VM/next"
	ends 2 "the crash left no hvcrash-audit.json"
	[ ! -e artifacts/hvcrash-audit.json ]
}

@test "without /var/crash before the crash there is no old report" {
	rm -r "$VM/crash"
	ends 0 "verdict: clean"
}

@test "a truncated report, or one with an unknown verdict, is 3" {
	printf '{ "verdict": "cle' >"$VM/next/202601020405/hvcrash-audit.json"
	ends 3 "no JSON"
	rm -r "$VM/crash/202601020405"
	report splendid >"$VM/next/202601020405/hvcrash-audit.json"
	ends 3 "unknown verdict: splendid"
	rm -r "$VM/crash/202601020405"
	echo '{}' >"$VM/next/202601020405/hvcrash-audit.json"
	ends 3 "unknown verdict: null"
}

@test "two new reports are 3, since either could be the right one" {
	mkdir "$VM/next/202601020406"
	report clean >"$VM/next/202601020406/hvcrash-audit.json"
	ends 3 "more than one report is new"
}

@test "a refused crash is 3, at once" {
	: >"$VM/refuse"
	ends 3 "hvcrashctl crash: refused, or failed: status 1"
}

@test "not ready after the reboot is 3, and it is not crashed" {
	echo 9 >"$VM/ready"
	ends 3 "kdump is not ready"
	[ "$(grep -c 'hvcrashctl crash' "$VM/log")" -eq 0 ]
}

@test "a VM that does not come back, or never existed, is 3" {
	: >"$VM/never-back"
	BOOT_TIMEOUT=1 ends 3 "after the reboot: not back after 1 s"
	ends 3 "ci@vm: cannot be reached"
}

@test "wrong usage is 3, --help is 0" {
	run "$HERE/../../examples/crash-test"
	[ "$status" -eq 3 ]
	run "$HERE/../../examples/crash-test" --frob
	[ "$status" -eq 3 ]
	run "$HERE/../../examples/crash-test" --help
	[ "$status" -eq 0 ]
}
