#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The installed hvcrash-configure, and its man page.

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

@test "SBINDIR says where all programs go, as on Fedora, where it is /usr/bin" {
	local repo=$CONFIGURE_DIR/../..
	make -s -C "$repo/scripts" install DESTDIR="$PWD/to" SBINDIR=/usr/bin
	make -s -C "$repo/fleet" install DESTDIR="$PWD/to" SBINDIR=/usr/bin
	make -s -C "$repo/tools/hvcrashctl" install O="${HVCRASHCTL%/*}" DESTDIR="$PWD/to" SBINDIR=/usr/bin
	expect "$(cd to && find . -path '*bin/*' | sort | tr '\n' ' ')" "./usr/bin/hvcrash-configure ./usr/bin/hvcrashctl "
	expect_word to/usr/lib/systemd/system/hvcrash-status.service /usr/bin/hvcrashctl
}

@test "every option of --help is in the man page, and no other" {
	"$CONFIGURE" --help | grep -oE -- '--[a-z-]+' | sort -u >in-help
	sed 's/\\-/-/g' "$CONFIGURE_DIR/../../scripts/hvcrash-configure.8" >page
	grep -oE '^\.B(I|R)? (-h ", " )?(--[a-z-]+)' page | grep -oE -- '--[a-z-]+' | sort -u | diff -u in-help -
}

# shellcheck disable=SC2034,SC2154 # for what is sourced, and set by it
@test "the table in the man page is the one in use" {
	local low high size reserved mib
	root='' verb=''
	source_configure
	sed -n '/^\.TS/,/^\.TE/p' "$CONFIGURE_DIR/../../scripts/hvcrash-configure.8" |
		sed -nE 's/^([0-9].*)\t([0-9]+) ([GM])iB\t([0-9]+) ([GM])iB.*/\1|\2\3|\4\5/p' >rows
	[ "$(wc -l <rows)" -ge 7 ]
	while IFS='|' read -r low size high; do
		low=$(echo "$low" | sed -E 's/^([0-9]+) ([MGT])iB to.*/\1\2/; s/^([0-9]+) to [0-9]+ ([MGT])iB/\1\2/; s/iB.*//')
		[ "$low" != 384M ] || low=512M
		mib_of "$low"
		hyperv_crashkernel x86_64
		crashkernel_at "$answer" "$mib"
		reserved=$answer
		hyperv_crashkernel aarch64
		crashkernel_at "$answer" "$mib"
		mib_of "$size"
		expect "$low $reserved" "$low $mib"
		mib_of "$high"
		expect "$low $answer" "$low $mib"
	done <rows
}

@test "files that make install-dkms and the module's package install below /usr/lib are not written to /etc again" {
	make_root debian13
	make -s -C "$CONFIGURE_DIR/../../scripts" install-load DESTDIR="$ROOT"
	expect_word "$ROOT/usr/lib/modprobe.d/hvcrash.conf" "softdep hv_vmbus pre: hvcrash"
	done_by
	expect "$(find "$ROOT/etc/modprobe.d" "$ROOT/etc/modules-load.d" -name '*hvcrash*')" ""
	expect_word "$FAKE_LOG" "update-initramfs -u -k all"
	done_by
	expect_word out "nothing to change"
}

@test "a package installed later replaces what was written to /etc, and --undo handles both" {
	make_root debian13
	contents >contents.before
	done_by
	make -s -C "$CONFIGURE_DIR/../../scripts" install-load DESTDIR="$ROOT"
	done_by
	expect "$(find "$ROOT/etc/modprobe.d" "$ROOT/etc/modules-load.d" -name '*hvcrash*')" ""
	make -s -C "$CONFIGURE_DIR/../../scripts" uninstall-load DESTDIR="$ROOT"
	done_by --undo
	rmdir "$ROOT"/usr/lib/{modprobe,modules-load}.d "$ROOT"/etc/kernel/{postinst.d,header_postinst.d} "$ROOT"/etc/kernel 2>/dev/null || true
	same_contents contents.before
}
