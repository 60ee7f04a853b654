# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Messages, the two kinds of failure, facts and phases of a run.
#
# A run ends in one of four ways, and everything here keeps them apart: as expected (0), the guest or hvcrash failed (1), the lab
# itself failed and nothing can be said about the guest (2), or the module's registry and the host differ about a page (4), which is
# worse than any other. Two kinds of attempt are retried: a failure of the lab, and a stock kernel that lost its own crash kernel
# before hvcrash could act (5, never the status of a run).

readonly EXIT_HELD=0 EXIT_GUEST=1 EXIT_LAB=2 EXIT_USAGE=3 EXIT_DIFFERS=4 EXIT_KERNEL=5

# Microseconds since the epoch: EPOCHREALTIME writes the decimal point of the locale, so cut off digits rather than search for a point.
now_us() { printf '%s' "${EPOCHREALTIME//[!0-9]/}"; }

now_ms() { local us; us=$(now_us); printf '%s' $((us / 1000)); }

warn() { printf 'lab: %s\n' "$*" >&2; }

die() { warn "$@"; fact failure "$*"; exit "$EXIT_LAB"; }

usage_error() { warn "$@"; warn "try '${0##*/} --help'"; exit "$EXIT_USAGE"; }

# say TEXT: prints a progress line with the seconds since the run began.
say() {
	local ms; ms=$(($(now_ms) - run_start_ms))
	printf '%s[%3ds] %s\n' "${opt_label:+$(printf '%-8s' "$opt_label")}" $((ms / 1000)) "$*"
}

# fact KEY VALUE: records something for the report. The last value of a key counts.
fact() { [ -z "${run_dir:-}" ] || printf '%s=%s\n' "$1" "$2" >>"$run_dir/facts"; }

fact_of() { sed -n "s/^$1=//p" "$run_dir/facts" 2>/dev/null | tail -n 1; }

# phase_end NAME: records the time since the previous phase as NAME's.
phase_end() {
	local now; now=$(now_ms)
	printf '%s %d\n' "$1" $((now - phase_start_ms)) >>"$run_dir/phases"
	phase_start_ms=$now
}

# failed EXIT-STATUS REASON: ends the attempt (which runs in a process of its own).
failed() {
	local status=$1; shift
	fact failure "$*"
	exit "$status"
}

guest_failed() { failed "$EXIT_GUEST" "$@"; }

lab_failed() { failed "$EXIT_LAB" "$@"; }

# need_commands COMMAND...: checks for programs on this machine, and names their packages if the names differ.
need_commands() {
	local command missing=()
	for command in "$@"; do
		command -v "$command" >/dev/null || missing+=("$command")
	done
	[ ${#missing[@]} -eq 0 ] || die "these commands are missing on this machine: ${missing[*]}"
}

# remove_tree DIR: never through a mount, and never across one.
remove_tree() {
	local dir=$1
	[ -e "$dir" ] || return 0
	dir=$(realpath -- "$dir")
	case $dir in "$lab_state"/*) ;; *) die "$dir: not below $lab_state, so it is not removed" ;; esac
	if awk -v d="$dir/" 'index($2 "/", d) == 1 { found = 1 } END { exit !found }' /proc/self/mounts; then
		die "$dir: something is still mounted there, so it is not removed"
	fi
	rm -rf --one-file-system -- "$dir"
}
