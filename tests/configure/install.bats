#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrash-configure as it is installed, and its man page.

load helpers

@test "installed, it finds its libraries, and configures as from the source tree" {
	make -s -C "$CONFIGURE_DIR/../../scripts" install DESTDIR="$PWD/to" PREFIX=/usr/local
	make_root debian13
	done_by --dry-run
	cp out from-source
	# shellcheck disable=SC2153 # of helpers.bash
	to/usr/local/sbin/hvcrash-configure --root "$ROOT" --dry-run >out
	diff -u from-source out
	make -s -C "$CONFIGURE_DIR/../../scripts" uninstall DESTDIR="$PWD/to" PREFIX=/usr/local
	expect "$(find to -type f)" ""
}

@test "every option of --help is in the man page, and no other" {
	"$CONFIGURE" --help | grep -oE -- '--[a-z-]+' | sort -u >in-help
	sed 's/\\-/-/g' "$CONFIGURE_DIR/../../scripts/hvcrash-configure.8" >page
	grep -oE '^\.BI? (--[a-z-]+)' page | grep -oE -- '--[a-z-]+' | sort -u | diff -u in-help -
}

# shellcheck disable=SC2034 # for what is sourced
@test "the table of the man page is the one that is used" {
	local low high size
	root='' verb=''
	# shellcheck source-path=SCRIPTDIR source=../../scripts/hvcrash-configure
	. "$CONFIGURE"
	set +e
	sed -n '/^\.TS/,/^\.TE/p' "$CONFIGURE_DIR/../../scripts/hvcrash-configure.8" |
		sed -nE 's/^([0-9].*)\t([0-9]+) ([GM])iB\t([0-9]+) ([GM])iB.*/\1|\2\3|\4\5/p' >rows
	[ "$(wc -l <rows)" -ge 7 ]
	while IFS='|' read -r low size high; do
		low=$(echo "$low" | sed -E 's/^([0-9]+) ([MGT])iB to.*/\1\2/; s/^([0-9]+) to [0-9]+ ([MGT])iB/\1\2/; s/iB.*//')
		[ "$low" != 384M ] || low=512M
		expect "$low $(crashkernel_at "$CRASHKERNEL_X86_64" "$(crashkernel_at "$low" 0)")" "$low $(crashkernel_at "$size" 0)"
		expect "$low $(crashkernel_at "$CRASHKERNEL_ARM64" "$(crashkernel_at "$low" 0)")" "$low $(crashkernel_at "$high" 0)"
	done <rows
}
