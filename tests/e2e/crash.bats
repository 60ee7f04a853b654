#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a crashed Hyper-V guest comes up clean, and says so. The judge is the
# hypervisor (tests/lab), never our module. Three also run on QEMU's Hyper-V.
#
# All runs come first, two side by side, and each test looks at their results.

bats_require_minimum_version 1.5.0
load helpers

scenarios=(demo-hvcrash no-answer poke:demo-hvcrash notifiers-n:demo-hvcrash unload-chatter:demo-hvcrash stuck-on:demo-hvcrash lying-off:demo-hvcrash
	demo-stock no-module deaf-vp own-fault unloaded reloaded
	no-btf late-uio nmi-during-unload crash-message fast-gpadl demo-stock@kvm demo-hvcrash@kvm deaf-vp@kvm)

setup_file() {
	run_scenarios "${scenarios[@]}"
}

@test "the stock kernel leaves 6 of 8 SynIC overlays to the second kernel" {
	held demo-stock
	[ "$(synic demo-stock overlays_before)" -eq 8 ]
	[ "$(synic demo-stock stale_overlays)" -eq 6 ]
	[ "$(field demo-stock .dump_ok)" = true ]
}

@test "with hvcrash no overlay is left, and the audit says clean" {
	held demo-hvcrash
	[ "$(synic demo-hvcrash overlays_before)" -eq 8 ]
	[ "$(field demo-hvcrash '.stale_overlays | length')" -eq 0 ]
	[ "$(field demo-hvcrash .audit_exit)" -eq 0 ]
	[ "$(field demo-hvcrash .verdict)" = clean ]
	[ "$(field demo-hvcrash .dump_ok)" = true ]
}

@test "hvcrash prints nothing on the console if the panic went well" {
	[ "$(grep -ac 'other VPs revoked' "$(field demo-hvcrash .log)")" -eq 0 ]
	[ "$(grep -ac 'Kernel panic - not syncing' "$(field demo-hvcrash .log)")" -gt 0 ]
}

@test "the other pages of the stock kernel's VPs are left, too: 9 of 14 overlays" {
	[ "$(field demo-stock '.overlays_before | length')" -eq 14 ]
	[ "$(field demo-stock '[.stale_overlays[].name] | sort | join(" ")')" = \
		"$(for vp in 0 1 3; do printf 'synic-%d-event-page synic-%d-msg-page vp-%d-assist-page ' $vp $vp $vp; done | tr ' ' '\n' | sort | xargs)" ]
}

@test "hvcrashctl's list in the running kernel, and the dump's registry, equal the host's map, page for page" {
	compared_same demo-hvcrash notifiers-n
	[ "$(field demo-hvcrash .comparisons.unload.host_pages)" -ge 26 ]
}

@test "QEMU's Hyper-V agrees about the overlays: stock, with hvcrash, and with a VP that does not answer" {
	held demo-stock@kvm
	held demo-hvcrash@kvm
	held deaf-vp@kvm
	for s in demo-stock demo-hvcrash deaf-vp; do
		same_overlays $s overlays_before
		same_overlays $s stale_overlays
	done
	[ "$(field demo-hvcrash@kvm .comparisons.before.result)" = same ]
}

@test "each file in sysfs is documented, and each documented one exists" {
	interface=$(run_directory demo-hvcrash)/interface
	documented=$(sed -n 's/^What:[[:space:]]*//p' "$BATS_TEST_DIRNAME"/../../kernel/ABI/* | sort)
	[ "$(wc -l <"$interface")" -gt 10 ]
	[ "$(sort "$interface")" = "$documented" ]
}

@test "without the module the audit cannot tell, and the dump is taken" {
	held no-module
	[ "$(field no-module .audit_exit)" -eq 2 ]
	[ "$(field no-module .dump_ok)" = true ]
}

@test "a VP that does not answer is named with its pages, and the hypervisor agrees" {
	held deaf-vp
	grep -aq 'hvcrash: 2 of 3 other VPs revoked, ' "$(field deaf-vp .log)"
	[ "$(field deaf-vp .audit_exit)" -eq 1 ]
	[ "$(synic deaf-vp stale_overlays)" -eq 2 ]
	[ "$(field deaf-vp '.stale_overlays | length')" -eq 3 ]
	[ "$(field deaf-vp .dump_ok)" = true ]
}

@test "a write into a revoked page after the crash is found and named" {
	held poke
	[ "$(field poke .audit_exit)" -eq 1 ]
	[ "$(field poke '.stale_overlays | length')" -eq 0 ]
}

@test "with post_notifiers=N, when the crash handler comes first, no overlay is left either" {
	held notifiers-n
	[ "$(field notifiers-n '.stale_overlays | length')" -eq 0 ]
	[ "$(field notifiers-n .verdict)" = clean ]
}

@test "an UNLOAD that the host never answers is named, page by page, and the dump is taken" {
	held no-answer
	[ "$(field no-answer .audit_exit)" -eq 1 ]
	[ "$(field no-answer '.stale_overlays | length')" -eq 0 ]
	[ "$(field no-answer .dump_ok)" = true ]
}

@test "unloading the module restores every hook: the stock kernel's crash, and its 6 overlays" {
	held unloaded
	[ "$(field unloaded .audit_exit)" -eq 2 ]
	[ "$(synic unloaded stale_overlays)" -eq 6 ]
	[ "$(field unloaded .dump_ok)" = true ]
}

@test "loaded after VMBus made contact it finds the pages shared before, and says clean" {
	held reloaded
	[ "$(field reloaded .audit_exit)" -eq 0 ]
	[ "$(field reloaded '.stale_overlays | length')" -eq 0 ]
	[ "$(field reloaded .dump_ok)" = true ]
}

@test "loaded late without BTF it revokes, and says that it cannot tell" {
	held no-btf
	[ "$(field no-btf .audit_exit)" -eq 2 ]
	[ "$(field no-btf '.stale_overlays | length')" -eq 0 ]
	[ "$(field no-btf .dump_ok)" = true ]
}

@test "no first kernel warned about hvcrash" {
	for s in "${scenarios[@]%:*}"; do
		[ "$s" != own-fault ] || continue # intended
		log=$(dirname "$(field "$s" .log)")/dmesg.hvcrash
		[ ! -e "$log" ] || run ! grep '+0x.*\[hvcrash\]' "$log"
	done
}

@test "loaded late it finds a driver's own buffers, and the audit is clean" {
	held late-uio
	[ "$(field late-uio .audit_exit)" -eq 0 ]
	[ "$(field late-uio '.stale_overlays | length')" -eq 0 ]
	[ "$(field late-uio .dump_ok)" = true ]
}

@test "a fault in hvcrash itself: nothing is left, the dump is taken, and the audit cannot tell" {
	held own-fault
	[ "$(field own-fault '.stale_overlays | length')" -eq 0 ]
	[ "$(field own-fault .dump_ok)" = true ]
	grep -aq 'RIP: .*hvcrash_inject_fault_at' "$(run_directory own-fault)/console.log"
}

@test "on 6.1 an NMI to the panicking CPU during the wait for UNLOAD does not prevent the dump" {
	is_clean nmi-during-unload
	grep -q 'NMI to VP 0' "$(run_directory nmi-during-unload)/host.log"
}

@test "a host that accepts the panic message, like Azure: clean" {
	is_clean crash-message
	compared_same crash-message
}

@test "a host that answers before the guest's post returns, for GPADLs of thousands of pages: each page is listed, clean" {
	is_clean fast-gpadl
	compared_same fast-gpadl
	[ "$(field fast-gpadl .comparisons.before.host_pages)" -gt 1000 ]
}

@test "a host that answers UNLOAD after 40 other messages: clean" {
	is_clean unload-chatter
	compared_same unload-chatter
}

@test "a register that stays enabled: the audit and the host name the same page" {
	held stuck-on
	[ "$(field stuck-on .verdict)" = 'not clean' ]
	[ "$(field stuck-on '.stale_overlays | map(.name) | join(" ")')" = synic-1-msg-page ]
	compared_same stuck-on
}

@test "a register that reads off while the host goes on: the audit finds the page changed" {
	held lying-off
	[ "$(field lying-off .verdict)" = 'not clean' ]
	[ "$(field lying-off '.stale_overlays | map(.name) | join(" ")')" = synic-1-event-page ]
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries "${scenarios[@]%:*}"
}
