# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# What kind of system this is: distribution, Hyper-V or Azure, generation,
# architecture, memory. Reads, never writes. What is found is in sys_*.

# What Azure writes there, also on Azure Stack (cloud-init's ds-identify)
readonly AZURE_ASSET_TAG=7783-7084-3265-9085-8269-3286-77

# os_release: ID, VERSION_ID and PRETTY_NAME
os_release() {
	local file sys_shell=dash
	sys_id='' sys_version='' sys_name=''
	for file in /etc/os-release /usr/lib/os-release; do
		resolve "$file"
		file=$answer
		[ -r "$root$file" ] || continue
		shell_value "$file" ID && sys_id=$answer
		shell_value "$file" VERSION_ID && sys_version=$answer
		shell_value "$file" PRETTY_NAME && sys_name=$answer
		return 0
	done
}

detect_distribution() {
	os_release
	find_distribution "$sys_id" "$sys_version"
	find_family "$sys_family"
}

# efi_variable NAME: answers with what the boot loader says of itself, or nothing
# (https://systemd.io/BOOT_LOADER_INTERFACE)
efi_variable() {
	local file=$root/sys/firmware/efi/efivars/$1-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f
	answer=''
	[ ! -r "$file" ] || answer=$(tail -c +5 -- "$file" | tr -cd ' -~')
}

# The boot loader of this boot: only its files count, whatever others exist
detect_loader() {
	sys_loader=''
	efi_variable LoaderInfo
	[[ $answer != systemd-boot* ]] || sys_loader=systemd-boot
	efi_variable StubInfo
	[ -z "$answer" ] || sys_loader=uki
}

detect_platform() {
	local dmi=/sys/class/dmi/id vendor
	sys_platform=''
	first_line $dmi/sys_vendor
	vendor=$answer
	first_line $dmi/product_name
	if [ "$vendor $answer" = "Microsoft Corporation Virtual Machine" ] || [ -d "$root/sys/bus/vmbus" ]; then
		sys_platform=Hyper-V # the bus is registered after contact with the host
	fi
	first_line $dmi/chassis_asset_tag
	[ "$answer" != "$AZURE_ASSET_TAG" ] || sys_platform=Azure
	sys_generation=1
	[ ! -d "$root/sys/firmware/efi" ] || sys_generation=2
}

# The kernel that is configured: the running one, or the newest of an image
detect_kernel() {
	if is_live; then
		first_line /proc/sys/kernel/osrelease
		sys_kernel=$answer
	else
		sys_kernel=$(cd "$root/lib/modules" 2>/dev/null && printf '%s\n' * | sort -V | tail -n 1) || sys_kernel=''
		[ "$sys_kernel" != '*' ] || sys_kernel=''
	fi
}

# The architecture of the tree, not of the running machine
detect_architecture() {
	local file magic=''
	for file in /usr/bin/bash /bin/bash /usr/bin/env /usr/lib/systemd/systemd; do
		[ -r "$root$file" ] || continue
		resolve $file
		magic=$(od -An -tx1 -j18 -N2 -- "$root$answer" 2>/dev/null | tr -d ' \n') || magic=''
		break
	done
	case $magic in
	3e00) sys_arch=x86_64 ;;
	b700) sys_arch=aarch64 ;;
	*) sys_arch=$(in_root uname -m) ;;
	esac
}

# The kernel's count: System RAM of /proc/iomem, which shows addresses to root
# only; otherwise the total of free(1) plus the crash kernel's reservation.
detect_memory() {
	local range what key value mib=0 total=0
	if [ -r "$root/proc/iomem" ]; then
		while IFS= read -r what; do # parts of System RAM are indented: not counted twice
			case $what in [0-9a-f]*' : System RAM') ;; *) continue ;; esac
			range=${what%% *}
			[[ $range =~ ^[0-9a-f]+-[0-9a-f]+$ ]] || continue
			mib=$((mib + 0x${range#*-} + 1 - 0x${range%-*}))
		done <"$root/proc/iomem"
	fi
	mib=$((mib >> 20))
	if [ $mib -lt 64 ]; then
		if [ -r "$root/proc/meminfo" ]; then
			while read -r key value _; do
				[ "$key" != MemTotal: ] || { total=$value && break; }
			done <"$root/proc/meminfo"
		fi
		first_line /sys/kernel/kexec_crash_size
		[[ $total =~ ^[0-9]+$ ]] || total=0
		[[ $answer =~ ^[0-9]+$ ]] || answer=0
		mib=$((total / 1024 + answer / 1048576))
	fi
	sys_ram_mib=$mib
}

detect_system() {
	detect_distribution
	detect_platform
	detect_kernel
	detect_architecture
	detect_memory
	detect_loader
}

is_container() {
	local mark
	for mark in /run/systemd/container /.dockerenv /run/.containerenv; do
		[ ! -e "$root$mark" ] || return 0
	done
	first_line /proc/sys/kernel/osrelease
	case $answer in *WSL*) return 0 ;; esac
	is_live && [ -r "$root/proc/1/environ" ] || return 1
	while IFS= read -r -d '' mark || [ -n "$mark" ]; do
		case $mark in container=?*) return 0 ;; esac
	done <"$root/proc/1/environ"
	return 1
}

# Describes in one line what was found
describe_system() {
	printf '%s on %s, %s' "${sys_name:-$sys_id $sys_version}" "${sys_platform:-no Hyper-V}" "$sys_arch"
	[ -z "$sys_platform" ] || printf ', generation %d' "$sys_generation"
	[ "$sys_ram_mib" -eq 0 ] || printf ', %d MiB of memory' "$sys_ram_mib"
	printf '\n'
}
