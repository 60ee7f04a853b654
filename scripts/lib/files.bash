# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# Files that a shell sources. They are evaluated by the very shell that will do so
# (column SHELL of tables/families), in an empty environment and within a bound of
# time, after assignments.awk has made sure that they are plain assignments: then
# nothing in them can do anything. What is about to be written is read the same
# way first.

readonly MAX_FILE_BYTES=65536 EVAL_BOUND_S=10

# assignments.awk as it is installed: beside this file
assignments() {
	awk "${@:1:$#-1}" -f "$lib/assignments.awk" "${!#}"
}

# shell_program: its path; bash, which accepts more, if dash is not installed
shell_program() {
	[ "$sys_shell" != dash ] || ! type -P dash || return 0
	type -P bash
}

# refuse_file TEXT: except for --undo, which only restores what is in the journal
refuse_file() {
	[ "$verb" = undo ] || refuse "$@"
}

# refuse_odd FILE: what is no file of text, or has no end, is not read at all
refuse_odd() {
	local full=$root$1 text
	[ "$verb" != undo ] || return 0
	[ -f "$full" ] || refuse "$1: not a file"
	# read(1) fails at the end, and not at a NUL byte or after one byte too many
	if IFS= read -r -d '' -n $((MAX_FILE_BYTES + 1)) text <"$full"; then
		[ "$(stat -Lc %s -- "$full")" -le $MAX_FILE_BYTES ] || refuse "$1: larger than $MAX_FILE_BYTES bytes: no configuration"
		refuse "$1: no text: it has NUL bytes"
	fi
}

# plain FILE NAME: standard output is the text as it may be evaluated
plain() {
	local text
	! grep -qs $'\r$' "$1" ||
		refuse_file "$2: has carriage returns, which the shell takes into the values: sed -i 's/\r$//' $2, then again"
	text=$(assignments -v dialect="$sys_shell" "$1") ||
		refuse_file "$2, line $text: more than plain assignments, so what it says cannot be told; change that, or give --no-bootloader"
	printf '%s\n' "$text"
}

# evaluate TEXT VARIABLE...: their values in $values, a line each, by the shell that reads it
evaluate() {
	local shell
	shell=$(shell_program)
	# In an empty environment (-c), in which PATH finds no program
	# shellcheck disable=SC2016 # for that shell
	values=$(exec -c timeout $EVAL_BOUND_S "$shell" -c 'PATH=/nonexistent
		. "$0" >/dev/null 2>&1
		for name; do eval "printf \"%s\\n\" \"\${$name-}\""; done' "$@" </dev/null)
	values=${values//$'\t'/ }
}

# shell_value FILE VARIABLE...: what the shell makes of them, a line each
shell_value() {
	local file=$1 values
	[ -e "$root$file" ] || return 0
	refuse_odd "$file"
	plain "$root$file" "$file" >"$work/plain"
	evaluate "$work/plain" "${@:2}"
	refuse_unknown "$file" "${*:2}" "$values"
}

# refuse_unknown FILE VARIABLE VALUE: one with a part that only a program knows
refuse_unknown() {
	case $3 in *$'\001'*) refuse_file "$1: $2 is computed by a command, so what it says cannot be told" ;; esac
	printf '%s' "$3"
}

# with_assignment FILE VARIABLE VALUE: the file's text, with that value
with_assignment() {
	if [ -e "$root$1" ]; then
		refuse_odd "$1"
		cat -- "$root$1"
	fi | with_assignment_in "$@"
}

# with_assignment_in NAME VARIABLE VALUE [VARIABLE VALUE]...: filter. The result is
# read again as the shell will read it, and has to say each VALUE, and of all else
# what it said before.
with_assignment_in() {
	local file=$1 before=$work/before after=$work/after wanted='' changed=() names=() values rest
	cat >"$before"
	cp -- "$before" "$after"
	for ((rest = 2; rest < $#; rest += 2)); do
		changed+=("${!rest}")
		wanted+=${wanted:+$'\n'}${*:rest + 1:1}
		value=${*:rest + 1:1} assignments -v dialect="$sys_shell" -v variable="${!rest}" "$after" >"$after.new" ||
			refuse_file "$file, line $(cat -- "$after.new"): more than plain assignments; change that first"
		mv -f -- "$after.new" "$after"
	done
	mapfile -t names < <(sed -nE 's/^[[:blank:]]*(export[[:blank:]]+)?([A-Za-z_][A-Za-z0-9_]*)\+?=.*/\2/p' "$before" |
		sort -u | grep -vxF -- "$(printf '%s\n' "${changed[@]}")" || true)
	plain "$before" "$file" >"$before.plain"
	plain "$after" "$file" >"$after.plain"
	if [ ${#names[@]} -gt 0 ]; then
		evaluate "$before.plain" "${names[@]}"
		wanted+=$'\n'$values
	fi
	while [[ $wanted == *$'\n' ]]; do wanted=${wanted%$'\n'}; done # as $values loses them
	evaluate "$after.plain" "${changed[@]}" "${names[@]}"
	[ "$values" = "$wanted" ] ||
		refuse_file "$file: ${changed[*]} cannot be set there without changing what else it says; change it by hand"
	cat -- "$after"
}
