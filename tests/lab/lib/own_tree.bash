# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Kernels that no release has: Debian's kernel source with a small configuration (tests/lab/kernels/), one of them with the patches of
# kernel/upstream/. The tree of such a kernel is like that of a release, so everything works with it as with a release's kernel.
# Building one takes a quarter of an hour or more, and 4 GB; only "lab run --kernel" builds them.

# Their names, and the version of each
declare -rA own_versions=([small]=7.2 [debug]=7.2 [plain]=7.3 [upstream]=7.3 [builtin]=6.1)

readonly own_packages=("${tree_userland[@]}" flex bison bc patch libssl-dev libdw-dev pahole zstd cpio perl python3-minimal xz-utils)

# is_own_release RELEASE: whether RELEASE is one of them
is_own_release() { case $1 in own-*) [ -n "${own_versions[${1#own-}]:-}" ] ;; *) return 1 ;; esac }

# own_suite NAME: the suite whose source, compiler and userland it uses
own_suite() { case ${own_versions[$1]} in 6.1) echo bookworm ;; 7.3) echo trixie-backports ;; *) echo forky ;; esac; }

# own_fragments NAME: the files that make up its configuration. The last line about an option counts.
own_fragments() {
	printf '%s\n' "$lab_dir/kernels/small.config"
	[ ! -e "$lab_dir/kernels/$1.config" ] || [ "$1" = small ] || printf '%s\n' "$lab_dir/kernels/$1.config"
}

# own_patches NAME
own_patches() { [ "$1" != upstream ] || find "$repo/kernel/upstream" -maxdepth 1 -name '[0-9]*.patch' ! -name '0000-*' | LC_ALL=C sort; }

# own_sum NAME: checksum of its sources.
own_sum() {
	local files
	mapfile -t files < <(own_fragments "$1"; own_patches "$1"; echo "$lab_dir/kernels/build")
	printf '%s %s' "$(made_at "$(own_suite "$1")-source")" "$(sources_sum "${files[@]}")"
}

# build_own_source NAME
build_own_source() {
	local suite base mirror options=()
	suite=$(own_suite "$1")
	base=$(base_of "$suite")
	mirror=$(debian_mirror)
	[ "$base" = "$suite" ] || options=("--setup-hook=echo 'deb $mirror $suite main' >\"\$1/etc/apt/sources.list.d/$suite.list\"")
	make_tree "$suite-source" "$base" "$(IFS=,; echo "${own_packages[*]}"),linux-source-${own_versions[$1]}/$suite" "${options[@]}"
}

# build_own_tree own-NAME
build_own_tree() {
	local name=${1#own-} tree sum source
	tree=$(tree_of "$1") source=$(own_suite "$name")-source
	with_build_lock "$source" build_own_source "$name"
	sum=$(own_sum "$name")
	! is_fresh "$tree/.complete" "$sum" || return 0
	remove_tree "$tree.new"
	cp -a --reflink=auto "$(tree_of "$source")" "$tree.new"
	rm "$tree.new/.complete"
	mkdir "$tree.new/usr/src/own"
	own_fragments "$name" | xargs cat >"$tree.new/usr/src/own/fragment"
	own_patches "$name" | while IFS= read -r file; do cp "$file" "$tree.new/usr/src/own/"; done
	build_logged "the kernel ${own_versions[$name]}-$name" "$tree.log" \
		in_root "$tree.new" "$lab_dir/kernels" sh -eu /mnt/build "${own_versions[$name]}" "$name" "$(nproc)"
	remove_tree "$tree"
	printf '%s\n' "$sum" >"$tree.new/.complete"
	mv "$tree.new" "$tree"
}
