# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# --undo: every file as it was, then the commands that make that take effect.
#
# What a boot loader's tool wrote is restored byte for byte while nothing else has
# written there since; otherwise the tool is asked to take our words out again,
# since a stale copy of a boot entry may name a kernel that is gone. Nothing is
# undone of what was edited since, unless --force says so.

# The entries that were edited since, except those of a boot loader's tool
edited_since() {
	local entry
	while read -r entry; do
		[ -n "$(<"$entry/tool")" ] || ! changed_since "$entry" || cat -- "$entry/path"
	done < <(journal_entries)
}

# restore_files: the last first
restore_files() {
	local entry path tool
	while read -r entry; do
		read -r path <"$entry/path"
		read -r tool <"$entry/tool"
		if [ -n "$tool" ] && { [ ! -e "$root$path" ] || changed_since "$entry"; }; then
			continue # its tool does it, in undo_boot
		fi
		restore_file "$entry"
		if [ -e "$entry/absent" ]; then
			say "removed $path"
		else
			say "restored $path"
		fi
	done < <(journal_entries | tac)
}

# The groups of the journal's files, and those whose commands are due
groups_undone() {
	local group entry seen=' service '
	while read -r entry; do
		read -r group <"$entry/group"
		seen+="$group "
	done < <(journal_entries)
	for group in "${ALL_GROUPS[@]}"; do
		if has_todo "$group" || [[ $seen == *" $group "* ]]; then
			printf '%s\n' "$group"
		fi
	done
}

# undo_group GROUP: the same commands again, now that the files are the old ones;
# but for what a command keeps elsewhere
undo_group() {
	case $1 in
	sysctl) undo_sysctls ;;
	service) undo_service ;;
	boot) "undo_${sys_family}_boot" ;;
	*) run_group "$1" ;;
	esac
}

undo() {
	local edited group due=()
	if [ "$(journal_state)" = none ]; then
		journal_remove # of a run that had not changed anything yet, or of an --undo that was at its end
		say "nothing to undo"
		return 0
	fi
	edited=$(edited_since)
	if [ -n "$edited" ] && [ -z "$opt_force" ]; then
		refuse "edited since it was configured: ${edited//$'\n'/, }; nothing was undone; --force restores the old contents anyway"
	fi
	mapfile -t due < <(groups_undone)
	for group in "${due[@]}"; do
		journal_todo "$group"
	done
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
	say "undone; what the running kernel has changes at the next boot"
}
