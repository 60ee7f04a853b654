#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The FIX that status shows is a command: it is run as pasted, on a machine made of
# files, with commands that act like the real ones there (fake/command), and the
# check is ok afterwards. Fixes that call hvcrash-configure itself are run on
# each distribution's root in tests/configure.
# shellcheck disable=SC2016,SC2154 # texts that are not expanded; "line" is set by check

load helpers
load fake_root

setup() {
	begin
	ready_root
	mkdir fake
	for name in systemctl sysctl reboot modprobe kdumpctl mkdumprd mount update-initramfs dracut; do
		ln -s "$CLI_DIR/fake/command" "fake/$name"
	done
	mkdir -p root/etc/kernel/postinst.d root/etc/sysctl.d root/etc/modprobe.d
	ln -s "$CLI_DIR/fake/command" root/etc/kernel/postinst.d/kdump-tools
	export HVCRASHCTL ROOT=$PWD/root
}

# The rest exists on every system, and works only on files
readonly HARMLESS="echo printf sed rm"

# fixed ID STATE: the check is in STATE; its fix, pasted, makes it ok. The files that it may
# append to end without a line break, as some editors leave them.
fixed() {
	local fix word shell file
	for file in root/etc/default/kdump-tools root/etc/sysconfig/kdump; do
		[ ! -e $file ] || [ -n "$(tail -c 1 $file)" ] || truncate -s -1 $file
	done
	check "$1"
	case $line in "$1 $2 "*) ;; *) printf 'not %s\n' "$2"; return 1 ;; esac
	fix=$("$HVCRASHCTL" status --json --sysroot root | jq -r --arg id "$1" '.checks[] | select(.check == $id) | .fix')
	printf '%s\n' "$fix"
	# the fix must not touch this machine: each command is one of the fakes
	while read -r word; do
		case " $HARMLESS " in *" $word "*) continue ;; esac
		[ -e "fake/$word" ] || [ -e "root$word" ] || { echo "what is $word?"; return 1; }
	done < <(awk -F ' && ' '{ for (i = 1; i <= NF; i++) { split($i, words, " "); print words[1] } }' <<<"$fix")
	sed -E "s#(^|[ >\"'])/(etc|usr|var|boot|sys|proc|lib)/#\1$ROOT/\2/#g" <<<"$fix" >fix.sh
	for shell in dash bash; do $shell -n fix.sh; done
	PATH=$PWD/fake:$PATH dash -e fix.sh
	check "$1"
	case $line in "$1 ok "*) ;; *) echo "the fix did not change it"; return 1 ;; esac
}

@test "the crash kernel: not loaded, forbidden by a sysctl, no memory before the reboot" {
	put /sys/kernel/kexec_crash_loaded 0
	fixed crash-loaded fail
	put /sys/kernel/kexec_crash_loaded 0
	put /proc/sys/kernel/kexec_load_disabled 1
	put /etc/sysctl.d/99-stig.conf $'kernel.kexec_load_disabled = 1\nkernel.x = 2'
	fixed crash-loaded fail
	expect "$(cat root/etc/sysctl.d/99-stig.conf)" "kernel.x = 2"
	put /sys/kernel/kexec_crash_size 0
	put /proc/cmdline 'root=/dev/sda1'
	fixed crashkernel fail
}

@test "kdump's service: off, masked, failed, pinned to a missing kernel" {
	kdump_tools USE_KDUMP=0
	fixed kdump warn
	kdump_tools USE_KDUMP=yes
	fixed kdump warn
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$DEBIAN_APPEND\"" KDUMP_KERNEL=/boot/none
	fixed kdump fail
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$DEBIAN_APPEND\""
	sed -i 's/$/\r/' root/etc/default/kdump-tools
	fixed kdump fail
	put /usr/lib/systemd/system/kdump-tools.service '[Unit]'
	fixed kdump warn
	on_rhel 10.0 'path /var/crash'
	drop /etc/systemd/system/multi-user.target.wants
	fixed kdump warn
	ln -s /dev/null root/etc/systemd/system/kdump.service
	fixed kdump fail
	put /systemctl/kdump.service ActiveState=failed
	fixed kdump fail
	put /etc/sysconfig/kdump 'KDUMP_KERNELVER="5.14.0-1.el9"'
	fixed kdump fail
}

@test "the crash kernel's line: no unit, resume=, no bound" {
	kdump_tools 'KDUMP_CMDLINE_APPEND="nr_cpus=1 irqpoll"'
	fixed crash-cmdline fail
	check way-out
	expect "$line" "way-out ok a crash kernel that panics reboots, panic=10; a dump that hangs is ended after 61 min"
	kdump_tools
	fixed way-out warn
	kdump_tools 'KDUMP_CMDLINE_APPEND="systemd.unit=kdump-tools-dump.service panic=10 panic=0"'
	fixed way-out warn
	put /proc/cmdline 'root=/dev/sda1 resume=/dev/sda2 crashkernel=256M'
	fixed crash-cmdline warn
	# with quotes in it: advice in words, not a command that would break them
	put /proc/cmdline 'root=/dev/sda1 crashkernel=256M'
	kdump_tools "KDUMP_CMDLINE_APPEND='systemd.unit=kdump-tools-dump.service a=\"x y\"'"
	check way-out
	case $line in "way-out warn "*" set KDUMP_CMDLINE_APPEND in /etc/default/kdump-tools to: "*) ;; *) return 1 ;; esac
	on_rhel 10.0 'path /var/crash'
	put /etc/sysconfig/kdump 'KDUMP_COMMANDLINE_APPEND="irqpoll"'
	fixed way-out warn
}

@test "the way out: actions of kdump.conf and of SUSE" {
	on_rhel 10.0 'path /var/crash' 'failure_action shell' '  final_action	halt'
	fixed way-out warn
	on_rhel 10.0 'default poweroff'
	fixed way-out warn
	on_suse 'KDUMP_CONTINUE_ON_ERROR="false"' 'KDUMP_IMMEDIATE_REBOOT=no'
	fixed way-out warn
	on_suse 'KDUMP_DUMPFORMAT=none'
	fixed kdump fail
	put /etc/os-release $'ID=debian\nVERSION_ID="13"'
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$DEBIAN_APPEND\"" 'KDUMP_FAIL_CMD="echo failed; /bin/bash"'
	fixed way-out warn
}

@test "kexec_load: by lockdown, by a word of the configuration" {
	put /etc/os-release $'ID=debian\nVERSION_ID="12"'
	fixed kexec-call warn
	on_rhel 10.0 'path /var/crash'
	put /etc/sysconfig/kdump 'KEXEC_ARGS="-c"'
	put /sys/kernel/security/lockdown 'none [integrity] confidentiality'
	fixed kexec-call fail
}

@test "the crash kernel's initrd is rebuilt, on each distribution" {
	initrd /var/lib/kdump/initrd.img m/x
	fixed crash-initrd fail
	on_rhel 10.0 'path /var/crash'
	initrd /boot/initramfs-6.12.107+deb13-cloud-amd64kdump.img m/x
	fixed crash-initrd fail
	on_suse 'KDUMP_SAVEDIR=/var/crash'
	initrd /var/lib/kdump/initrd m/x
	fixed crash-initrd fail
}

@test "sysctls that another file sets, notifiers, framebuffer, modules" {
	printf 'kernel.panic_on_oops=0\n-kernel/unknown_nmi_panic = 0\n' >root/etc/hardening.conf
	ln -s ../hardening.conf root/etc/sysctl.d/99-hardening.conf
	fixed oops warn
	[ -L root/etc/sysctl.d/99-hardening.conf ]
	put /proc/sys/kernel/unknown_nmi_panic 0
	fixed nmi warn
	put /sys/module/kernel/parameters/crash_kexec_post_notifiers N
	fixed notifiers warn
	put /sys/module/hyperv_fb/refcnt 1
	fixed framebuffer warn
	rm root/sys/firmware/efi/efivars/SecureBoot-*
	fixed secure-boot unknown
	put /sys/kernel/hvcrash/coverage late
	fixed coverage warn
	drop /sys/kernel/hvcrash
	put /lib/modules/6.12.107+deb13-cloud-amd64/modules.dep 'updates/dkms/hvcrash.ko:'
	fixed module fail
	drop /sys/kernel/hvcrash
	put /usr/lib/modprobe.d/10-unsupported-modules.conf 'allow_unsupported_modules 0'
	fixed signature fail
}
