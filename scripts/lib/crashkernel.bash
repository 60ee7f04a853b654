# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# How much memory the crash kernel gets. Pure: text in, $answer out.
#
# The size is written as ranges, "4G-1T:512M", and not as one number, because an
# Azure VM keeps its disk when it is resized, and its memory changes. The kernel
# picks the range (parse_crashkernel_mem() in kernel/crash_core.c, since 6.9 in
# kernel/crash_reserve.c). All sizes in here are MiB.

# crashkernel_table ARCH KERNEL-RELEASE: answers with that of tables/crashkernel
crashkernel_table() {
	case $1:$2 in
	aarch64:*64k*) hyperv_crashkernel aarch64-64k ;;
	*) hyperv_crashkernel "$1" ;;
	esac
}

# A range without an end ends there
readonly FOREVER=$((1 << 52))

# mib_of SIZE: into $mib, as memparse() reads it
mib_of() {
	[ ${#1} -le 13 ] && [[ $1 =~ ^([0-9]+)([KkMmGgTt]?)$ ]] || return 1
	mib=$((10#${BASH_REMATCH[1]}))
	case ${BASH_REMATCH[2]} in
	T | t) mib=$((mib << 20)) ;;
	G | g) mib=$((mib << 10)) ;;
	M | m) ;;
	K | k) mib=$((mib >> 10)) ;;
	*) mib=$((mib >> 20)) ;;
	esac
}

# ranges_of TEXT: into $ranges, from, to and size of each; none where it cannot be
# read, as RHEL 8's "auto". A plain size is one range for all; an offset ("@") and
# ",high" are left out.
ranges_of() {
	local text=${1%%@*} part parts=() mib from to
	ranges=()
	text=${text%,high}
	if mib_of "$text"; then
		ranges=(0 "$FOREVER" "$mib")
		return 0
	fi
	IFS=, read -ra parts <<<"$text,"
	for part in "${parts[@]}"; do
		to=${part#*-}
		to=${to%%:*}
		if [[ $part == *-*:* ]] && mib_of "${part%%-*}" && from=$mib && mib_of "${to:-$((FOREVER >> 20))T}" && to=$mib && mib_of "${part#*:}"; then
			ranges+=("$from" "$to" "$mib")
		else
			ranges=()
			return 0
		fi
	done
}

# size_in RAM [FROM TO SIZE]...: answers with that of the first range that fits
size_in() {
	local ram=$1
	shift
	answer=0
	while [ $# -gt 0 ]; do
		if ((ram >= $1 && ram < $2)); then
			answer=$3
			return 0
		fi
		shift 3
	done
}

# crashkernel_at TEXT RAM: answers with what is reserved with that much memory; the
# kernel takes the first range that fits. 0 for none, and for text that cannot be read.
crashkernel_at() {
	local ranges
	ranges_of "$1"
	size_in "$2" "${ranges[@]}"
}

# crashkernel_expected TEXT RAM: the same for a VM sold with a round amount of memory, part
# of which firmware keeps. parse_crashkernel_mem() rounds up to 128 MiB, older kernels do
# not: the smaller of both results is enough.
crashkernel_expected() {
	local exact
	crashkernel_at "$1" "$2"
	exact=$answer
	crashkernel_at "$1" $((($2 + 127) / 128 * 128))
	[ "$exact" -ge "$answer" ] || answer=$exact
}

# size_text MIB: answers with it as crashkernel= has it
size_text() {
	if (($1 && $1 % 1048576 == 0)); then
		answer=$(($1 / 1048576))T
	elif (($1 && $1 % 1024 == 0)); then
		answer=$(($1 / 1024))G
	else
		answer=$1M
	fi
}

# crashkernel_wanted TABLE CURRENT: answers with the table, but never less than what
# is set already, by the distribution or by hand; exactly that where it is enough.
crashkernel_wanted() {
	local ranges table current i bounds=() is_enough=y merged
	ranges_of "$1"
	table=("${ranges[@]}")
	ranges_of "$2"
	current=("${ranges[@]}")
	if [ ${#current[@]} -eq 0 ]; then
		answer=$1
		return 0
	fi
	for ((i = 0; i < ${#table[@]}; i += 3)); do
		bounds+=("${table[i]}" "${table[i + 1]}")
	done
	for ((i = 0; i < ${#current[@]}; i += 3)); do
		bounds+=("${current[i]}" "${current[i + 1]}")
	done
	larger_sizes
	if [ -n "$is_enough" ]; then
		answer=$2
	else
		answer=$merged
	fi
}

# larger_sizes: for crashkernel_wanted; for every amount of memory the larger of
# both, in $merged, and $is_enough is emptied where the table has more
larger_sizes() {
	local from=-1 next bound size last=0
	merged=''
	while :; do
		next=$FOREVER
		for bound in "${bounds[@]}"; do
			((bound <= from || bound >= next)) || next=$bound
		done
		[ "$next" -lt $FOREVER ] || break
		from=$next
		size_in "$from" "${table[@]}"
		size=$answer
		size_in "$from" "${current[@]}"
		if [ "$answer" -lt "$size" ]; then
			is_enough=''
		else
			size=$answer
		fi
		[ "$size" -ne "$last" ] || continue
		size_text "$from"
		bound=$answer
		size_text "$last"
		[ "$last" -eq 0 ] || merged+=$bound:$answer,
		[ "$size" -eq 0 ] || merged+=$bound-
		last=$size
	done
	if [ "$last" -eq 0 ]; then
		merged=${merged%,}
	else
		size_text "$last"
		merged+=:$answer
	fi
}

# last_crashkernel WORDS: answers with the crashkernel= that counts. One with ",low" only goes
# with another that has ",high"; one with ",cma" is more, and not in its place.
last_crashkernel() {
	local words=() word
	answer=''
	read -r -d '' -a words <<<"$1" || true
	for word in "${words[@]}"; do
		case $word in
		crashkernel=*,low | crashkernel=*,cma) ;;
		crashkernel=*) answer=${word#*=} ;;
		esac
	done
}

# has_parts WORDS: crashkernel= in several parts, which were chosen by
# hand: one word in their place would take memory where it must not be
has_parts() {
	local words=() word
	read -r -d '' -a words <<<"$1" || true
	for word in "${words[@]}"; do
		case $word in crashkernel=*,high | crashkernel=*,low | crashkernel=*,cma) return 0 ;; esac
	done
	return 1
}

# keep_parts WORDS: leaves them as they are, with a warning if they are too small
keep_parts() {
	local word words=() cma=0 has
	read -r -d '' -a words <<<"$1" || true
	for word in "${words[@]}"; do
		case $word in crashkernel=*,cma) cma=${word#*=} ;; esac
	done
	last_crashkernel "$1"
	crashkernel=$answer
	crashkernel_at "$crashkernel" "$sys_ram_mib"
	has=$answer
	crashkernel_at "${cma%,cma}" "$sys_ram_mib"
	has=$((has + answer))
	crashkernel_expected "$crashkernel_least" "$sys_ram_mib"
	[ $has -ge "$answer" ] ||
		warn "crashkernel= is set by hand, in parts, to less than $crashkernel_least; it is left: raise it by hand"
}
