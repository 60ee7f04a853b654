# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Kernels that no release has: Debian's kernel source, a small configuration (tests/lab/kernels/), and for one of them the
# patches of kernel/upstream/. The tree of such a kernel is like that of a release, so all that runs with a release's kernel
# runs with it. To build one takes a quarter of an hour or more, and 4 GB; nothing but "lab run --kernel" asks for it.

readonly own_release=forky # whose source, compiler and userland they have
readonly own_version=7.2

readonly own_packages=("${tree_userland[@]}" flex bison bc patch libssl-dev libdw-dev pahole zstd cpio perl python3-minimal xz-utils
	"linux-source-$own_version")

# is_own_release RELEASE: is that the tree of one of them?
is_own_release() { case $1 in own-*) ;; *) return 1 ;; esac }

# own_fragments NAME: the files that make up its configuration.
own_fragments() {
	printf '%s\n' "$lab_dir/kernels/small.config"
	[ "$1" != debug ] || printf '%s\n' "$lab_dir/kernels/debug.config"
}

# own_patches NAME
own_patches() { [ "$1" != upstream ] || find "$repo/kernel/upstream" -name '*.patch' | LC_ALL=C sort; }

# own_sum NAME: of all that it is made of.
own_sum() {
	local files
	mapfile -t files < <(own_fragments "$1"; own_patches "$1"; echo "$lab_dir/kernels/build")
	printf '%s %s' "$(made_at "$own_release-source")" "$(sources_sum "${files[@]}")"
}

build_own_source() { make_tree "$own_release-source" "$own_release" "$(IFS=,; echo "${own_packages[*]}")"; }

# build_own_tree own-NAME
build_own_tree() {
	local name=${1#own-} tree sum; tree=$(tree_of "$1")
	with_build_lock "$own_release-source" build_own_source
	sum=$(own_sum "$name")
	! is_fresh "$tree/.complete" "$sum" || return 0
	remove_tree "$tree.new"
	cp -a --reflink=auto "$(tree_of "$own_release-source")" "$tree.new"
	rm "$tree.new/.complete"
	mkdir "$tree.new/usr/src/own"
	own_fragments "$name" | xargs cat >"$tree.new/usr/src/own/fragment"
	own_patches "$name" | while IFS= read -r file; do cp "$file" "$tree.new/usr/src/own/"; done
	build_logged "the kernel $own_version-$name" "$tree.log" \
		in_root "$tree.new" "$lab_dir/kernels" sh -eu /mnt/build "$own_version" "$name" "$(nproc)"
	remove_tree "$tree"
	printf '%s\n' "$sum" >"$tree.new/.complete"
	mv "$tree.new" "$tree"
}
