# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154,SC2178 # SC2178: a nameref; variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# The plan: which files will say what, and which commands make that take effect.
#
# A distribution's plan_*() only declares. What a file says is computed from what
# it says now, and computing it again from the result gives the result: that is
# why a second run changes nothing. --dry-run, --check and the run itself read
# the same plan, so they cannot disagree.
#
# A group ties commands to files: they run if a file of the group changed, or if
# a run that changed one was interrupted before them.

# What changes together. First the files of the initramfs and of systemd, then
# the boot loader, which may name that initramfs; the service when all is there.
readonly ALL_GROUPS=(modules units grub-defaults boot sysctl service kdump)

plan_init() {
	plan_path=() plan_staged=() plan_group=() plan_tool=() plan_mode=()
	plan_cmd_group=() plan_cmd_why=() plan_cmd_when=()
	plan_changes=() # of each file, once it was asked
	plan_probe=() # groups whose commands are due though no file says so
	rm -rf -- "$work/plan"
	mkdir -p -- "$work/plan"
}

# plan_add PATH GROUP MODE TOOL: the file's text is in $work/plan, by its number
plan_add() {
	local path=$1
	[ ! -L "$root$path" ] || path=$(resolve "$path")
	plan_staged+=("$work/plan/${#plan_path[@]}")
	plan_path+=("$path")
	plan_group+=("$2")
	plan_mode+=("$3")
	plan_tool+=("$4")
}

# plan_file PATH GROUP MODE COMMAND...: what COMMAND prints is what the file will
# say. MODE is that of a new file; one that is there keeps its own.
plan_file() {
	"${@:4}" >"$work/plan/${#plan_path[@]}"
	plan_add "$1" "$2" "$3" ''
}

# plan_tool PATH GROUP TOOL COMMAND...: the same, but TOOL will write the file,
# in the commands of its group, and COMMAND says what it will have written.
plan_tool() {
	"${@:4}" >"$work/plan/${#plan_path[@]}"
	plan_add "$1" "$2" '' "$3"
}

# plan_may_appear PATH GROUP TOOL: TOOL may create the file, with unknown contents
plan_may_appear() {
	plan_path+=("$1")
	plan_group+=("$2")
	plan_mode+=('')
	plan_tool+=("$3")
	plan_staged+=('?')
}

# plan_no_file PATH GROUP: a file of an earlier run that is not wanted any more
plan_no_file() {
	[ -e "$(entry_of "$1")" ] || return 0
	plan_path+=("$1")
	plan_group+=("$2")
	plan_mode+=('')
	plan_tool+=('')
	plan_staged+=('')
}

# plan_run GROUP WHEN WHY COMMAND...: WHEN is live, for what needs the running
# system, or always.
plan_run() {
	local n=${#plan_cmd_group[@]}
	plan_cmd_group+=("$1")
	plan_cmd_when+=("$2")
	plan_cmd_why+=("$3")
	shift 3
	declare -ga "plan_cmd_$n=()"
	local -n command_ref=plan_cmd_$n
	command_ref=("$@")
}

# plan_due GROUP: its commands are to run whatever the files say
plan_due() {
	plan_probe+=("$1")
}

# plan_due_at_first GROUP: once, since what was installed before the first run is
# no file of the plan
plan_due_at_first() {
	[ "$(journal_state)" != none ] || plan_due "$1"
}

# changes N: will file N of the plan be another than it is?
changes() {
	if [ -z "${plan_changes[$1]:-}" ]; then
		plan_changes[$1]=no
		case ${plan_staged[$1]} in
		'') [ ! -e "$root${plan_path[$1]}" ] || plan_changes[$1]=yes ;;
		'?') ;;
		*) cmp -s -- "${plan_staged[$1]}" "$root${plan_path[$1]}" || plan_changes[$1]=yes ;;
		esac
	fi
	[ "${plan_changes[$1]}" = yes ]
}

# plan_look: asks of each file, here and not in subshells that cannot keep it
plan_look() {
	local n
	plan_changes=()
	for n in "${!plan_path[@]}"; do
		changes "$n" || true
	done
}

# touched N: is file N to be kept in the journal by this run?
touched() {
	changes "$1" || { [ "${plan_staged[$1]}" = '?' ] && group_due "${plan_group[$1]}"; }
}

group_due() {
	local n
	! has_todo "$1" || return 0
	for n in "${plan_probe[@]}"; do
		[ "$n" != "$1" ] || return 0
	done
	for n in "${!plan_path[@]}"; do
		[ "${plan_group[n]}" != "$1" ] || ! changes "$n" || return 0
	done
	return 1
}

# The groups that have something to do, in the order they do it
groups_due() {
	local group
	for group in "${ALL_GROUPS[@]}"; do
		! group_due "$group" || printf '%s\n' "$group"
	done
}

# runs_in GROUP N: is command N of this group, and for this system as it is now?
runs_in() {
	[ "${plan_cmd_group[$2]}" = "$1" ] || return 1
	[ "${plan_cmd_when[$2]}" != live ] || is_live
}

# quoted WORD...: as one would type it
quoted() {
	local text word
	for word; do
		case $word in
		*[!A-Za-z0-9_./:=,@%+-]* | '') text+=" ${word@Q}" ;;
		*) text+=" $word" ;;
		esac
	done
	printf '%s' "${text# }"
}

# show_diff PATH STAGED: unified, as diff has it
show_diff() {
	local old=$root$1 new=$2 from=$1 to=$1
	[ -e "$old" ] || old=/dev/null from=/dev/null
	[ -n "$new" ] || new=/dev/null to=/dev/null
	diff -u --label "$from" --label "$to" -- "$old" "$new" || true
}

# plan_show: everything that a run would do, and nothing done
plan_show() {
	local n group
	for n in "${!plan_path[@]}"; do
		touched "$n" || continue
		if [ "${plan_staged[n]}" = '?' ]; then
			say "# ${plan_path[n]}: may be made by ${plan_tool[n]}, and is removed by --undo then"
			continue
		elif [ -n "${plan_tool[n]}" ]; then
			say "# ${plan_path[n]}: written by ${plan_tool[n]}"
		elif [ ! -e "$root${plan_path[n]}" ]; then
			say "# ${plan_path[n]}: new, mode ${plan_mode[n]}"
		fi
		show_diff "${plan_path[n]}" "${plan_staged[n]}"
	done
	while read -r group; do
		for n in "${!plan_cmd_group[@]}"; do
			runs_in "$group" "$n" || continue
			local -n command_ref=plan_cmd_$n
			say "run: $(quoted "${command_ref[@]}")    # ${plan_cmd_why[n]}"
		done
	done < <(groups_due)
}

plan_is_empty() {
	[ -z "$(groups_due)" ]
}

# run_group GROUP: its commands. What they print is shown if they fail.
run_group() {
	local n
	for n in "${!plan_cmd_group[@]}"; do
		runs_in "$1" "$n" || continue
		local -n command_ref=plan_cmd_$n
		run_command "${command_ref[@]}"
		step
	done
}

run_command() {
	local log=$work/log
	say "running $(quoted "$@")"
	if ! in_root "$@" >"$log" 2>&1; then
		tail -n 20 -- "$log" >&2
		die "$(quoted "$@"): failed; fix that and run hvcrash-configure again, or undo with --undo"
	fi
}

# write_files: those of ours; a tool's are written by its command
write_files() {
	local n
	for n in "${!plan_path[@]}"; do
		[ -z "${plan_tool[n]}" ] || continue
		changes "$n" || continue
		if [ -n "${plan_staged[n]}" ]; then
			make_parents "${plan_path[n]}"
			replace_file "${plan_path[n]}" "${plan_staged[n]}" "${plan_mode[n]}"
			say "wrote ${plan_path[n]}"
		else
			rm -f -- "$root${plan_path[n]}"
			step
			say "removed ${plan_path[n]}"
		fi
	done
}

# check_written: a tool wrote what the plan said it would
check_written() {
	local n
	plan_look # a tool may have written, and so have we
	for n in "${!plan_path[@]}"; do
		! changes "$n" || warn "${plan_path[n]}: ${plan_tool[n]} did not write what was expected; see hvcrash-configure --dry-run"
	done
}

# plan_apply: the journal first, then the files, then the commands
plan_apply() {
	local n group due=()
	mapfile -t due < <(groups_due)
	journal_open
	for n in "${!plan_path[@]}"; do
		! touched "$n" || journal_file "${plan_path[n]}" "${plan_group[n]}" "${plan_tool[n]}"
	done
	for group in "${due[@]}"; do
		journal_todo "$group"
	done
	keep_before
	set_state applying
	sweep
	write_files
	for group in "${due[@]}"; do
		run_group "$group"
		journal_done "$group"
	done
	check_written
	journal_after
	set_state configured
}
