# SPDX-License-Identifier: GPL-2.0-only
# bash. helpers.bash - what the tests of the packages share: the life of both on one release
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

# on COMMAND...: on the system, with the packages in /mnt
on() { in_system "$release" "$out/system" "$out/debs" "$@"; }

# kernel: the one the system has
kernel() { kernel_of "packages-$release"; }

# system_files: all that is there, and what the administrator's files say. Left out: logs, caches, lists that dpkg and others
# write anew, what DKMS keeps of its own, and what is generated from the rest, which is looked at by itself.
system_files() {
	on sh -c '
		find / -xdev \( -path /mnt -o -path /proc -o -path /run -o -path /tmp -o -path /var/log -o -path /var/cache \
			-o -path /var/lib/dpkg -o -path "/var/lib/dkms/mok.*" -o -path /var/lib/systemd -o -path /root \) -prune -o \
			! -name "modules.*" ! -path "/boot/initrd*" ! -path "/var/lib/initramfs-tools*" ! -name "*-old" -printf "%p %y %m %u\n"
		find /etc -xdev -type f ! -name "*-" ! -name ld.so.cache -exec sha256sum {} +' | LC_ALL=C sort
}

# initrd_modules: of the newest initrd
initrd_has() { on sh -c "lsinitramfs /boot/initrd.img-$(kernel) | grep -c '$1' || true"; }
