# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# Which events become a panic, and so a dump: one file in sysctl.d.
#
# Left alone on purpose: hung_task_panic and softlockup_panic, since a host that
# freezes the VM for maintenance looks like both; hyperv_record_panic_msg, which
# is on where it may be. A value that another file sets is kept where it does.

readonly SYSCTL_FILE=/etc/sysctl.d/60-hvcrash.conf

# sysctl_set: "KEY VALUE FILE" of all that the files set, in the order in which
# systemd-sysctl reads them: by their names, and one of /etc hides one of the same
# name elsewhere. /etc/sysctl.conf is read where a link in sysctl.d says so.
sysctl_set() {
	local dir file name names='' files=() path paths=()
	for dir in /etc /run /usr/local/lib /usr/lib /lib; do
		for file in "$root$dir"/sysctl.d/*.conf; do
			name=${file##*/}
			[ -e "$file" ] || [ -L "$file" ] || continue
			[[ $names != *"/$name/"* ]] || continue
			names+="/$name/" # a link to /dev/null hides the others, too
			path=${file#"$root"}
			[ ! -L "$file" ] || path=$(resolve "$path")
			[ -f "$root$path" ] || continue
			files+=("$name:${file#"$root"}:$root$path")
		done
	done
	[ ${#files[@]} -gt 0 ] || return 0
	while IFS=: read -r name file path; do
		paths+=("name=$file" "$path")
	done < <(printf '%s\n' "${files[@]}" | sort)
	awk '{
		sub(/^[ \t]*-?/, "")
		at = index($0, "=")
		if (/^[#;]/ || !at)
			next
		key = substr($0, 1, at - 1)
		gsub(/[ \t]/, "", key)
		gsub("/", ".", key)
		$0 = substr($0, at + 1)
		print key, $1, name
	}' "${paths[@]}"
}

# sysctl_all: the same, read once a run (sysctl_known is set by plan_sysctl)
sysctl_all() {
	if [ -n "${sysctl_known+y}" ]; then
		[ -z "$sysctl_known" ] || printf '%s\n' "$sysctl_known"
	else
		sysctl_set
	fi
}

# sysctl_elsewhere KEY: what the other files set
sysctl_elsewhere() {
	sysctl_all | awk -v key="$1" -v ours="$SYSCTL_FILE" '$1 == key && $3 != ours { value = $2 } END { print value }'
}

# sysctl_beaten: "KEY VALUE FILE" of what a file sets at boot after ours
sysctl_beaten() {
	sysctl_keys >"$work/sysctls"
	sysctl_all | awk -v ours="${SYSCTL_FILE##*/}" '
		NR == FNR { want[$1] = $2; next }
		{ name = $3; sub(/.*\//, "", name) }
		$1 in want && name > ours { last[$1] = $2 " " $3 }
		END { for (key in last) if (last[key] !~ "^" want[key] " ") print key, last[key] }' "$work/sysctls" - | sort
}

# Said at once: after the boot it would look as if nothing had been done
warn_sysctls() {
	local key value file
	while read -r key value file; do
		warn "$file: sets $key = $value at every boot, after $SYSCTL_FILE: change it there"
	done < <(sysctl_beaten)
	while read -r key value file; do
		case $key:$value in
		kernel.kexec_load_disabled:1 | kernel.kexec_load_limit_panic:0)
			warn "$file: sets $key = $value at boot, which forbids kdump to load the crash kernel unless that comes first: take it out, or set it in a unit ordered After=$sys_service"
			;;
		esac
	done < <(sysctl_all)
}

# The SysRq mask with bit 8, the one that "crash" needs. Nothing where it is 1,
# which allows all. Where no file sets one the kernel's own default counts.
sysrq_mask() {
	local mask
	mask=$(sysctl_elsewhere kernel.sysrq)
	[ -n "$mask" ] || mask=$(sed -n 's/^CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE=//p' "$root/boot/config-$sys_kernel" 2>/dev/null || true)
	[[ $mask =~ ^(0x[0-9a-fA-F]+|[0-9]+)$ ]] || mask=1
	[ $((mask)) -eq 1 ] || printf '%d' $((mask | 8))
}

sysctl_text() {
	local mask delay
	say "# Written by hvcrash-configure; hvcrash-configure --undo removes it.
# Each of these makes a dump of what would otherwise leave nothing.

# An oops leaves a kernel that holds locks and loses data: dump it.
kernel.panic_on_oops = 1"
	delay=$(sysctl_elsewhere kernel.panic)
	if [ "${delay:-0}" = 0 ]; then
		say "
# A panic that found no crash kernel: reboot after 10 s, do not hang for ever.
kernel.panic = 10"
	fi
	if [ "$sys_arch" = x86_64 ]; then
		say '
# The diagnostic NMI of Azure ("az serial-console send nmi") and Hyper-V
# (Debug-VM -InjectNonMaskableInterrupt). With this one set the kernel lets one
# CPU win where the host sends the NMI to all (hv_nmi_unknown()).
kernel.unknown_nmi_panic = 1

# Generation 1: the same NMI may come with the bits of the old chipset set.
kernel.panic_on_io_nmi = 1
kernel.panic_on_unrecovered_nmi = 1'
	fi
	mask=$(sysrq_mask)
	if [ -n "$mask" ]; then
		say "
# SysRq-c from the serial console: bit 8 allows it, the rest is as it was. On
# arm64, which has no diagnostic NMI, it is the only way from outside.
kernel.sysrq = $mask"
	fi
}

# sysctl_keys: "KEY VALUE" of the planned file
sysctl_keys() {
	sed -nE 's/^(kernel[^ ]*) = (.*)/\1 \2/p' "$work/sysctl"
}

sysctl_now() {
	first_line "/proc/sys/${1//.//}"
}

plan_sysctl() {
	sysctl_known=$(sysctl_set)
	sysctl_text >"$work/sysctl"
	plan_file "$SYSCTL_FILE" sysctl 644 cat -- "$work/sysctl"
	plan_run sysctl live "in the running kernel too" sysctl -q -p "$SYSCTL_FILE"
}

# keep_sysctls: what the running kernel has, for --undo
keep_sysctls() {
	local key
	is_live || return 0
	while read -r key _; do
		[ ! -r "$root/proc/sys/${key//.//}" ] || journal_keep "sysctl.$key" "$(sysctl_now "$key")"
	done < <(sysctl_keys)
}

# undo_sysctls: restores them. A file of another owner that changed in
# between counts from the next boot on.
undo_sysctls() {
	local file key value
	is_live || return 0
	for file in "$journal"/keep/sysctl.*; do
		[ -e "$file" ] || continue
		key=${file##*/sysctl.}
		read -r value <"$file"
		run_command sysctl -q -w "$key=$value"
		step
	done
}
