# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Trees of kernels other than the one that a Debian release's tree is built with: its flavours (trixie-rt, arm64-bookworm-cloud), those
# of its backports (trixie-backports, trixie-backports-cloud), and Debian 11's, which has no libkdumpfile for the tool. Such a tree
# is a hard-linked copy of the release's, in which another kernel and its headers are unpacked: compiler and userland stay the same.

# is_kernel_of_its_own RELEASE: whether RELEASE is one of them
is_kernel_of_its_own() {
	case $(suite_of "$1") in *-backports | bullseye) return 0 ;; esac
	[ -n "$(flavour_of "$1")" ]
}

# userland_of RELEASE: the release whose tree it copies
userland_of() {
	local base; base=$(base_of "$(suite_of "$1")")
	[ "$base" != bullseye ] || base=bookworm
	if is_arm64_release "$1"; then echo "arm64-$base"; else echo "$base"; fi
}

# apt_for DIRECTORY SUITE...: options of apt-get and apt-cache, one a line, that use package lists in DIRECTORY and neither read nor
# change this machine's own
apt_for() {
	local dir=$1 suite mirror; shift
	mirror=$(debian_mirror)
	remove_tree "$dir"
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/deb"
	: >"$dir/status"
	for suite; do
		printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg check-valid-until=no] %s %s main\n' "$mirror" "$suite"
	done >"$dir/sources.list"
	printf '%s\n' -o "Dir::Etc::sourcelist=$dir/sources.list" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=- \
		-o "Dir::State=$dir" -o "Dir::State::Lists=$dir/lists" -o "Dir::State::status=$dir/status" -o "Dir::Cache=$dir/cache" \
		-o APT::Sandbox::User=root -o APT::Architecture=amd64 -o APT::Architectures=amd64,arm64 -o Acquire::Languages=none \
		-o Acquire::Retries=5
}

# Suites that may have the newest kernel
readonly newest_candidates=(trixie-backports forky)

# newest_suite: the one with the newest kernel today, including backports. Looked up once a day.
newest_suite() {
	local file=$lab_state/newest day; day=$(date +%F)
	mkdir -p "$lab_state"
	if ! is_fresh "$file.day" "$day"; then
		with_build_lock newest look_up_newest "$file" || { warn 'the mirror does not say which suite has the newest kernel'; [ -s "$file" ] || exit "$EXIT_LAB"; }
		printf '%s\n' "$day" >"$file.day"
	fi
	cat "$file"
}

# look_up_newest FILE
look_up_newest() {
	local file=$1 dir=$lab_state/newest.apt options
	mapfile -t options < <(apt_for "$dir" "${newest_candidates[@]}")
	apt-get "${options[@]}" -qq update >"$file.log" 2>&1 || return 1
	# "linux-image-amd64 | VERSION | MIRROR SUITE/main amd64 Packages", the newest version first
	apt-cache "${options[@]}" madison linux-image-amd64 | sed -n '1s,.* \([a-z-]*\)/main .*,\1,p' >"$file.new"
	remove_tree "$dir"
	[ -s "$file.new" ] && mv "$file.new" "$file"
}

# depends_on PATTERN PACKAGE: the names among the package's dependencies that match, one a line
depends_on() {
	apt-cache "${options[@]}" show "$2" | sed -n 's/^Depends: *//p' | head -n 1 | tr ',' '\n' | sed 's/^ *//; s/[ (:].*//' | grep -E "$1" || true
}

# kernel_packages META-SUFFIX ARCHITECTURE: the packages that make up the kernel that linux-image-META-SUFFIX depends on, and those that
# modules for it are built with; kbuild is amd64's, since it runs here
kernel_packages() {
	local image name part package
	image=$(depends_on '^linux-image-[0-9]' "linux-image-$1:$2" | head -n 1)
	[ -n "$image" ] || { warn "$1: linux-image-$1 depends on no kernel"; return 1; }
	name=${image#linux-image-}
	printf '%s\n' "$image:$2" "linux-headers-$name:$2"
	for part in base binary modules; do
		! apt-cache "${options[@]}" show "linux-$part-$name:$2" >/dev/null 2>&1 || printf '%s\n' "linux-$part-$name:$2"
	done
	while IFS= read -r package; do
		printf '%s\n' "$package:amd64"
	done < <(depends_on '^linux-(headers-.*-common|kbuild-)' "linux-headers-$name:$2")
}

# build_kernel_tree RELEASE
build_kernel_tree() {
	local release=$1 tree base stamp suffix architecture=amd64; tree=$(tree_of "$1") base=$(userland_of "$1")
	! is_arm64_release "$release" || architecture=arm64
	suffix=$(flavour_of "$release")
	suffix=${suffix:+$suffix-}$architecture
	with_build_lock "$base" build_tree "$base"
	stamp="$suffix of $(suite_of "$release") on $(made_at "$base")"
	! is_fresh "$tree/.complete" "$stamp" || return 0
	say "building the tree of $release"
	remove_tree "$tree.new"
	cp -al "$(tree_of "$base")" "$tree.new"
	rm -rf "$tree.new/.complete" "$tree.new"/boot/* "$tree.new"/usr/lib/modules/* "$tree.new"/usr/src/linux-headers-* "$tree.new"/usr/lib/linux-kbuild-*
	unpack_kernel "$tree.new" "$suffix" "$architecture" "$(suite_of "$release")" >"$tree.log" 2>&1 ||
		die "$release: the tree was not built, see $tree.log"
	remove_tree "$tree"
	printf '%s\n' "$stamp" >"$tree.new/.complete"
	mv "$tree.new" "$tree"
}

# unpack_kernel TREE META-SUFFIX ARCHITECTURE SUITE
unpack_kernel() {
	local tree=$1 dir=$1.apt options packages file version
	mapfile -t options < <(apt_for "$dir" "$4")
	apt-get "${options[@]}" -q update || return
	packages=$(kernel_packages "$2" "$3") || return
	# shellcheck disable=SC2086 # words
	(cd "$dir/deb" && apt-get "${options[@]}" -q download $packages) || return
	for file in "$dir"/deb/*.deb; do
		# Older packages contain /lib, which is a link here
		dpkg --fsys-tarfile "$file" | tar -x -C "$tree" --keep-directory-symlink || return
	done
	remove_tree "$dir"
	for version in "$tree"/usr/lib/modules/*; do
		version=${version##*/}
		# If the package does not contain the image, its own script would create it
		[ -e "$tree/boot/vmlinuz-$version" ] || cp "$tree/usr/lib/modules/$version/vmlinuz" "$tree/boot/vmlinuz-$version" || return
		depmod -b "$tree" "$version" || return
	done
}
