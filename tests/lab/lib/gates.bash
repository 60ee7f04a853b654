# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# The module's quality gates: checkpatch, clang, the cross-build for arm64, DKMS; and whether the patches of kernel/upstream/ apply
# and pass checkpatch. They have trees of their own, so that the guests' trees stay small; a tree is built when the first gate that
# needs it runs.

readonly gate_names=(checkpatch upstream clang arm64 dkms)

# The packages of a release's gates tree. bookworm's kernel is for DKMS alone.
gate_packages() {
	printf '%s\n' linux-headers-amd64 gcc make kmod dkms
	case $1 in
	trixie) printf '%s\n' clang lld llvm gcc-aarch64-linux-gnu ;;
	forky) printf '%s\n' gcc-aarch64-linux-gnu ;;
	esac
}

gate_tree() { tree_of "gates-$1"; }

build_gate_tree() {
	local release=$1 include options=()
	include=$(gate_packages "$release" | paste -sd ,)
	[ "$release" = bookworm ] || options=(--architectures "amd64,arm64" "--customize-hook=$lab_dir/lib/gates-extract")
	make_tree "gates-$release" "$release" "$include" "${options[@]}"
}

# in_gate_tree RELEASE SOURCE-DIRECTORY COMMAND...
in_gate_tree() {
	local release=$1; shift
	in_tree "gates-$release" "$@"
}

# fresh_sources NAME: makes a clean copy of kernel/ and prints its path.
fresh_sources() {
	local dir=$lab_state/gates/$1
	remove_tree "$dir"
	mkdir -p "$dir"
	cp -r "$repo/kernel" "$dir/kernel"
	printf '%s' "$dir"
}

headers_of() {
	local found
	found=("$(gate_tree "$1")"/usr/src/linux-headers-*-"$2")
	[ -e "${found[0]}" ] || die "$1: the gates tree has no headers for $2"
	printf '%s' "${found[0]##*/}"
}

# gate_build NAME RELEASE HEADERS MAKE-WORD...: builds all modules with every warning; a warning in our files is a failure.
gate_build() {
	local name=$1 release=$2 headers=$3 dir log words=(); shift 3
	dir=$(fresh_sources "$name")
	log=$lab_state/gates/$name.log
	if [ "${1:-}" = clang ]; then
		shift
		mapfile -t words < <(clang_words "$dir")
	fi
	# shellcheck disable=SC2016 # expanded by the inner shell
	build_logged "hvcrash.ko: $name" "$log" in_gate_tree "$release" "$dir" \
		sh -ec 'headers=$1; shift; make -C "/usr/src/$headers" M=/mnt/kernel W=1 "$@" modules' sh "$headers" "${words[@]}" "$@"
	[ ${#words[@]} -eq 0 ] || is_by_clang "$dir/kernel/hvcrash.ko" || { warn "$name: the module was not built by clang"; return "$EXIT_GUEST"; }
	if grep -E '^(/mnt/kernel/)?[a-z_0-9/]+\.[ch]:.*(warning|error):' "$log" >&2; then
		warn "$name: there are warnings, see $log"
		return "$EXIT_GUEST"
	fi
}

# clang_words SOURCE-DIRECTORY [ARCHITECTURE]: arguments of make, one a line. Debian's headers name a compiler of their own
# (.kernelvariables), so that LLVM=1 alone silently goes on using gcc.
clang_words() {
	cp "$lab_dir/lib/clang-as-gcc" "$1/"
	printf '%s\n' "CC=/mnt/clang-as-gcc${2:+$(clang_target "$2")}"
}

# is_by_clang MODULE
is_by_clang() { grep -qa "clang version" "$1"; }

clang_target() { [ "$1" != arm64 ] || printf ' --target=aarch64-linux-gnu'; }

gate_clang() {
	with_build_lock gates-trixie build_gate_tree trixie
	gate_build clang trixie "$(headers_of trixie amd64)" clang
}

gate_arm64() {
	local release
	for release in trixie forky; do
		with_build_lock "gates-$release" build_gate_tree "$release"
		gate_build "arm64-$release" "$release" "$(headers_of "$release" arm64)" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-
	done
}

# checkpatch [OPTION...] FILE...: its other options are in .checkpatch.conf. Runs beside links to it and to the sources, since
# it writes a file to its current directory.
checkpatch() { (cd "$lab_state/gates/checkpatch" && perl "$(gate_tree trixie)/usr/share/checkpatch/checkpatch.pl" "$@") >&2 || return "$EXIT_GUEST"; }

gate_checkpatch() {
	local product tests
	need_commands perl
	with_build_lock gates-trixie build_gate_tree trixie
	mkdir -p "$lab_state/gates/checkpatch"
	ln -sfn "$repo/kernel" "$repo/.checkpatch.conf" "$lab_state/gates/checkpatch/"
	mapfile -t product < <(cd "$repo" && find kernel -path kernel/test -prune -o -name '*.[ch]' -print | LC_ALL=C sort)
	mapfile -t tests < <(cd "$repo" && find kernel/test -name '*.[ch]' | LC_ALL=C sort)
	checkpatch --file "${product[@]}"
	checkpatch --ignore AVOID_BUG --file "${tests[@]}" # one of them crashes kernels on purpose
}

# gate_upstream: each patch applies without fuzz on top of the ones before it, and checkpatch accepts it except for the missing
# sign-off, which is up to the sender, and commits that it cannot look up, since there is no kernel history here.
gate_upstream() {
	local kernel=upstream dir=$lab_state/gates/upstream suite patches file
	need_commands perl patch xz
	suite=$(own_suite "$kernel")
	with_build_lock "$suite-source" build_own_source "$kernel"
	mapfile -t patches < <(own_patches "$kernel")
	remove_tree "$dir"
	mkdir -p "$dir"
	sed -n 's|^+++ b/|*/|p; s|^--- a/|*/|p' "${patches[@]}" | sort -u >"$dir.files"
	printf '%s\n' '*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch' >>"$dir.files"
	tar -xf "$(tree_of "$suite-source")/usr/src/linux-source-${own_versions[$kernel]}.tar.xz" -C "$dir" \
		--strip-components=1 --wildcards -T "$dir.files"
	for file in "${patches[@]}"; do
		patch -d "$dir" -p1 --fuzz=0 --silent <"$file" >&2 || { warn "${file##*/}: does not apply"; return "$EXIT_GUEST"; }
		(cd "$dir" && perl scripts/checkpatch.pl --strict --quiet --no-tree --no-summary --ignore MISSING_SIGN_OFF,UNKNOWN_COMMIT_ID "$file") >&2 ||
			{ warn "${file##*/}: checkpatch complains"; return "$EXIT_GUEST"; }
	done
}

gate_dkms() {
	local release version
	version=$(sed -n 's/^HVCRASH_VERSION := //p' "$repo/Makefile")
	grep -qxF "PACKAGE_VERSION=\"$version\"" "$repo/kernel/dkms.conf" || die "kernel/dkms.conf: its version is not $version"
	grep -qxF "#define HVCRASH_VERSION \"$version\"" "$repo/kernel/hvcrash.h" || die "kernel/hvcrash.h: its version is not $version"
	for release in bookworm trixie forky; do
		with_build_lock "gates-$release" build_gate_tree "$release"
		with_build_lock "gates-$release" dkms_in "$release" "$version"
	done
}

# dkms_in RELEASE VERSION: builds for each kernel whose headers are installed, and checks the result.
dkms_in() {
	local release=$1 version=$2 dir
	dir=$(fresh_sources "dkms-$release")
	# shellcheck disable=SC2016 # expanded by the inner shell
	build_logged "hvcrash.ko by DKMS: $release" "$lab_state/gates/dkms-$release.log" in_gate_tree "$release" "$dir" sh -ec '
		version=$1 built=0
		trap "dkms remove hvcrash/$version --all; rm -rf /usr/src/hvcrash-$version" EXIT
		rm -rf /var/lib/dkms/hvcrash "/usr/src/hvcrash-$version"
		dkms add /mnt/kernel
		for headers in /usr/src/linux-headers-*-amd64; do
			kernel=${headers#/usr/src/linux-headers-}
			dkms build "hvcrash/$version" -k "$kernel"
			ko=$(echo /var/lib/dkms/hvcrash/$version/$kernel/x86_64/module/hvcrash.ko*)
			modinfo "$ko"
			modinfo -F version "$ko" | grep -qxF "$version"
			modinfo -F vermagic "$ko" | grep -qF "$kernel "
			# Fault injection must not be compiled in: no parameter, no code
			if modinfo -p "$ko" | grep "^debug_"; then exit 1; fi
			case $ko in *.ko.xz) xz -dc "$ko" ;; *.ko.zst) zstd -dc "$ko" ;; *) cat "$ko" ;; esac >/tmp/hvcrash.ko
			nm /tmp/hvcrash.ko | grep -q hvcrash_crash_finish
			if nm /tmp/hvcrash.ko | grep inject; then exit 1; fi
			built=$((built + 1))
		done
		[ "$built" -gt 0 ]' sh "$version"
}
