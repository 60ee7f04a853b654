# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Uses the table of options (option_table.bash): defaults, scenarios, the command line, checks and --help.

# In the table's order. A setting has uses and a default, but no help.
option_names=()
declare -A option_value=() option_is_list=() option_uses=() option_default=() option_check=() option_help=() flag_sets=()

# variable_of NAME: the variable that holds the value of --NAME
variable_of() { printf 'opt_%s' "${1//-/_}"; }

option() {
	local name=$1
	option_names+=("$name")
	option_value[$name]=$2
	option_uses[$name]=$3
	option_default[${name//-/_}]=$4
	option_check[$name]=$5
	option_help[$name]=$6
}

list() {
	option "$1" "$2" "$3" '' any "$4"
	option_is_list[$1]=1
}

flag() {
	local name=$1 variable=${2%%=*}
	option_names+=("$name")
	flag_sets[$name]=$2
	option_uses[$name]=$3
	option_help[$name]=$4
	[ -n "${option_default[$variable]+declared}" ] || option_default[$variable]=''
}

setting() {
	option_default[$1]=$3
	option_uses[$1]=$2
}

# uses_option NAME USE: whether verb USE takes it; with USE "boot", whether the boot depends on it
uses_option() { case ,${option_uses[$1]:-}, in *",$2,"*) ;; *) return 1 ;; esac }

# give_option NAME VALUE: NAME as on the command line, or with underscores as in the table of scenarios
give_option() {
	local variable
	variable=$(variable_of "$1")
	[ -z "${option_is_list[${1//_/-}]:-}" ] || [ -z "${!variable}" ] || set -- "$1" "${!variable} $2"
	printf -v "$variable" '%s' "$2"
}

# boot_options: the variables of all options that the guest's boot depends on, one a line
boot_options() {
	local name
	for name in "${!option_uses[@]}"; do
		! uses_option "$name" boot || { variable_of "$name"; echo; }
	done | LC_ALL=C sort -u
}

set_defaults() {
	local name
	for name in "${!option_default[@]}"; do printf -v "opt_$name" '%s' "${option_default[$name]}"; done
}

# scenario_columns: the columns of the table of scenarios, one a line, from its header
scenario_columns() { sed -n 's/^# name  */scenario /p' "$lab_dir/scenarios" | tr -s ' ' '\n'; }

# set_of_scenario NAME VALUE: "-" means the default, and a comma stands for a blank
set_of_scenario() {
	local variable=${1//-/_}
	[ -n "${option_default[$variable]+declared}" ] || die "$lab_dir/scenarios: '$1' is not an option of run"
	[ "$2" = - ] || printf -v "opt_$variable" '%s' "${2//,/ }"
}

# take_scenario NAME: sets the options from its columns, and from the OPTION=VALUE words that may follow the last column.
take_scenario() {
	local columns row i
	mapfile -t columns < <(scenario_columns)
	while read -r -a row; do
		[ "${row[0]:-#}" = "$1" ] || continue
		for i in "${!row[@]}"; do
			if [ -n "${columns[i]:-}" ]; then
				set_of_scenario "${columns[i]}" "${row[i]}"
			else
				# A value here is taken literally, including "-" and commas
				set_of_scenario "${row[i]%%=*}" -
				give_option "${row[i]%%=*}" "${row[i]#*=}"
			fi
		done
		return 0
	done <"$lab_dir/scenarios"
	usage_error "$1: no such scenario, see '${0##*/} list'"
}

# find_scenario WORD...: takes the scenario first, wherever it is given, since other options override it.
find_scenario() {
	while [ $# -gt 0 ]; do
		[ "$1" != --scenario ] || take_scenario "${2:-}"
		shift
	done
}

# parse_options VERB WORD...: after set_defaults. Values are checked later, when all are known.
parse_options() {
	local verb=$1 name; shift
	while [ $# -gt 0 ]; do
		[ "$1" != --help ] || { usage; exit 0; }
		name=${1#--}
		if [ "$name" = "$1" ] || ! uses_option "$name" "$verb" || [ -z "${option_help[$name]:-}" ]; then
			usage_error "$1: no such option"
		fi
		if [ -n "${flag_sets[$name]:-}" ]; then
			printf -v "opt_${flag_sets[$name]%%=*}" '%s' "${flag_sets[$name]#*=}"
		else
			[ $# -ge 2 ] || usage_error "$1: a value is missing"
			give_option "$name" "$2"
			shift
		fi
		shift
	done
}

check_number() { case $2 in '' | *[!0-9]*) usage_error "--$1: '$2' is not a number" ;; esac; }

# check_range OPTION VALUE FROM TO
check_range() {
	check_number "$1" "$2"
	if [ ${#2} -gt 9 ] || [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then usage_error "--$1: $3 to $4"; fi
}

check_one_of() {
	local option=$1 value=$2 word; shift 2
	for word in "$@"; do [ "$value" != "$word" ] || return 0; done
	usage_error "--$option: '$value' is not one of: $*"
}

# check_values VERB: checks each value. An empty value with an empty default means that the option was not given.
check_values() {
	local name variable check words
	for name in "${option_names[@]}"; do
		uses_option "$name" "$1" || continue
		[ -n "${option_check[$name]:-}" ] || continue
		variable=$(variable_of "$name")
		[ -n "${!variable}" ] || [ -n "${option_default[${name//-/_}]}" ] || continue
		check=${option_check[$name]}
		case $check in
		any) ;;
		number) check_number "$name" "${!variable}" ;;
		number:*) check=${check#*:}; check_range "$name" "${!variable}" "${check%-*}" "${check#*-}" ;;
		one-of:*) IFS=, read -r -a words <<<"${check#*:}"; check_one_of "$name" "${!variable}" "${words[@]}" ;;
		words:*) mapfile -t words < <("${check#*:}"); check_one_of "$name" "${!variable}" "${words[@]}" ;;
		*) die "option_table.bash: '$check' is not a check" ;;
		esac
	done
}

# print_option NAME: for --help, in 100 columns
print_option() {
	local name=$1 head text indent=24
	head="  --$name"
	[ -z "${option_value[$name]:-}" ] || head+=" ${option_value[$name]}"
	text=$(tr -s ' \t\n' ' ' <<<"${option_help[$name]}")
	[ -z "${option_default[${name//-/_}]:-}" ] || [ -n "${flag_sets[$name]:-}" ] || text+="(default ${option_default[${name//-/_}]})"
	[ ${#head} -lt $indent ] || { printf '%s\n' "$head"; head=''; }
	fold -s -w $((100 - indent)) <<<"$text" | sed 's/ *$//' | while IFS= read -r text; do
		printf "%-${indent}s%s\n" "$head" "$text"
		head=''
	done
}

# print_options VERB
print_options() {
	local name
	for name in "${option_names[@]}"; do
		! uses_option "$name" "$1" || print_option "$name"
	done
}
