# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/matrix/run.
# shellcheck shell=bash disable=SC2034,SC2154,SC2004 # variables, arrays by name among them, are shared with the other files; check "run" with -x to see all
#
# Cells that are identical before the crash share a boot, which is more than half of a run: the first saves the state of its machine,
# and the others continue from there (tests/lab/lib/state.bash). How many cells share a boot depends on the table: half of the cells
# that cover all pairs, two thirds for a single kernel.
#
# A boot is identified by its words (boot_words), and boot_of has those of each cell. For each boot: boot_run is the run that saved it,
# once that run is over; boot_busy is a run that is making it.

# The lab's directory of runs
readonly lab_runs=${MATRIX_RUNS:-$repo/build/lab/runs}

# is_boot_kept RUN
is_boot_kept() { [ -e "$lab_runs/$1/machine.state" ]; }

# next_cell: sets $next to the index in $todo of a cell whose boot is saved, else of one whose boot no other job is making; fails if there is none
next_cell() {
	local i boot
	next=''
	for i in "${!todo[@]}"; do
		boot=${boot_of[${todo[i]%%$'\t'*}]}
		[ -z "${boot_busy[$boot]:-}" ] || continue
		[ -n "$next" ] || next=$i
		[ -n "${boot_run[$boot]:-}" ] || continue
		next=$i
		break
	done
	[ -n "$next" ]
}

# is_boot_wanted BOOT: whether a cell that is still to be run needs it
is_boot_wanted() {
	local line
	for line in ${todo[@]+"${todo[@]}"}; do
		[ "${boot_of[${line%%$'\t'*}]}" != "$1" ] || return 0
	done
	return 1
}

# begin_boot NAME RUN: adds the lab's options about the boot to $options
begin_boot() {
	local boot=${boot_of[$1]}
	boot_busy[$boot]=$2
	options=()
	if [ -n "${boot_run[$boot]:-}" ]; then
		options=(--from "${boot_run[$boot]}")
	elif is_boot_wanted "$boot"; then
		options=(--keep)
	fi
}

# end_boot NAME: the cell is over. A boot from which the lab could not go on is not tried again.
end_boot() {
	local boot=${boot_of[$1]} run
	run=${boot_busy[$boot]}
	unset "boot_busy[$boot]"
	if [ -z "${boot_run[$boot]:-}" ]; then
		is_boot_kept "$run" || return 0
		boot_run[$boot]=$run
	elif [ "$(result_of "$1")" = lab-failed ]; then
		drop_boot "$boot"
		return
	fi
	is_boot_wanted "$boot" || drop_boot "$boot"
}

# drop_boot BOOT: removes its run, unless that did not hold
drop_boot() {
	local run=${boot_run[$1]}
	unset "boot_run[$1]"
	rm -f "$lab_runs/$run"/machine.{state,initrd}
	[ "$(jq -r .result "$lab_runs/$run/result.json" 2>/dev/null)" != held ] || rm -rf "${lab_runs:?}/$run"
}

drop_boots() {
	local boot
	for boot in "${!boot_run[@]}"; do drop_boot "$boot"; done
}
