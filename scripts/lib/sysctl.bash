# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# Which events become a panic, and so a dump: one file in sysctl.d.
#
# Left alone on purpose: hung_task_panic and softlockup_panic, since a host that
# freezes the VM for maintenance looks like both; hyperv_record_panic_msg, which
# is already on if allowed. A value that another file sets is left to that file.

readonly SYSCTL_FILE=/etc/sysctl.d/60-hvcrash.conf

# read_sysctls: what the files set, for those keys that matter here: $set_key, $set_value
# and $set_file. systemd-sysctl reads them by their names, and one of /etc hides one
# of the same name elsewhere. /etc/sysctl.conf is read where a link in sysctl.d says so.
read_sysctls() {
	local dir file name names='' path paths=() key value
	set_key=() set_value=() set_file=()
	for dir in /etc /run /usr/local/lib /usr/lib /lib; do
		for file in "$root$dir"/sysctl.d/*.conf; do
			name=${file##*/}
			[ -e "$file" ] || [ -L "$file" ] || continue
			[[ $names != *"/$name/"* ]] || continue
			names+="/$name/" # a link to /dev/null hides the others, too
			path=${file#"$root"}
			if [ -L "$file" ]; then
				resolve "$path"
				path=$answer
			fi
			[ -f "$root$path" ] || continue
			# 0 at the end of too many bytes, or at a NUL
			if IFS= read -r -d '' -n $((MAX_FILE_BYTES + 1)) answer <"$root$path"; then
				warn "$path: larger than $MAX_FILE_BYTES bytes, or not text: what it sets is not known"
				continue
			fi
			paths+=("name=${file#"$root"}" "$root$path")
		done
	done
	[ ${#paths[@]} -gt 0 ] || return 0
	awk '{
		sub(/^[ \t]*-?/, "")
		at = index($0, "=")
		if (/^[#;]/ || !at)
			next
		key = substr($0, 1, at - 1)
		gsub(/[ \t]/, "", key)
		gsub("/", ".", key)
		$0 = substr($0, at + 1)
		if (key ~ /^kernel\.(sysrq|panic|panic_on_.*|unknown_nmi_panic|kexec_load_.*)$/)
			print key, $1, name
	}' "${paths[@]}" >"$work/sysctls"
	while read -r key value file; do
		set_key+=("$key") set_value+=("$value") set_file+=("$file")
	done <"$work/sysctls"
}

# sysctl_last KEY [AFTER]: answers with what the other files set, the last of them, or
# the last that is read after that one; and with its name, in $answer_file
sysctl_last() {
	local i
	answer='' answer_file=''
	for i in "${!set_key[@]}"; do
		[[ ${set_key[i]} == "$1" && ${set_file[i]} != "$SYSCTL_FILE" ]] || continue
		[[ ${set_file[i]##*/} > ${2-} && ! ${set_file[i]##*/} < ${answer_file##*/} ]] || continue
		answer=${set_value[i]} answer_file=${set_file[i]}
	done
}

# sysctl_beaten: into $beaten, "KEY = VALUE" by file, of what a file sets at boot after
# ours to something else
sysctl_beaten() {
	local key
	beaten=() beaten_by=()
	for key in "${sysctl_keys[@]}"; do
		sysctl_last "$key" "${SYSCTL_FILE##*/}"
		[[ -n $answer_file && $answer != "${sysctl_wanted[$key]}" ]] || continue
		beaten+=("$key = $answer") beaten_by+=("$answer_file")
	done
}

# Warn now: after the boot it would look as if nothing had been configured
warn_sysctls() {
	local i
	sysctl_beaten
	for i in "${!beaten[@]}"; do
		warn "${beaten_by[i]}: sets ${beaten[i]} at every boot, after $SYSCTL_FILE: change it there"
	done
	for i in "${!set_key[@]}"; do
		case ${set_key[i]}:${set_value[i]} in
		kernel.kexec_load_disabled:1 | kernel.kexec_load_limit_panic:0)
			warn "${set_file[i]}: sets ${set_key[i]} = ${set_value[i]} at boot, which prevents kdump from loading the crash kernel unless that comes first: remove it, or set it in a unit ordered After=$sys_service"
			;;
		esac
	done
}

# sysrq_mask: answers with the SysRq mask with bit 8, the one that "crash" needs.
# Nothing where it is 1, which allows all. Where no file sets one the kernel's own
# default counts.
sysrq_mask() {
	local mask
	sysctl_last kernel.sysrq
	mask=$answer
	[ -n "$mask" ] || mask=$(sed -n 's/^CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE=//p' "$root/boot/config-$sys_kernel" 2>/dev/null || true)
	[[ $mask =~ ^(0x[0-9a-fA-F]+|[0-9]+)$ ]] || mask=1
	answer=''
	[ $((mask)) -eq 1 ] || answer=$((mask | 8))
}

# sysctl_text: answers with our file
sysctl_text() {
	local text
	text="# Written by hvcrash-configure; hvcrash-configure --undo removes it.
# Each of these makes a dump of what would otherwise leave nothing.

# An oops leaves a kernel that holds locks and loses data: dump it.
kernel.panic_on_oops = 1
"
	sysctl_last kernel.panic
	if [ "${answer:-0}" = 0 ]; then
		text+="
# A panic that found no crash kernel: reboot after 10 s instead of hanging forever.
kernel.panic = 10
"
	fi
	if [ "$sys_arch" = x86_64 ]; then
		text+='
# The diagnostic NMI of Azure ("az serial-console send nmi") and Hyper-V
# (Debug-VM -InjectNonMaskableInterrupt). With this one set the kernel lets one
# CPU win where the host sends the NMI to all (hv_nmi_unknown()).
kernel.unknown_nmi_panic = 1

# Generation 1: the same NMI may come with the bits of the old chipset set.
kernel.panic_on_io_nmi = 1
kernel.panic_on_unrecovered_nmi = 1
'
	fi
	sysrq_mask
	if [ -n "$answer" ]; then
		text+="
# SysRq-c from the serial console: bit 8 allows it, the rest is as it was. On
# arm64, which has no diagnostic NMI, it is the only way from outside.
kernel.sysrq = $answer
"
	fi
	answer=$text
}

plan_sysctl() {
	local line
	declare -gA sysctl_wanted=()
	sysctl_keys=()
	if [ "$verb" != undo ]; then
		read_sysctls
		sysctl_text
		while read -r line; do
			case $line in
			kernel.*)
				sysctl_keys+=("${line%% *}")
				sysctl_wanted[${line%% *}]=${line##* }
				;;
			esac
		done <<<"$answer"
		plan_file "$SYSCTL_FILE" sysctl
	fi
	plan_run sysctl live "in the running kernel too" sysctl -q -p "$SYSCTL_FILE"
}

# keep_sysctls: what the running kernel has, for --undo
keep_sysctls() {
	local key
	is_live || return 0
	for key in "${sysctl_keys[@]}"; do
		[ -r "$root/proc/sys/${key//.//}" ] || continue
		first_line "/proc/sys/${key//.//}"
		journal_keep "sysctl.$key" "$answer"
	done
}

# undo_sysctls: restores them. A file of another owner that changed in
# between counts from the next boot on.
undo_sysctls() {
	local key words=()
	is_live || return 0
	for key in "${!kept[@]}"; do
		case $key in sysctl.*) words+=("${key#sysctl.}=${kept[$key]}") ;; esac
	done
	[ ${#words[@]} -gt 0 ] || return 0
	run_command sysctl -q -w "${words[@]}"
	step
}
