# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# --undo: restores every file, then runs the commands that make that take effect.
#
# Files written by a boot loader's tool are restored byte for byte if nothing else has
# written there since; otherwise the tool removes our words again, since an old copy of a
# boot entry may name a kernel that is gone. Files edited since are not undone without
# --force.

# tool_of PATH: answers with the command that wrote it, or nothing if we did
tool_of() { read -r answer <"${journal_entry[$1]}/tool"; }

# edited_files: answers with those, except what a boot loader's tool writes
edited_files() {
	local path list=''
	look_for_edits
	for path in "${journal_paths[@]}"; do
		[ -n "${edited[$path]-}" ] || continue
		tool_of "$path"
		[ -n "$answer" ] || list+=", $path"
	done
	answer=${list#, }
}

# restore_files: the last first
restore_files() {
	local i path
	for ((i = ${#journal_paths[@]} - 1; i >= 0; i--)); do
		path=${journal_paths[i]}
		tool_of "$path"
		if [ -n "$answer" ] && { [ ! -e "$root$path" ] || [ -n "${edited[$path]-}" ]; }; then
			continue # its tool does it, in undo_boot
		fi
		restore_file "$path"
		if [ -e "${journal_entry[$path]}/absent" ]; then
			say "removed $path"
		else
			say "restored $path"
		fi
	done
}

# groups_undone: into $due, the groups of the journal's files, and those whose
# commands are due
groups_undone() {
	local group path seen=' service '
	due=()
	for path in "${journal_paths[@]}"; do
		read -r group <"${journal_entry[$path]}/group"
		seen+="$group "
	done
	for group in "${ALL_GROUPS[@]}"; do
		if has_todo "$group" || [[ $seen == *" $group "* ]]; then
			due+=("$group")
		fi
	done
}

# undo_group GROUP: runs the same commands again, now that the files are the old ones;
# excludes what a command keeps elsewhere
undo_group() {
	case $1 in
	sysctl) undo_sysctls ;;
	service) undo_service ;;
	boot) "undo_${sys_family}_boot" ;;
	*) run_group "$1" ;;
	esac
}

undo() {
	local group
	if [ "$journal_state" = none ]; then
		journal_remove # left by a run that had not changed anything yet, or by an --undo that was at its end
		say "nothing to undo"
		return 0
	fi
	edited_files
	if [ -n "$answer" ] && [ -z "$opt_force" ]; then
		refuse "edited since it was configured: $answer; nothing was undone; --force restores the old contents anyway"
	fi
	groups_undone
	journal_todo "${due[@]}"
	set_state undoing
	sweep
	restore_files
	for group in "${due[@]}"; do
		undo_group "$group"
		journal_done "$group"
	done
	remove_parents
	journal_remove
	step
	say "undone; the running kernel keeps some of it until the next boot"
}
