# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/matrix/run.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "run" with -x to see all
#
# All cells, those that were requested, and the arguments of "lab run" for a cell.
#
# A cell is a line of cover.awk: name, a value of each dimension, what is expected, options. A fault is a cell too: its
# name is fault_SCENARIO, and the scenario, of tests/lab/scenarios, defines everything else.

# dimension_names: in the table's order, one a line
dimension_names() { awk '$1 == "dimension" { print $2 }' "$table"; }

# table_cells MODE: the cells that cover all pairs, or all allowed ones with --full
table_cells() {
	awk -v mode="$1" -v full="$opt_full" -f "$matrix_dir/cover.awk" "$table" || usage_error "$table: see above"
}

# fault_lines: name, bound in seconds, what is wrong, tab-separated. Omits on kvm those that need the lab's own host.
fault_lines() {
	local scenarios=$matrix_dir/../lab/scenarios
	[ "$opt_host" != own ] || scenarios=/dev/null
	awk -v table="$scenarios" 'BEGIN { while ((getline line < table) > 0) if (line ~ / host=own/) { split(line, word, " "); own[word[1]] } }
		($1 in own) { next }
		!/^#/ && NF { name = $1; bound = $2; $1 = $2 = ""; sub(/^ +/, ""); print name "\t" bound "\t" $0 }' "$faults"
}

fault_cells() { fault_lines | sed 's/^/fault_/'; }

# matches LINE FILTER: whether a line of table_cells or fault_cells matches
matches() {
	local line=$1 filter=$2 fields name index
	IFS=$'\t' read -r -a fields <<<"$line"
	case $filter in
	*=*)
		[ "${fields[0]#fault_}" = "${fields[0]}" ] || return 1
		index=0
		while IFS= read -r name; do
			index=$((index + 1))
			[ "$name" != "${filter%%=*}" ] || break
		done < <(dimension_names)
		case ",${filter#*=}," in *",${fields[index]},"*) return 0 ;; esac
		return 1
		;;
	*)
		# shellcheck disable=SC2053 # a pattern is meant
		[[ ${fields[0]} == $filter ]]
		;;
	esac
}

# check_filter FILTER: checks that the dimension and its value exist
check_filter() {
	local filter=$1 name=${1%%=*} value
	case $filter in *=*) ;; *) return 0 ;; esac
	dimension_names | grep -qxF -- "$name" || usage_error "--only $filter: '$name' is none of: $(dimension_names | tr '\n' ' ')"
	for value in $(tr , ' ' <<<"${filter#*=}"); do
		awk -v name="$name" -v value="$value" '$1 == "dimension" && $2 == name { for (i = 3; i <= NF; i++) if ($i == value) found = 1 }
			END { exit !found }' "$table" || usage_error "--only $filter: $name has no value '$value'"
	done
}

# choose_cells: puts the requested ones into $cells
choose_cells() {
	local line filter all=() lines
	cells=()
	for filter in ${opt_only[@]+"${opt_only[@]}"}; do
		check_filter "$filter"
	done
	lines=$(table_cells "$opt_mode") || exit
	mapfile -t all <<<"$lines"
	[ "$opt_mode" = stock ] || mapfile -t -O ${#all[@]} all < <(fault_cells)
	for line in "${all[@]}"; do
		for filter in ${opt_only[@]+"${opt_only[@]}"}; do
			matches "$line" "$filter" || continue 2
		done
		cells+=("$line")
	done
	[ ${#cells[@]} -gt 0 ] || usage_error 'no cell matches'
}

# cpu_number WORD CPUS: the CPU number for boot, other or last
cpu_number() {
	case $1 in
	boot) echo 0 ;;
	other) echo $(($2 / 2)) ;;
	last) echo $(($2 - 1)) ;;
	esac
}

# cell_arguments LINE: arguments of "lab run", one a line; the table's options override the values
cell_arguments() {
	local line=$1 name kernel crash cpu cpus notifiers stimer load expect options word
	IFS=$'\t' read -r name kernel crash cpu cpus notifiers stimer load expect options <<<"$line"
	case $name in
	fault_*)
		printf '%s\n' --scenario "${name#fault_}"
		[ "$opt_host" = own ] || printf '%s\n' --host "$opt_host"
		[ -z "$opt_kernel" ] || printf '%s\n' --kernel "$opt_kernel"
		return
		;;
	esac
	[ "$opt_mode" != stock ] || printf '%s\n' --stock
	[ "$opt_host" = own ] || printf '%s\n' --host "$opt_host"
	case $crash in kexec | kexec-load) ;; *) [ -z "$opt_crash_opens" ] || printf '%s\n' --crash-opens ;; esac
	[ "$options" != - ] || options=''
	for word in "kernel=$kernel" "crash=$crash" "cpus=$cpus" "cpu=$(cpu_number "$cpu" "$cpus")" \
		"post-notifiers=$notifiers" "stimer=$stimer" "expect=$expect"; do
		case " $options" in *" ${word%%=*}="*) ;; *) options="$word $options" ;; esac
	done
	for word in $options; do printf '%s\n' "--${word%%=*}" "${word#*=}"; done
}

# boot_words LINE: everything that the boot of the guest depends on (tests/lab/lib/state.bash). Each fault has a boot of its own, and so
# has a cell with CPU hotplug: what the CPU is doing when the guest crashes is the point of such a cell, and it must not be one that
# crashes.
boot_words() {
	local words word skip=''
	case $1 in fault_*) printf '%s' "${1%%$'\t'*}"; return ;; esac
	mapfile -t words < <(cell_arguments "$1")
	case " ${words[*]} " in *' --steps '*churn*) printf '%s' "${1%%$'\t'*}"; return ;; esac
	for word in "${words[@]}"; do
		case ${skip:-$word} in
		--crash)
			[ -z "$skip" ] || case $word in kexec | kexec-load) printf '%s ' "$word" ;; *) printf 'crash ' ;; esac
			;;
		--cpu | --other | --post-notifiers | --expect | --timeout) ;;
		*) printf '%s ' "$word"; continue ;;
		esac
		if [ -n "$skip" ]; then skip=''; else skip=$word; fi
	done
}

# cell_facts LINE: the cell's own fields of the result, as JSON
cell_facts() {
	jq -nc -L "$matrix_dir" --arg mode "$opt_mode" --arg line "$1" --arg names "$(dimension_names)" \
		'include "results"; facts_of($line; $mode; $names)'
}

# cell_kernels: the kernels of the requested cells, one a line
cell_kernels() {
	local line
	for line in "${cells[@]}"; do
		case $line in fault_*) echo "${opt_kernel:-6.12}" ;; *) cut -f2 <<<"$line" ;; esac
	done | LC_ALL=C sort -u
}

list_cells() {
	local line name
	for line in "${cells[@]}"; do
		name=${line%%$'\t'*}
		printf '%s\t%s\n' "$name" "$(result_of "$name")"
	done | column -t -s $'\t'
}
