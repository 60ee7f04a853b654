# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# One run: the guest boots, crashes, and its second kernel boots, with requests to the hypervisor in between. The guest stops at
# READY1 and READY2 until it is told GO, so that each request is answered before anything changes. Every wait has a
# bound and a name.

# Before the crash, a failure of Debian's own kernel without hvcrash is the lab's fault.
blame_setup() { if [ "$opt_mode" = hvcrash ]; then guest_stopped "$@"; else lab_failed "$@"; fi; }

# guest_stopped REASON: blames the guest unless its machine is faulty, and saves whatever helps to find the cause.
guest_stopped() {
	local sickness
	! is_outer_sick || lab_failed "the outer kernel reported an error ($sickness); the guest: $*"
	! is_emulation_wrong || lab_failed "the emulated CPU is wrong ($sickness); the guest: $*"
	! is_kernel_to_blame || failed "$EXIT_KERNEL" "the kernel lost its crash kernel to CPU hotplug: $*"
	say "the guest failed: $*"
	[ -n "$guest_end$(host_end)" ] || dump_registers || [ -n "$guest_end" ] || lab_failed "the monitor does not answer; the guest: $*"
	printf -- '--- last lines of its console:\n'
	console_tail
	guest_failed "$@"
}

# dump_registers: writes the registers of all CPUs to registers.txt and prints where each CPU is. Fails if the monitor does not answer.
dump_registers() {
	local reply
	if [ "$way" = own ]; then own_registers; return; fi
	monitor 'info cpus' 20 || return 1
	printf '%s\n' "$reply"
	monitor 'info registers -a' 60 || return 1
	printf '%s\n' "$reply" >"$run_dir/registers.txt"
	grep -E '^CPU#|RIP=' "$run_dir/registers.txt" || true
	printf '(all registers: %s)\n' "$run_dir/registers.txt"
}

console_tail() { tail -n 25 "$run_dir/console.log" 2>/dev/null | tr -d '\r' | cut -c 1-200 || true; }

# The emulated serial port, or KVM below it, occasionally loses an interrupt: twice in about 180 runs a guest, once with hvcrash
# and once a stock one, stopped with all CPUs idle. An empty line causes an interrupt: the port sends what it still holds, and the
# CPU looks at its timers. The guest ignores the line. The result counts them.
readonly nudge_after=20 nudge_every=5 kick_after=120 kick_every=60

# nudge SECONDS-OF-SILENCE
nudge() {
	[ "$way" != own ] || return 0 # no interrupt may get lost there, so do not hide it
	[ "$1" -ge "$nudge_after" ] && [ $((($1 - nudge_after) % nudge_every)) -eq 0 ] || return 0
	channel_send handshake ''
	nudges=$((nudges + 1))
	fact nudges "$nudges"
	printf '(nudged after %d s of silence)\n' "$1" >>"$run_dir/handshake.log"
	[ "$1" -lt "$kick_after" ] || [ $((($1 - kick_after) % kick_every)) -ne 0 ] || kick
}

# kick: asks for the registers, which makes each virtual CPU leave KVM and enter it again. Without that, 6.12 on 7.2's CPU model
# hung each time while it started its second CPU, both CPUs waiting with interrupts off.
kick() {
	local line reply
	monitor_begin && monitor 'info registers -a' 20 || return 0
	printf '(kicked)\n' >>"$run_dir/handshake.log"
}

# guest_line SECONDS WHAT: reads the guest's next line into $words, without the leading LAB. Ends the attempt through machine_check
# if none can come; fails if none came in time.
guest_line() {
	local end=$((SECONDS + $1)) what=$2 line silence=0
	while [ $SECONDS -lt "$end" ]; do
		if ! channel_line handshake 1; then
			machine_check "$what"
			silence=$((silence + 1))
			nudge "$silence"
			continue
		fi
		case $line in
		'LAB FAIL '*) fail_words=${line#LAB FAIL }; return 1 ;;
		'LAB '*) words=${line#LAB }; return 0 ;;
		esac
	done
	return 1
}

# guest_says WORD SECONDS WHAT BLAME: waits for a line that starts with WORD; calls BLAME REASON if it does not come.
guest_says() {
	local word=$1 seconds=$2 what=$3 blame=$4
	fail_words=''
	while guest_line "$seconds" "$what"; do
		case $words in
		"$word" | "$word "*) return 0 ;;
		'BLOB '*) guest_blob "${words#BLOB }" ;;
		'PROGRESS '*) say "${words#PROGRESS }" ;;
		'COMPARE '*) compare_now "${words#COMPARE }"; channel_send handshake GO ;;
		'HOST '*) host_asked "${words#HOST }"; channel_send handshake GO ;;
		esac
	done
	"$blame" "${fail_words:-timed out after $seconds s}, waiting for $what"
}

# host_asked REQUEST: a step of the guest asks the host. Its answers to "state" are kept, one a line.
host_asked() {
	[ "$way" = own ] || lab_failed "the step's '$1' needs the lab's own host"
	host_ask "$1"
	[ "$1" != state ] || printf '%s\n' "$line" >>"$run_dir/states.jsonl"
	say "asked the host: $1"
}

# word_of NAME: VALUE of NAME=VALUE in $words.
word_of() {
	local word
	for word in $words; do
		case $word in "$1="*) printf '%s' "${word#*=}"; return ;; esac
	done
}

# guest_blob NAME: saves the file that the guest sends after BLOB in $blob_dir.
guest_blob() {
	local name=$1 line silence=0
	while [ "$silence" -lt 60 ]; do
		if ! channel_line handshake 1; then
			machine_check "the rest of $name"
			silence=$((silence + 1))
			nudge "$silence"
			continue
		fi
		silence=0
		case $line in
		"LAB END $name") base64 -d <"$blob_dir/$name.b64" | gzip -dc >"$blob_dir/$name"; rm "$blob_dir/$name.b64"; return ;;
		esac
		printf '%s\n' "$line" >>"$blob_dir/$name.b64"
	done
	guest_stopped "the transfer of $name stopped for $silence s"
}

boot_guest() {
	machine_start
	guest_says HELLO 240 'the guest to boot' lab_failed
	monitor_begin || lab_failed 'the monitor did not answer in 30 s'
	say "guest up, machine: $way"
	phase_end boot
	guest_says READY1 180 'VMBus and the crash kernel' blame_setup
	fact kernel_release "$(word_of kernel)"
	fact cpus_online "$(word_of cpus)"
	fact registry "$(word_of registry)"
	fact stops_by "$(word_of stops_by)"
	fact vmbus "$(word_of vmbus)"
	crash_ranges=$(word_of crash_ranges)
	fact crash_ranges "$crash_ranges"
	[ "$(word_of crash_loaded)" = 1 ] || blame_setup 'the crash kernel is not loaded'
	phase_end ready
	oracle_ask "$run_dir/overlays_before.json"
	compare_before overlays_before
	say "$(word_of kernel), $(word_of cpus) CPUs, crash kernel loaded, $(overlay_count "$run_dir/overlays_before.json") overlays mapped"
	[ "$(overlay_count "$run_dir/overlays_before.json")" -gt 0 ] || blame_setup 'no SynIC overlay is mapped before the crash'
	phase_end oracle_before
}

# crash_words: how the guest is to crash. Not on its command line, since one state may serve many crashes.
crash_words() {
	printf 'lab.crash=%s lab.cpu=%s lab.other=%s' "$opt_crash" "$opt_cpu" "$opt_other"
	[ -z "$opt_post_notifiers" ] || printf ' lab.post_notifiers=%s' "$opt_post_notifiers"
}

# send_nmi: to all CPUs, as an operator of a host would
send_nmi() {
	local reply line
	if [ "$way" = own ]; then host_ask nmi; return; fi
	monitor nmi || lab_failed "the monitor did not answer 'nmi'"
}

set_off_crash() {
	channel_send handshake "GO $(crash_words)"
	say "crash: $opt_crash on CPU $opt_cpu"
}

crash_guest() {
	set_off_crash
	if [ "$opt_crash" = nmi ]; then
		guest_says NMI 30 'the guest to be ready for the NMI' guest_stopped
		send_nmi
	fi
	guest_says READY2 "$opt_timeout" 'the second kernel' guest_stopped
	phase_end second_kernel
	oracle_ask "$run_dir/overlays_after.json"
	asked_after=overlays_after
	if [ "$(word_of vmbus)" = 1 ]; then
		asked_after=''
		say 'VMBus is built in and up again: the map says nothing about the jump'
		return
	fi
	# What one jump left stays on the list for the later ones
	{
		[ ! -e "$run_dir/stale_overlays.json" ] || cat "$run_dir/stale_overlays.json"
		not_within "$crash_ranges" <"$run_dir/overlays_after.json"
	} | jq -s 'add' >"$run_dir/stale_overlays.new"
	mv "$run_dir/stale_overlays.new" "$run_dir/stale_overlays.json"
	say "second kernel up, $(overlay_count "$run_dir/stale_overlays.json") overlays still mapped"
	phase_end oracle_after
}

# await_console PATTERN WHAT
await_console() {
	local end=$((SECONDS + opt_timeout))
	until grep -a -q "$1" "$run_dir/console.log"; do
		[ $SECONDS -lt $end ] || guest_stopped "timed out after $opt_timeout s waiting for $2"
		machine_check "$2"
		sleep 0.2
	done
}

# stop_at_jump: crashes the guest and goes no further than the jump into the crash kernel. The stamps appear on the console once
# everything that they measure is over.
stop_at_jump() {
	set_off_crash
	await_console 'hvcrash_stamp: khz .* writes [0-9]*.$' 'the jump into the crash kernel'
	phase_end jump
}

# stop_at_unload: crashes the guest and stops at its first message that UNLOAD is not answered: it would repeat the message nineteen
# times and do nothing else.
stop_at_unload() {
	set_off_crash
	await_console 'Waiting for VMBus UNLOAD to complete' 'the kernel to say that it waits for VMBus'
	phase_end unload
}

# ask_stale NAME: records what is mapped now in NAME.json, and which of it the first kernel left.
ask_stale() {
	oracle_ask "$run_dir/$1.json"
	asked_after=$1
	not_within "$crash_ranges" <"$run_dir/$1.json" >"$run_dir/stale_overlays.json"
}

# starve_guest: crashes the guest into a crash kernel that has too little memory, and waits for that kernel's end. Whatever the first
# kernel left is then still on the map.
starve_guest() {
	local end=$((SECONDS + opt_timeout)) line
	set_off_crash
	until has_panic_ended; do
		[ $SECONDS -lt $end ] || guest_stopped "timed out after $opt_timeout s waiting for the crash kernel to run out of memory"
		is_machine_running || lab_failed 'QEMU ended while the lab waited for the crash kernel to run out of memory'
		channel_line handshake 1 || monitor_drain
	done
	phase_end starved
	ask_stale overlays_after
	say "the crash kernel has run out of memory, $(overlay_count "$run_dir/stale_overlays.json") overlays still mapped"
	phase_end oracle_after
}

# rescue_guest: hvcrash in the second kernel revokes what is left; asks the hypervisor before and after.
rescue_guest() {
	[ -n "$opt_rescue" ] || return 0
	fact overlays_to_rescue "$(overlay_count "$run_dir/stale_overlays.json")"
	channel_send handshake GO
	guest_says RESCUED 120 'the rescue' guest_stopped
	ask_stale overlays_rescued
	say "rescued, $(overlay_count "$run_dir/stale_overlays.json") overlays still mapped"
	phase_end rescue
}

# jump_on: prepares the new kernel for the next jump, which ends like the first one.
jump_on() {
	jump=$((jump + 1))
	guest_says READY1 180 'VMBus after a jump' guest_stopped
	oracle_ask "$run_dir/overlays_jump_$jump.json"
	compare_before "overlays_jump_$jump"
	[ "$(overlay_count "$run_dir/overlays_jump_$jump.json")" -gt 0 ] || guest_stopped 'no SynIC overlay is mapped before the jump'
	phase_end "jump_$jump"
	crash_guest
	channel_send handshake GO
}

# place_of PLACE: the GPA that --poke and --poke-before name.
place_of() {
	local registry
	case $1 in
	registry:*)
		registry=$(fact_of registry)
		[ -n "$registry" ] || lab_failed "$1: the guest did not say where its registry is"
		printf '0x%x' $((registry + ${1#*:}))
		;;
	*)
		overlay_named "$run_dir/overlays_before.json" "$1" ||
			lab_failed "$1: no such overlay was mapped before the crash"
		;;
	esac
}

# poke_place PLACE-OR-GPA
poke_place() {
	local gpa=$1
	[ -n "$gpa" ] || return 0
	case $gpa in *:*) gpa=$(place_of "$gpa") || exit ;; esac
	poke "$gpa"
	fact poked "$gpa"
	say "changed a byte at $gpa from outside"
}

poke_guest() { poke_place "${opt_poke_gpa:-$opt_poke}"; }

# note_audit EXIT: records the exit status; of several audits the worst counts.
note_audit() {
	local before
	before=$(fact_of audit_exit)
	[ "${before:-0}" -gt "$1" ] || fact audit_exit "$1"
}

# The hook waits a minute and then 10 s for the disk. The guest's clock is slower than this one on a busy machine.
readonly most_bound_s=600

# await_reboot: the dump hangs, and nothing but the bound of hvcrash's hook ends it. The machine ends where it would boot again.
await_reboot() {
	local begin end
	begin=$(now_ms) end=$((SECONDS + most_bound_s))
	say "the dump hangs"
	while [ -z "$guest_end$(host_end)" ] && is_machine_running; do
		[ $SECONDS -lt $end ] || guest_stopped "timed out after $most_bound_s s waiting for the hook to reboot a dump that hangs"
		sleep 0.2
		monitor_drain
	done
	monitor_drain # its last words
	fact reboot_ms $(($(now_ms) - begin))
	fact reboot "$guest_end$(host_end)"
	say "the machine ended ($guest_end$(host_end)) after $(fact_of reboot_ms) ms"
	phase_end reboot
}

finish_guest() {
	local patience=180
	[ -z "$opt_dumps" ] || patience=600 # for each dump
	channel_send handshake GO
	while guest_line "$patience" 'the second kernel to finish'; do
		case $words in
		'AUDIT '*) note_audit "$(cut -d' ' -f2 <<<"$words")" ;;
		NEXT) compare_after; jump_on ;;
		'BLOB '*) guest_blob "${words#BLOB }" ;;
		'WROTE '* | 'CANNOT '*) dump_line "$words" ;;
		'DUMP 0 '?*) fact dump_ok true; fact panic "${words#DUMP 0 }" ;;
		'DUMP '*) fact dump_ok false ;;
		HANGS) await_reboot; return ;;
		DONE) compare_after; phase_end audit; fetch_dumps; ask_crash; return ;;
		esac
	done
	guest_stopped "${fail_words:-timed out after $patience s}, waiting for the second kernel to finish"
}

run_prepare() {
	if [ -z "$opt_from" ]; then
		with_build_lock "$release" make_run_image "$release" "$opt_mode"
	else
		check_state
		ln "$from_dir/machine.initrd" "$run_dir/initrd.img"
	fi
}

# attempt_begin: the first step in the process of an attempt.
attempt_begin() {
	trap machine_stop EXIT
	trap 'exit 130' INT TERM HUP
	fail_words='' words='' crash_ranges='' memory_file='' nudges=0 jump=0 blob_dir=$run_dir asked_after=''
}

# run_attempt: one try. Ends with EXIT_HELD once everything is gathered, whatever that says about the guest.
run_attempt() {
	attempt_begin
	if [ -n "$opt_from" ]; then resume_guest; else boot_guest; fi
	keep_state
	set_faults
	poke_place "$opt_poke_before"
	case $opt_expect in
	jumped) stop_at_jump; return ;;
	waits) stop_at_unload; return ;;
	starved) starve_guest; return ;;
	esac
	crash_guest
	rescue_guest
	poke_guest
	finish_guest
}

# set_aside NAME: moves the files of the failed attempt out of the way.
set_aside() {
	local keep=$run_dir/$1 file
	mkdir "$keep"
	for file in "$run_dir"/*; do
		case $file in */lab-failure-* | */kernel-loss-* | */own) ;; *.img) rm "$file" ;; *) mv "$file" "$keep/" ;; esac
	done
}

# The stock kernel lost its crash kernel in 5 crashes of 12, so this many in a row occur once in some six thousand runs.
readonly most_kernel_losses=10

# make_attempts: repeats until an attempt did not fail because of the lab, or there were too many. Sets $attempt_status to the status
# of the last. The verb defines an attempt: ${verb}_prepare, ${verb}_attempt.
make_attempts() {
	while :; do
		phase_start_ms=$(now_ms)
		"${verb}_prepare"
		phase_end image
		attempt_status=0
		"${verb}_attempt" &
		attempt_pid=$!
		wait "$attempt_pid" || attempt_status=$?
		attempt_pid=''
		case $attempt_status in
		"$EXIT_HELD" | "$EXIT_GUEST") return ;;
		"$EXIT_KERNEL")
			say "$(fact_of failure)"
			kernel_losses=$((kernel_losses + 1))
			[ "$kernel_losses" -lt "$most_kernel_losses" ] || return 0
			set_aside "kernel-loss-$kernel_losses"
			continue
			;;
		esac
		[ -n "$(fact_of failure)" ] || fact failure "the lab stopped with status $attempt_status"
		say "the lab failed: $(fact_of failure)"
		tail -q -n 5 "$run_dir/qemu.log" "$run_dir/outer.log" 2>/dev/null | tr -d '\r' | cut -c 1-200 || true
		console_tail
		[ "$attempt_status" -eq "$EXIT_LAB" ] && [ "$lab_retries" -lt "$opt_retries" ] || return 0
		lab_retries=$((lab_retries + 1))
		set_aside "lab-failure-$lab_retries"
		say "trying again ($lab_retries of $opt_retries)"
	done
}
