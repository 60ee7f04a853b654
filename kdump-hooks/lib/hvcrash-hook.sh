# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh (dash, busybox ash, bash), sourced by every adapter: what they all do.
# shellcheck shell=sh disable=SC3043,SC3013 # "local", -nt and -ot: not in POSIX, and in every sh that a capture initramfs has
#
# Runs in the second kernel, around the dump: finds hvcrashctl, runs it bounded, keeps its report, puts it beside the dump.
# A hook never costs the dump. So each function here returns within its bound whatever the tool, the disk or the memory do,
# says in one line on stderr what went wrong (whoever runs an adapter sends that to the journal and the console), and no
# file of a report is ever seen half-written. Left out: where the dump is. That is what the adapters know.
#
# HVCRASH_ROOT is put before every absolute path, for tests.

hook_root=${HVCRASH_ROOT:-}
hook_audit_seconds=${HVCRASH_AUDIT_SECONDS:-60}
hook_write_seconds=${HVCRASH_WRITE_SECONDS:-30}

hook_log() { printf 'hvcrash-hook: %s\n' "$*" >&2; }

# Is this the second kernel? With a size, since an empty file is what is there when the dump was given up.
hook_is_capture() { [ -s "$hook_root/proc/vmcore" ]; }

# hook_begin: a place for what only this run needs, in memory: nothing on disk is needed to come to a verdict.
hook_begin() {
	umask 077
	hook_work=$hook_root/run/hvcrash/work
	mkdir -p "$hook_work" 2>/dev/null && return 0
	hook_log "no audit: $hook_work cannot be made"
	return 1
}

hook_end() { rm -rf "${hook_work:?}"; }

# hook_uptime: seconds; not the clock, which may be set meanwhile.
hook_uptime() { cut -d. -f1 /proc/uptime; }

# Some sleep knows no fractions.
hook_nap() { sleep 0.05 2>/dev/null || sleep 1; }

# hook_first_to_die: where the memory runs out, the audit goes, and not the dump. The process is the caller's (sub)shell.
hook_first_to_die() { { echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null || true; }

# hook_bounded SECONDS COMMAND...: its status; 124 if it was still there and was killed. Neither a process that cannot be
# killed holds us up, nor does the way that timeout(1) waits for one; and timeout(1) need not be there.
hook_bounded() {
	local seconds="$1" end pid
	shift
	rm -f "$hook_work/pid" "$hook_work/status"
	(
		(
			hook_first_to_die
			# A program takes the place of the shell, so that killing it is killing the program
			case $1 in hook_*) "$@" ;; *) exec "$@" ;; esac
		) &
		echo $! >"$hook_work/pid"
		wait $!
		echo $? >"$hook_work/status"
	) </dev/null &
	pid=$!
	end=$(($(hook_uptime) + seconds))
	while [ ! -s "$hook_work/status" ] && kill -0 "$pid" 2>/dev/null; do
		if [ "$(hook_uptime)" -ge "$end" ]; then
			kill -KILL "$(cat "$hook_work/pid")" 2>/dev/null
			return 124
		fi
		hook_nap
	done
	hook_status
}

# hook_status: what the subshell of hook_bounded left; killed with it, it left nothing.
hook_status() {
	local status=137
	# The status may come in the moment in which the process goes
	[ ! -s "$hook_work/status" ] || read -r status <"$hook_work/status"
	return "$status"
}

# hook_machine FILE: class and machine of an ELF file; nothing of another or where od(1) is not there.
hook_machine() {
	# shellcheck disable=SC2046 # bytes are words
	set -- $(od -An -v -tx1 -N20 "$1" 2>/dev/null)
	[ $# -eq 20 ] && [ "$1$2$3$4" = 7f454c46 ] || return 0
	shift 4
	printf '%s %s%s' "$1" "${15}" "${16}"
}

# hook_is_foreign FILE: a program for another machine. Every sh, and execvp(3) too, would run it as a shell script.
hook_is_foreign() {
	local machine
	machine=$(hook_machine "$1")
	[ -n "$machine" ] && [ "$machine" != "$(hook_machine /proc/self/exe)" ]
}

# hook_find_tool: its path into $hook_tool, or why not into $hook_reason.
hook_find_tool() {
	local path
	for path in /usr/sbin /usr/bin /usr/local/sbin /usr/local/bin; do
		hook_tool=$hook_root$path/hvcrashctl
		[ -e "$hook_tool" ] || continue
		if [ ! -x "$hook_tool" ] || [ -d "$hook_tool" ]; then
			hook_reason="$hook_tool is not a program"
		elif hook_is_foreign "$hook_tool"; then
			hook_reason="$hook_tool is a program for another machine"
		else
			return 0
		fi
		return 1
	done
	hook_reason='hvcrashctl is not there'
	return 1
}

# hook_last_line FILE: the line with which a program says why it failed; whatever it is, it is one printable line.
hook_last_line() { tail -n 1 "$1" 2>/dev/null | tr -cd '\040-\176' | cut -c 1-300; }

# hook_explain STATUS FILE: how the tool ended, in words; FILE is its stderr.
hook_explain() {
	local line
	line=$(hook_last_line "$2")
	case $1 in
	124) printf 'hvcrashctl was not done in %s s and was killed' "$hook_audit_seconds" ;;
	126 | 127) printf 'hvcrashctl cannot be started: %s' "${line:-status $1}" ;;
	137) printf 'hvcrashctl was killed, by the OOM killer as a rule' ;;
	12[89] | 1[3-9]? | 2??) printf 'hvcrashctl died of signal %d' $(($1 - 128)) ;;
	*) printf '%s' "${line:-hvcrashctl ended with status $1 and no report}" ;;
	esac
}

# hook_is_report FORMAT STATUS FILE: is this what the tool writes when it ends with that status? Only then is it believed.
hook_is_report() {
	local line=''
	case $1 in
	json)
		grep -q '"schema": *"hvcrash\.audit/1"' "$3" 2>/dev/null || return 1
		case $(tail -c 2 "$3") in *'}') return 0 ;; esac
		return 1
		;;
	esac
	read -r line <"$3" 2>/dev/null
	case $2:$line in
	0:CLEAN* | 1:NOT\ CLEAN* | 2:CANNOT\ TELL*) return 0 ;;
	esac
	return 1
}

# hook_run FORMAT [OPTION]: the tool once, into $hook_work. Fails with the reason in $hook_reason if that gives no report.
hook_run() {
	local format="$1" file="$hook_work/hvcrash-audit.$1" status=0
	shift
	hook_bounded "$hook_audit_seconds" "$hook_tool" audit "$@" "$hook_root/proc/vmcore" \
		>"$file" 2>"$hook_work/stderr" || status=$?
	hook_is_report "$format" "$status" "$file" && return 0
	hook_reason=$(hook_explain "$status" "$hook_work/stderr")
	return 1
}

# hook_quote TEXT: inside a JSON string.
hook_quote() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# hook_no_report FORMAT: in the place of a report, so that a missing file is never taken for a clean one.
hook_no_report() {
	case $1 in
	txt) printf 'CANNOT TELL: %s\n' "$hook_reason" ;;
	json)
		printf '{\n  "schema": "hvcrash.error/1",\n  "verdict": "cannot tell",\n  "exit_status": 2,\n'
		printf '  "message": "CANNOT TELL: %s",\n  "error": {\n' "$(hook_quote "$hook_reason")"
		printf '    "file": "/proc/vmcore",\n    "message": "%s",\n    "gpa": null\n  }\n}\n' "$(hook_quote "$hook_reason")"
		;;
	esac >"$hook_work/hvcrash-audit.$1"
}

# hook_load_modules: what the audit reads this kernel's registers through; what happens without is in the report. And hvcrash,
# to take back what the first kernel could not, where the command line says that other CPUs may be started for it: it is for
# the administrator to say so, since an INIT to the first kernel's boot CPU may end the machine (disable_cpu_apicid).
hook_load_modules() {
	hook_bounded "$hook_write_seconds" modprobe -q msr >/dev/null 2>&1 || true
	case " $(cat "$hook_root/proc/cmdline" 2>/dev/null) " in
	*' maxcpus=1 '*) hook_bounded "$hook_audit_seconds" modprobe -q hvcrash 2>/dev/null || hook_log 'no rescue: hvcrash was not loaded' ;;
	esac
}

# hook_audit DIRECTORY: audits, and leaves both reports there. What failed is in the log, and in the reports if they can be
# written at all. Where the first run gave no report and may take as long again, there is no second.
hook_audit() {
	hook_reason=''
	hook_load_modules
	if hook_find_tool && hook_run txt; then
		hook_run json --json || hook_no_report json
	else
		hook_no_report txt
		hook_no_report json
	fi
	[ -z "$hook_reason" ] || hook_log "$hook_reason"
	hook_log "audit: $(head -n 1 "$hook_work/hvcrash-audit.txt" 2>/dev/null | tr -cd '\040-\176')"
	hook_keep "$hook_work" "$1"
}

# hook_store FROM TO: both reports from one directory to another: each on disk before it has its name, the JSON last.
hook_store() {
	local file
	mkdir -p "$2" || return 1
	for file in hvcrash-audit.txt hvcrash-audit.json; do
		if ! cp "$1/$file" "$2/$file.new" || ! hook_sync "$2/$file.new" || ! mv "$2/$file.new" "$2/$file"; then
			rm -f "$2/$file.new"
			return 1
		fi
	done
	hook_sync "$2"
}

# hook_sync FILE: not every sync(1) knows one file from all.
hook_sync() { sync "$1" 2>/dev/null || sync; }

# hook_keep FROM TO: hook_store, bounded, since a disk may hang too.
hook_keep() {
	local status=0
	hook_bounded "$hook_write_seconds" hook_store "$1" "$2" 2>"$hook_work/stderr" || status=$?
	case $status in
	0) return 0 ;;
	124) hook_log "report not written to $2: not done in $hook_write_seconds s" ;;
	*) hook_log "report not written to $2: $(hook_last_line "$hook_work/stderr")" ;;
	esac
	return 1
}

# hook_newest REFERENCE DIRECTORY...: the one that changed last and not before REFERENCE, and has no report yet. "Not before"
# and not "after": dash knows seconds only.
hook_newest() {
	local reference="$1" dir best=''
	shift
	for dir in "$@"; do
		if [ ! -d "$dir" ] || [ -L "$dir" ] || [ -e "$dir/hvcrash-audit.json" ]; then continue; fi
		[ ! "$dir" -ot "$reference" ] || continue
		if [ -z "$best" ] || [ "$dir" -nt "$best" ]; then best=$dir; fi
	done
	[ -n "$best" ] && printf '%s' "$best"
}

# hook_place FROM TO: hook_keep to where it stays.
hook_place() { hook_keep "$1" "$2" && hook_log "report: $2/hvcrash-audit.txt"; }

# hook_dump_seconds: how long the dump may take, 0 for ever. By hvcrash_dump_minutes= of this kernel's command line; without it
# an hour and a minute for each GiB of the crashed kernel, which is 17 MiB/s if no page were left out. status_kdump.c has it, too.
hook_dump_seconds() {
	local line minutes=''
	line=$(cat "$hook_root/proc/cmdline" 2>/dev/null)
	case " $line" in
	*' hvcrash_dump_minutes='*)
		minutes=${line##*hvcrash_dump_minutes=}
		minutes=${minutes%%[!0-9]*}
		;;
	esac
	if [ -z "$minutes" ]; then
		# shellcheck disable=SC2012,SC2046 # stat(1) need not be there; words
		set -- $(ls -Lln "$hook_root/proc/vmcore" 2>/dev/null)
		minutes=$((60 + ${5:-0} / 1073741824))
	fi
	printf '%d' "${HVCRASH_DUMP_SECONDS:-$((minutes * 60))}"
}

# hook_reboot_when_over: returns only where there is no bound. A dump that hangs, in a disk that does not answer, in a shell
# that waits for an operator, would keep the VM down for ever; neither systemd nor a kdump has a bound for it. SysRq, since
# nothing that still works is needed for it. SIGTERM ends it as it ends all others: an orderly reboot does not wait for it.
hook_reboot_when_over() {
	local seconds
	trap '' HUP
	cd /
	seconds=$(hook_dump_seconds)
	[ "$seconds" -gt 0 ] || return 0
	sleep "$seconds"
	hook_log "the dump is not done after $seconds s: rebooting" 2>"$hook_root/dev/kmsg"
	sync &
	sleep "$hook_write_seconds"
	echo b >"$hook_root/proc/sysrq-trigger"
}

# hook_bound_dump: that, in the background, which outlives its caller. The kdump of RHEL and of SUSE leave it alone when their
# unit ends (KillMode=process).
hook_bound_dump() {
	hook_reboot_when_over </dev/null >/dev/null 2>&1 &
}

# hook_before: all of an adapter before the dump, where the report has to wait in memory for its directory.
hook_before() {
	hook_is_capture || return 0
	hook_bound_dump
	hook_begin || return 0
	hook_audit "$hook_root/run/hvcrash"
	hook_end
}

# hook_root_mount: the file system of the first kernel's root, where this one has mounted it, and "ro" or "rw".
hook_root_mount() {
	while IFS=' ' read -r _ mount type options _; do
		case $mount:$type in
		/sysroot:rootfs) ;;
		/sysroot:*) printf '%s %s' "$mount" "${options%%,*}" ;;
		esac
	done <"$hook_root/proc/mounts"
}

# hook_crash_log FILE: why there is no dump is in this kernel's log, which goes with it; the end of it, for "hvcrashctl crashes".
hook_crash_log() { { journalctl -q -b --no-pager -o short-monotonic 2>/dev/null || dmesg; } | tail -n 200 >"$1"; }

# hook_aside_in DIRECTORY: the report, and this kernel's log, into a directory of their own. Where the disk is full, the boot
# before has kept room for that.
hook_aside_in() {
	local to
	to=$1/$(date +%Y%m%d%H%M%S).no-dump
	mkdir -p "$1" || return 1
	if ! hook_store "$hook_root/run/hvcrash" "$to"; then
		[ -e "$1/.room" ] || return 1
		rm -f "$1/.room"
		hook_store "$hook_root/run/hvcrash" "$to" || return 1
	fi
	# the report counts; of a log that does not fit nothing is kept
	hook_crash_log "$to/kexec-dmesg.log" 2>/dev/null || rm -f "$to/kexec-dmesg.log"
	hook_sync "$to"
	printf '%s' "$to" >"$hook_work/aside"
}

# hook_set_aside: to where the next boot looks for reports without a dump, on the first kernel's root file system. kdump mounts
# that read-only, and makes it writable itself where it is the target; here there is no dump any more that this could cost.
hook_set_aside() {
	local mount mode status=0
	# shellcheck disable=SC2046 # two words
	set -- $(hook_root_mount)
	[ $# -eq 2 ] || return 1
	mount=$1 mode=$2
	[ "$mode" = rw ] || hook_bounded "$hook_write_seconds" mount -o remount,rw "$hook_root$mount" 2>/dev/null || return 1
	hook_bounded "$hook_write_seconds" hook_aside_in "$hook_root$mount/var/lib/hvcrash/audit" 2>"$hook_work/stderr" || status=$?
	[ "$mode" = rw ] || hook_bounded "$hook_write_seconds" mount -o remount,ro "$hook_root$mount" 2>/dev/null || true
	[ "$status" -eq 0 ] && hook_log "report: $(cat "$hook_work/aside")/hvcrash-audit.txt"
}

# hook_show: where the report cannot stay anywhere, the log has it.
hook_show() {
	hook_log "$1, so this is all that is kept of the report:"
	cat "$hook_root/run/hvcrash/hvcrash-audit.txt" >&2
}

# hook_after DIRECTORY: all of an adapter after the dump; without a directory that can be written the report is set aside, or
# shown, so that the log has it.
hook_after() {
	[ -e "$hook_root/run/hvcrash/hvcrash-audit.txt" ] && hook_begin || return 0
	if [ -z "$1" ] || ! hook_place "$hook_root/run/hvcrash" "$1"; then
		hook_set_aside || hook_show 'no directory of the dump to write to'
	fi
	: >"$hook_root/run/hvcrash/handled"
	hook_end
}

# hook_without_dump: all of an adapter that is called where the dump has failed, or was not even tried. An audit needs no disk.
hook_without_dump() {
	[ ! -e "$hook_root/run/hvcrash/handled" ] || return 0
	[ -e "$hook_root/run/hvcrash/hvcrash-audit.txt" ] || hook_before
	[ -e "$hook_root/run/hvcrash/hvcrash-audit.txt" ] && hook_begin || return 0
	hook_set_aside || hook_show 'no dump, and no file system of the first kernel to write to'
	: >"$hook_root/run/hvcrash/handled"
	hook_end
}
