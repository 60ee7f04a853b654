# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# The journal: what was there before, and what has to be done yet.
#
#   /var/lib/hvcrash/configure/
#     state          applying, configured or undoing
#     files/NAME/    one a file that was changed: path, group, tool; before, a
#                    copy with mode, owner and times, or absent; after, a hash;
#                    edited, if it was changed between two runs
#     todo/GROUP     files of that group changed, its commands have not run yet
#     dirs           directories that were made, the outermost first
#     keep/KEY       what else was there before: a service, a sysctl
#
# Invariant: what a step will destroy is here, and on the disk, before the step
# begins. Everything appears whole or not at all, by rename; so being killed
# between any two steps leaves a journal that --undo, or a further run, can use.

# step: everything so far is on the disk. The tests stop here, at every n.
steps=0
step() {
	steps=$((steps + 1))
	[ "${HVCRASH_CONFIGURE_STOP_AFTER:-}" != "$steps" ] || kill -KILL $$
}

# on_disk PATH...: fsync
on_disk() {
	sync -- "$@" || die "$1: cannot be written to the disk"
}

# put FILE TEXT: that becomes the file, whole or not at all
put() {
	local new=$1.new
	if ! printf '%s' "$2" >"$new" || ! sync -- "$new" || ! mv -fT -- "$new" "$1"; then
		rm -f -- "$new"
		die "$1: cannot be written"
	fi
	on_disk "${1%/*}"
}

# hash_of FILE: into $hash
hash_of() {
	hash=absent
	[ ! -e "$1" ] || hash=$(sha256sum <"$1") || die "$1: cannot be read"
	hash=${hash%% *}
}

journal_state() {
	local state=none
	[ ! -r "$journal/state" ] || read -r state <"$journal/state"
	printf '%s' "$state"
}

set_state() {
	put "$journal/state" "$1"$'\n'
	step
}

# One process at a time. The lock is on a directory that is there anyway.
journal_lock() {
	mkdir -p -- "${journal%/*/*}"
	exec 9<"${journal%/*/*}"
	flock -n 9 || refuse "another hvcrash-configure is at work"
}

# Only now is something written. A journal without a state is one whose making
# was interrupted: nothing was changed then.
journal_open() {
	# The second is what an --undo leaves that was killed at its very end
	[ "$(journal_state)" != none ] || rm -rf -- "$journal" "${journal%/*}/.configure-gone"
	mkdir -p -- "${journal%/*}"
	mkdir -m 700 -- "$journal" 2>/dev/null || [ -d "$journal" ] || die "$journal: cannot be made"
	mkdir -p -- "$journal/files" "$journal/todo" "$journal/keep"
	on_disk "$journal" "${journal%/*}"
}

# The journal goes at once: a half of it would look like a whole one
journal_remove() {
	local gone=${journal%/*}/.configure-gone
	if [ -d "$journal" ]; then
		rm -rf -- "$gone"
		mv -T -- "$journal" "$gone"
		on_disk "${journal%/*}"
		step
	fi
	rm -rf -- "$gone"
	rmdir -- "${journal%/*}" 2>/dev/null || true
}

entry_of() {
	printf '%s/files/%s' "$journal" "${1//\//%}"
}

# journal_file PATH GROUP TOOL: keep what is there before the first change. TOOL
# is the command that will write the file, or nothing if we do.
journal_file() {
	local entry new
	entry=$(entry_of "$1")
	if [ -d "$entry" ]; then
		journal_again "$entry"
		return 0
	fi
	new=$journal/new
	[ ! -e "$new" ] || rm -rf -- "$new"
	mkdir -- "$new" || die "$new: cannot be made"
	printf '%s\n' "$1" >"$new/path"
	printf '%s\n' "$2" >"$new/group"
	printf '%s\n' "$3" >"$new/tool"
	if [ -e "$root$1" ]; then
		cp -p --preserve=all -- "$root$1" "$new/before" || die "$1: cannot be backed up"
		on_disk "$new/before"
	else
		: >"$new/absent"
	fi
	on_disk "$new/path" "$new/group" "$new/tool" "$new"
	mv -T -- "$new" "$entry"
	on_disk "$journal/files"
	step
}

# journal_again ENTRY: a further run writes the file, and what it will be is not
# known before the end. If it was edited in between, that is remembered.
journal_again() {
	if changed_since "$1"; then
		: >"$1/edited"
		on_disk "$1/edited"
	fi
	rm -f -- "$1/after"
	on_disk "$1"
	step
}

# journal_entries: their directories, in a fixed order
journal_entries() {
	local entry
	for entry in "$journal"/files/*; do
		[ ! -d "$entry" ] || printf '%s\n' "$entry"
	done
}

# journal_after: the hash of what this run wrote, to tell later edits by
journal_after() {
	local entry path hash
	while read -r entry; do
		[ ! -e "$entry/after" ] || continue
		read -r path <"$entry/path"
		hash_of "$root$path"
		put "$entry/after" "$hash"
	done < <(journal_entries)
	step
}

# changed_since ENTRY: is the file neither as we left it nor as it was?
changed_since() {
	local path hash now after=''
	[ ! -e "$1/edited" ] || return 0
	[ -e "$1/after" ] || return 1
	read -r path <"$1/path"
	read -r after <"$1/after" || true # it has no line break
	hash_of "$root$path"
	[ "$hash" != "$after" ] || return 1
	now=$hash
	hash_of "$1/before"
	[ "$now" != "$hash" ]
}

journal_todo() {
	[ ! -e "$journal/todo/$1" ] || return 0
	put "$journal/todo/$1" ''
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
journal_set() {
	[ "$(kept "$1")" != "$2" ] || return 0
	put "$journal/keep/$1" "$2"$'\n'
	step
}

# journal_keep KEY VALUE: the first value counts, it is the one from before
journal_keep() {
	[ ! -e "$journal/keep/$1" ] || return 0
	put "$journal/keep/$1" "$2"$'\n'
	step
}

kept() {
	local value=''
	[ ! -r "$journal/keep/$1" ] || read -r value <"$journal/keep/$1" || true
	printf '%s' "$value"
}

# The temporary name of a file; hidden and not *.conf, so nothing reads it
temporary() {
	printf '%s/.%s.hvcrash-new' "${1%/*}" "${1##*/}"
}

# make_parents PATH: missing directories, each noted before it is made
make_parents() {
	local dir=${1%/*} missing=() i
	while [ -n "$dir" ] && [ ! -d "$root$dir" ]; do
		missing=("$dir" "${missing[@]}")
		dir=${dir%/*}
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	put "$journal/dirs" "$({
		cat -- "$journal/dirs" 2>/dev/null || true
		printf '%s\n' "${missing[@]}"
	} | awk '!seen[$0]++')"$'\n'
	step
	for i in "${missing[@]}"; do
		mkdir -m 755 -- "$root$i" || die "$i: cannot be made"
		on_disk "$root${i%/*}/"
	done
	step
}

# replace_file PATH SOURCE [MODE]: the contents change at once, and nothing else
replace_file() {
	local path=$1 new
	new=$root$(temporary "$path")
	[ ! -e "$new" ] || rm -f -- "$new"
	if [ -e "$root$path" ]; then
		cp --attributes-only --preserve=all -- "$root$path" "$new"
	else
		install -m "${3:-644}" /dev/null "$new"
	fi || die "$path: cannot be written"
	if ! cat <"$2" >"$new" || ! sync -- "$new" || ! mv -fT -- "$new" "$root$path"; then
		rm -f -- "$new"
		die "$path: cannot be written"
	fi
	on_disk "$root${path%/*}"
	step
}

# same_file A B: in contents, mode, owner and times
same_file() {
	cmp -s -- "$1" "$2" && [ "$(stat -c '%a %u %g %y' -- "$1")" = "$(stat -c '%a %u %g %y' -- "$2")" ]
}

# restore_file ENTRY: as it was, with mode, owner and times. One that is so
# already is left: a full disk may be why this is undone.
restore_file() {
	local path new
	read -r path <"$1/path"
	new=$root$(temporary "$path")
	[ ! -e "$new" ] || rm -f -- "$new"
	if [ -e "$1/absent" ]; then
		[ ! -e "$root$path" ] || rm -f -- "$root$path" || die "$path: cannot be removed"
	elif same_file "$1/before" "$root$path"; then
		return 0
	elif ! cp -p --preserve=all -- "$1/before" "$new" || ! sync -- "$new" || ! mv -fT -- "$new" "$root$path"; then
		rm -f -- "$new"
		die "$path: cannot be restored"
	fi
	[ ! -d "$root${path%/*}" ] || on_disk "$root${path%/*}"
	step
}

# Removes directories that we created if they are empty
remove_parents() {
	local dir
	[ -r "$journal/dirs" ] || return 0
	while read -r dir; do
		rmdir -- "$root$dir" 2>/dev/null || true
	done < <(tac -- "$journal/dirs")
	step
}

# What a killed run left on its way
sweep() {
	local entry path gone=("${PROBED[@]/#/$root}")
	gone=("${gone[@]/%//$PROBE}")
	while read -r entry; do
		read -r path <"$entry/path"
		gone+=("$root${path%/*}/.${path##*/}.hvcrash-new") # temporary()
	done < <(journal_entries)
	rm -f -- "${gone[@]}"
}
