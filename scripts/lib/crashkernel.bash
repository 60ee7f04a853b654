# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# How much memory the crash kernel gets. Pure: text in, text out.
#
# The size is written as ranges, "4G-1T:512M", and not as one number, because an
# Azure VM keeps its disk when it is resized, and its memory changes. The kernel
# picks the range (parse_crashkernel_mem() in kernel/crash_core.c, since 6.9 in
# kernel/crash_reserve.c). All sizes in here are MiB.

# crashkernel_table ARCH KERNEL-RELEASE: of tables/crashkernel
crashkernel_table() {
	case $1:$2 in
	aarch64:*64k*) hyperv_crashkernel aarch64-64k ;;
	*) hyperv_crashkernel "$1" ;;
	esac
}

# The arithmetic, in one awk program: as shell it takes a process a step. A range
# without an end ends at FOREVER; a plain size is one range for all; an offset
# ("@") and ",high" are left out. What cannot be read, as RHEL 8's "auto", has no
# ranges.
# shellcheck disable=SC2016 # for awk
readonly CRASHKERNEL_AWK='
function size_of(text,    n, unit) {
	if (text !~ /^[0-9]+[KkMmGgTt]?$/ || length(text) > 13)
		return -1
	n = text + 0
	unit = toupper(substr(text, length(text)))
	if (unit == "T") return n * 1048576
	if (unit == "G") return n * 1024
	if (unit == "M") return n
	return int(unit == "K" ? n / 1024 : n / 1048576)
}
function parse(text, ranges,    part, i, n, colon, dash) {
	sub(/@.*/, "", text)
	sub(/,high$/, "", text)
	if (size_of(text) >= 0) {
		ranges[1, "from"] = 0; ranges[1, "to"] = FOREVER; ranges[1, "size"] = size_of(text)
		return 1
	}
	n = split(text, part, ",")
	for (i = 1; i <= n; i++) {
		dash = index(part[i], "-"); colon = index(part[i], ":")
		if (!dash || colon < dash)
			return 0
		ranges[i, "from"] = size_of(substr(part[i], 1, dash - 1))
		ranges[i, "to"] = colon == dash + 1 ? FOREVER : size_of(substr(part[i], dash + 1, colon - dash - 1))
		ranges[i, "size"] = size_of(substr(part[i], colon + 1))
		if (ranges[i, "from"] < 0 || ranges[i, "to"] < 0 || ranges[i, "size"] < 0)
			return 0
	}
	return n
}
function at(ranges, n, ram,    i) {
	for (i = 1; i <= n; i++)
		if (ram >= ranges[i, "from"] && ram < ranges[i, "to"])
			return ranges[i, "size"]
	return 0
}
function collect(ranges, n,    i) {
	for (i = 1; i <= n; i++) {
		bound[ranges[i, "from"]]
		if (ranges[i, "to"] < FOREVER)
			bound[ranges[i, "to"]]
	}
}
function next_bound(after,    i, low) {
	low = FOREVER
	for (i in bound)
		if (i + 0 > after && i + 0 < low)
			low = i + 0
	return low
}
function text_of(mib) {
	if (mib && mib % 1048576 == 0) return mib / 1048576 "T"
	if (mib && mib % 1024 == 0) return mib / 1024 "G"
	return mib "M"
}
# For every amount of memory the larger of both
function merged(    from, size, last, text) {
	last = 0
	for (from = next_bound(-1); from < FOREVER; from = next_bound(from)) {
		size = at(A, na, from) > at(B, nb, from) ? at(A, na, from) : at(B, nb, from)
		if (size == last)
			continue
		if (last)
			text = text text_of(from) ":" text_of(last) ","
		if (size)
			text = text text_of(from) "-"
		last = size
	}
	return last ? text ":" text_of(last) : substr(text, 1, length(text) - 1)
}
function covers(    i) {
	for (i in bound)
		if (at(B, nb, i + 0) < at(A, na, i + 0))
			return 0
	return 1
}
BEGIN {
	FOREVER = 2 ^ 52
	na = parse(a, A); nb = parse(b, B)
	if (ram != "")
		print at(A, na, ram + 0)
	else if (!nb)
		print a
	else {
		collect(A, na); collect(B, nb)
		print covers() ? b : merged()
	}
}'

# crashkernel_at TEXT RAM: what is reserved with that much memory; the kernel
# takes the first range that fits. 0 for none, and for text that cannot be read.
crashkernel_at() {
	awk -v a="$1" -v ram="$2" "$CRASHKERNEL_AWK"
}

# crashkernel_expected TEXT RAM: the same for a VM sold with a round amount of which
# firmware holds some back. parse_crashkernel_mem() rounds up to 128 MiB, older
# kernels do not: what either would reserve is enough.
crashkernel_expected() {
	local exact rounded
	exact=$(crashkernel_at "$1" "$2")
	rounded=$(crashkernel_at "$1" $((($2 + 127) / 128 * 128)))
	printf '%d' $((exact < rounded ? exact : rounded))
}

# crashkernel_wanted TABLE CURRENT: the table, but never less than what is set
# already, by the distribution or by hand; exactly that where it is enough.
crashkernel_wanted() {
	awk -v a="$1" -v b="$2" "$CRASHKERNEL_AWK"
}

# last_crashkernel WORDS: the crashkernel= that counts. One with ",low" only goes
# with another that has ",high"; one with ",cma" is more, and not in its place.
last_crashkernel() {
	local words=() word last=''
	read -ra words <<<"$1"
	for word in "${words[@]}"; do
		case $word in
		crashkernel=*,low | crashkernel=*,cma) ;;
		crashkernel=*) last=${word#*=} ;;
		esac
	done
	printf '%s' "$last"
}

# has_parts WORDS: crashkernel= in several parts, which were chosen by
# hand: one word in their place would take memory where it must not be
has_parts() {
	local words=() word
	read -ra words <<<"$1"
	for word in "${words[@]}"; do
		case $word in crashkernel=*,high | crashkernel=*,low | crashkernel=*,cma) return 0 ;; esac
	done
	return 1
}

# keep_parts WORDS: they stay; what is wrong with them is said
keep_parts() {
	local cma
	crashkernel=$(last_crashkernel "$1")
	cma=$(words_of "$1" crashkernel | sed -n 's/,cma$//p' | tail -n 1)
	[ $(($(crashkernel_at "$crashkernel" "$sys_ram_mib") + $(crashkernel_at "${cma:-0}" "$sys_ram_mib"))) -ge \
		"$(crashkernel_expected "$crashkernel_least" "$sys_ram_mib")" ] ||
		warn "crashkernel= is set by hand, in parts, to less than $crashkernel_least; it is left: raise it by hand"
}
