# SPDX-License-Identifier: GPL-2.0-only
# bash. helpers.bash - shared by the tests of the packages: the life of both on one release
#
# A file sets $release and goes through the steps in order, on one system that is kept between them.
# shellcheck shell=bash disable=SC2154 # $release, of the file

# shellcheck source-path=SCRIPTDIR source=chroot.bash
. "$(dirname "${BASH_SOURCE[0]}")/chroot.bash"
# shellcheck source-path=SCRIPTDIR source=build.bash
. "$(dirname "${BASH_SOURCE[0]}")/build.bash"
# shellcheck source-path=SCRIPTDIR source=../expect.bash
. "$(dirname "${BASH_SOURCE[0]}")/../expect.bash"

out=$repo/build/packages/$release

setup_file() {
	package_tree "$release" >&3
	rm -rf --one-file-system "$out"
	mkdir -p "$out/debs"
}

# on COMMAND...: runs it on the system, with the packages in /mnt
on() { in_system "$release" "$out/system" "$out/debs" "$@"; }

# kernel: the system's kernel
kernel() { kernel_of "packages-$release"; }

# system_files: all files, and the contents of the administrator's. Left out: logs, caches, lists that dpkg and others rewrite, DKMS's
# own data, and generated files, which are checked separately.
system_files() {
	on sh -c '
		find / -xdev \( -path /mnt -o -path /proc -o -path /run -o -path /tmp -o -path /var/log -o -path /var/cache \
			-o -path /var/lib/dpkg -o -path "/var/lib/dkms/mok.*" -o -path /var/lib/systemd -o -path /root \) -prune -o \
			! -name "modules.*" ! -path "/boot/initrd*" ! -path "/var/lib/initramfs-tools*" ! -name "*-old" -printf "%p %y %m %u\n"
		find /etc -xdev -type f ! -name "*-" ! -name ld.so.cache -exec sha256sum {} +' | LC_ALL=C sort
}

# generated_files: the contents of what is made from other files: the names in the initrds of the normal and of the crash kernel, the
# modules that depmod knows, the state that systemd and its helpers keep, and the ids of the journal's catalog. Which
# initrds exist counts too. Left out: DKMS's own configuration, which on Debian 12 was not there yet when the first initrd was made.
generated_files() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	on sh -c '
		for initrd in /boot/initrd* /var/lib/kdump/initrd*; do
			[ ! -f "$initrd" ] || lsinitramfs "$initrd" | sed "s|^|$initrd: |; /dkms\.conf$/d"
		done
		for index in dep alias softdep symbols; do
			sed "s|^|modules.$index: |" /lib/modules/*/modules.$index
		done
		find /var/lib/systemd /var/lib/initramfs-tools -printf "%p %y\n"
		journalctl --list-catalog | sed "s|^|catalog: |"' | LC_ALL=C sort
}

# catalog_ids: how many ids of ours the journal can explain
catalog_ids() { on journalctl --list-catalog | grep -c '^[0-9a-f]* hvcrash: ' || true; }

# initrd_has PATTERN: how many files of the newest initrd match
initrd_has() { on sh -c "lsinitramfs /boot/initrd.img-$(kernel) | grep -c '$1' || true"; }
