# SPDX-License-Identifier: GPL-2.0-only
# bash. chroot.bash - the Debian systems in which the packages are built, installed, upgraded, removed and purged
#
# The lab builds a release's tree (tests/lab/lib/build.bash), which is never written to: each test sees it below an overlay of its
# own, which later tests of the same file reuse. There is no network in there: the tree contains the packages' dependencies, so an
# undeclared dependency fails.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the lab's files

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
lab_dir=$repo/tests/lab lab_state=$(realpath -m "$repo/build/lab")
run_start_ms=0
# shellcheck source-path=SCRIPTDIR source=../lab/lib/util.bash
. "$lab_dir/lib/util.bash"
# shellcheck source-path=SCRIPTDIR source=../lab/lib/build.bash
. "$lab_dir/lib/build.bash"

# Packages of a VM that gets ours, and those that build them
readonly package_system=(systemd-sysv udev kmod procps linux-image-amd64 initramfs-tools zstd kdump-tools)
readonly package_builders=(linux-headers-amd64 build-essential pkg-config dkms debhelper dh-dkms lintian rpm
	libelf-dev libsmartcols-dev libxxhash-dev libjson-c-dev libkdumpfile-dev dracut-core cpio)

# Packages that Ansible requires, on the one release on which the role is run
readonly role_system=(python3 python3-apt)

# package_tree RELEASE: builds it if it is missing
package_tree() {
	local include options
	include=$(IFS=,; echo "${package_system[*]},${package_builders[*]}")
	[ "$1" != trixie ] || include+=$(printf ',%s' "${role_system[@]}")
	mapfile -t options < <(kdump_options "$1")
	run_start_ms=$(now_ms)
	with_build_lock "packages-$1" make_tree "packages-$1" "$1" "$include" "${options[@]}"
}

# beside_system RELEASE UPPER SOURCE COMMAND...: runs COMMAND outside of the release's system, which is visible at UPPER/root with the
# changes in the directory UPPER and SOURCE on its /mnt
beside_system() {
	local tree=$lab_state/trees/packages-$1 upper=$2 source=$3; shift 3
	mkdir -p "$upper/changes" "$upper/work" "$upper/root"
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount --net --propagation private sh -euc '
		tree=$1 upper=$2 source=$3; shift 3
		mount -t overlay overlay -o "lowerdir=$tree,upperdir=$upper/changes,workdir=$upper/work" "$upper/root"
		mount --bind /proc "$upper/root/proc"
		mount -t tmpfs tmpfs "$upper/root/run"
		mount -t tmpfs tmpfs "$upper/root/tmp"
		mount --bind "$source" "$upper/root/mnt"
		exec "$@"' beside_system "$tree" "$upper" "$source" "$@"
}

# in_system RELEASE UPPER SOURCE COMMAND...: runs COMMAND inside
in_system() {
	beside_system "$1" "$2" "$3" chroot "$2/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive "${@:4}"
}
