# SPDX-License-Identifier: GPL-2.0-only
# POSIX sh (dash, busybox ash, bash), sourced by every adapter: their common part.
# shellcheck shell=sh disable=SC3043,SC3013 # "local", -nt and -ot: not in POSIX, and in every sh that a capture initramfs has
#
# Runs in the second kernel, around the dump: finds hvcrashctl, runs it bounded, keeps its report, puts it beside the dump.
# A hook never costs the dump. So each function here returns within its bound whatever the tool, the disk or the memory do,
# and reports a failure in one line on stderr (the caller of an adapter sends it to the journal and the console); and a file
# of a report is never visible half-written. The adapters know where the dump is.
#
# HVCRASH_ROOT is put before every absolute path, for tests.

hook_root=${HVCRASH_ROOT:-}
hook_audit_seconds=${HVCRASH_AUDIT_SECONDS:-60}
hook_write_seconds=${HVCRASH_WRITE_SECONDS:-30}

hook_log() { printf 'hvcrash-hook: %s\n' "$*" >&2; }

# Is this the second kernel? The size is checked, since the file is empty once the dump was released.
hook_is_capture() { [ -s "$hook_root/proc/vmcore" ]; }

# hook_begin: a directory in memory for this run: the verdict needs no disk.
hook_begin() {
	umask 077
	hook_work=$hook_root/run/hvcrash/work
	mkdir -p "$hook_work" 2>/dev/null && return 0
	hook_log "no audit: cannot create $hook_work"
	return 1
}

hook_end() { rm -rf "${hook_work:?}"; }

# hook_uptime: seconds; not the clock, which may be set meanwhile.
hook_uptime() { cut -d. -f1 /proc/uptime; }

# Not every sleep accepts fractions.
hook_nap() { sleep 0.05 2>/dev/null || sleep 1; }

# hook_first_to_die: if memory runs out, the audit is killed, not the dump. The process is the caller's (sub)shell.
hook_first_to_die() { { echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null || true; }

# hook_bounded SECONDS COMMAND...: its status; 124 if it was still running and was killed. Unlike timeout(1) it does not wait
# for a process that cannot be killed; and timeout(1) may be missing.
hook_bounded() {
	local seconds="$1" end pid
	shift
	rm -f "$hook_work/pid" "$hook_work/status"
	(
		(
			hook_first_to_die
			# A program replaces the shell, so that killing the shell kills the program
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

# hook_status: the status that the subshell of hook_bounded wrote; none if it was killed too.
hook_status() {
	local status=137
	# The status may be written just as the process ends
	[ ! -s "$hook_work/status" ] || read -r status <"$hook_work/status"
	return "$status"
}

# hook_machine FILE: class and machine of an ELF file; nothing for another file or without od(1).
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
	hook_reason='hvcrashctl is missing'
	return 1
}

# hook_last_line FILE: the last line of a program's output, which says why it failed; always one printable line.
hook_last_line() { tail -n 1 "$1" 2>/dev/null | tr -cd '\040-\176' | cut -c 1-300; }

# hook_explain STATUS FILE: describes how the tool ended; FILE is its stderr.
hook_explain() {
	local line
	line=$(hook_last_line "$2")
	case $1 in
	124) printf 'hvcrashctl did not finish in %s s and was killed' "$hook_audit_seconds" ;;
	126 | 127) printf 'hvcrashctl cannot be started: %s' "${line:-status $1}" ;;
	137) printf 'hvcrashctl was killed, probably by the OOM killer' ;;
	12[89] | 1[3-9]? | 2??) printf 'hvcrashctl died of signal %d' $(($1 - 128)) ;;
	*) printf '%s' "${line:-hvcrashctl ended with status $1 without a report}" ;;
	esac
}

# hook_is_report FORMAT STATUS FILE: whether FILE is a report that matches the status. Only then is it trusted.
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

# hook_no_report FORMAT: writes a report that says "cannot tell", so that a missing file is never taken for a clean one.
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

# hook_load_modules: msr, through which the audit reads this kernel's registers; without it the report says so. And hvcrash,
# to revoke what the first kernel could not, if the command line allows starting other CPUs: the administrator has to decide
# that, since an INIT to the first kernel's boot CPU may end the machine (disable_cpu_apicid).
hook_load_modules() {
	hook_bounded "$hook_write_seconds" modprobe -q msr >/dev/null 2>&1 || true
	case " $(cat "$hook_root/proc/cmdline" 2>/dev/null) " in
	*' maxcpus=1 '*) hook_bounded "$hook_audit_seconds" modprobe -q hvcrash 2>/dev/null || hook_log 'no rescue: hvcrash was not loaded' ;;
	esac
}

# hook_audit DIRECTORY: audits, and writes both reports there. A failure is in the log, and in the reports if they can be
# written at all. If the first run gave no report, there is no second, which might take as long again.
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

# hook_store FROM TO: copies both reports: each is on disk before it gets its name, the JSON last.
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

# hook_sync FILE: not every sync(1) accepts a file.
hook_sync() { sync "$1" 2>/dev/null || sync; }

# hook_keep FROM TO: hook_store, bounded, since a disk may hang too.
hook_keep() {
	local status=0
	hook_bounded "$hook_write_seconds" hook_store "$1" "$2" 2>"$hook_work/stderr" || status=$?
	case $status in
	0) return 0 ;;
	124) hook_log "report not written to $2: not finished in $hook_write_seconds s" ;;
	*) hook_log "report not written to $2: $(hook_last_line "$hook_work/stderr")" ;;
	esac
	return 1
}

# hook_newest REFERENCE DIRECTORY...: the one that changed last, not before REFERENCE, and has no report yet. "Not before"
# rather than "after", since dash compares whole seconds.
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

# hook_place FROM TO: hook_keep to the final place.
hook_place() { hook_keep "$1" "$2" && hook_log "report: $2/hvcrash-audit.txt"; }

# hook_dump_seconds: how long the dump may take, 0 for no bound. By hvcrash_dump_minutes= of this kernel's command line; without
# it an hour plus a minute for each GiB of the crashed kernel, or 17 MiB/s if no page were left out. Also in status_kdump.c.
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
		# shellcheck disable=SC2012,SC2046 # stat(1) may be missing; words
		set -- $(ls -Lln "$hook_root/proc/vmcore" 2>/dev/null)
		minutes=$((60 + ${5:-0} / 1073741824))
	fi
	printf '%d' "${HVCRASH_DUMP_SECONDS:-$((minutes * 60))}"
}

# hook_reboot_when_over: returns only if there is no bound. A dump that hangs (a disk that does not answer, a shell
# that waits for an operator) would keep the VM down forever; neither systemd nor kdump has a bound for it. It uses SysRq,
# which needs no other part of the system. SIGTERM ends it like any other process: an orderly reboot does not wait for it.
hook_reboot_when_over() {
	local seconds
	trap '' HUP
	cd /
	seconds=$(hook_dump_seconds)
	[ "$seconds" -gt 0 ] || return 0
	sleep "$seconds"
	# <3>, an error: the console shows it although the kernel was told to be quiet
	printf '<3>hvcrash-hook: the dump did not finish in %s s: rebooting\n' "$seconds" >>"$hook_root/dev/kmsg"
	# A report that still waits in memory, and the line above, are for the next boot. Bounded, as the disk may be what hangs
	[ ! -e "$hook_root/run/hvcrash/hvcrash-audit.txt" ] || hook_without_dump 2>>"$hook_root/dev/kmsg"
	sync &
	sleep "$hook_write_seconds"
	echo b >"$hook_root/proc/sysrq-trigger"
}

# hook_bound_dump: the same in the background, surviving its caller. kdump of RHEL and SUSE does not kill it when its
# unit ends (KillMode=process).
hook_bound_dump() {
	hook_reboot_when_over </dev/null >/dev/null 2>&1 &
}

# hook_before: the whole of an adapter before the dump, if the report has to wait in memory for its directory.
hook_before() {
	hook_is_capture || return 0
	hook_bound_dump
	hook_begin || return 0
	hook_audit "$hook_root/run/hvcrash"
	hook_end
}

# hook_root_mount: where the first kernel's root file system is mounted, if it is, and "ro" or "rw".
hook_root_mount() {
	while IFS=' ' read -r _ mount type options _; do
		case $mount:$type in
		/sysroot:rootfs | /sysroot:tmpfs | /sysroot:ramfs) ;;
		/sysroot:*) printf '%s %s' "$mount" "${options%%,*}" ;;
		esac
	done <"$hook_root/proc/mounts"
}

# hook_crash_log FILE: the end of this kernel's log, which says why there is no dump, for "hvcrashctl crashes".
hook_crash_log() { { journalctl -q -b --no-pager -o short-monotonic 2>/dev/null || dmesg; } | tail -n 200 >"$1"; }

# hook_aside_in DIRECTORY: puts the report, and this kernel's log, into a separate directory. If the disk is full, the previous
# boot has reserved room for that.
hook_aside_in() {
	local to
	to=$1/$(date +%Y%m%d%H%M%S).no-dump
	mkdir -p "$1" || return 1
	if ! hook_store "$hook_root/run/hvcrash" "$to"; then
		[ -e "$1/.room" ] || return 1
		rm -f "$1/.room"
		hook_store "$hook_root/run/hvcrash" "$to" || return 1
	fi
	# the report matters; a log that does not fit is dropped
	hook_crash_log "$to/kexec-dmesg.log" 2>/dev/null || rm -f "$to/kexec-dmesg.log"
	hook_sync "$to"
	printf '%s' "$to" >"$hook_work/aside"
}

# hook_set_aside: puts the report where the next boot looks for reports without a dump, on the first kernel's root file system.
# kdump mounts that read-only, and makes it writable if it is the target; here there is no dump left to endanger.
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

# hook_show: if the report cannot be kept anywhere, puts it into the log.
hook_show() {
	hook_log "$1, so the report is only here:"
	cat "$hook_root/run/hvcrash/hvcrash-audit.txt" >&2
}

# hook_after DIRECTORY: the whole of an adapter after the dump; without a writable directory the report is set aside, or
# put into the log.
hook_after() {
	[ -e "$hook_root/run/hvcrash/hvcrash-audit.txt" ] && hook_begin || return 0
	if [ -z "$1" ] || ! hook_place "$hook_root/run/hvcrash" "$1"; then
		hook_set_aside || hook_show 'no directory of the dump to write to'
	fi
	: >"$hook_root/run/hvcrash/handled"
	hook_end
}

# hook_without_dump: the whole of an adapter that is called if the dump failed or was not even tried. An audit needs no disk.
hook_without_dump() {
	[ ! -e "$hook_root/run/hvcrash/handled" ] || return 0
	[ -e "$hook_root/run/hvcrash/hvcrash-audit.txt" ] || hook_before
	[ -e "$hook_root/run/hvcrash/hvcrash-audit.txt" ] && hook_begin || return 0
	hook_set_aside || hook_show 'no dump, and no file system of the first kernel to write to'
	: >"$hook_root/run/hvcrash/handled"
	hook_end
}
