# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# The tables that hvcrashctl is built with, too: tables/.

# find_distribution ID VERSION_ID: sys_family, sys_known, need_kdump_how
find_distribution() {
	local id version family tried kexec install
	sys_family='' sys_known='' need_kdump_how=''
	while read -r id version family tried kexec install; do
		# shellcheck disable=SC2053 # a pattern
		[[ $id != '#'* && $id == "$1" && ${2:--} == $version ]] || continue
		sys_family=$family need_kdump_how=$install
		[ "$tried" != yes ] || sys_known=y
		return 0
	done <"$lib/tables/distributions"
}

# find_family FAMILY: sets the names of the parts of kdump there
find_family() {
	local family config cmdline program unit shell boot
	while read -r family config cmdline program unit shell boot; do
		[ "$family" = "$1" ] || continue
		sys_config=$config sys_cmdline_file=$cmdline sys_service=$unit sys_shell=$shell
		need_kdump=$program need_boot=$boot
		return 0
	done <"$lib/tables/families"
}

# hyperv_crashkernel ARCHITECTURE: answers with the ranges of tables/crashkernel
hyperv_crashkernel() {
	local who since architecture ranges
	while read -r who since architecture ranges; do
		if [ "$who:$architecture" = "hyperv:$1" ]; then
			answer=$ranges
			return 0
		fi
	done <"$lib/tables/crashkernel"
	return 1
}

# is_kernel_too_old RELEASE: whether it is older than hvcrash.ko supports
is_kernel_too_old() {
	local major minor own
	while read -r major minor; do
		[[ $major == '#'* ]] || break
	done <"$lib/tables/kernels"
	own=${1%%[!0-9.]*}
	[[ $own =~ ^([0-9]+)\.([0-9]+) ]] || return 1
	((BASH_REMATCH[1] < major || (BASH_REMATCH[1] == major && BASH_REMATCH[2] < minor)))
}

# supported_distributions: for messages
supported_distributions() {
	awk '!/^#/ && $4 == "yes" {
		if ($1 != last)
			text = text (text ? "; " : "") $1
		last = $1
		$2 = $2 == "-" ? "testing" : $2
		gsub(/\[89\]/, "8 9", $2)
		gsub(/4\[0-9\]/, "40 to 49", $2)
		gsub(/1\[56\]/, "15 16", $2)
		gsub(/\*/, "", $2)
		text = text ($2 ? " " : "") $2
	} END { print text }' "$lib/tables/distributions"
}
