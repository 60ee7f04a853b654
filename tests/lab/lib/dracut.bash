# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# A crash initramfs as on RHEL and SUSE: made by Debian's dracut, with the files that kdump-hooks installs for them, where the dump
# is then taken. initramfs/dracut, which runs initramfs/init, replaces the distribution's own kdump module.
#
# dracut lives in a tree of its own, so that no other run depends on it.

build_dracut_tree() {
	local release=$1 package include=dracut-core,makedumpfile,kmod,busybox-static
	for package in "${tree_packages[@]}"; do
		case $package in lib*-dev) include+=,$package ;; esac # what the tool is linked to
	done
	make_tree "dracut-$release" "$release" "$include"
}

# install_hooks TREE RELEASE: what "make install DISTRO=rhel" installs, with the tool that the lab built, and the lab's dracut module.
install_hooks() {
	local tree=$1 dir=$lab_state/kernels/$2
	rm -rf "$tree"/etc/kdump "$tree"/usr/lib/hvcrash "$tree"/usr/lib/dracut/modules.d/{98lab,99hvcrash}
	make -s -C "$repo/kdump-hooks" install DISTRO=rhel DESTDIR="$tree"
	install -D -m 755 "$dir/hvcrashctl" "$tree/usr/sbin/hvcrashctl"
	install -D -m 755 "$lab_dir/initramfs/dracut/module-setup.sh" "$tree/usr/lib/dracut/modules.d/98lab/module-setup.sh"
	install -m 755 "$lab_dir/initramfs/dracut/begin.sh" "$lab_dir/initramfs/dracut/dump.sh" "$lab_dir/initramfs/init" \
		"$tree/usr/lib/dracut/modules.d/98lab/"
	printf 'path /var/crash\n' >"$tree/etc/kdump.conf"
}

# No systemd, since the tree has none; no drivers, since the guest has no disk.
readonly dracut_omits=(systemd kernel-modules kernel-modules-extra virtfs virtiofs)

# run_dracut TREE RELEASE: in a mount namespace, with the kernel modules of the guest's tree.
run_dracut() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount --propagation private sh -c '
		set -eu
		tree=$1 guest=$2 kernel=$3
		mount --bind /proc "$tree/proc"
		mount --bind /dev "$tree/dev"
		mount -t tmpfs tmpfs "$tree/run"
		mkdir -p "$tree/usr/lib/modules"
		mount --bind "$guest/usr/lib/modules" "$tree/usr/lib/modules"
		exec chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C IN_KDUMP=1 \
			dracut --force --no-hostonly --no-early-microcode --compress "gzip -1" --omit "$4" /tmp/crash.img "$kernel"' \
		run_dracut "$1" "$(tree_of "$2")" "$(kernel_of "$2")" "${dracut_omits[*]}"
}

build_dracut_image() {
	local release=$1 dir=$lab_state/kernels/$1 tree sum
	build_dracut_tree "$release"
	tree=$(tree_of "dracut-$release")
	sum=$(sources_sum "$repo/kdump-hooks" "$lab_dir/initramfs" "$lab_dir/lib/dracut.bash")-$(cat "$dir/tool.stamp")-$(kernel_sum "$release")
	is_fresh "$dir/dracut.stamp" "$sum" && [ -e "$dir/dracut.img" ] && return 0
	rm -f "$dir/dracut.stamp"
	install_hooks "$tree" "$release"
	build_logged "the crash initramfs of $release with dracut" "$dir/dracut.log" run_dracut "$tree" "$release"
	mv "$tree/tmp/crash.img" "$dir/dracut.img"
	pad "$dir/dracut.img"
	printf '%s\n' "$sum" >"$dir/dracut.stamp"
}
