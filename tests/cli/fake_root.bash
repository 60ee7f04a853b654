# SPDX-License-Identifier: GPL-2.0-only
# bash. fake_root.bash - a machine made of small files, for --sysroot
#
# `ready_root` makes the directory "root": a Gen2 VM on Azure with Debian 13, on
# which nothing is wrong. A test then changes one file with `put` or `drop`.

# put PATH TEXT: a file below root, with a line break after TEXT
put() {
	[ -d "root${1%/*}" ] || mkdir -p "root${1%/*}"
	printf '%s\n' "$2" >"root$1"
}

# drop PATH...
drop() {
	local path
	for path in "$@"; do rm -r "root$path"; done
}

readonly DEBIAN_APPEND="reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll panic=10"

# cpuid LEAF EAX EBX ECX EDX: replaces that leaf, as cpuid -1 -r prints it
cpuid() {
	touch root/cpuid
	sed -i "/^ *$1 /d" root/cpuid
	printf '   %s 0x00: eax=%s ebx=%s ecx=%s edx=%s\n' "$@" >>root/cpuid
}

# shellcheck disable=SC2120 # the tests give it lines
# kdump_tools LINE...: /etc/default/kdump-tools as Debian ships it, and more lines
kdump_tools() {
	mkdir -p root/etc/default
	printf '%s\n' '# kdump-tools configuration' 'USE_KDUMP=1' 'KDUMP_KERNEL=/var/lib/kdump/vmlinuz' \
		'KDUMP_COREDIR="/var/crash"' '#MAKEDUMP_ARGS="-c -d 1"' "$@" >root/etc/default/kdump-tools
}

# on_rhel VERSION LINE...: RHEL's kdump, with these lines in kdump.conf
on_rhel() {
	put /etc/os-release $'ID=rhel\nVERSION_ID="'"$1"'"'
	printf '%s\n' "${@:2}" >root/etc/kdump.conf
	put /etc/sysconfig/kdump 'KDUMP_COMMANDLINE_APPEND="irqpoll nr_cpus=1 panic=10"'
	put /etc/kdump/pre.d/50-hvcrash x
	put /etc/systemd/system/multi-user.target.wants/kdump.service x
}

# on_suse LINE...: SLES 16's kdump, with these lines in its configuration
on_suse() {
	put /etc/os-release $'ID=sles\nVERSION_ID="16.0"'
	mkdir -p root/etc/sysconfig
	printf '%s\n' 'KDUMP_PRESCRIPT="/usr/lib/hvcrash/suse-pre"' "$@" >root/etc/sysconfig/kdump
	put /etc/systemd/system/multi-user.target.wants/kdump.service x
}

ready_platform() {
	put /etc/os-release $'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian'
	put /sys/class/dmi/id/sys_vendor 'Microsoft Corporation'
	put /sys/class/dmi/id/product_name 'Virtual Machine'
	put /sys/class/dmi/id/chassis_asset_tag 7783-7084-3265-9085-8269-3286-77
	# "Microsoft Hv"
	cpuid 0x40000000 0x4000000b 0x7263694d 0x666f736f 0x76482074
	cpuid 0x40000003 0x00002e7f 0x003b8030 0x00000002 0x000ed7b2
	put /proc/cpuinfo 'flags : fpu hypervisor'
	put /proc/sys/kernel/osrelease 6.12.107+deb13-cloud-amd64
	put /proc/sys/kernel/arch x86_64
	put /sys/kernel/security/lockdown '[none] integrity confidentiality'
	mkdir -p root/sys/firmware/efi/efivars
	printf '\6\0\0\0\0' >root/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
}

ready_module() {
	put /sys/kernel/hvcrash/version "$("$HVCRASHCTL" version --json | jq -r .version)"
	put /sys/kernel/hvcrash/coverage complete
	put /sys/kernel/hvcrash/address 0x101000
	put /etc/modprobe.d/hvcrash.conf 'softdep hv_vmbus pre: hvcrash'
}

# initrd PATH FILE...: an archive with these files, all empty
initrd() {
	local file to=$PWD/root$1
	mkdir -p initrd "${to%/*}"
	for file in "${@:2}"; do
		mkdir -p "initrd/${file%/*}"
		: >"initrd/$file"
	done
	(cd initrd && find . -mindepth 1 | cpio --quiet -o -H newc >"$to")
	rm -r initrd
}

# efi_variable NAME TEXT: a variable of systemd's boot loader interface, in UTF-16
efi_variable() {
	local path=root/sys/firmware/efi/efivars/$1-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f
	mkdir -p "${path%/*}"
	{
		printf '\6\0\0\0'
		printf '%s\0' "$2" | iconv -t UTF-16LE
	} >"$path"
}

# Less RAM than the test machine has room on its disk
ready_kdump() {
	put /proc/meminfo $'MemTotal:  786432 kB\nMemFree:  524288 kB\nBuffers:  4096 kB\nCached:  65536 kB\nAnonPages:  65536 kB'
	put /sys/kernel/kexec_crash_size $((256 * 1024 * 1024))
	put /sys/kernel/kexec_crash_loaded 1
	put /sys/kernel/vmcoreinfo '1f5a000 1024'
	put /proc/cmdline 'BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro crashkernel=256M'
	put /proc/mounts $'sysfs /sys sysfs rw 0 0\n/dev/sda1 / ext4 rw 0 0'
	put /boot/grub/grub.cfg $'menuentry Debian {\n\tlinux /boot/vmlinuz root=/dev/sda1 ro crashkernel=256M\n}'
	put /usr/bin/makedumpfile $'\177ELF\001makedumpfile: version 1.7.8 (released on 30 Oct 2025)\001'
	initrd /var/lib/kdump/initrd.img usr/lib/modules/x/kernel/drivers/scsi/hv_storvsc.ko.xz usr/lib/modules/x/kernel/drivers/hv/hv_vmbus.ko.xz
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$DEBIAN_APPEND\""
	put /usr/lib/systemd/system/kdump-tools-dump.service.d/10-hvcrash.conf '[Service]'
	mkdir -p root/var/crash
}

ready_root() {
	# made once for all tests of a file
	if [ -d "$BATS_FILE_TMPDIR/ready" ]; then
		cp -a "$BATS_FILE_TMPDIR/ready" root
		return 0
	fi
	mkdir root
	ready_platform
	ready_module
	ready_kdump
	put /sys/module/kernel/parameters/crash_kexec_post_notifiers Y
	put /proc/sys/kernel/unknown_nmi_panic 1
	put /proc/sys/kernel/panic_on_oops 1
	put /proc/sys/kernel/panic 10
	cp -a root "$BATS_FILE_TMPDIR/ready"
}

# check ID: its row, into "line", with single blanks; the whole report is in "out"
check() {
	try status --sysroot root -o CHECK,STATE,FOUND,FIX,ADVICE
	line=$(row "^$1 ")
	echo "$line"
}

# says ID STATE WORDS [FIX]: the check's row has these; a fail makes the VM not ready
says() {
	check "$1"
	case $line in
	"$1 $2 "*"$3"*"${4:-}"*) ;;
	*) printf 'not: %s %s ...%s...%s\n' "$@"; return 1 ;;
	esac
	[ "$2" != fail ] || expect_status 1
}
