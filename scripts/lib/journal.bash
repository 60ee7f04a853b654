# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# The journal: the previous state, and the work that is still to be done.
#
#   /var/lib/hvcrash/configure/
#     state          applying, configured or undoing
#     files/NAME/    one a file that was changed: path, group, tool; before, a
#                    copy with mode, owner and times, or absent; edited, if it
#                    was changed between two runs
#     after          "HASH PATH" of each as the last run left it
#     todo/GROUP     files of that group changed, its commands have not run yet
#     dirs           directories that were made, the outermost first
#     kept           "KEY VALUE" of what else was there before: a service, a sysctl
#
# Invariant: what a step will destroy is here, and on the disk, before the step
# begins. Everything appears whole or not at all, by rename; so being killed
# between any two steps leaves a journal that --undo, or a further run, can use.

# step: everything up to here is on disk. The tests stop here, at every n.
steps=0
step() {
	steps=$((steps + 1))
	[ "${HVCRASH_CONFIGURE_STOP_AFTER:-}" != "$steps" ] || kill -KILL $$
}

# on_disk PATH...: fsync
on_disk() {
	sync -- "$@" || die "$1: cannot be written to the disk"
}

# put FILE TEXT: replaces the file by TEXT, completely or not at all
put() {
	local new=$1.new
	if ! printf '%s' "$2" >"$new" || ! sync -- "$new" || ! mv -fT -- "$new" "$1"; then
		rm -f -- "$new"
		die "$1: cannot be written"
	fi
	on_disk "${1%/*}"
}

# journal_read: reads it into $journal_state, "journal_entry" (its directory, by
# path), "journal_hash" and "kept". Without a state nothing in it counts.
journal_read() {
	local path key text
	declare -gA journal_entry=() journal_hash=() kept=()
	journal_paths=() journal_state=none
	[ -r "$journal/state" ] || return 0
	read -r journal_state <"$journal/state"
	journal_read_entries
	if [ -r "$journal/after" ]; then
		while read -r text path; do
			journal_hash[$path]=$text
		done <"$journal/after"
	fi
	if [ -r "$journal/kept" ]; then
		while read -r key text; do
			kept[$key]=$text
		done <"$journal/kept"
	fi
	journal_read_old
}

# journal_read_old: what older versions wrote into a file for each hash, and for each thing kept; until a run writes it anew
journal_read_old() {
	local path file text
	if [ ! -e "$journal/after" ]; then
		for path in "${journal_paths[@]}"; do
			file=${journal_entry[$path]}/after
			[ -r "$file" ] || continue
			read -r text <"$file" || true # it has no line break
			journal_hash[$path]=$text
		done
	fi
	[ ! -e "$journal/kept" ] || return 0
	for file in "$journal"/keep/*; do
		[ -r "$file" ] || continue
		read -r text <"$file" || true
		kept[${file##*/}]=$text
	done
}

journal_read_entries() {
	local entry path
	journal_paths=()
	for entry in "$journal"/files/*; do
		[ -r "$entry/path" ] || continue
		read -r path <"$entry/path"
		journal_paths+=("$path")
		journal_entry[$path]=$entry
	done
}

set_state() {
	journal_state=$1
	put "$journal/state" "$1"$'\n'
	step
}

# hashes_of PATH...: into "hash"; "absent" for what is not there
hashes_of() {
	local path there=() lines=() i
	for path; do
		hash[$path]=absent
		[ ! -e "$root$path" ] || there+=("$path")
	done
	[ ${#there[@]} -gt 0 ] || return 0
	sha256sum -- "${there[@]/#/$root}" >"$work/hashes" || die "${there[*]}: cannot be read"
	mapfile -t lines <"$work/hashes"
	for i in "${!there[@]}"; do
		hash[${there[i]}]=${lines[i]%% *}
	done
}

# One process at a time. The lock is on a directory that is there anyway.
journal_lock() {
	[ -d "${journal%/*/*}" ] || mkdir -p -- "${journal%/*/*}"
	exec 9<"${journal%/*/*}"
	flock -n 9 || refuse "another hvcrash-configure is at work"
}

# The first write. A journal without a state was interrupted while being made: nothing
# had been changed then.
journal_open() {
	# The latter is left by an --undo that was killed at its very end
	if [ "$journal_state" = none ] && { [ -e "$journal" ] || [ -e "${journal%/*}/.configure-gone" ]; }; then
		rm -rf -- "$journal" "${journal%/*}/.configure-gone"
	fi
	[ -d "${journal%/*}" ] || mkdir -p -- "${journal%/*}"
	if [ ! -d "$journal/todo" ]; then
		(umask 077 && exec mkdir -p -- "$journal/files" "$journal/todo") || die "$journal: cannot be made"
		on_disk "$journal" "${journal%/*}"
	fi
}

# journal_remove: at once, since a half of it would look like a whole one
journal_remove() {
	local gone=${journal%/*}/.configure-gone
	if [ -d "$journal" ]; then
		[ ! -e "$gone" ] || rm -rf -- "$gone"
		mv -T -- "$journal" "$gone"
		on_disk "${journal%/*}"
		step
	fi
	[ ! -e "$gone" ] || rm -rf -- "$gone"
	[ ! -d "${journal%/*}" ] || rmdir -- "${journal%/*}" 2>/dev/null || true
}

# entry_name PATH: answers with that of its directory
entry_name() { answer=${1//\//%}; }

# journal_files N...: of the plan; keeps what is there before the first change
journal_files() {
	local n path new=$journal/new made=() again=()
	for n; do
		path=${plan_path[n]}
		if [ -n "${journal_entry[$path]-}" ]; then
			again+=("$path")
		else
			entry_name "$path"
			made+=("$new/$answer")
		fi
	done
	journal_again "${again[@]}"
	[ ${#made[@]} -gt 0 ] || return 0
	[ ! -e "$new" ] || rm -rf -- "$new"
	mkdir -p -- "${made[@]}" || die "$new: cannot be made"
	for n; do
		path=${plan_path[n]}
		[ -z "${journal_entry[$path]-}" ] || continue
		entry_name "$path"
		write_entry "$new/$answer" "$path" "${plan_group[n]}" "${plan_tool[n]}"
	done
	on_disk "$new"/*/* "${made[@]}"
	mv -t "$journal/files" -- "${made[@]}" || die "$journal/files: cannot be written"
	on_disk "$journal/files"
	rmdir -- "$new"
	journal_read_entries
	step
}

# write_entry DIR PATH GROUP TOOL: TOOL is the command that will write the file, or
# nothing if we do
write_entry() {
	{
		printf '%s\n' "$2" >"$1/path"
		printf '%s\n' "$3" >"$1/group"
		printf '%s\n' "$4" >"$1/tool"
	} || die "$1: cannot be written"
	if [ -e "$root$2" ]; then
		cp -p --preserve=all -- "$root$2" "$1/before" || die "$2: cannot be backed up"
	else
		: >"$1/absent"
	fi
}

# journal_again PATH...: a further run writes them, and what they will be is not
# known before the end. If one was edited in between, that is remembered.
journal_again() {
	local path
	[ $# -gt 0 ] || return 0
	look_for_edits
	for path; do
		[ -z "${edited[$path]-}" ] || : >"${journal_entry[$path]}/edited"
		unset "journal_hash[$path]"
	done
	on_disk "${journal_entry[@]}"
	write_hashes
}

write_hashes() {
	local path text=''
	for path in "${journal_paths[@]}"; do
		[ -z "${journal_hash[$path]-}" ] || text+="${journal_hash[$path]} $path"$'\n'
	done
	put "$journal/after" "$text"
	step
}

# journal_after: the hashes of what this run wrote, to tell later edits by
journal_after() {
	local path new=()
	local -A hash=()
	for path in "${journal_paths[@]}"; do
		[ -n "${journal_hash[$path]-}" ] || new+=("$path")
	done
	hashes_of "${new[@]}"
	for path in "${new[@]}"; do
		journal_hash[$path]=${hash[$path]}
	done
	write_hashes
}

# look_for_edits: into "edited", by path, which files are neither as we left them
# nor as they were
look_for_edits() {
	local path entry
	local -A hash=()
	declare -gA edited=()
	hashes_of "${!journal_hash[@]}"
	for path in "${journal_paths[@]}"; do
		entry=${journal_entry[$path]}
		if [ -e "$entry/edited" ]; then
			edited[$path]=y
		elif [ -n "${journal_hash[$path]-}" ] && [ "${hash[$path]}" != "${journal_hash[$path]}" ] &&
			! is_before "$path"; then
			edited[$path]=y
		fi
	done
}

# is_before PATH: are its contents those of before?
is_before() {
	if [ -e "${journal_entry[$1]}/absent" ]; then
		[ ! -e "$root$1" ]
	else
		cmp -s -- "${journal_entry[$1]}/before" "$root$1"
	fi
}

# journal_todo GROUP...: empty files, so each is there whole
journal_todo() {
	local group
	[ $# -gt 0 ] || return 0
	for group; do
		: >"$journal/todo/$group" || die "$journal/todo/$group: cannot be written"
	done
	on_disk "$journal/todo"
	step
}

journal_done() {
	rm -f -- "$journal/todo/$1"
	on_disk "$journal/todo"
	step
}

has_todo() {
	[ -e "$journal/todo/$1" ]
}

# journal_set KEY VALUE: the last value counts
journal_set() { kept[$1]=$2; }

# journal_keep KEY VALUE: the first value counts, it is the one from before
journal_keep() {
	[ -n "${kept[$1]+y}" ] || kept[$1]=$2
}

# What is kept beside the sysctls
readonly KEPT=(no-bootloader service crashkernel crashkernel-ours)

# journal_write_kept: what both have noted, at once
journal_write_kept() {
	local key text=''
	for key in "${KEPT[@]}" "${sysctl_keys[@]/#/sysctl.}"; do
		[ -z "${kept[$key]+y}" ] || text+="$key ${kept[$key]}"$'\n'
	done
	put "$journal/kept" "$text"
	step
}

# temporary PATH: answers with a temporary name beside it; hidden and not *.conf, so
# nothing reads it
temporary() { answer=${1%/*}/.${1##*/}.hvcrash-new; }

# make_parents PATH...: missing directories, each noted before it is made
make_parents() {
	local path dir missing=() more known='' i
	[ ! -r "$journal/dirs" ] || known=$(<"$journal/dirs")$'\n'
	for path; do
		dir=${path%/*} more=()
		while [ -n "$dir" ] && [ ! -d "$root$dir" ]; do
			more=("$dir" "${more[@]}")
			dir=${dir%/*}
		done
		for dir in "${more[@]}"; do
			case "/ ${missing[*]} " in *" $dir "*) continue ;; esac
			missing+=("$dir")
			[[ $'\n'$known == *$'\n'"$dir"$'\n'* ]] || known+=$dir$'\n'
		done
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	put "$journal/dirs" "$known"
	step
	mkdir -m 755 -- "${missing[@]/#/$root}" || die "${missing[*]}: cannot be made"
	for i in "${missing[@]}"; do
		on_disk "$root${i%/*}/"
	done
	step
}

# replace_file PATH TEXT: the contents change at once, and nothing else; a new file
# has mode 644
replace_file() {
	local path=$1 new
	temporary "$path"
	new=$root$answer
	[ ! -e "$new" ] || rm -f -- "$new"
	[ ! -e "$root$path" ] || cp --attributes-only --preserve=all -- "$root$path" "$new" || die "$path: cannot be written"
	if ! printf '%s' "$2" >"$new" || ! sync -- "$new" || ! mv -fT -- "$new" "$root$path"; then
		rm -f -- "$new"
		die "$path: cannot be written"
	fi
	on_disk "$root${path%/*}"
	step
}

# restore_file PATH: as it was, with mode, owner and times. One that is so already is
# left: a full disk may be why this is undone.
restore_file() {
	local path=$1 before=${journal_entry[$1]}/before new like=()
	temporary "$path"
	new=$root$answer
	[ ! -e "$new" ] || rm -f -- "$new"
	if [ ! -e "$before" ]; then
		[ ! -e "$root$path" ] || rm -f -- "$root$path" || die "$path: cannot be removed"
	else
		mapfile -t like < <(exec stat -c '%a %u %g %y %s' -- "$before" "$root$path" 2>/dev/null)
		if [ "${like[0]-}" = "${like[1]-}" ] && cmp -s -- "$before" "$root$path"; then
			return 0
		elif ! cp -p --preserve=all -- "$before" "$new" || ! sync -- "$new" || ! mv -fT -- "$new" "$root$path"; then
			rm -f -- "$new"
			die "$path: cannot be restored"
		fi
	fi
	[ ! -d "$root${path%/*}" ] || on_disk "$root${path%/*}"
	step
}

# Removes directories that we created if they are empty
remove_parents() {
	local dirs=() i
	[ -r "$journal/dirs" ] || return 0
	mapfile -t dirs <"$journal/dirs"
	for ((i = ${#dirs[@]} - 1; i >= 0; i--)); do
		[ ! -d "$root${dirs[i]}" ] || rmdir -- "$root${dirs[i]}" 2>/dev/null || true
	done
	step
}

# Temporary files of a killed run
sweep() {
	local path gone=()
	for path in "${PROBED[@]/%//$PROBE}"; do
		[ ! -e "$root$path" ] || gone+=("$root$path")
	done
	for path in "${journal_paths[@]}"; do
		temporary "$path"
		[ ! -e "$root$answer" ] || gone+=("$root$answer")
	done
	[ ${#gone[@]} -eq 0 ] || rm -f -- "${gone[@]}"
}
