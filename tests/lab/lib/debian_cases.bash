# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# The cases of "lab debian", declared in tests/lab/debian/cases.table: one function case_KIND for each kind. A case begins in the
# configured guest, ready to crash, and ends in a guest that is up. Its findings are in cases/NAME of the run directory, and
# debian_report.bash judges them. After a crash, steps/restore undoes what the case broke, so that the next case finds the guest
# as it was; undo and upgrade do not restore.

# case_row NAME: reads its row of the table into $case_name, $case_kind, $case_expect, $case_reason and $case_sign. Fails if there is none.
case_row() {
	read -r case_name case_kind case_expect case_reason case_sign < <(awk -v n="$1" '$1 == n' "$lab_dir/debian/cases.table")
}

# check_cases: checks the value of --case.
check_cases() {
	local name
	case $opt_case in *[!a-z,]* | ,* | *, | *,,* | '') usage_error "--case: '$opt_case' is not a list of cases" ;; esac
	for name in ${opt_case//,/ }; do
		case_row "$name" || usage_error "$name: no such case, see '${0##*/} list'"
	done
	[ -z "$(tr ',' '\n' <<<"$opt_case" | sort | uniq -d)" ] || usage_error "--case: a case is named twice"
	! has_case fleet || [ "$opt_case" = fleet ] || usage_error '--case: fleet has a disk of its own and cannot be combined with other cases'
}

has_case() { case ",$opt_case," in *",$1,"*) ;; *) return 1 ;; esac }

# use_case NAME: makes it the case that the functions below work on.
use_case() {
	case_row "$1"
	case_dir=$run_dir/cases/$1
}

case_fact() { printf '%s=%s\n' "$1" "$2" >>"$case_dir/facts"; }

case_fact_of() { sed -n "s/^$1=//p" "$case_dir/facts" 2>/dev/null | tail -n 1; }

begin_case() {
	use_case "$1"
	case_number=$((case_number + 1))
	mkdir -p "$case_dir"
	blob_dir=$case_dir
	say "case $case_name, $case_number of $case_count"
}

# end_case: estimates the remaining time from the previous cases, which are much alike.
end_case() {
	local minutes=$((($(now_ms) - cases_start_ms) / 60000)) left=$((case_count - case_number)) to_go=''
	phase_end "$case_name"
	[ "$left" -eq 0 ] || to_go=", about $((minutes * left / case_number)) to go"
	say "$case_number of $case_count cases in $minutes min$to_go"
}

# debian_note SCRIPT SECONDS: records its exit status as a fact of the case, named after the script.
debian_note() {
	debian_do "$@"
	case_fact "$(basename "$1")_exit" "$did"
}

# note_up: records what HELLO said about the first kernel.
note_up() {
	crash_ranges=$(word_of crash_ranges)
	case_fact kernel "$(word_of kernel)"
	case_fact crash_loaded "$(word_of crash_loaded)"
}

# debian_up WHAT
debian_up() {
	debian_hello first "$1" guest_stopped
	note_up
}

reboot_debian() {
	debian_start steps/reboot
	debian_up 'the guest to start again'
	say "started again, $(case_fact_of kernel)"
}

# ask_before: records what is shared before the crash, according to the host and to the module; there has to be something. A case
# may break the tool, or run without the module: then there is no list.
ask_before() {
	debian_do steps/list 300
	oracle_ask "$blob_dir/overlays_before.json"
	[ "$(overlay_count "$blob_dir/overlays_before.json")" -gt 0 ] || guest_stopped 'no SynIC overlay is mapped before the crash'
	compare before "$(state_file "$blob_dir/overlays_before.json")" "$blob_dir/list.json"
}

# crash_kernel_up: the crash kernel said HELLO. It dumps once the map has been read, and the machine then reboots by itself, through
# SeaBIOS and GRUB as before the crash.
crash_kernel_up() {
	oracle_ask "$case_dir/overlays_after.json"
	case_fact crash_ranges "$crash_ranges"
	not_within "$crash_ranges" <"$case_dir/overlays_after.json" >"$case_dir/stale_overlays.json"
	say "crash kernel up, $(overlay_count "$case_dir/stale_overlays.json") overlays still mapped"
	# The page that the case's script named, if any
	[ ! -e "$case_dir/poke" ] || poke_place "$(cat "$case_dir/poke")"
	channel_send handshake GO
	debian_up 'the guest to dump and boot again'
	say 'dumped and booted again'
	debian_done steps/collect 300
	note_directory
	say "the hook: $(sed -n 's/.*hvcrash-hook: //p' "$case_dir/crash-journal" | tail -n 1)"
	# Only if the tool in the crash kernel is ours, and intact
	[ "$case_expect" != clean ] || debian_note steps/audit 600
	! is_published || note_published
}

# is_published: the boot after the crash has a hvcrashctl that works, and room for what it writes.
is_published() { [ "$case_expect" = clean ] || [ "$case_name" = damaged ]; }

# message_id VERB: as docs/fleet.md has it.
message_id() { sed -n "s/^| \`\([0-9a-f]\{32\}\)\` | $1 |\$/\1/p" "$repo/docs/fleet.md"; }

# note_published: what that boot has published.
note_published() {
	local script
	script=$(base64 -w 0 < <(printf 'ids="%s %s"\n' "$(message_id audit)" "$(message_id 'publish --crash')" &&
		cat "$lab_dir/debian/steps/published.sh"))
	debian_run published "$script" 900
	case_fact published_exit "$did"
}

# note_directory: records the directory of the new dump, if exactly one is new.
note_directory() {
	local new
	mapfile -t new < <(grep -vxF -f "$run_dir/directories" "$case_dir/directories")
	[ ${#new[@]} -ne 1 ] || case_fact directory "${new[0]}"
	cp "$case_dir/directories" "$run_dir/directories"
}

crash_debian() {
	debian_start steps/crash
	say 'crash on CPU 1'
	debian_hello crash 'the crash kernel' guest_stopped
	crash_kernel_up
}

case_crash() {
	debian_done steps/restore 300
	ask_before
	[ ! -e "$lab_dir/debian/cases/$case_name.sh" ] || debian_done "cases/$case_name" 900
	crash_debian
}

# jump_debian NUMBER: systemctl kexec. jump-NUMBER gets what the next kernel reports about the last one, and what is mapped then.
jump_debian() {
	blob_dir=$case_dir/jump-$1
	mkdir "$blob_dir"
	ask_before
	debian_done steps/kexec-load 300
	debian_start steps/kexec
	debian_up 'the kernel after systemctl kexec'
	say "up after systemctl kexec, jump $1"
	oracle_ask "$blob_dir/overlays_after.json"
	left_mapped <"$blob_dir/overlays_after.json" >"$blob_dir/stale_overlays.json"
	debian_do steps/jumped 300
	case_fact "jump_$1_exit" "$did"
	# QEMU's memory map does not say which kernel an overlay belongs to
	[ "$way" != own ] || compare_second_kernel "$blob_dir/overlays_after.json" "$blob_dir/audit.json"
	blob_dir=$case_dir
}

case_kexec() {
	debian_done steps/restore 300
	jump_debian 1
	jump_debian 2
	reboot_debian
}

case_undo() {
	debian_done steps/restore 300
	debian_note steps/check 300
	debian_done steps/again 900
	debian_done steps/undo 1800
	reboot_debian
	debian_note steps/undone 600
}

# runcmd_of FILE: the script in a cloud-config, as cloud-init passes it to sh.
runcmd_of() { awk '/^  - \|$/ { on = 1; next } /^[^ ]/ { on = 0 } on { sub(/^    /, ""); print }' "$1"; }

# case_cloudinit: does what cloud-init would do at the first boot of a VM, including the final reboot.
case_cloudinit() {
	debian_done steps/restore 300
	debian_done steps/bare 1800
	debian_run cloud-init "$(cat "$lab_dir/debian/steps/cloud-init.sh" <(runcmd_of "$repo/examples/cloud-init.yaml") | base64 -w 0)" 1800
	case_fact runcmd_exit "$did"
	debian_note steps/cloud-init-done 60
	reboot_debian
	debian_note steps/status 300
	debian_note steps/check 300
}

# case_upgrade: first without DKMS, then as the README describes.
case_upgrade() {
	debian_done steps/restore 300
	debian_done steps/upgrade 3600
	reboot_debian
	debian_do steps/status 300
	case_fact status_exit_without "$did"
	mv "$case_dir/status.log" "$case_dir/status-without.log"
	debian_do steps/check 300
	case_fact check_exit_without "$did"
	mv "$case_dir/check.log" "$case_dir/check-without.log"
	debian_done steps/module 1800
	reboot_debian
	debian_note steps/status 300
	debian_note steps/check 300
	ask_before
	crash_debian
}

# The pipeline's ssh is tests/lab/debian/ssh, which passes commands on to here: through one FIFO, one command at a time in base64;
# through another it gets the exit status back, and the number in the names of the output files.

# hvcrash-configure makes initrds, see debian.bash
readonly command_bound=1800

# debian_command COMMAND: waits until it ends in the guest. If the guest goes down meanwhile, the answer comes once it is back, as from
# a lost connection. Sets $did to the exit status. Commands are numbered, since one that was sent to a guest on its way down may be
# read by the agent of the next boot.
debian_command() {
	local script n
	n=$(wc -l <"$case_dir/commands")
	printf '%s\n' "$1" >>"$case_dir/commands"
	# shellcheck disable=SC2016 # for the guest
	script=$(printf 'sudo() { "$@"; }\n(%s\n) >/run/lab/stdout\nstatus=$?\nsend stdout-%s /run/lab/stdout\nexit $status\n' "$1" "$n" | base64 -w 0)
	: >"$case_dir/stdout-$n"
	: >"$case_dir/stderr-$n"
	channel_send handshake "DO stderr-$n $script"
	while guest_line "$command_bound" "'$1' to end in the guest"; do
		case $words in
		'BLOB '*) guest_blob "${words#BLOB }" ;;
		"DID stderr-$n "*) did=${words##* }; return ;;
		'HELLO crash '*) did=255; crash_kernel_up; return ;;
		'HELLO first '*) did=255; note_up; return ;;
		esac
	done
	guest_stopped "timed out after $command_bound s waiting for '$1' to end in the guest"
}

# serve_pipeline PID: answers its requests until it ends.
serve_pipeline() {
	local command
	while kill -0 "$1" 2>/dev/null; do
		IFS= read -r -t 1 -u "$ssh_asked" command || continue
		debian_command "$(base64 -d <<<"$command")"
		printf '%s %s\n' "$did" $(($(wc -l <"$case_dir/commands") - 1)) >&"$ssh_answered"
	done
}

case_pipeline() {
	local pid status=0
	debian_done steps/restore 300
	ask_before
	: >"$case_dir/commands"
	mkfifo "$case_dir/asked" "$case_dir/answered"
	exec {ssh_asked}<>"$case_dir/asked" {ssh_answered}<>"$case_dir/answered"
	SSH=$lab_dir/debian/ssh LAB_SSH=$case_dir POLL=1 ANSWER_TIMEOUT=3600 BOOT_TIMEOUT=3600 CRASH_TIMEOUT=3600 \
		setpriv --pdeathsig KILL "$repo/examples/crash-test" lab "$case_dir/artifacts" >"$case_dir/crash-test.log" 2>&1 &
	pid=$!
	serve_pipeline "$pid"
	wait "$pid" || status=$?
	exec {ssh_asked}<&- {ssh_answered}<&-
	rm "$case_dir/asked" "$case_dir/answered"
	case_fact crash_test_exit "$status"
	say "crash-test ended with status $status"
}
