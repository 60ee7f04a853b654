# SPDX-License-Identifier: GPL-2.0-only
# bash. roots.bash - root file systems of distributions, made from text
#
# Each has the files that hvcrash-configure reads, as in the distribution's image on Azure:
# a generation 2 VM with 8 GiB of memory, kdump installed but not configured.
# shellcheck shell=bash disable=SC2016,SC2034 # texts that are not expanded

umask 022
ALL_ROOTS=(debian11 debian12 debian13 debiantesting ubuntu2204 ubuntu2404 ubuntu2604 rhel8 rhel9 rhel10 oracle9 fedora44
	azurelinux3 azurelinux4 sles15 sles16 leap16)

# file PATH: standard input, mode 644. A root has some fifty, and there are many roots:
# no process is started for one.
file() {
	local text
	[ -d "$ROOT${1%/*}" ] || mkdir -p "$ROOT${1%/*}"
	IFS= read -r -d '' text || true
	printf '%s' "$text" >"$ROOT$1"
}

# programs PATH...: they exist, and are never run
programs() {
	local path
	for path; do
		[ -d "$ROOT${path%/*}" ] || mkdir -p "$ROOT${path%/*}"
		: >"$ROOT$path"
	done
	chmod 755 "${@/#/$ROOT}"
}

os_release() {
	printf 'PRETTY_NAME="%s"\nID=%s\nVERSION_ID="%s"\n' "$1" "$2" "$3" | file /usr/lib/os-release
	ln -sf ../usr/lib/os-release "$ROOT/etc/os-release"
}

# kernel RELEASE module|built-in: its modules, hvcrash among them
kernel() {
	rm -rf "$ROOT/lib/modules" "$ROOT"/boot/config-*
	printf '%s\n' "$1" | file /proc/sys/kernel/osrelease
	printf 'CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE=0x01b6\n' | file "/boot/config-$1"
	case $2 in
	module) printf 'kernel/fs/ext4/ext4.ko\n' ;;
	built-in) printf 'kernel/drivers/hv/hv_vmbus.ko\n' ;;
	esac | file "/lib/modules/$1/modules.builtin"
	printf 'module\n' | file "/lib/modules/$1/updates/hvcrash.ko"
}

# azure_vm: the machine, and a running system without a reservation
azure_vm() {
	mkdir -p "$ROOT"/{boot,etc/systemd/system,usr/sbin,var/lib,run/systemd/system,sys/bus/vmbus,sys/firmware/efi}
	echo x86_64 | file /machine
	echo kdump | file /boot/kdump.img
	programs /usr/sbin/hvcrashctl
	echo 7783-7084-3265-9085-8269-3286-77 | file /sys/class/dmi/id/chassis_asset_tag
	echo "Microsoft Corporation" | file /sys/class/dmi/id/sys_vendor
	echo "Virtual Machine" | file /sys/class/dmi/id/product_name
	printf 'MemTotal:        8131468 kB\nMemFree:         5131468 kB\n' | file /proc/meminfo
	printf '00000000-00000000 : System RAM\n' | file /proc/iomem
	echo "root=/dev/sda1 ro" | file /proc/cmdline
	echo 0 | file /sys/kernel/kexec_crash_size
	echo 0 | file /sys/kernel/kexec_crash_loaded
	echo 0 | file /proc/sys/kernel/panic
	echo 0 | file /proc/sys/kernel/panic_on_oops
	echo 438 | file /proc/sys/kernel/sysrq
	local key
	for key in unknown_nmi_panic panic_on_io_nmi panic_on_unrecovered_nmi; do
		echo 0 | file "/proc/sys/kernel/$key"
	done
}

debian_like() {
	programs /usr/lib/systemd/system/kdump-tools-dump.service.d/10-hvcrash.conf \
		/usr/lib/systemd/system/hvcrash-audit.service /usr/lib/systemd/system/hvcrash-bound.service \
		/usr/share/initramfs-tools/hooks/hvcrash
	programs /usr/sbin/update-grub /usr/sbin/kdump-config /usr/sbin/update-initramfs
	file /etc/default/kdump-tools <<'END'
# kdump-tools configuration
# ---------------------------------------------------------------------------
# USE_KDUMP - controls kdump will be configured
#     0 - kdump kernel will not be loaded
#     1 - kdump kernel will be loaded and kdump is configured
#
USE_KDUMP=0
KDUMP_KERNEL=/var/lib/kdump/vmlinuz
KDUMP_INITRD=/var/lib/kdump/initrd.img
KDUMP_COREDIR="/var/crash"
#MAKEDUMP_ARGS="-c -d 31"
END
	mkdir -p "$ROOT/etc/modprobe.d" "$ROOT/etc/modules-load.d" "$ROOT/etc/initramfs-tools/hooks" "$ROOT/etc/sysctl.d"
	ln -s ../sysctl.conf "$ROOT/etc/sysctl.d/99-sysctl.conf"
	echo '#kernel.sysrq=438' | file /etc/sysctl.conf
}

# kdump_tools_cfg RANGES
kdump_tools_cfg() {
	printf 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=%s"\n' "$1" | file /etc/default/grub.d/kdump-tools.cfg
}

debian_grub() {
	file /etc/default/grub <<'END'
GRUB_DEFAULT=0
GRUB_TIMEOUT=0
GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`
GRUB_CMDLINE_LINUX_DEFAULT=""
GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200 earlyprintk=ttyS0,115200 consoleblank=0"
END
}

ubuntu_grub() {
	file /etc/default/grub <<'END'
GRUB_DEFAULT=0
GRUB_TIMEOUT_STYLE=hidden
GRUB_TIMEOUT=0
GRUB_DISTRIBUTOR=`( . /etc/os-release; echo ${NAME:-Ubuntu} ) 2>/dev/null || echo Ubuntu`
GRUB_CMDLINE_LINUX_DEFAULT="quiet splash"
GRUB_CMDLINE_LINUX=""
END
	file /etc/default/grub.d/50-cloudimg-settings.cfg <<'END'
# Cloud Image specific Grub settings for Generic Cloud Images
GRUB_TIMEOUT=0
GRUB_CMDLINE_LINUX_DEFAULT="console=tty1 console=ttyS0 earlyprintk=ttyS0 nvme_core.io_timeout=240"
END
	echo 'kernel.sysrq = 176' | file /etc/sysctl.d/10-magic-sysrq.conf
}

root_debian11() {
	os_release "Debian GNU/Linux 11 (bullseye)" debian 11
	kernel 5.10.0-33-cloud-amd64 module
	debian_like
	debian_grub
	kdump_tools_cfg 512M-:192M
}

root_debiantesting() {
	os_release "Debian GNU/Linux forky/sid" debian ''
	sed -i /VERSION_ID/d "$ROOT/usr/lib/os-release"
	kernel 7.2.13-cloud-amd64 built-in
	debian_like
	debian_grub
	kdump_tools_cfg 512M-:192M
}

root_debian12() {
	os_release "Debian GNU/Linux 12 (bookworm)" debian 12
	kernel 6.1.0-28-cloud-amd64 module
	debian_like
	debian_grub
	kdump_tools_cfg 384M-:128M
}

root_debian13() {
	os_release "Debian GNU/Linux 13 (trixie)" debian 13
	kernel 6.12.48+deb13-cloud-amd64 module
	debian_like
	debian_grub
	kdump_tools_cfg 512M-:192M
}

root_ubuntu2204() {
	os_release "Ubuntu 22.04.5 LTS" ubuntu 22.04
	kernel 6.8.0-1020-azure built-in
	debian_like
	ubuntu_grub
	kdump_tools_cfg 512M-:192M
}

root_ubuntu2404() {
	os_release "Ubuntu 24.04.1 LTS" ubuntu 24.04
	kernel 6.8.0-1020-azure built-in
	debian_like
	ubuntu_grub
	kdump_tools_cfg 2G-4G:320M,4G-32G:512M,32G-64G:1024M,64G-128G:2048M,128G-:4096M
}

root_ubuntu2604() {
	root_ubuntu2404
	os_release "Ubuntu 26.04 LTS" ubuntu 26.04
	kernel 7.0.0-1004-azure built-in
}

# rhel_like: kdump's own files; with or without auto_reset_crashkernel in kdumpctl
rhel_like() {
	programs /etc/kdump/pre.d/50-hvcrash /etc/kdump/post.d/50-hvcrash /usr/lib/dracut/modules.d/99hvcrash/module-setup.sh
	programs /usr/sbin/grubby /usr/bin/dracut /usr/sbin/grub2-mkconfig
	file /usr/bin/kdumpctl < <(printf '#!/bin/bash\n%s\n' "$1")
	chmod 755 "$ROOT/usr/bin/kdumpctl"
	file /etc/kdump.conf <<END
# This file contains a series of commands to perform (in order) in the kdump
# kernel after a kernel crash in the crash kernel(1st kernel) has happened.
#
#raw /dev/vg/lv_kdump
${1:+auto_reset_crashkernel yes
}path /var/crash
core_collector makedumpfile -l --message-level 7 -d 31
END
	file /etc/sysconfig/kdump <<'END'
KDUMP_KERNELVER=""
KDUMP_COMMANDLINE_REMOVE="hugepages hugepagesz slub_debug quiet log_buf_len swiotlb"
KDUMP_COMMANDLINE_APPEND="irqpoll nr_cpus=1 reset_devices cgroup_disable=memory mce=off numa=off"
KEXEC_ARGS="-s"
END
	mkdir -p "$ROOT/etc/modprobe.d" "$ROOT/etc/modules-load.d" "$ROOT/etc/dracut.conf.d" "$ROOT/etc/sysctl.d"
	echo 'kernel.sysrq = 16' | file /usr/lib/sysctl.d/50-default.conf
}

# entry NAME OPTIONS: a boot entry
entry() {
	file "/boot/loader/entries/ffffffffffffffffffffffffffffffff-$1.conf" <<END
title Red Hat Enterprise Linux ($1)
version $1
linux /vmlinuz-$1
initrd /initramfs-$1.img
options $2
grub_users \$grub_users
grub_arg --unrestricted
grub_class rhel
END
}

# grubenv LINE...: one block, padded as by grub2-editenv
grubenv() {
	local text='# GRUB Environment Block'
	text+=$(printf '\n%s' "$@")$'\n'
	printf '%s%s' "$text" "$(head -c $((1024 - ${#text})) /dev/zero | tr '\0' '#')" | file /boot/grub2/grubenv
}

rhel_grub() {
	file /etc/default/grub <<END
GRUB_TIMEOUT=10
GRUB_DISTRIBUTOR="\$(sed 's, release .*\$,,g' /etc/system-release)"
GRUB_DEFAULT=saved
GRUB_CMDLINE_LINUX="$1"
GRUB_ENABLE_BLSCFG=true
END
}

root_rhel8() {
	os_release "Red Hat Enterprise Linux 8.10 (Ootpa)" rhel 8.10
	kernel 4.18.0-553.el8_10.x86_64 module
	rhel_like ''
	rhel_grub "loglevel=3 crashkernel=auto console=tty1 console=ttyS0 earlyprintk=ttyS0 rootdelay=300"
	entry 0-rescue '$kernelopts'
	entry 4.18.0-553.el8_10.x86_64 '$kernelopts $tuned_params'
	grubenv saved_entry=ffffffffffffffffffffffffffffffff-4.18.0-553.el8_10.x86_64 \
		'kernelopts=root=/dev/mapper/rootvg-rootlv ro loglevel=3 crashkernel=auto console=tty1 console=ttyS0 earlyprintk=ttyS0 rootdelay=300 ' \
		boot_success=0
}

root_rhel9() {
	local options="root=/dev/mapper/rootvg-rootlv ro console=tty1 console=ttyS0 earlyprintk=ttyS0 rootdelay=300 nvme_core.io_timeout=240 net.ifnames=0"
	os_release "Red Hat Enterprise Linux 9.5 (Plow)" rhel 9.5
	kernel 5.14.0-503.el9_5.x86_64 module
	rhel_like 'auto_reset_crashkernel'
	rhel_grub "ro console=tty1 console=ttyS0 earlyprintk=ttyS0 rootdelay=300 nvme_core.io_timeout=240 net.ifnames=0"
	entry 0-rescue "$options"
	entry 5.14.0-427.el9_4.x86_64 "$options crashkernel=1G-4G:192M,4G-64G:256M,64G-:512M"
	entry 5.14.0-503.el9_5.x86_64 "$options crashkernel=1G-4G:192M,4G-64G:256M,64G-:512M"
	grubenv saved_entry=ffffffffffffffffffffffffffffffff-5.14.0-503.el9_5.x86_64 boot_success=1
}

root_rhel10() {
	local options="root=/dev/mapper/rootvg-rootlv ro nvme_core.io_timeout=240 console=tty1 console=ttyS0 earlyprintk=ttyS0 rootdelay=300"
	os_release "Red Hat Enterprise Linux 10.1 (Coughlan)" rhel 10.1
	kernel 6.12.0-124.el10_1.x86_64 module
	rhel_like 'auto_reset_crashkernel'
	rhel_grub "ro nvme_core.io_timeout=240 console=tty1 console=ttyS0 earlyprintk=ttyS0 rootdelay=300"
	entry 6.12.0-124.el10_1.x86_64 "$options crashkernel=2G-64G:256M,64G-:512M"
	grubenv boot_success=1
	printf '' | file /etc/redhat-release-10 # tells the fake grubby which release this is
	mkdir -p "$ROOT/etc/kernel"
}

root_oracle9() {
	root_rhel9
	os_release "Oracle Linux Server 9.5" ol 9.5
	kernel 5.15.0-302.167.6.el9uek.x86_64 module
}

root_fedora44() {
	root_rhel10
	os_release "Fedora Linux 44 (Cloud Edition)" fedora 44
	kernel 7.0.8-300.fc44.x86_64 module
}

root_azurelinux4() {
	root_rhel10
	os_release "Microsoft Azure Linux 4.0" azurelinux 4.0
	kernel 6.18.5-1.azl4.x86_64 built-in
}

root_azurelinux3() {
	os_release "Microsoft Azure Linux 3.0" azurelinux 3.0
	kernel 6.6.57.1-6.azl3 built-in
	rhel_like ''
	file /etc/default/grub <<'END'
GRUB_TIMEOUT=0
GRUB_DISTRIBUTOR="AzureLinux"
GRUB_DISABLE_SUBMENU=y
GRUB_TERMINAL_OUTPUT="console"
GRUB_CMDLINE_LINUX="      rd.auto=1 net.ifnames=0 lockdown=integrity "
GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0 \$kernelopts"
END
	echo 'GRUB_CMDLINE_LINUX+=" crashkernel=512M-32G:256M,32G-:512M"' | file /etc/default/grub.d/51_kexec_tools.cfg
}

sles_like() {
	programs /usr/lib/hvcrash/suse-pre /usr/lib/hvcrash/suse-post /usr/lib/dracut/modules.d/99hvcrash/module-setup.sh
	programs /usr/sbin/pbl /usr/sbin/kdumptool /usr/bin/dracut
	echo 'LOADER_TYPE="grub2-efi"' | file /etc/sysconfig/bootloader
	file /etc/default/grub <<'END'
GRUB_DISTRIBUTOR="SLES"
GRUB_DEFAULT=saved
GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0 net.ifnames=0 dis_ucode_ldr earlyprintk=ttyS0 multipath=off nvme_core.io_timeout=240 rootdelay=300"
GRUB_CMDLINE_LINUX=""
GRUB_TERMINAL="serial"
END
	mkdir -p "$ROOT/etc/modprobe.d" "$ROOT/etc/modules-load.d" "$ROOT/etc/dracut.conf.d" "$ROOT/etc/sysctl.d"
	echo 'kernel.sysrq = 184' | file /usr/lib/sysctl.d/50-default.conf
	echo 'allow_unsupported_modules 1' | file /etc/modprobe.d/10-unsupported-modules.conf
}

root_sles15() {
	os_release "SUSE Linux Enterprise Server 15 SP6" sles 15.6
	kernel 6.4.0-150600.8.8-azure built-in
	sles_like
	file /etc/sysconfig/kdump <<'END'
## Path:	System/Kernel/Kdump
## Type:	string
KDUMP_KERNELVER=""
KDUMP_CPUS=1
KDUMP_COMMANDLINE=""
KDUMP_COMMANDLINE_APPEND=""
KDUMP_SAVEDIR="file:///var/crash"
KDUMP_CONTINUE_ON_ERROR="true"
KDUMP_REQUIRED_PROGRAMS=""
KDUMP_PRESCRIPT=""
KDUMP_POSTSCRIPT=""
END
}

root_sles16() {
	os_release "SUSE Linux Enterprise Server 16.0" sles 16.0
	kernel 6.12.0-160000.5-default module
	sles_like
	file /etc/sysconfig/kdump <<'END'
## Path:	System/Kernel/Kdump
KDUMP_CRASHKERNEL="auto"
KDUMP_UPDATE_BOOTLOADER="true"
KDUMP_CPUS=32
KDUMP_SAVEDIR="/var/crash"
KDUMP_CONTINUE_ON_ERROR="true"
KDUMP_REQUIRED_PROGRAMS="rsync"
KDUMP_PRESCRIPT=""
KDUMP_POSTSCRIPT="/usr/local/bin/tell-somebody"
END
}

root_leap16() {
	root_sles16
	os_release "openSUSE Leap 16.0" opensuse-leap 16.0
}

# make_root NAME: below $ROOT. Its times are old, which shows restored files. Made once
# for all tests of a run, and then copied.
make_root() {
	local made=${BATS_RUN_TMPDIR:+$BATS_RUN_TMPDIR/roots/$1}
	rm -rf -- "$ROOT"
	if [ -n "$made" ] && [ -d "$made" ]; then
		cp -a -- "$made" "$ROOT"
		return 0
	fi
	mkdir -p -- "$ROOT"
	azure_vm
	"root_$1"
	generate "$1"
	find "$ROOT" -exec touch -h -d 2026-01-02T03:04:05.678 {} +
	if [ -n "$made" ]; then
		mkdir -p -- "${made%/*}"
		cp -a -- "$ROOT" "$made.$$" # complete or not there at all, in case two run at a time
		mv -T -- "$made.$$" "$made" 2>/dev/null || rm -rf -- "$made.$$"
	fi
}

# Generated files, made once from the configuration before the test
generate() {
	case $1 in
	debian* | ubuntu*)
		"$FAKE_CHROOT" "$ROOT" update-grub
		"$FAKE_CHROOT" "$ROOT" update-initramfs -u -k all
		;;
	azurelinux3) "$FAKE_CHROOT" "$ROOT" grub2-mkconfig -o /boot/grub2/grub.cfg ;;
	sles* | leap*) "$FAKE_CHROOT" "$ROOT" pbl --config ;;
	esac
	case $1 in
	rhel* | oracle* | fedora* | azurelinux* | sles* | leap*) "$FAKE_CHROOT" "$ROOT" dracut --force --regenerate-all ;;
	esac
}
