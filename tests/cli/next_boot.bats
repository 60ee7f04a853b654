#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrashctl status on the next boot: grub.cfg as GRUB reads it,
# boot entries, unified kernel images and their addons.
# shellcheck disable=SC2016,SC2154 # texts that are not expanded; "line" is set by check

load helpers
load fake_root

setup() {
	begin
	ready_root
}

# menu LINE...: grub.cfg
menu() {
	printf '%s\n' "$@" >root/boot/grub/grub.cfg
}

# entries_of_grub: Fedora's grub.cfg, which uses loader/entries
entries_of_grub() {
	mkdir -p root/boot/grub2
	printf '%s\n' 'set default="${saved_entry}"' 'insmod blscfg' 'blscfg' 'if [ -z "${kernelopts}" ]; then' \
		'  set kernelopts="root=/dev/x ro crashkernel=128M "' 'fi' >root/boot/grub2/grub.cfg
}

@test "grub.cfg: quotes, continued lines, comments, carriage returns" {
	menu 'linux /boot/vmlinuz root=/dev/sda1 ro "crashkernel=300M"'
	says next-boot ok "crashkernel=300M, /boot/grub/grub.cfg"
	menu "linux	/boot/vmlinuz 'crashkernel=301M'"
	says next-boot ok "crashkernel=301M,"
	menu 'menuentry "a { b" {' $'linux /boot/vmlinuz root=/dev/sda1 \\' '  ro crashkernel=302M' '}'
	says next-boot ok "crashkernel=302M,"
	menu '# linux /boot/vmlinuz root=/dev/sda1' 'linux /boot/vmlinuz crashkernel=303M # crashkernel=1M'
	says next-boot ok "crashkernel=303M,"
	printf 'menuentry a {\r\n\tlinux /boot/vmlinuz crashkernel=304M\r\n}\r\n' >root/boot/grub/grub.cfg
	says next-boot ok "crashkernel=304M,"
	menu 'if true; then linux /boot/vmlinuz crashkernel=30\5M; fi' 'linuxefi /boot/vmlinuz crashkernel=305M'
	says next-boot ok "crashkernel=305M,"
}

@test "grub.cfg: variables from the file, from grubenv, from load_env, and from a missing file" {
	menu 'set more="crashkernel=256M quiet"' 'linux /boot/vmlinuz root=/dev/sda1 $more'
	says next-boot ok "crashkernel=256M,"
	menu 'linux /boot/vmlinuz root=/dev/sda1 ${more}'
	says next-boot warn "no crashkernel= for the next boot"
	put /boot/grub/grubenv $'# GRUB Environment Block\nmore=crashkernel=257M\n####'
	says next-boot ok "crashkernel=257M,"
	menu 'load_env -f $bootprefix/mariner.cfg' 'linux /boot/vmlinuz $mariner_cmdline'
	says next-boot unknown "a variable has a part of the command line"
	put /boot/mariner.cfg 'mariner_cmdline=root=x crashkernel=258M'
	says next-boot ok "crashkernel=258M,"
}

@test "grub.cfg: lines that are not entries, and entries that only look like rescue entries" {
	menu 'linux /boot/vmlinuz crashkernel=256M' 'linux16 /boot/memtest86+x64.bin console=ttyS0'
	says next-boot ok "crashkernel=256M,"
	menu 'linux /boot/vmlinuz root=/dev/mapper/recovery-rescue ro crashkernel=256M'
	says next-boot ok "crashkernel=256M,"
	menu 'linux /boot/vmlinuz crashkernel=256M' 'linux /boot/vmlinuz-1 ro'
	says next-boot warn "an entry has none" "give that entry crashkernel=256M, too"
	menu 'multiboot2 /boot/xen.gz crashkernel=256M' 'module2 /boot/vmlinuz root=/dev/sda1'
	says next-boot unknown "no entry of its files can be read"
}

@test "boot entries: blanks, carriage returns, kernelopts, the newest entry, the saved entry" {
	entries_of_grub
	put /boot/loader/entries/a-5.14.0-9.conf $'title x\r\n  options\troot=/dev/sda1\tcrashkernel=310M\r'
	says next-boot ok "crashkernel=310M, /boot/loader/entries/a-5.14.0-9.conf"
	put /boot/loader/entries/a-5.14.0-10.conf 'options $kernelopts $tuned_params'
	says next-boot ok "crashkernel=128M, /boot/loader/entries/a-5.14.0-10.conf"
	put /boot/grub2/grubenv $'# GRUB Environment Block\nkernelopts=root=/dev/x ro'
	says next-boot warn "an entry has none: /boot/loader/entries/a-5.14.0-10.conf"
	put /boot/grub2/grubenv $'# GRUB Environment Block\nkernelopts=crashkernel=311M\nsaved_entry=a-5.14.0-9'
	says next-boot ok "crashkernel=310M, /boot/loader/entries/a-5.14.0-9.conf"
}

@test "systemd-boot: what hvcrash-configure refuses is advised by hand, the rest it does itself" {
	efi_variable LoaderInfo "systemd-boot 257"
	put /boot/efi/loader/entries/x.conf 'options root=/dev/sda1'
	says next-boot warn "no crashkernel=" "/etc/kernel/cmdline, and run kernel-install add-all"
	expect_no_word out "hvcrash-configure"
	put /proc/sys/kernel/panic 0
	says panic-timeout warn "panic=0" "hvcrash-configure --no-bootloader"
	drop /etc/default/kdump-tools
	says kdump warn "no kdump" "apt-get install -y kdump-tools && hvcrash-configure --no-bootloader"
}

@test "addons of the booted unified kernel image, and the last crashkernel= in one" {
	efi_variable LoaderInfo "systemd-boot 257"
	efi_variable StubInfo "systemd-stub 257"
	efi_variable StubImageIdentifier '\EFI\Linux\Mine.efi'
	put /proc/cmdline 'root=/dev/sda1'
	put /boot/efi/EFI/Linux/other.efi.extra.d/x.addon.efi 'MZ crashkernel=512M'
	says next-boot warn "a unified kernel image and no addon with crashkernel="
	put /boot/efi/EFI/Linux/mine.efi.extra.d/x.addon.efi $'MZ\001crashkernel=1G crashkernel=511M\001'
	says next-boot ok "crashkernel=511M, /boot/efi/EFI/Linux/mine.efi.extra.d/x.addon.efi"
	rm -r root/boot/efi/EFI
	put /boot/efi/loader/addons/all.addon.efi 'MZ crashkernel=510M'
	says next-boot ok "crashkernel=510M, /boot/efi/loader/addons/all.addon.efi"
}

@test "a crashkernel= that reserves nothing, or far too little, at the next boot" {
	local next
	for next in 0 banana 2G-:512M; do
		menu "linux /boot/vmlinuz ro crashkernel=$next"
		says next-boot warn "crashkernel=$next reserves 0 MiB at the next boot, 256 MiB are advised: /boot/grub/grub.cfg" "hvcrash-configure"
	done
	menu 'linux /boot/vmlinuz ro crashkernel=256M crashkernel=16M'
	says next-boot warn "crashkernel=16M reserves 16 MiB at the next boot"
	# a VM of 1 GiB, of which firmware holds some back: newer kernels round up
	put /proc/meminfo 'MemTotal:  780000 kB'
	menu 'linux /boot/vmlinuz ro crashkernel=1G-:256M'
	says next-boot ok "crashkernel=1G-:256M"
	menu 'linux /boot/vmlinuz ro crashkernel=auto'
	says next-boot ok "crashkernel=auto"
}
