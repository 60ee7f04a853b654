# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/matrix/run.
# shellcheck shell=bash disable=SC2034,SC2154,SC2004 # variables, arrays by name among them, are shared with the other files; check "run" with -x to see all
#
# Cells that differ in nothing before the crash share a boot, which is more than half of a run: the first keeps the state of its
# machine, the others go on from there (tests/lab/lib/state.bash). Which cells have how many others beside them is the
# table's doing: of those that cover all pairs, half have; of one kernel's, two thirds.
#
# A boot is known by its words (boot_words), and boot_of has them of each cell. Of each boot: boot_run, the run that keeps it,
# once that one is over; boot_busy, a run of it that is under way.

# Where the lab leaves its runs
readonly lab_runs=${MATRIX_RUNS:-$repo/build/lab/runs}

# is_boot_kept RUN
is_boot_kept() { [ -e "$lab_runs/$1/machine.state" ]; }

# next_cell: a number in $todo, into $next: one whose boot is saved, else one whose boot no other job makes; fails if there is none
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

# is_boot_wanted BOOT: by a cell that is still to be run
is_boot_wanted() {
	local line
	for line in ${todo[@]+"${todo[@]}"}; do
		[ "${boot_of[${line%%$'\t'*}]}" != "$1" ] || return 0
	done
	return 1
}

# begin_boot NAME RUN: what the lab is told of the boot, into $options
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

# drop_boot BOOT: the run stays if it did not hold
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
