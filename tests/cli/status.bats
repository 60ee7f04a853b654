#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrashctl status: each check, on a machine made of files.
# shellcheck disable=SC2154 # "line" is set by check

load helpers
load fake_root

setup() {
	begin
	ready_root
}

# Any answer, in printable characters and without an error
answers() {
	try status --sysroot root >/dev/null
	[ "$status" -le 2 ] && [ ! -s err ] && ! LC_ALL=C grep -q '[^ -~]' out
}

@test "a VM that is ready, status 0" {
	try status --sysroot root
	expect_status 0
	expect "$(verdict)" "READY: no check failed"
	expect "$(wc -c <err)" 0
}

@test "the table has not changed" {
	try status --all --sysroot root
	sed 's/ *$//; s/: [0-9]* MiB free/: N MiB free/; s/version [0-9.]*/version N/' out >table
	diff -u "$CLI_DIR/status.table" table
}

@test "the JSON has not changed" {
	drop /sys/kernel/hvcrash
	try status --json --sysroot root
	expect_status 1
	jq -S . out | sed 's/: [0-9]* MiB free/: N MiB free/' >sorted.json
	diff -u "$CLI_DIR/status.json" sorted.json
}

@test "a machine about which nothing is known is not ready, and nothing is ok by chance" {
	rm -r root
	mkdir root
	try status --sysroot root
	expect_status 1
	# one failure is enough if nothing else can be checked
	expect "$(verdict | cut -d ' ' -f 1-3)" "NOT READY: hyperv"
	expect_no_word out " ok "
	mkdir -p root/sys/class/dmi/id
	put /sys/class/dmi/id/sys_vendor 'Microsoft Corporation'
	put /sys/class/dmi/id/product_name 'Virtual Machine'
	try status --sysroot root
	expect_status 1
	expect "$(verdict)" "NOT READY: module, crashkernel, crash-loaded"
	check stimer
	expect "$line" "stimer unknown CPUID does not say"
	check oops
	expect_word out "panic_on_oops cannot be read"
}

@test "a system root that does not exist is an error, status 3" {
	refused 3 "missing: cannot open: No such file or directory" status --sysroot missing
	refused 3 "--sysroot: no directory" status --sysroot ""
}

@test "with warnings only it is ready, status 0" {
	put /proc/sys/kernel/panic 0
	put /proc/sys/kernel/unknown_nmi_panic 0
	try status --sysroot root
	expect_status 0
	expect_word out ", 0 failed, 2 warned, 0 unknown"
}

@test "hyperv: by CPUID, by DMI, or not at all" {
	says hyperv ok "by CPUID"
	drop /cpuid
	says hyperv ok "by DMI"
	put /sys/class/dmi/id/sys_vendor QEMU
	says hyperv fail "not a Hyper-V guest"
	cpuid 0x40000000 0x40000001 0x4b4d564b 0x564b4d56 0x0000004d
	says hyperv fail "not a Hyper-V guest"
}

@test "hyperv: without CPUID and SMBIOS, as on arm64, by the FADT or by VMBus" {
	drop /cpuid
	rm -r root/sys/class/dmi
	says hyperv fail "not a Hyper-V guest"
	mkdir -p root/sys/firmware/acpi/tables
	{ printf FACP; head -c 264 /dev/zero; printf MsHyperV; } >root/sys/firmware/acpi/tables/FACP
	says hyperv ok "by the ACPI table FADT"
	head -c 272 root/sys/firmware/acpi/tables/FACP >whole
	{ printf FACP; head -c 264 /dev/zero; printf KVMKVMKV; } >root/sys/firmware/acpi/tables/FACP
	says hyperv fail "not a Hyper-V guest"
	head -c 271 whole >root/sys/firmware/acpi/tables/FACP
	says hyperv fail "not a Hyper-V guest"
	mkdir -p root/sys/bus/vmbus/devices
	says hyperv ok "by its VMBus"
}

@test "hyperv: not in the root partition or in a crash kernel" {
	cpuid 0x40000003 0x00002e7f 0x003b8031 0x00000002 0x000ed7b2
	says hyperv fail "root partition"
	put /proc/vmcore x
	says hyperv fail "this is a crash kernel" "hvcrashctl audit"
}

@test "azure and generation" {
	says azure - "Azure, by the chassis"
	says generation - "2 (UEFI)"
	put /sys/class/dmi/id/chassis_asset_tag 0000-0001
	drop /sys/firmware
	says azure - "not Azure"
	says generation - "1 (BIOS)"
}

@test "confidential: by CPUID, by a CPU flag, by a device" {
	says confidential ok "not a confidential VM"
	put /proc/cpuinfo 'flags : fpu tdx_guest'
	says confidential fail "(TDX)"
	put /proc/cpuinfo 'flags : fpu tdx_guesting'
	put /dev/sev-guest x
	says confidential fail "(SEV-SNP)"
	cpuid 0x40000003 0x00002e7f 0x007b8030 0x00000002 0x000ed7b2
	cpuid 0x4000000c 0x00000000 0x00000001 0x00000000 0x00000000
	says confidential fail "(VBS)"
	cpuid 0x4000000c 0x00000000 0x00000007 0x00000000 0x00000000
	says confidential fail "(an unknown kind)"
}

@test "kernel: releases that cannot kexec or dump on Hyper-V" {
	local release
	for release in 5.10.0-33 5.14.0-503.el9_5.x86_64 6.2.1 6.12.107 6.18.40 7.1.0 7.2.13; do
		put /proc/sys/kernel/osrelease $release
		says kernel ok $release
	done
	for release in 5.19.3 6.1.10; do
		put /proc/sys/kernel/osrelease $release
		says kernel warn relid2channel
	done
	for release in 6.19.2 7.0.9; do
		put /proc/sys/kernel/osrelease $release
		says kernel warn __cpuhp_remove_state_cpuslocked
	done
	for release in 4.18.0-553.el8_10.x86_64 5.9.16; do
		put /proc/sys/kernel/osrelease $release
		says kernel fail "$release: hvcrash.ko is for kernels from 5.10 on"
	done
	drop /sys/kernel/hvcrash
	says module - "none for this kernel"
	drop /proc/sys/kernel/osrelease
	check kernel
	expect "$line" "kernel unknown release not known"
}

@test "secure-boot and lockdown" {
	says secure-boot ok "Secure Boot off, lockdown none"
	printf '\6\0\0\0\1' >root/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
	put /sys/kernel/security/lockdown 'none [integrity] confidentiality'
	says secure-boot ok "Secure Boot on, lockdown integrity"
	put /sys/kernel/security/lockdown 'none integrity [confidentiality]'
	says secure-boot warn "no kprobes"
	put /sys/kernel/security/lockdown '[none] integrity confidentiality'
	drop /sys/firmware/efi/efivars
	check secure-boot
	case $line in "secure-boot unknown "*) ;; *) return 1 ;; esac
}

@test "stimer: direct mode, message mode, arm64" {
	says stimer ok "direct mode"
	cpuid 0x40000003 0x00002e7f 0x003b8030 0x00000002 0x0006d7b2
	says stimer warn "message mode"
	put /proc/sys/kernel/arch aarch64
	says stimer ok arm64
}

@test "framebuffer: hyperv_fb matters on Gen2 only" {
	says framebuffer ok ""
	put /sys/module/hyperv_fb/refcnt 1
	says framebuffer warn "efifb may crawl" hyperv_drm
	drop /sys/firmware
	says framebuffer ok ""
}

@test "module: not loaded, with the way to load it" {
	drop /sys/kernel/hvcrash
	says module fail "not loaded" "make install-dkms"
	put /usr/src/hvcrash-0.1.0/dkms.conf x
	says module fail "not loaded" "dkms autoinstall"
	put /lib/modules/6.12.107+deb13-cloud-amd64/modules.dep $'kernel/a.ko:\nupdates/dkms/hvcrash.ko.xz: kernel/a.ko'
	says module fail "not loaded" "modprobe hvcrash"
	says coverage - "no shared page is tracked"
	says hand-over - "no registry"
	expect "$(verdict)" "NOT READY: module"
}

@test "module: of another version than the tool" {
	put /sys/kernel/hvcrash/version 9.9.9
	says module warn "version 9.9.9, and the tool is"
}

@test "signature: if the kernel accepts only signed modules" {
	local modules=/lib/modules/6.12.107+deb13-cloud-amd64
	says signature ok "has accepted the module"
	drop /sys/kernel/hvcrash
	says signature ok "accepts unsigned modules"
	put /sys/module/module/parameters/sig_enforce Y
	says signature warn "is not installed" "install hvcrash-dkms"
	put /usr/src/hvcrash-0.1.0/dkms.conf x
	says signature warn "is not installed" "dkms build --force hvcrash/0.1.0 && dkms install --force hvcrash/0.1.0 && mokutil --import /var/lib/dkms/mok.pub"
	put /sys/module/module/parameters/sig_enforce N
	put /sys/kernel/security/lockdown 'none [integrity] confidentiality'
	put $modules/modules.dep 'extra/hvcrash.ko:'
	put $modules/extra/hvcrash.ko 'no signature here, though the file is longer than one'
	says signature fail "is not signed" mokutil
	put /etc/os-release $'ID=ubuntu\nVERSION_ID="24.04"'
	says signature fail "is not signed" "update-secureboot-policy --new-key && dkms build --force hvcrash/0.1.0 && dkms install --force hvcrash/0.1.0 && mokutil --import /var/lib/shim-signed/mok/MOK.der"
	put $modules/extra/hvcrash.ko 'code and ~Module signature appended~'
	check signature
	case $line in "signature unknown "*"knows the key"*) ;; *) return 1 ;; esac
}

@test "signature: SUSE's modprobe refuses what SUSE did not build" {
	drop /sys/kernel/hvcrash
	put /usr/lib/modprobe.d/10-unsupported-modules.conf $'# comment\nallow_unsupported_modules 0'
	says signature fail "SUSE did not build" "allow_unsupported_modules 1"
	put /etc/modprobe.d/10-unsupported-modules.conf 'allow_unsupported_modules 1'
	says signature ok "accepts unsigned modules"
}

@test "at-boot: by modprobe.d, modules-load.d, /etc/modules, or not" {
	says at-boot ok /etc/modprobe.d/hvcrash.conf
	drop /etc/modprobe.d
	says at-boot warn "nothing loads" hvcrash-configure
	put /etc/modules hvcrash
	says at-boot ok /etc/modules
	# the file's name does not count, its lines do
	drop /etc/modules
	put /etc/modprobe.d/hvcrash.conf $'# softdep hv_vmbus pre: hvcrash\noptions hvcrash x=1'
	says at-boot warn "nothing loads" hvcrash-configure
	put /usr/lib/modules-load.d/site.conf $'other\n hvcrash\t'
	says at-boot ok /usr/lib/modules-load.d/site.conf
	put /etc/modprobe.d/no.conf 'blacklist hvcrash'
	says at-boot warn "kept out at the next boot by /etc/modprobe.d/no.conf"
	put /etc/modprobe.d/hvcrash.conf $'softdep hv_vmbus\tpre: a hvcrash post: b'
	says at-boot ok /etc/modprobe.d/hvcrash.conf
	put /etc/modprobe.d/no.conf 'install hvcrash /bin/false'
	says at-boot warn "kept out at the next boot by /etc/modprobe.d/no.conf"
	drop /etc/modprobe.d/no.conf
	put /proc/cmdline 'root=/dev/sda1 crashkernel=256M module_blacklist=floppy,hvcrash'
	says at-boot warn "module_blacklist= of the kernel's command line"
}

@test "next-kernel: an upgrade whose module could not be built shows before the reboot" {
	says next-kernel ok "no newer kernel is installed"
	# An older one, modules whose kernel is gone, and a newer one
	put /lib/modules/6.12.99+deb13-cloud-amd64/modules.dep ''
	put /boot/vmlinuz-6.12.99+deb13-cloud-amd64 x
	put /lib/modules/6.13.1-cloud-amd64/modules.dep ''
	says next-kernel ok "no newer kernel is installed"
	put /lib/modules/6.12.118+deb13-cloud-amd64/modules.dep ''
	put /boot/vmlinuz-6.12.118+deb13-cloud-amd64 x
	says next-kernel warn "6.12.118+deb13-cloud-amd64 is installed and has no hvcrash.ko" "headers are not installed"
	put /lib/modules/6.12.118+deb13-cloud-amd64/build/Makefile x
	says next-kernel warn "has no hvcrash.ko" "build and install the module"
	put /usr/src/hvcrash-0.1.0/dkms.conf x
	says next-kernel warn "has no hvcrash.ko" "dkms autoinstall -k 6.12.118+deb13-cloud-amd64"
	put /lib/modules/6.12.118+deb13-cloud-amd64/modules.dep 'updates/dkms/hvcrash.ko.xz:'
	says next-kernel ok "6.12.118+deb13-cloud-amd64 has hvcrash.ko"
	# The kernel's image as Debian has it from 7.3 on
	put /lib/modules/7.3.4+deb14-cloud-amd64/modules.dep ''
	put /lib/modules/7.3.4+deb14-cloud-amd64/vmlinuz x
	says next-kernel warn "7.3.4+deb14-cloud-amd64 is installed and has no hvcrash.ko"
}

@test "coverage: gaps that make an audit uncertain, and gaps that fail" {
	put /sys/kernel/hvcrash/coverage late
	# already configured: the initrd lacks it, and only a rebuild helps
	says coverage warn late "update-initramfs -u -k 6.12.107+deb13-cloud-amd64 && reboot"
	drop /etc/modprobe.d
	says coverage warn late "hvcrash-configure && reboot"
	put /lib/modules/6.12.107+deb13-cloud-amd64/modules.builtin kernel/drivers/hv/hv_vmbus.ko
	check coverage
	expect "${line##* }" "more)"
	put /sys/kernel/hvcrash/coverage 'late no-vmbus'
	says coverage fail no-vmbus
	put /sys/kernel/hvcrash/coverage new-gap
	says coverage warn new-gap
}

@test "if a vital fact cannot be read it is not ready either, status 2" {
	drop /sys/kernel/hvcrash/coverage
	check coverage
	expect_status 2
	expect "$(verdict)" "CANNOT TELL: coverage"
	expect_no_word out READY
	drop /sys/kernel/hvcrash/address
	check hand-over
	expect_status 2
	put /sys/kernel/kexec_crash_loaded 0
	check crash-loaded
	expect_status 1
	expect "$(verdict)" "NOT READY: coverage, hand-over, crash-loaded"
}

@test "without privilege the answer is the same" {
	[ "$(id -u)" -eq 0 ] || skip "not root: all the other tests show it"
	chmod 400 root/sys/kernel/hvcrash/address
	chmod 711 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$HVCRASHCTL" status --all --sysroot root >out
	expect "$(verdict)" "READY: no check failed"
	expect_word out "registry at an address for root only"
	expect_no_word out 0x101000
}

@test "hand-over needs VMCOREINFO" {
	says hand-over ok "registry at 0x101000"
	drop /sys/kernel/vmcoreinfo
	says hand-over fail "no VMCOREINFO"
}

@test "crashkernel: none, too little, enough" {
	says crashkernel ok "256 MiB of 1024 MiB"
	put /sys/kernel/kexec_crash_size 0
	put /proc/cmdline 'root=/dev/sda1'
	says crashkernel fail "no memory is reserved" " reboot"
	put /boot/grub/grub.cfg 'linux /vmlinuz root=/dev/sda1'
	says crashkernel fail "no memory is reserved" "hvcrash-configure && reboot"
	put /sys/kernel/kexec_crash_size $((128 << 20))
	says crashkernel warn "192 MiB are advised" "hvcrash-configure && reboot"
	put /etc/os-release ID=other
	put /sys/kernel/kexec_crash_size 0
	says crashkernel fail "no memory is reserved" "by the means of this boot loader"
	drop /proc/meminfo
	put /sys/kernel/kexec_crash_size $((128 << 20))
	check crashkernel
	expect_status 2
	expect "$line" "crashkernel unknown 128 MiB reserved, and the RAM is not known"
	drop /sys/kernel/kexec_crash_size
	says crashkernel fail "no kdump"
}

# advised MIB-OF-RAM MIB ID [LIKE [VERSION]]: with that RAM, MIB are advised on that distribution
advised() {
	put /proc/meminfo "MemTotal: $((($1 - 1) * 1024)) kB"
	put /sys/kernel/kexec_crash_size $((1 << 20))
	put /etc/os-release "ID=$3"$'\n'"ID_LIKE=${4:-}"$'\n'"VERSION_ID=\"${5:-}\""
	check crashkernel
	case $line in *"; $2 MiB are advised "*) ;; *) return 1 ;; esac
}

@test "crashkernel: what a dump on Azure needs or the distribution reserves, at most a quarter" {
	advised 2048 320 debian
	advised 8192 512 debian
	advised 2000 256 debian
	advised 65536 512 ubuntu debian 22.04
	advised 65536 2048 ubuntu debian 24.10
	advised 262144 4096 ubuntu debian 26.04
	advised 131072 512 rhel fedora
	advised $((2 << 20)) 1024 sles suse
	advised $((9 << 20)) 4096 rhel fedora
	advised 900 225 azurelinux
	put /proc/sys/kernel/arch aarch64
	advised 131072 768 rhel fedora
	put /proc/sys/kernel/osrelease 6.12.0-64k
	advised 8192 768 rhel fedora
}

@test "crashkernel: less than half of the advised size is a failure" {
	put /proc/meminfo 'MemTotal: 8126464 kB'
	put /sys/kernel/kexec_crash_size $((256 << 20))
	says crashkernel warn "512 MiB are advised"
	put /sys/kernel/kexec_crash_size $((255 << 20))
	says crashkernel fail "512 MiB are advised"
	put /sys/kernel/kexec_crash_size $((64 << 20))
	says crashkernel fail "512 MiB are advised"
}

@test "the names that 7.0 gives to the files of kexec, when the old ones are gone" {
	drop /sys/kernel/kexec_crash_size /sys/kernel/kexec_crash_loaded
	says crashkernel fail "no kdump"
	says crash-loaded fail "cannot load"
	put /sys/kernel/kexec/crash_size $((256 << 20))
	put /sys/kernel/kexec/crash_loaded 1
	says crashkernel ok "256 MiB of 1024 MiB"
	says crash-loaded ok "is loaded"
}

@test "crash-loaded: not, with the way to load it" {
	put /sys/kernel/kexec_crash_loaded 0
	says crash-loaded fail "no crash kernel" "systemctl restart kdump-tools.service"
	put /etc/os-release ID=fedora
	says crash-loaded fail "no crash kernel" "no kdump is installed: see kdump"
	put /sys/kernel/kexec_crash_size 0
	says crash-loaded fail "no crash kernel" "see crashkernel"
}

@test "kexec-call: by the configuration, by the command that ran, by the release's default" {
	says kexec-call ok kexec_file_load
	kdump_tools 'KDUMP_KEXEC_ARGS="-c"'
	says kexec-call warn "kexec_load on a Gen2 VM" KDUMP_KEXEC_ARGS
	put /sys/kernel/security/lockdown 'none [integrity] confidentiality'
	says kexec-call fail "lockdown forbids" KDUMP_KEXEC_ARGS
	kdump_tools
	put /var/crash/kexec_cmd '/sbin/kexec -p -c --command-line="x" --initrd=i k'
	says kexec-call fail "lockdown forbids"
	put /var/crash/kexec_cmd '/sbin/kexec -p -s --command-line="x" --initrd=i k'
	says kexec-call ok kexec_file_load
	drop /var/crash/kexec_cmd
	put /sys/kernel/security/lockdown '[none] integrity confidentiality'
	put /etc/os-release $'ID=debian\nVERSION_ID="12"'
	says kexec-call warn "Gen2"
	put /etc/os-release $'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"'
	says kexec-call warn "Gen2"
	put /etc/os-release $'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="26.04"'
	says kexec-call ok kexec_file_load
	kdump_tools 'KDUMP_KEXEC_ARGS="--kexec-syscall"'
	says kexec-call warn "Gen2"
	put /proc/sys/kernel/osrelease 7.2.13
	says kexec-call ok kexec_load
	put /etc/os-release ID=rhel
	put /etc/kdump.conf 'path /var/crash'
	check kexec-call
	case $line in "kexec-call unknown "*) ;; *) return 1 ;; esac
	put /etc/sysconfig/kdump 'KEXEC_ARGS="-s"'
	says kexec-call ok kexec_file_load
	put /proc/sys/kernel/osrelease 6.12.0-rhel
	put /etc/sysconfig/kdump 'KEXEC_ARGS="-c"'
	says kexec-call warn "Gen2" "systemctl restart kdump"
	put /etc/os-release $'ID=azurelinux\nVERSION_ID="3.0"'
	says kexec-call ok kexec_file_load
}

@test "kdump: not configured, not enabled" {
	says kdump ok /etc/default/kdump-tools
	kdump_tools USE_KDUMP=0
	says kdump warn "does not start at the next boot" "printf '\n%s\n' 'USE_KDUMP=1' >>/etc/default/kdump-tools"
	drop /etc/default/kdump-tools
	says kdump warn "no kdump is configured" "apt-get install -y kdump-tools && hvcrash-configure"
	put /etc/os-release ID=rhel
	put /etc/kdump.conf 'path /var/crash'
	says kdump warn "does not start" "systemctl enable kdump.service"
	put /etc/systemd/system/multi-user.target.wants/kdump.service x
	says kdump ok /etc/kdump.conf
}

@test "crash-cmdline: a replacement of the default has to name the unit that dumps" {
	kdump_tools
	says crash-cmdline ok "the default"
	kdump_tools 'KDUMP_CMDLINE_APPEND="nr_cpus=1 irqpoll"'
	says crash-cmdline fail "takes no dump"
	kdump_tools 'KDUMP_CMDLINE_APPEND="nr_cpus=1 irqpoll systemd.unit=kdump-tools-dump.service"'
	says crash-cmdline ok "nr_cpus=1"
	kdump_tools 'KDUMP_CMDLINE_APPEND="systemd.unit=kdump-tools-dump.service modprobe.blacklist=hv_vmbus"'
	says crash-cmdline warn "keeps Hyper-V's drivers out of the second kernel"
}

@test "hooks of each distribution" {
	says hooks ok 10-hvcrash.conf
	drop /usr/lib/systemd
	says hooks warn "the second kernel makes no audit"
	put /etc/os-release ID=rhel
	put /etc/kdump/pre.d/50-hvcrash-audit x
	says hooks ok /etc/kdump/pre.d/50-hvcrash-audit
	put /etc/os-release ID=sles
	says hooks warn "the second kernel makes no audit"
	put /etc/sysconfig/kdump 'KDUMP_PRESCRIPT="/usr/lib/hvcrash/kdump-pre"'
	says hooks ok KDUMP_PRESCRIPT
}

@test "target: local, remote, Azure's temporary disk" {
	says target ok /var/crash
	kdump_tools 'KDUMP_COREDIR=/mnt/crash'
	says target warn "temporary disk"
	kdump_tools 'SSH="root@store"'
	says target ok "SSH root@store"
	mkdir -p root/sys/bus/pci/drivers/mlx5_core/a1b2:00:02.0
	says target warn "accelerated networking"
	check space
	expect "$line" "space unknown not checked: the dump does not stay here"
}

@test "target: of kdump.conf and of SUSE" {
	put /etc/os-release ID=rhel
	put /etc/kdump.conf $'# comment\npath /dumps\ncore_collector makedumpfile -l -d 31'
	says target ok "/dumps"
	put /etc/kdump.conf $'ext4 /dev/sdb1\npath /dumps # here'
	put /proc/mounts '/dev/sdb1 /data ext4 rw 0 0'
	says target ok "/data/dumps"
	put /etc/kdump.conf 'nfs store:/dumps'
	says target ok "nfs store:/dumps"
	put /etc/os-release ID=sles
	put /etc/sysconfig/kdump 'KDUMP_SAVEDIR="file:///var/dumps"'
	says target ok "/var/dumps"
	put /etc/sysconfig/kdump 'KDUMP_SAVEDIR="ssh://store/dumps"'
	says target ok "ssh://store/dumps"
}

@test "space: compared with the size of a dump made now at the configured level" {
	says space ok "more than the RAM"
	# more than any disk: 2 EiB, all but a page of it free
	put /proc/meminfo $'MemTotal: 2251799813685248 kB\nMemFree: 2251799813685244 kB'
	says space warn "less than the RAM"
	kdump_tools 'MAKEDUMP_ARGS="-c -d 1"'
	says space fail "a dump of now takes"
	# the level of --dump-dmesg does not count, and the last one wins
	kdump_tools 'MAKEDUMP_ARGS="--dump-dmesg -d 1 -d 31"'
	says space warn "less than the RAM"
	put /etc/os-release ID=sles
	put /etc/sysconfig/kdump 'KDUMP_DUMPLEVEL=0'
	says space fail "a dump of now takes"
}

@test "notifiers" {
	says notifiers ok =Y
	put /sys/module/kernel/parameters/crash_kexec_post_notifiers N
	says notifiers warn =N "echo Y"
}

@test "nmi: unknown_nmi_panic, or only the other one, or none" {
	says nmi ok unknown_nmi_panic=1
	put /proc/sys/kernel/unknown_nmi_panic 0
	says nmi warn "does not panic" "sysctl -w"
	put /proc/sys/kernel/panic_on_unrecovered_nmi 1
	says nmi warn "panics on all of them" "sysctl -w"
	drop /proc/sys/kernel/unknown_nmi_panic
	says nmi ok "no such NMI"
}

@test "oops and panic-timeout" {
	put /proc/sys/kernel/panic_on_oops 0
	says oops warn "takes no dump" "hvcrash-configure until the reboot: sysctl -w kernel.panic_on_oops=1"
	put /proc/sys/kernel/panic 0
	says panic-timeout warn "stays where it panicked" "kernel.panic=10"
	put /proc/sys/kernel/panic -1
	says panic-timeout ok "panic=-1"
}

@test "any contents of the machine's files give an answer, and a printable one" {
	local file
	printf '\377\033[31m=%%s%%n\0\001 [ "' >odd
	head -c 100000 /dev/zero | tr '\0' x >long
	put /var/lib/hvcrash/crash-marker $'boot_id=1\nseconds=1700000000\nhow=sysrq\ncpu=0'
	put /var/crash/1/dump.1 x
	put /var/crash/1/hvcrash-audit.txt "CLEAN: x"
	find root -type f >files
	[ "$(wc -l <files)" -gt 20 ]
	while read -r file; do
		cp "$file" good
		cp odd "$file"
		answers
		jq -e .verdict < <("$HVCRASHCTL" status --json --sysroot root) >/dev/null
		cp long "$file"
		answers
		rm "$file"
		mkdir "$file"
		answers
		rmdir "$file"
		cp good "$file"
	done <files
}

@test "colours on a terminal, none in a pipe, none with NO_COLOR" {
	command -v script >/dev/null || skip "no script"
	TERM=xterm script -qec "'$HVCRASHCTL' status --sysroot root" /dev/null >out </dev/null
	expect_word out $'\033[32mREADY\033[0m'
	TERM=xterm NO_COLOR=1 script -qec "'$HVCRASHCTL' status --sysroot root" /dev/null >out </dev/null
	expect_no_word out $'\033'
	TERM=xterm try status --sysroot root
	expect_no_word out $'\033'
}
