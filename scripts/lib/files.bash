# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# Files that a shell sources. They are evaluated by the very shell that will do so
# (column SHELL of tables/families), in an empty environment and within a bound of
# time, after assignments.awk has made sure that they are plain assignments: then
# nothing in them can do anything. What is about to be written is read the same
# way first.

readonly MAX_FILE_BYTES=65536 EVAL_BOUND_S=10 EVAL_BOUND_KIB=262144

# What a file says, by variable; which one, and what its text was
declare -gA value=()
value_file='' value_text=''

# shell_program: answers with its path; bash, which accepts more, if dash is not installed
shell_program() {
	local shell=$sys_shell
	hash "$shell" 2>/dev/null || shell=bash
	hash "$shell"
	answer=${BASH_CMDS[$shell]}
}

# read_config FILE: answers with its text. Anything but a text file, or one without an end,
# is refused, and so are carriage returns.
read_config() {
	local full=$root$1
	[ -f "$full" ] || refuse "$1: not a file"
	# read(1) fails at the end, and not at a NUL byte or after one byte too many
	if IFS= read -r -d '' -n $((MAX_FILE_BYTES + 1)) answer <"$full"; then
		[ "$(stat -Lc %s -- "$full")" -le $MAX_FILE_BYTES ] || refuse "$1: larger than $MAX_FILE_BYTES bytes: not a configuration file"
		refuse "$1: not text: it has NUL bytes"
	fi
}

# is_config FILE: reads it; for --undo, which needs none of it, status 1 where the
# others refuse
is_config() {
	if [ "$verb" != undo ]; then
		read_config "$1"
	else
		[ -f "$root$1" ] && read_text "$root$1"
	fi
}

# read_sourced FILE: the same of one that a shell sources
read_sourced() {
	read_config "$1"
	case $answer in
	*$'\r' | *$'\r\n'*)
		refuse "$1: has carriage returns, which the shell takes into the values: sed -i 's/\r$//' $1, then again"
		;;
	esac
}

# assignments VARIABLES FILE...: into $work, see assignments.awk; what is more than
# assignments is refused
assignments() {
	awk -v dialect="$sys_shell" -v dir="$work" -v variables="$1" -f "$lib/assignments.awk" -- "${@:2}" >"$work/refused" || {
		read -r answer <"$work/refused" || answer="$2: cannot be read"
		refuse "${answer#"$root"}: more than plain assignments, so its values cannot be determined; change that, or use --no-bootloader"
	}
}

# evaluate FILE... -- VARIABLE...: their values into $values, by the shell that reads
# them, one file after the other
evaluate() {
	local files=()
	while [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	shell_program
	# In an empty environment (-c), in which PATH finds no program; assignments can
	# take no time but that of the CPU, and memory, where a value doubles itself
	# shellcheck disable=SC2016 # for that shell
	answer=$(
		ulimit -t $EVAL_BOUND_S -v $EVAL_BOUND_KIB 2>/dev/null || true
		exec -c "$answer" -c 'PATH=/nonexistent
			while [ "$1" != -- ]; do . "$1" >/dev/null 2>&1; shift; done; shift
			for name; do eval "printf \"%s\\036\" \"\${$name-}\""; done' "$sys_shell" "${files[@]}" "$@" </dev/null 2>/dev/null
	) || return 1
	mapfile -t -d $'\036' values <<<"${answer//$'\t'/ }"
	unset 'values[-1]' # the line break of <<<
}

# read_values FILE: into "value", all that it sets
read_values() {
	local names=() values=() i
	answer=''
	[ ! -e "$root$1" ] || read_sourced "$1"
	[ "$value_file" != "$sys_shell:$1" ] || [ "$value_text" != "$answer" ] || return 0
	value=() value_file=$sys_shell:$1 value_text=$answer
	[ -n "$value_text" ] || return 0
	assignments '' "$root$1"
	mapfile -t names <"$work/names"
	evaluate "$work/plain.1" -- "${names[@]}" || refuse "$1: $sys_shell cannot read it"
	for i in "${!names[@]}"; do
		value[${names[i]}]=${values[i]}
	done
}

# shell_value FILE VARIABLE: answers with what the shell makes of it. One with a part
# that only a program knows is refused.
shell_value() {
	read_values "$1"
	answer=${value[$2]-}
	case $answer in *$'\001'*) refuse "$1: $2 is computed by a command, so its value cannot be determined" ;; esac
}

# changed_text FILE [VARIABLE VALUE]...: answers with the file's text, with those
# values. It is read again as the shell will read it, and has to give each VALUE, and
# the old values of all other variables.
changed_text() {
	local file=$1 from=/dev/null names=() wanted=() values=() variables=() name i
	read_values "$file"
	answer=$value_text
	[ $# -gt 1 ] || return 0
	[ ! -e "$root$file" ] || from=$root$file
	for ((i = 2; i < $#; i += 2)); do
		variables+=("${!i}")
		wanted+=("${*:i + 1:1}")
		export "new_${!i}=${*:i + 1:1}"
	done
	for name in "${!value[@]}"; do
		case " ${variables[*]} " in *" $name "*) continue ;; esac
		names+=("$name")
		wanted+=("${value[$name]}")
	done
	assignments "${variables[*]}" "$from"
	unset "${variables[@]/#/new_}"
	if ! evaluate "$work/plain.1" -- "${variables[@]}" "${names[@]}" || [ "${values[*]@Q}" != "${wanted[*]@Q}" ]; then
		refuse "$file: ${variables[*]} cannot be set there without changing other values; change it by hand"
	fi
	IFS= read -r -d '' answer <"$work/changed" || true
}
