# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154,SC2178 # SC2178: a nameref; variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# The plan: the files with their new contents, and the commands that make them take effect.
#
# A distribution's plan_*() only declares. A file's new contents are computed from its
# present ones, and computing them again gives the same result: that is why a second run
# changes nothing. --dry-run, --check and the run itself read the same plan, so they cannot
# disagree.
#
# A group ties commands to files: they run if a file of the group changed, or if
# a run that changed one was interrupted before them.

# The groups in order: first the files of the initramfs and of systemd, then the boot
# loader, which may name that initramfs; the service last.
readonly ALL_GROUPS=(modules units grub-defaults boot sysctl service kdump)

plan_init() {
	plan_path=() plan_state=() plan_text=() plan_group=() plan_tool=()
	plan_cmd_group=() plan_cmd_why=() plan_cmd_when=()
	plan_changes=() # of each file, once it was asked
	plan_probe=() # groups whose commands are due though no file says so
}

# plan_add PATH GROUP TOOL STATE TEXT: STATE is text, gone, or unknown
plan_add() {
	[ ! -e "$root$1" ] || [ -f "$root$1" ] || refuse "$1: not a file"
	plan_path+=("$1")
	plan_group+=("$2")
	plan_tool+=("$3")
	plan_state+=("$4")
	plan_text+=("$5")
}

# plan_file PATH GROUP [TOOL]: the file will say $answer. TOOL will write it, in the
# commands of its group; without one we do. A new file has mode 644.
plan_file() {
	local path=$1 text=$answer
	if [ -L "$root$path" ]; then
		resolve "$path"
		path=$answer
	fi
	plan_add "$path" "$2" "${3:-}" text "$text"
}

# plan_text PATH GROUP COMMAND...: the file will say what COMMAND answers with. For
# --undo that does not matter.
plan_text() {
	[ "$verb" != undo ] || return 0
	"${@:3}"
	plan_file "$1" "$2"
}

# plan_may_appear PATH GROUP TOOL: TOOL may create the file, with unknown contents
plan_may_appear() {
	plan_add "$1" "$2" "$3" unknown ''
}

# plan_no_file PATH GROUP: a file of an earlier run that is no longer wanted
plan_no_file() {
	[ -z "${journal_entry[$1]-}" ] || plan_add "$1" "$2" '' gone ''
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

# plan_due GROUP: runs its commands even if no file changes
plan_due() {
	plan_probe+=("$1")
}

# plan_due_at_first GROUP: once, since what was installed before the first run is
# no file of the plan
plan_due_at_first() {
	[ "$journal_state" != none ] || plan_due "$1"
}

# changes N: whether file N of the plan will change
changes() {
	local file=$root${plan_path[$1]}
	if [ -z "${plan_changes[$1]:-}" ]; then
		plan_changes[$1]=no
		case ${plan_state[$1]} in
		gone) [ ! -e "$file" ] || plan_changes[$1]=yes ;;
		text) { [ -f "$file" ] && read_text "$file" && [ "$answer" = "${plan_text[$1]}" ]; } || plan_changes[$1]=yes ;;
		esac
	fi
	[ "${plan_changes[$1]}" = yes ]
}

# touched N: whether this run has to save file N in the journal
touched() {
	changes "$1" || { [ "${plan_state[$1]}" = unknown ] && group_due "${plan_group[$1]}"; }
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

# groups_due: into $due, the groups that have something to do, in the order they do it
groups_due() {
	local group
	due=()
	for group in "${ALL_GROUPS[@]}"; do
		! group_due "$group" || due+=("$group")
	done
}

# runs_in GROUP N: whether command N belongs to this group and applies to this system now
runs_in() {
	[ "${plan_cmd_group[$2]}" = "$1" ] || return 1
	[ "${plan_cmd_when[$2]}" != live ] || is_live
}

# quoted WORD...: answers with them as one would type them
quoted() {
	local text word
	for word; do
		case $word in
		*[!A-Za-z0-9_./:=,@%+-]* | '') text+=" ${word@Q}" ;;
		*) text+=" $word" ;;
		esac
	done
	answer=${text# }
}

# show_diff N: of file N of the plan, unified, as diff has it
show_diff() {
	local path=${plan_path[$1]} old=$root${plan_path[$1]} new=$work/new
	local from=$path to=$path
	printf '%s' "${plan_text[$1]}" >"$new"
	[ -e "$old" ] || old=/dev/null from=/dev/null
	[ "${plan_state[$1]}" != gone ] || new=/dev/null to=/dev/null
	diff -u --label "$from" --label "$to" -- "$old" "$new" || true
}

# plan_show: shows everything that a run would do
plan_show() {
	local n group
	for n in "${!plan_path[@]}"; do
		touched "$n" || continue
		if [ "${plan_state[n]}" = unknown ]; then
			say "# ${plan_path[n]}: may be made by ${plan_tool[n]}, and is removed by --undo then"
			continue
		elif [ -n "${plan_tool[n]}" ]; then
			say "# ${plan_path[n]}: written by ${plan_tool[n]}"
		elif [ ! -e "$root${plan_path[n]}" ]; then
			say "# ${plan_path[n]}: new, mode 644"
		fi
		show_diff "$n"
	done
	for group in "${due[@]}"; do
		for n in "${!plan_cmd_group[@]}"; do
			runs_in "$group" "$n" || continue
			local -n command_ref=plan_cmd_$n
			quoted "${command_ref[@]}"
			say "run: $answer    # ${plan_cmd_why[n]}"
		done
	done
}

# plan_is_empty: leaves the groups that are due in $due
plan_is_empty() {
	groups_due
	[ ${#due[@]} -eq 0 ]
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
	local log=$work/log command
	quoted "$@"
	command=$answer
	say "running $command"
	if ! in_root "$@" >"$log" 2>&1; then
		tail -n 20 -- "$log" >&2
		die "$command: failed; fix that and run hvcrash-configure again, or undo with --undo"
	fi
}

# ours N: is file N written by us, and will it be another?
ours() {
	[ -z "${plan_tool[$1]}" ] && changes "$1"
}

# write_files: those of ours; a tool's are written by its command
write_files() {
	local n new=()
	for n in "${!plan_path[@]}"; do
		[ "${plan_state[n]}" != text ] || ! ours "$n" || new+=("${plan_path[n]}")
	done
	make_parents "${new[@]}"
	for n in "${!plan_path[@]}"; do
		ours "$n" || continue
		if [ "${plan_state[n]}" = text ]; then
			replace_file "${plan_path[n]}" "${plan_text[n]}"
			say "wrote ${plan_path[n]}"
		else
			rm -f -- "$root${plan_path[n]}"
			step
			say "removed ${plan_path[n]}"
		fi
	done
}

# check_written: checks that tools wrote what the plan expected
check_written() {
	local n
	plan_changes=() # a tool may have written, and so have we
	for n in "${!plan_path[@]}"; do
		! changes "$n" || warn "${plan_path[n]}: ${plan_tool[n]} did not write what was expected; see hvcrash-configure --dry-run"
	done
}

# plan_apply: the journal first, then the files, then the commands
plan_apply() {
	local n group touched=()
	for n in "${!plan_path[@]}"; do
		! touched "$n" || touched+=("$n")
	done
	journal_open
	journal_files "${touched[@]}"
	journal_todo "${due[@]}"
	keep_before
	journal_write_kept
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
