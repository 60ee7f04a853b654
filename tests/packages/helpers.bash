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

# initrd_has PATTERN: how many files of the newest initrd match
initrd_has() { on sh -c "lsinitramfs /boot/initrd.img-$(kernel) | grep -c '$1' || true"; }
