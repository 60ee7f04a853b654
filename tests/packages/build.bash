# SPDX-License-Identifier: GPL-2.0-only
# bash. build.bash - builds the packages in a release's system, with the current version and the next
#
# The caller sets $release, $repo and $out, the output directory.
# shellcheck shell=bash disable=SC2154 # those

# The version after 0.1.0, for an upgrade
readonly next=0.1.1

# make_it TARGET VARIABLE PROGRAM: runs "make deb" or "make rpm" with the release's PROGRAM
make_it() { make -s -C "$repo" "$1" BUILD="$out" "$2=$repo/tests/packages/in-system $release $3"; }

version() { sed -n 's/^HVCRASH_VERSION := //p' "$repo/Makefile"; }

# build_next: builds the same sources as the next version
build_next() {
	local now from to=$out/next/hvcrash-$next
	now=$(version)
	from=$out/deb/hvcrash-$now
	mkdir -p "$out/next"
	cp -r "$from" "$to"
	sed -i "1s/($now)/($next)/" "$to/debian/changelog"
	sed -i "s/^HVCRASH_VERSION := $now$/HVCRASH_VERSION := $next/" "$to/Makefile"
	sed -i "s/\"$now\"/\"$next\"/" "$to/kernel/dkms.conf" "$to/kernel/hvcrash.h"
	(cd "$to" && "$repo/tests/packages/in-system" "$release" dpkg-buildpackage -us -uc -b)
}
