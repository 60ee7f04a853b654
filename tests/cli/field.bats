#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrashctl status on configurations that people have reported, of kdump on Hyper-V and Azure:
# each is a small input for which the answer was once wrong.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # "line" is set by check; texts that are not expanded

load helpers
load fake_root

setup() {
	begin
	ready_root
}

UNIT=systemd.unit=kdump-tools-dump.service

@test "a command line with \$ that kdump gives to eval: after a kexec by the old kexec-args" {
	put /proc/cmdline 'root=/dev/sda1 ro hvcrash_registry=0x101000 memmap=4K$0x101000 memmap=64K$0x10a0000'
	says crash-cmdline fail 'memmap=4K$0x101000' "the crash kernel would have 4 KiB of RAM"
	put /proc/cmdline 'root=/dev/sda1 ro hvcrash_registry=0x101000 memmap=4K%0x101000-1+2'
	says crash-cmdline ok ""
	put /proc/cmdline 'root=/dev/sda1 ro foo=`id`'
	says crash-cmdline fail 'foo=`id`'
	put /proc/cmdline 'root=/dev/sda1 ro dyndbg="file a.c +p"'
	says crash-cmdline fail 'dyndbg='
	on_suse 'KDUMP_SAVEDIR=/var/crash'
	put /proc/cmdline 'root=/dev/sda1 ro memmap=4K$0x101000'
	says crash-cmdline fail 'memmap=4K$0x101000'
	# RHEL's kdumpctl does not eval it, and KDUMP_CMDLINE replaces it
	on_rhel 9.5 'path /var/crash'
	says crash-cmdline ok ""
	put /etc/os-release $'ID=debian\nVERSION_ID="13"'
	kdump_tools 'KDUMP_CMDLINE="root=/dev/sda1 ro"' "KDUMP_CMDLINE_APPEND=\"$UNIT panic=10\""
	says crash-cmdline ok ""
}

@test "the dmesg was saved, the dump was not" {
	local dir=/var/crash/127.0.0.1-2026-01-01-00:00:00
	put /var/lib/hvcrash/crash-marker $'boot_id=1\nseconds=1700000000\nhow=sysrq\ncpu=0'
	put $dir/vmcore-dmesg.txt x
	put $dir/hvcrash-audit.json '{"verdict": "clean", "message": "CLEAN: 18 regions"}'
	says last-crash warn "its dmesg was saved, the dump was not"
	put $dir/kexec-dmesg.log x
	says last-crash warn "the dump was not"
	put $dir/vmcore x
	says last-crash ok "$dir/vmcore, CLEAN: 18 regions"
	mv "root$dir/vmcore" "root$dir/vmcore-incomplete"
	says last-crash warn "vmcore-incomplete is not complete"
	rm "root$dir/vmcore-incomplete" "root$dir/vmcore-dmesg.txt" "root$dir/kexec-dmesg.log"
	put $dir/dmesg.202601010000 x
	says last-crash warn "the dump was not"
}

@test "hardening prevents kexec: which sysctl, in which file, and that only a reboot resets it" {
	put /sys/kernel/kexec_crash_loaded 0
	put /proc/sys/kernel/kexec_load_disabled 1
	says crash-loaded fail "kernel.kexec_load_disabled=1 prevents" "has to do so after kdump-tools.service"
	put /etc/sysctl.d/99-stig.conf $'# x\nkernel.kexec_load_disabled = 1'
	says crash-loaded fail "kernel.kexec_load_disabled=1 prevents" "sed -i --follow-symlinks '/kexec_load_disabled/d' /etc/sysctl.d/99-stig.conf && reboot"
	expect_no_word out "systemctl enable"
	put /proc/sys/kernel/kexec_load_disabled 0
	put /proc/sys/kernel/kexec_load_limit_panic 0
	says crash-loaded fail "kernel.kexec_load_limit_panic=0 prevents"
	put /sys/kernel/kexec_crash_loaded 1
	says crash-loaded ok "is loaded"
}

@test "an encrypted OS disk: ADE, LUKS, LVM on LUKS" {
	put /proc/mounts '/dev/mapper/osencrypt / xfs rw 0 0'
	put /sys/class/block/dm-0/dm/name osencrypt
	put /sys/class/block/dm-0/dm/uuid CRYPT-LUKS2-0123-osencrypt
	says target fail "/var/crash is on an encrypted disk" "Azure Disk Encryption has no kdump"
	put /proc/mounts '/dev/mapper/luks-1 / xfs rw 0 0'
	put /sys/class/block/dm-0/dm/name luks-1
	says target fail "encrypted disk" "setup-crypttab"
	put /proc/mounts $'/dev/mapper/vg-root / xfs rw 0 0\n/dev/sdc1 /dumps ext4 rw 0 0'
	put /sys/class/block/dm-1/dm/name vg-root
	put /sys/class/block/dm-1/dm/uuid LVM-abc
	mkdir -p root/sys/class/block/dm-1/slaves/dm-0
	says target fail "encrypted disk"
	kdump_tools KDUMP_COREDIR=/dumps
	says target ok /dumps
	kdump_tools 'SSH="root@store"'
	says target ok "SSH root@store"
}

@test "an empty KDUMP_CMDLINE_APPEND is the default" {
	kdump_tools 'KDUMP_CMDLINE_APPEND=""'
	says crash-cmdline ok "the default"
	kdump_tools 'KDUMP_CMDLINE_APPEND='
	says crash-cmdline ok "the default"
}

@test "KDUMP_CMDLINE_APPEND over two lines, built on itself, exported, with a comment" {
	kdump_tools $'KDUMP_CMDLINE_APPEND="reset_devices nr_cpus=1 \\\n'"$UNIT panic=10\""
	says crash-cmdline ok "$UNIT panic=10"
	kdump_tools $'KDUMP_CMDLINE_APPEND="reset_devices\n'"$UNIT\""
	says crash-cmdline ok "reset_devices"
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$UNIT\"" 'KDUMP_CMDLINE_APPEND="${KDUMP_CMDLINE_APPEND} nr_cpus=4"'
	says crash-cmdline ok "$UNIT nr_cpus=4"
	kdump_tools "export KDUMP_CMDLINE_APPEND=\"$UNIT\" # ours"
	says crash-cmdline ok "$UNIT"
	kdump_tools "KDUMP_CMDLINE_APPEND='nr_cpus=1'" "KDUMP_CMDLINE_APPEND='irqpoll'" # "$UNIT"
	says crash-cmdline fail "takes no dump"
}

@test "a value that only a shell knows is unknown, and never ok" {
	kdump_tools 'KDUMP_CMDLINE_APPEND="$(cat /etc/append)"'
	says crash-cmdline unknown "only a shell knows"
	kdump_tools 'KDUMP_CMDLINE_APPEND="$FOO nr_cpus=1"'
	says crash-cmdline unknown "only a shell knows"
	kdump_tools 'if true; then USE_KDUMP=0; fi'
	says kdump unknown "line 6: a command"
	says crash-cmdline unknown "line 6: a command"
	kdump_tools '. /etc/site.conf'
	says kdump unknown "a command"
	kdump_tools 'KDUMP_CMDLINE_APPEND+=" x"'
	says kdump unknown "a command"
}

@test "configuration files that are not text, not files, or endless: unknown, without delay" {
	local file=root/etc/default/kdump-tools
	printf 'USE_KDUMP=1\n\0' >$file
	says kdump unknown "not text"
	truncate -s 100M $file
	says kdump unknown "cannot be read: File too large"
	rm $file && mkfifo $file
	says kdump unknown "cannot be read"
	rm $file && mkdir $file
	says kdump unknown "cannot be read"
	rmdir $file
	on_rhel 9.5 x
	rm root/etc/kdump.conf && mkfifo root/etc/kdump.conf
	says kdump unknown "cannot be read"
	rm root/etc/kdump.conf
	printf 'path /x\0' >root/etc/kdump.conf
	says kdump unknown "not text"
}

@test "ata_piix.prefer_ms_hyperv=0 alone keeps no driver away" {
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$UNIT panic=10 ata_piix.prefer_ms_hyperv=0\""
	says crash-cmdline ok ""
	drop /sys/firmware
	says crash-cmdline warn "ata_piix drives the IDE disks, too"
	expect_no_word out "out of the second kernel"
}

@test "Hyper-V's drivers blacklisted in KDUMP_CMDLINE, in /proc/cmdline, in KDUMP_COMMANDLINE" {
	kdump_tools 'KDUMP_CMDLINE="root=/dev/sda1 ro modprobe.blacklist=hv_vmbus,hv_storvsc"'
	says crash-cmdline warn "modprobe.blacklist=hv_vmbus,hv_storvsc keeps" "take it out of /etc/default/kdump-tools"
	kdump_tools
	put /proc/cmdline 'root=/dev/sda1 crashkernel=256M modprobe.blacklist=floppy,hv_storvsc'
	says crash-cmdline warn "modprobe.blacklist=floppy,hv_storvsc keeps" "this kernel's command line"
	put /proc/cmdline 'root=/dev/sda1 crashkernel=256M modprobe.blacklist=floppy module_blacklist=hvcrash'
	says crash-cmdline ok ""
	on_rhel 9.5 'path /var/crash'
	put /etc/sysconfig/kdump 'KDUMP_COMMANDLINE="root=/dev/sda1 rd.driver.blacklist=hv_netvsc panic=10"'
	says crash-cmdline warn "rd.driver.blacklist=hv_netvsc keeps"
	put /proc/cmdline 'root=/dev/sda1 modprobe.blacklist=hv_storvsc'
	put /etc/sysconfig/kdump 'KDUMP_COMMANDLINE_REMOVE="modprobe.blacklist quiet"'
	says crash-cmdline ok ""
}

@test "the command that ran counts: kexec_cmd, in KDUMP_COREDIR" {
	put /var/crash/kexec_cmd "/sbin/kexec -p -s --command-line=\"root=/dev/sda1 modprobe.blacklist=hv_vmbus $UNIT\" --initrd=/i /k"
	says crash-cmdline warn "modprobe.blacklist=hv_vmbus keeps"
	kdump_tools 'KDUMP_COREDIR=/data/crash'
	says crash-cmdline ok ""
	put /data/crash/kexec_cmd "/sbin/kexec -p -s --command-line=\"root=/dev/sda1 nr_cpus=1\" --initrd=/i /k"
	says crash-cmdline fail "takes no dump"
	put /sys/kernel/kexec_crash_loaded 0
	says crash-cmdline ok ""
}

@test "resume= is passed on to Debian's crash kernel" {
	put /proc/cmdline 'root=/dev/sda1 resume=/dev/disk/by-uuid/1 resume_offset=3 no_console_suspend=1 crashkernel=256M'
	says crash-cmdline warn "resume= goes on" "noresume"
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$UNIT panic=10 noresume\""
	says crash-cmdline ok ""
	on_suse 'KDUMP_SAVEDIR=/var/crash'
	says crash-cmdline ok ""
}

@test "kdump.conf names a disk by UUID=, LABEL=, raw, and a path in quotes" {
	mkdir -p root/dev/disk/by-uuid root/dev/disk/by-label
	ln -s ../../sdb1 root/dev/disk/by-uuid/0f3b
	ln -s ../../sdb1 root/dev/disk/by-label/DUMPS
	put /proc/mounts $'/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /data ext4 rw 0 0'
	mkdir -p root/sys/bus/vmbus/drivers/hv_pci/1-2-3 root/sys/bus/pci/drivers/mlx5_core/1:00:02.0
	on_rhel 9.5 'ext4 UUID=0f3b' 'path /dumps'
	says target ok /data/dumps
	says space ok /data/dumps
	on_rhel 9.5 'ext4 LABEL=DUMPS' 'path "/dumps" # here'
	says target ok /data/dumps
	on_rhel 9.5 'ext4 UUID=none' 'path /dumps'
	says target ok "UUID=none, /dumps"
	says space unknown "not mounted"
	on_rhel 9.5 'raw /dev/sdc1'
	put /sys/class/block/sdc1/size 4194304
	says target ok "raw /dev/sdc1"
	says space ok "2048 MiB in all"
	put /sys/class/block/sdc1/size 4096
	says space warn "less than the RAM"
	on_rhel 9.5 '  path	"/my dumps"  '
	says target ok "/my dumps"
	on_rhel 9.5 'path /first' 'path /last' '#path /none'
	says target ok /last
}

@test "a network card is recognized by its driver, not by any PCI device" {
	mkdir -p root/sys/bus/vmbus/drivers/hv_pci/1-2-3
	on_rhel 9.5 'nfs store:/dumps'
	says target ok "nfs store:/dumps"
	mkdir -p root/sys/bus/pci/drivers/mana/1:00:02.0
	says target warn "the kdump initrd needs mana"
}

@test "fence_kdump: a local dump that needs the network, and the time that UNLOAD takes" {
	on_rhel 9.5 'path /var/crash' 'fence_kdump_nodes prod-cl1-1'
	mkdir -p root/sys/bus/pci/drivers/mlx5_core/1:00:02.0
	says fence warn "fence_kdump to prod-cl1-1: the crash kernel needs the network, so also mlx5_core" "more than 100 s"
	local release=6.12.107+deb13-cloud-amd64 ours=(usr/sbin/hvcrashctl etc/kdump/pre.d/50-hvcrash m/hv_storvsc.ko.xz m/hv_vmbus.ko.xz)
	initrd /boot/initramfs-${release}kdump.img "${ours[@]}"
	says crash-initrd warn "lacks hv_netvsc" "kdumpctl rebuild && systemctl restart kdump.service"
	initrd /boot/initramfs-${release}kdump.img "${ours[@]}" m/hv_netvsc.ko.xz
	says crash-initrd warn "lacks mlx5_core"
	initrd /boot/initramfs-${release}kdump.img "${ours[@]}" m/hv_netvsc.ko.xz m/mlx5_core.ko.xz
	says crash-initrd warn "lacks fence_kdump_send"
	initrd /boot/initramfs-${release}kdump.img "${ours[@]}" m/hv_netvsc.ko.xz m/mlx5_core.ko.xz usr/libexec/fence_kdump_send
	says crash-initrd ok ""
	on_rhel 9.5 'path /var/crash'
	says fence - "no cluster"
}

@test "the crash kernel's initrd: the disk's driver, our tool and hook, and whether it is out of date" {
	local initrd=/boot/initramfs-6.12.107+deb13-cloud-amd64kdump.img
	on_rhel 9.5 'path /var/crash'
	says crash-initrd unknown "is not there yet"
	initrd $initrd usr/sbin/hvcrashctl etc/kdump/pre.d/50-hvcrash m/hv_vmbus.ko
	says crash-initrd fail "lacks hv_storvsc, which drives the dump's disk"
	put /lib/modules/6.12.107+deb13-cloud-amd64/modules.builtin $'kernel/drivers/scsi/hv_storvsc.ko'
	says crash-initrd ok ""
	put /proc/mounts '/dev/nvme0n1p1 / ext4 rw 0 0'
	says crash-initrd fail "lacks nvme"
	initrd $initrd usr/sbin/hvcrashctl etc/kdump/pre.d/50-hvcrash m/hv_vmbus.ko m/nvme.ko.zst m/pci-hyperv.ko.zst
	says crash-initrd ok ""
	put /usr/sbin/hvcrashctl x
	touch -d tomorrow root/usr/sbin/hvcrashctl
	says crash-initrd warn "is older than /usr/sbin/hvcrashctl"
	drop /usr/sbin/hvcrashctl
	for tool in gzip xz zstd; do
		initrd $initrd etc/kdump/pre.d/50-hvcrash m/nvme.ko m/pci_hyperv.ko
		$tool -qc "root$initrd" >compressed
		initrd $initrd kernel/x86/microcode.bin
		truncate -s %512 "root$initrd"
		cat compressed >>"root$initrd"
		says crash-initrd warn "lacks hvcrashctl"
	done
	printf 'no archive' >"root$initrd"
	says crash-initrd unknown "cannot be read"
	head -c 1000 /dev/zero >"root$initrd"
	says crash-initrd unknown "it is empty"
	head -c 60 compressed >"root$initrd"
	says crash-initrd unknown ""
	rm "root$initrd" && mkfifo "root$initrd"
	says crash-initrd unknown "cannot be read"
}

@test "what happens when the dump fails: a shell or a halt on a VM without a console" {
	on_rhel 9.5 'path /var/crash' 'failure_action shell'
	says way-out warn "failure_action shell: if the dump fails the VM stays down" "systemctl restart kdump.service"
	on_rhel 9.5 'path /var/crash' 'default halt'
	says way-out warn "failure_action halt"
	on_rhel 9.5 'path /var/crash' 'final_action poweroff'
	says way-out warn "final_action poweroff: after the dump"
	on_rhel 9.5 'path /var/crash' 'failure_action dump_to_rootfs' 'final_action reboot'
	says way-out ok "panic=10"
	put /etc/sysconfig/kdump 'KDUMP_COMMANDLINE_APPEND="irqpoll"'
	says way-out warn "no panic=" "KDUMP_COMMANDLINE_APPEND=\"irqpoll panic=10\""
	on_suse 'KDUMP_IMMEDIATE_REBOOT="no"'
	says way-out warn "KDUMP_IMMEDIATE_REBOOT"
	on_suse 'KDUMP_CONTINUE_ON_ERROR="false"'
	says way-out warn "stays in a shell"
	on_suse 'KDUMP_CONTINUE_ON_ERROR=yes' 'KDUMP_IMMEDIATE_REBOOT=true'
	says way-out ok "panic=1"
	put /etc/os-release $'ID=debian\nVERSION_ID="13"'
	kdump_tools
	says way-out warn "no panic=" "panic=10"
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$UNIT panic=10 panic=0\""
	says way-out warn "panic=0 in the crash" 'panic=10 panic=0 panic=10"'
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$UNIT panic=1o\""
	says way-out warn "panic=1o in the crash"
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$UNIT panic=5 hvcrash_dump_minutes=90\""
	says way-out ok "panic=5; a dump that hangs is ended after 90 min"
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$UNIT panic=5 hvcrash_dump_minutes=0\""
	says way-out warn "hvcrash_dump_minutes=0: a dump that hangs keeps the VM down forever" "take it out of /etc/default/kdump-tools"
	drop /usr/lib/systemd/system/kdump-tools-dump.service.d
	says way-out warn "nothing ends a dump that hangs" "see hooks"
}

@test "kdump's service is masked, by a link or an empty file, or has failed, or is pinned to a missing kernel" {
	on_rhel 9.5 'path /var/crash'
	says kdump ok /etc/kdump.conf
	ln -s /dev/null root/etc/systemd/system/kdump.service
	says kdump fail "kdump.service is masked by /etc/systemd/system/kdump.service" "systemctl unmask kdump.service && systemctl enable --now kdump.service"
	rm root/etc/systemd/system/kdump.service
	: >root/etc/systemd/system/kdump.service
	says kdump fail "is masked"
	put /etc/systemd/system/kdump.service '[Unit]'
	says kdump ok ""
	put /systemctl/kdump.service ActiveState=failed
	says kdump fail "kdump.service has failed" "systemctl restart kdump.service journalctl -b -u kdump.service"
	put /systemctl/kdump.service ActiveState=active
	put /etc/sysconfig/kdump 'KDUMP_KERNELVER="5.14.0-1.el9"'
	says kdump fail "that kernel is gone"
	mkdir -p root/lib/modules/5.14.0-1.el9
	says kdump ok ""
	put /etc/os-release $'ID=debian\nVERSION_ID="13"'
	ln -s /dev/null root/etc/systemd/system/kdump-tools-dump.service
	says kdump fail "kdump-tools-dump.service is masked"
}

@test "which package contains kdump" {
	drop /etc/default/kdump-tools
	local id command
	while IFS='|' read -r id command; do
		# shellcheck disable=SC2086 # words
		put /etc/os-release "$(printf 'ID=%s\nVERSION_ID="%s"' $id)"
		says kdump warn "no kdump is configured" "$command && hvcrash-configure"
	done <<'END'
debian 12|apt-get install -y kdump-tools
ubuntu 26.04|apt-get install -y kdump-tools
rhel 8.10|dnf install -y kexec-tools
rhel 9.5|dnf install -y kexec-tools
rhel 10.0|dnf install -y kdump-utils
ol 9.4|dnf install -y kexec-tools
fedora 44|dnf install -y kdump-utils
azurelinux 3.0|tdnf install -y kexec-tools
sles 15.6|zypper --non-interactive install kdump
END
	put /etc/os-release $'ID=arch'
	says kdump warn "no kdump is configured" "install this distribution's kdump"
}

@test "Secure Boot has kdump-config add -s by itself, and a word of the crash kernel is not kexec's" {
	local var=root/sys/firmware/efi/efivars guid=8be4df61-93ca-11d2-aa0d-00e098032b8c
	put /etc/os-release $'ID=debian\nVERSION_ID="12"'
	put /sys/kernel/security/lockdown 'none [integrity] confidentiality'
	says kexec-call fail "lockdown forbids"
	printf '\6\0\0\0\1' >$var/SecureBoot-$guid
	printf '\6\0\0\0\0' >$var/SetupMode-$guid
	says kexec-call ok kexec_file_load
	printf '\6\0\0\0\1' >$var/SetupMode-$guid
	says kexec-call fail "lockdown forbids"
	put /var/crash/kexec_cmd '/sbin/kexec -p --command-line="root=/dev/sda1 -s x" --initrd=i k'
	says kexec-call fail "lockdown forbids"
	put /var/crash/kexec_cmd '/sbin/kexec -p -s --command-line="root=/dev/sda1" --initrd=i k'
	says kexec-call ok kexec_file_load
	# from before the directory moved
	kdump_tools KDUMP_COREDIR=/data/crash
	says kexec-call fail "lockdown forbids"
}

@test "crashkernel= with ,cma counts, and ,high and ,low are one reservation" {
	put /proc/meminfo 'MemTotal: 8126464 kB'
	put /sys/kernel/kexec_crash_size $((256 << 20))
	put /proc/cmdline 'root=/dev/sda1 crashkernel=256M crashkernel=512M,cma'
	# 6.12 does not know the word; 6.17 does, 7.0 reports the result
	says crashkernel warn "256 MiB of " "; 512 MiB are advised; crashkernel=512M,cma was asked for"
	put /proc/sys/kernel/osrelease 6.17.0-test
	says crashkernel ok "768 MiB of " " reserved, 512 MiB of that as CMA"
	put /sys/kernel/kexec/crash_size $((256 << 20))
	put /sys/kernel/kexec/crash_cma_ranges $'40000000-4fffffff\n60000000-6fffffff'
	says crashkernel ok "768 MiB of " " reserved, 512 MiB of that as CMA"
	put /sys/kernel/kexec/crash_cma_ranges ''
	says crashkernel warn "256 MiB of " "; 512 MiB are advised; crashkernel=512M,cma was asked for"
	# A device that writes by itself cannot be stopped by VMBus
	put /sys/kernel/kexec/crash_cma_ranges $'40000000-4fffffff\n60000000-6fffffff'
	mkdir -p root/sys/bus/vmbus/drivers/hv_pci/00000001-0000-0000-0000-000000000001
	says crashkernel warn "512 MiB of that as CMA" "MANA"
	drop /sys/kernel/kexec
	drop /sys/bus/vmbus/drivers/hv_pci
	put /proc/cmdline 'root=/dev/sda1 crashkernel=219M,high crashkernel=72M,low'
	says crashkernel warn "512 MiB are advised"
}

@test "what the boot menu says, even if a file after ours overwrites the line" {
	put /boot/grub/grub.cfg $'menuentry a {\n\tlinux /vmlinuz root=/dev/sda1 console=ttyS0\n}'
	says next-boot warn "no crashkernel= for the next boot: GRUB, /boot/grub/grub.cfg"
	put /boot/grub/grub.cfg $'linux /vmlinuz-2 ro crashkernel=512M\nlinux /vmlinuz-1 ro\nlinux /vmlinuz-1 ro recovery'
	says next-boot warn "an entry has none"
	drop /boot
	says next-boot unknown "cannot be read"
	put /boot/loader/entries/x-1.conf $'linux /vmlinuz-1\noptions root=/dev/sda1 crashkernel=1G-:512M'
	says next-boot ok "crashkernel=1G-:512M, /boot/loader/entries/x-1.conf"
	put /boot/loader/entries/x-2.conf $'linux /vmlinuz-2\noptions $kernelopts'
	says next-boot warn "an entry has none"
	put /boot/grub2/grubenv $'# GRUB\nkernelopts=root=/dev/sda1 crashkernel=512M'
	says next-boot ok "crashkernel=512M"
}

@test "a unified kernel image and systemd-boot read other files than GRUB's" {
	efi_variable LoaderInfo "systemd-boot 257"
	says next-boot unknown "systemd-boot 257"
	put /boot/efi/loader/entries/x.conf 'options root=/dev/sda1 crashkernel=512M'
	says next-boot ok "/boot/efi/loader/entries/x.conf"
	efi_variable StubInfo "systemd-stub 257"
	put /proc/cmdline 'root=/dev/sda1'
	says next-boot warn "a unified kernel image and no addon with crashkernel=" "extra.d"
	put /boot/efi/EFI/Linux/x.efi.extra.d/kdump.addon.efi $'MZ\001crashkernel=512M\001'
	says next-boot ok "kdump.addon.efi"
	drop /boot/efi/EFI
	put /proc/cmdline 'root=/dev/sda1 crashkernel=256M'
	says next-boot ok "built into a unified kernel image"
	put /sys/kernel/kexec_crash_size 0
	put /proc/cmdline 'root=/dev/sda1'
	says crashkernel fail "no memory is reserved"
	expect_no_word out "hvcrash-configure && reboot"
}

@test "a file of sysctl.d that comes after all others resets the value at the next boot" {
	put /etc/sysctl.d/60-hvcrash.conf 'kernel.panic_on_oops = 1'
	put /etc/sysctl.d/99-hardening.conf $'kernel.panic_on_oops=0\nkernel/panic = 0'
	says oops warn "/etc/sysctl.d/99-hardening.conf sets it to 0 at the next boot" "/etc/sysctl.d/99-hardening.conf && sysctl -w kernel.panic_on_oops=1"
	says panic-timeout warn "at the next boot"
	put /proc/sys/kernel/panic_on_oops 0
	says oops warn "takes no dump" "at every boot, after all others"
	# one of /etc hides one of the same name, and a later name wins
	mv root/etc/sysctl.d/99-hardening.conf root/etc/sysctl.d/10-hardening.conf
	put /proc/sys/kernel/panic_on_oops 1
	says oops ok ""
	put /usr/lib/sysctl.d/70-x.conf 'kernel.panic_on_oops=0'
	says oops warn "/usr/lib/sysctl.d/70-x.conf"
	put /etc/sysctl.d/70-x.conf '# nothing'
	says oops ok ""
}

@test "dynamic memory: the memory at boot counts, and no reboot helps" {
	put /proc/meminfo 'MemTotal: 16252928 kB'
	put /proc/cmdline 'root=/dev/sda1 crashkernel=1G-2G:256M,4G-:512M'
	put /sys/firmware/memmap/0/type "System RAM"
	put /sys/firmware/memmap/0/start 0x0
	put /sys/firmware/memmap/0/end 0x3fffffff
	mkdir -p root/sys/bus/vmbus/drivers/hv_balloon/1-2-3
	says crashkernel warn "512 MiB are advised" "ranges of crashkernel= count the 1024 MiB at boot"
	expect_no_word out "&& reboot"
}

@test "crashkernel= is set but nothing is reserved: no command that changes nothing" {
	put /sys/kernel/kexec_crash_size 0
	put /proc/cmdline 'root=/dev/sda1 crashkernel=512M'
	says crashkernel fail "crashkernel=512M reserved nothing" "dmesg | grep -i crashkernel"
	expect_no_word out "hvcrash-configure && reboot"
	put /proc/cmdline 'root=/dev/sda1 crashkernel=auto'
	put /boot/grub/grub.cfg 'linux /vmlinuz crashkernel=auto'
	says crashkernel fail "crashkernel=auto reserved nothing" "does not know crashkernel=auto"
}

@test "what the boot menu has but this boot did not read: no endless reboots" {
	put /sys/kernel/kexec_crash_size 0
	put /proc/cmdline 'root=/dev/sda1'
	put /proc/stat "btime $(date +%s -d '2 hours ago')"
	says crashkernel fail "no memory is reserved" " reboot"
	touch -d '1 day ago' root/boot/grub/grub.cfg
	says crashkernel fail "no memory is reserved" "what booted did not read it"
	expect "${line##*look at}" " the boot entries"
}

@test "if hvcrash-configure refuses the distribution, the advice is to do it by hand" {
	local id words
	put /sys/kernel/kexec_crash_size 0
	put /proc/cmdline 'root=/dev/sda1'
	put /boot/grub/grub.cfg 'linux /vmlinuz ro'
	while IFS='|' read -r id words; do
		# shellcheck disable=SC2086 # words
		put /etc/os-release "$(printf 'ID=%s\nVERSION_ID="%s"\nID_LIKE="%s"' $id)"
		says crashkernel fail "no memory" "$words"
	done <<'END'
ol 9.4 fedora|hvcrash-configure && reboot
fedora 44 x|hvcrash-configure && reboot
fedora 39 x|hvcrash-configure --force && reboot
ubuntu 26.04 debian|hvcrash-configure && reboot
mariner 2.0 x|by the means of this boot loader
kali 2026 debian|by the means of this boot loader
opensuse-tumbleweed 20261101 suse|hvcrash-configure --force && reboot
END
}

@test "makedumpfile older than the kernel" {
	put /usr/bin/makedumpfile 'makedumpfile: version 1.7.2 (released on 8 Nov 2022)'
	says makedumpfile warn "1.7.2 knows kernels up to 6.0"
	put /proc/sys/kernel/osrelease 6.0.19-x
	says makedumpfile ok 1.7.2
	put /usr/bin/makedumpfile 'makedumpfile: version 1.7.10 (released on 8 Nov 2027)'
	put /proc/sys/kernel/osrelease 7.9.1
	says makedumpfile ok 1.7.10
	put /usr/bin/makedumpfile 'makedumpfile: version 1.7.9 (x)'
	says makedumpfile warn "1.7.9 knows kernels up to 7.0"
	drop /usr/bin/makedumpfile
	says makedumpfile unknown "not known"
}

@test "warnings are counted in the first line" {
	put /proc/sys/kernel/panic 0
	check panic-timeout
	expect "$(verdict)" "READY: no check failed, 1 warning"
	put /proc/sys/kernel/unknown_nmi_panic 0
	rm -r root/sys/firmware/efi/efivars
	check nmi
	expect "$(verdict)" "READY: no check failed, 2 warnings, 1 unknown"
}

@test "kdump-tools: USE_KDUMP as its script reads it, a disabled unit, carriage returns" {
	local value
	for value in yes '' on 1x; do
		kdump_tools "USE_KDUMP=$value"
		says kdump warn "USE_KDUMP=$value is not a number"
	done
	kdump_tools 'USE_KDUMP=0'
	says kdump warn "USE_KDUMP=0" "'USE_KDUMP=1' >>"
	kdump_tools 'USE_KDUMP=$(( 1 ))'
	says kdump unknown "only a shell knows USE_KDUMP"
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$DEBIAN_APPEND\""
	put /usr/lib/systemd/system/kdump-tools.service '[Unit]'
	says kdump warn "kdump-tools.service is disabled" "systemctl enable kdump-tools.service"
	put /etc/systemd/system/basic.target.wants/kdump-tools.service x
	says kdump ok ""
	sed -i 's/$/\r/' root/etc/default/kdump-tools
	says kdump fail "has carriage returns" "sed -i --follow-symlinks"
}

@test "kdump-tools: what is run if the dump fails" {
	local append="KDUMP_CMDLINE_APPEND=\"$DEBIAN_APPEND\""
	kdump_tools "$append" "KDUMP_FAIL_CMD=\"echo 'makedumpfile FAILED.'; /bin/bash; reboot -f\""
	says way-out warn "if the dump fails the VM stays down unless that reboots"
	kdump_tools "$append" 'KDUMP_FAIL_CMD="reboot -f"'
	says way-out ok ""
	kdump_tools "$append" 'KDUMP_FAIL_CMD='
	says way-out ok ""
}

@test "SUSE: no directory means the default; no dump; a program in place of kdump's own" {
	on_suse 'KDUMP_SAVEDIR=""'
	says target ok /var/crash
	on_suse 'KDUMP_SAVEDIR="FILE:///data"'
	says target ok /data
	on_suse 'KDUMP_DUMPFORMAT="none"'
	says kdump fail "the dmesg is saved, and no dump"
	on_suse 'KDUMP_TRANSFER=/usr/local/bin/send'
	says hooks warn "KDUMP_TRANSFER=/usr/local/bin/send runs in the place of kdump's own"
	on_suse 'KEXEC_OPTIONS="-c"'
	says kexec-call warn "kexec_load"
}

@test "where the dump goes: in memory, on the network, behind a link, nowhere, or only a shell knows" {
	put /proc/mounts $'/dev/sda1 / ext4 rw 0 0\ntmpfs /var/crash tmpfs rw 0 0'
	says target fail "/var/crash is in memory (tmpfs): the dump is lost"
	put /proc/mounts $'/dev/sda1 / ext4 rw 0 0\nserver:/x /var/crash nfs4 rw 0 0'
	says target warn "/var/crash is mounted from server:/x (nfs4)" "NFS=HOST:PATH"
	put /proc/mounts $'/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /mnt ext4 rw 0 0'
	mkdir -p root/mnt/crash
	ln -s /mnt/crash root/var/dumps
	kdump_tools KDUMP_COREDIR=/var/dumps
	says target warn "/mnt/crash: Azure's temporary disk"
	kdump_tools KDUMP_COREDIR=crash
	says target fail "crash: no absolute path"
	kdump_tools 'KDUMP_COREDIR="$HOME/crash"'
	says target unknown "only a shell knows what it says: ?/crash"
	kdump_tools 'NFS=$(cat /etc/store)'
	says target unknown "only a shell knows what it says: NFS ?"
	on_suse 'KDUMP_SAVEDIR="$STORE/x"'
	says target unknown "only a shell knows"
}

@test "for an unknown disk it is unknown whether the driver is there; /dev/root means the disk in root=" {
	put /proc/mounts 'overlay / overlay rw 0 0'
	says crash-initrd unknown "which disk the dump goes to is not known"
	put /proc/mounts '/dev/root / ext4 rw 0 0'
	says crash-initrd ok ""
	mkdir -p root/dev/disk/by-partuuid
	ln -s ../../nvme0n1p1 root/dev/disk/by-partuuid/12-34
	put /proc/cmdline 'root=PARTUUID=12-34 ro crashkernel=256M'
	says crash-initrd fail "lacks nvme, which drives the dump's disk"
}

@test "a missing kernel or initrd of kdump, and -- in the crash kernel's command line" {
	kdump_tools 'KDUMP_INITRD=/boot/none'
	says kdump fail "KDUMP_INITRD=/boot/none: not there" "KDUMP_INITRD=/var/lib/kdump/initrd.img"
	kdump_tools 'KDUMP_KERNEL=/boot/none'
	says kdump fail "KDUMP_KERNEL=/boot/none: not there"
	put /proc/cmdline 'root=/dev/sda1 crashkernel=256M -- quiet'
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$DEBIAN_APPEND\""
	says crash-cmdline warn "the kernel ignores everything after it" "this kernel's command line"
}

@test "kdump.conf that kdumpctl refuses, so that nothing is loaded at the next boot" {
	local lines words
	while IFS='|' read -r lines words; do
		on_rhel 9 "$(printf '%b' "$lines")"
		says kdump fail "kdumpctl refuses /etc/kdump.conf, and loads nothing at the next boot: $words" "change that line"
	done <<'END'
path /var/crash\npath /data|path appears twice
nfs host:/x\next4 /dev/sdb1|ext4 is a second target
ext4 /dev/sdb1\ndracut_args --mount "/dev/sdc1 /mnt xfs defaults"|dracut_args is a second target
pathh /var/crash|pathh is not an option
PATH /var/crash|PATH is not an option
net host:/x|net is not an option
path # /var/crash|path has no value
failure_action halt\ndefault shell|default appears twice
END
	on_rhel 9 '# path /x' '' '	path	/var/crash  # here' 'core_collector makedumpfile -l -d 31' 'dracut_args --gzip' 'extra_bins /bin/a /bin/b' 'sshkey /k'
	says kdump ok ""
}

@test "configuration that cannot be read is unknown, and nothing in it is ok by chance" {
	local file
	for file in /etc/kdump.conf /etc/default/kdump-tools /etc/sysconfig/kdump; do
		case $file in
		*tools) put /etc/os-release $'ID=debian\nVERSION_ID="13"' ;;
		*.conf) on_rhel 9 'path /var/crash' ;;
		*) on_suse ;;
		esac
		rm -rf "root$file"
		mkdir -p "root$file"
		says kdump unknown "$file cannot be read: not a file" "replace it with a text file"
		says target unknown "$file cannot be read: not a file"
		says space unknown "not known"
		rmdir "root$file"
		mkfifo "root$file"
		says kdump unknown "$file cannot be read: not a file"
		rm "root$file"
	done
	on_rhel 9
	printf 'path /data\0\n' >root/etc/kdump.conf
	says kdump unknown "/etc/kdump.conf cannot be read: not text, it has NUL bytes"
	says target unknown "not text"
	truncate -s 100M root/etc/kdump.conf
	says kdump unknown "/etc/kdump.conf cannot be read: File too large"
}

@test "dracut_args --mount names the dump's disk" {
	on_rhel 9 'dracut_args --mount "/dev/sdb1 /mnt ext4 defaults"' 'path /dumps'
	says target ok "/dev/sdb1, /dumps"
	put /proc/mounts $'/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /data ext4 rw 0 0'
	says target ok "/data/dumps"
}

@test "crashkernel= that reserves nothing with this memory: the fix reserves enough, and does not mention dmesg" {
	local asked
	put /sys/kernel/kexec_crash_size 0
	for asked in 0 2G-:512M 512M-768M:128M banana; do
		put /proc/cmdline "root=/dev/sda1 ro crashkernel=$asked"
		put /boot/grub/grub.cfg $'menuentry A {\n\tlinux /v ro crashkernel=256M\n}'
		says crashkernel fail "crashkernel=$asked asks for nothing with 768 MiB of RAM" reboot
		put /boot/grub/grub.cfg $'menuentry A {\n\tlinux /v ro crashkernel='"$asked"$'\n}'
		says crashkernel fail "crashkernel=$asked asks for nothing" "hvcrash-configure"
	done
}

@test "the command that adds panic=10 adds it once" {
	kdump_tools 'unset KDUMP_CMDLINE_APPEND'
	says way-out warn "no panic=" 'irqpoll panic=10"'
	expect_no_word out "panic=10 panic=10"
	kdump_tools "KDUMP_CMDLINE_APPEND=\"$DEBIAN_APPEND panic=0\""
	says way-out warn "panic=0" 'panic=10 panic=0 panic=10"'
}

@test "boot loader's files that root cannot read either: no advice to be root" {
	truncate -s 100M root/boot/grub/grub.cfg
	says next-boot unknown "GRUB: its files cannot be read" "look at them"
	expect_no_word out "run it as root"
}

@test "a crash initrd that is not a file, or is endless" {
	truncate -s 32M root/var/lib/kdump/initrd.img # zeros behind an archive are allowed
	says crash-initrd ok ""
	: >root/var/lib/kdump/initrd.img
	truncate -s 32M root/var/lib/kdump/initrd.img
	says crash-initrd unknown "it is empty"
	rm root/var/lib/kdump/initrd.img
	mkfifo root/var/lib/kdump/initrd.img
	says crash-initrd unknown "cannot be read: not a file"
}

@test "SUSE: a path without a leading slash is useless, and not a network target" {
	on_suse 'KDUMP_SAVEDIR="crash"'
	says target fail "crash: no absolute path, so the dump is lost"
}

@test "no kdump, or an unknown distribution: no target is ok by default" {
	drop /etc/default/kdump-tools
	says kdump warn "no kdump is configured: no /etc/default/kdump-tools" "apt-get install -y kdump-tools"
	says target unknown "no kdump is configured"
	says space unknown "not known"
	rm root/etc/os-release
	mkfifo root/etc/os-release
	says kdump unknown "whose kdump this is"
	expect_no_word out "install this distribution's kdump"
	rm root/etc/os-release
	put /etc/os-release 'NAME=x'
	says kdump unknown "whose kdump this is"
	put /etc/os-release 'ID=arch'
	says kdump warn "no kdump is configured: no /etc/kdump.conf"
	says target unknown "no kdump is configured"
}
