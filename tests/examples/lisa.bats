#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# fleet/lisa/hvcrash.py on a VM made of files, with the real hvcrashctl. Without LISA: only stubs of its names. With LISA_SOURCE
# (LISA's own source and its imports): on LISA's classes.

load ../cli/helpers
load ../cli/fake_root

HERE=$(cd "$(dirname "${BATS_TEST_FILENAME}")" && pwd)

setup() {
	begin
	export HVCRASHCTL TZ=UTC
	ready_root
	put /proc/sys/kernel/random/boot_id 1
	put /proc/sys/kernel/unknown_nmi_panic 1
	: >root/hvcrash_crash.ko
}

# says WORDS CASE...: each case ends with these words
says() {
	local words=$1 line
	shift
	python3 "$HERE/lisa.py" root "$@" >out 2>err || true
	cat out err
	expect "$(grep -cE '^(pass|skip: |fail: )' out)" $#
	while read -r line; do
		# shellcheck disable=SC2053 # a pattern
		[[ $line == $words ]] || {
			printf 'not %s: %s\n' "$words" "$line"
			return 1
		}
	done < <(grep -E '^(pass|skip: |fail: )' out)
	rm -rf root/var
}

crashes=(verify_hvcrash_audit_clean verify_hvcrash_audit_clean_last_cpu verify_hvcrash_null_pointer verify_hvcrash_bug
	verify_hvcrash_irq verify_hvcrash_nmi_handler verify_hvcrash_softlockup verify_hvcrash_hung_task verify_hvcrash_notifier
	verify_hvcrash_double_panic)

@test "a VM that is ready and crashes cleanly passes each case" {
	says pass verify_hvcrash_ready "${crashes[@]}"
	grep -qx 'hvcrashctl crash --yes --how double --cpu 0 --in 5' root/fired
}

@test "a VM that is not ready fails, and is not crashed" {
	drop /sys/kernel/hvcrash
	says 'fail: not ready to crash: NOT READY: module' verify_hvcrash_ready verify_hvcrash_audit_clean verify_hvcrash_irq \
		verify_hvcrash_kexec
	[ ! -e root/fired ]
}

@test "pages left with the host, an audit that cannot tell, no audit, no dump, half a dump: each fails and says so" {
	VERDICT='not clean' says 'fail: the audit is not clean: of not clean (console captured)' verify_hvcrash_audit_clean verify_hvcrash_irq
	VERDICT='cannot tell' says 'fail: the audit is not clean: of cannot tell*' verify_hvcrash_audit_clean
	VERDICT=none says 'fail: the audit is not clean: CANNOT TELL: no audit was made*' verify_hvcrash_audit_clean
	SAVED=log says 'fail: no whole dump was saved, but log only*' verify_hvcrash_audit_clean
	SAVED=incomplete says 'fail: no whole dump was saved, but incomplete*' verify_hvcrash_audit_clean
	SAVED=none says 'fail: the VM is back, and knows of no crash (console captured)' verify_hvcrash_audit_clean
	BACK=no says 'fail: not back 2 s after the crash (console captured)' verify_hvcrash_audit_clean
}

@test "an earlier crash is not taken for this one" {
	put /var/crash/202501010000/dump.202501010000 data
	put /var/crash/202501010000/hvcrash-audit.json '{"verdict": "clean", "message": "of last year"}'
	SAVED=none says 'fail: the VM is back, and knows of no crash*' verify_hvcrash_audit_clean
}

@test "the serial console's NMI is sent by az, which may be missing or fail" {
	mkdir bin
	# shellcheck disable=SC2016 # for that script
	printf '#!/bin/sh\necho "$*" >root/az\nexit ${AZ:-0}\n' >bin/az
	chmod +x bin/az
	PATH=$PWD/bin:$PATH says 'pass' verify_hvcrash_serial_console_nmi
	grep -qx 'serial-console send nmi --resource-group rg --name vm --subscription sub' root/az
	AZ=1 PATH=$PWD/bin:$PATH says 'fail: no NMI was sent*' verify_hvcrash_serial_console_nmi
	put /proc/sys/kernel/unknown_nmi_panic 0
	PATH=$PWD/bin:$PATH says 'skip: an unknown NMI does not panic*' verify_hvcrash_serial_console_nmi
	rm -r bin
	says 'skip: az is not installed*' verify_hvcrash_serial_console_nmi
}

@test "kexec: the registry's words are passed on once, and the audit of the previous kernel decides" {
	put /proc/cmdline 'root=/dev/sda1 ro hvcrash_registry=0x1-2+3 memmap=4K%0x1000-1+2'
	says pass verify_hvcrash_kexec
	grep -qF -- "--command-line='root=/dev/sda1 ro hvcrash_registry=0x101000 memmap=4K%0x101000-1+2'" root/loaded
	VERDICT='not clean' says 'fail: the audit is not clean: of not clean*' verify_hvcrash_kexec
}

@test "history: skipped without a crash, otherwise compared with what was published" {
	says 'skip: this VM has not crashed yet' verify_hvcrash_history
	put /var/crash/202611280512/dump.202611280512 data
	put /var/crash/202611280512/dmesg.202611280512 $'Linux version 6.12.0 x\nKernel panic - not syncing: x'
	cp -r root/var var
	says 'fail: cat /var/lib/hvcrash/last-crash.json*' verify_hvcrash_history
	cp -r var root/var
	mkdir -p root/var/lib/hvcrash
	"$HVCRASHCTL" crashes show last --json --sysroot root >root/var/lib/hvcrash/last-crash.json || true
	says pass verify_hvcrash_history
}

@test "a VM without hvcrash_crash.ko skips the kinds that need it" {
	rm root/hvcrash_crash.ko
	says 'skip: hvcrash_crash.ko is not installed' verify_hvcrash_irq
	says pass verify_hvcrash_audit_clean
}
