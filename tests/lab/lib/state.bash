# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Saving the state of a machine whose guest is about to crash, so that many crashes cost one boot. A run with --keep leaves it in
# its directory; a run with --from that run starts there, crashes in its own way, and is judged like any other. The boot is half
# of a run's time.
#
# Such runs have only the boot in common: emulated CPUs run as fast as this machine lets them, so no two crashes of one state
# meet the same timers. A soak reports how many boots it used.
#
# Only an emulated machine has such a state, since its outer QEMU can be stopped, written to a file and read back; on KVM a boot
# takes seconds anyway. No CPU may be in guest mode then, since TCG would write a state that it refuses to read ("vCPU set in
# guest-mode inconsistent with migrated kernel nested state"): so the inner machine is stopped, or the own host told to freeze.

# way_of_leaving: the part of --crash that is prepared before the state is saved.
way_of_leaving() { case $opt_crash in kexec | kexec-load) printf '%s' "$opt_crash" ;; *) printf crash ;; esac; }

# boot_words: what has to be the same in the saved run and in the one that continues it: everything that the boot depends on, one a
# line. Products are identified by their stamps, so that yesterday's module is not taken for today's.
boot_words() {
	local option
	while IFS= read -r option; do printf -- '--%s %s\n' "${option#opt_}" "${!option}"; done < <(boot_options)
	printf -- '--crash %s\n' "$(way_of_leaving)"
	# A CPU that goes offline and comes back must not be one that crashes
	case $opt_steps in *churn* | *hotplug*) printf -- '--cpu %s --other %s\n' "$opt_cpu" "$opt_other" ;; esac
	printf 'built %s\n' "$(cat "$lab_state/kernels/$release/"*.stamp "$lab_dir/initramfs/init" "$lab_state/host.stamp" 2>/dev/null | sha256sum)"
}

# await_migration WHAT: waits until the state is written or read, as long as a slow disk needs.
await_migration() {
	local end=$((SECONDS + 300))
	while [ $SECONDS -lt "$end" ]; do
		outer_ask 60 "$1"
		case $line in
		*'"status": "completed"'* | *'"status": "paused"'*) return 0 ;;
		*'"status": "failed"'*) lab_failed "the state of the machine: $line" ;;
		esac
		sleep 0.2
	done
	lab_failed 'timed out after 300 s waiting for the state of the machine to be saved or read'
}

# inner_ask stop|cont: stops or continues whatever runs the guest
inner_ask() {
	local line
	if [ "$way" = own ]; then
		case $1 in stop) host_ask 'freeze 1' 60 ;; cont) host_ask 'freeze 0' 60 ;; esac
		return
	fi
	monitor_ask 60 "{\"execute\":\"$1\"}" || lab_failed "the inner QEMU did not answer '$1' in 60 s"
}

# keep_state: stops the machine, saves it, and lets it continue. Called after everything that is asked before the crash.
keep_state() {
	local file
	[ -n "$opt_keep" ] || return 0
	outer_begin
	inner_ask stop
	outer_ask 60 '{"execute":"stop"}'
	outer_ask 60 '{"execute":"migrate-set-parameters","arguments":{"max-bandwidth":68719476736}}'
	outer_ask 60 "$(jq -nc --arg f "$run_dir/machine.state.new" \
		'{execute: "migrate", arguments: {uri: ("exec:cat >" + ($f | @sh))}}')"
	await_migration '{"execute":"query-migrate"}'
	mv "$run_dir/machine.state.new" "$run_dir/machine.state"
	ln "$run_dir/initrd.img" "$run_dir/machine.initrd"
	boot_words >"$run_dir/machine.boot"
	mkdir "$run_dir/machine"
	for file in facts overlays_before.json overlays_before.state.json overlays_before.mtree comparisons.jsonl list.json interface; do
		[ ! -e "$run_dir/$file" ] || cp "$run_dir/$file" "$run_dir/machine/"
	done
	printf '%s\n' "$qmp_number" >"$run_dir/machine.monitor"
	outer_ask 60 '{"execute":"cont"}'
	inner_ask cont
	say 'saved the state of the machine'
	phase_end keep
}

# check_state: checks that the run named by --from saved its state, and that this run can continue from it.
check_state() {
	local differs
	from_dir=$lab_state/runs/$opt_from
	[ -e "$from_dir/machine.boot" ] || die "--from $opt_from: that run saved no state"
	differs=$(boot_words | diff - "$from_dir/machine.boot" | sed -n 's/^< //p' | tr '\n' ';') || true
	[ -z "$differs" ] || die "--from $opt_from: that run was booted differently: $differs"
}

# resume_guest: boot_guest from a saved state.
resume_guest() {
	machine_start -incoming "exec:cat '$from_dir/machine.state'" -S
	outer_begin
	await_migration '{"execute":"query-status"}'
	cp "$from_dir/machine/"* "$run_dir/"
	crash_ranges=$(fact_of crash_ranges)
	qmp_number=$(cat "$from_dir/machine.monitor")
	outer_ask 60 '{"execute":"cont"}'
	inner_ask cont
	say "guest as $opt_from left it before its crash, $(overlay_count "$run_dir/overlays_before.json") overlays mapped"
	phase_end resume
}
