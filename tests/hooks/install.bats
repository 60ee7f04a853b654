#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: where make install puts each file.

# shellcheck disable=SC2154 # from helpers.bash
bats_require_minimum_version 1.5.0
load helpers

install_to() { make -s -C "$repo/kdump-hooks" "${@:2}" DESTDIR="$BATS_TEST_TMPDIR/$1"; }

files() { (cd "$BATS_TEST_TMPDIR/$1" && find . -type f | sort); }

@test "the README names each installed file, and no other" {
	for distro in debian rhel suse; do install_to "all" install DISTRO=$distro; done
	while read -r file; do
		# A directory represents its files
		grep -qF "\`${file#.}" "$repo/kdump-hooks/README.md" || grep -qF "\`$(dirname "${file#.}")\`" "$repo/kdump-hooks/README.md" || {
			printf '%s is not in the README\n' "$file"
			return 1
		}
	done < <(files all)
	# shellcheck disable=SC2016 # no expansion, a quotation mark of Markdown
	while read -r file; do
		[ -e "$BATS_TEST_TMPDIR/all$file" ] || { printf '%s is not installed\n' "$file"; return 1; }
	done < <(sed -n 's/^| `\(\/[^` ]*\).*/\1/p' "$repo/kdump-hooks/README.md")
}

@test "another PREFIX: our files move, with the paths inside all files; files that others look for stay" {
	install_to local install DISTRO=debian PREFIX=/usr/local
	[ -x "$BATS_TEST_TMPDIR/local/usr/local/lib/hvcrash/debian-capture" ]
	grep -q '^ExecStart=/usr/local/lib/hvcrash/debian-capture$' "$BATS_TEST_TMPDIR/local/usr/lib/systemd/system/hvcrash-audit.service"
	run ! grep -rn '/usr/lib/hvcrash' "$BATS_TEST_TMPDIR/local"
}

@test "installing twice is the same as once, and uninstall leaves nothing" {
	for distro in debian rhel suse none; do
		install_to $distro install DISTRO=$distro
		first=$(files $distro)
		install_to $distro install DISTRO=$distro
		[ "$(files $distro)" = "$first" ]
		install_to $distro uninstall DISTRO=$distro
		[ -z "$(files $distro)" ]
	done
}

@test "an unknown distribution is refused" {
	run ! install_to x install DISTRO=beos
}

# names ID ID_LIKE
names() {
	printf 'ID=%s\nID_LIKE="%s"\nVERSION_ID="1"\n' "$1" "$2" >"$BATS_TEST_TMPDIR/os-release"
	"$repo/kdump-hooks/distro" "$BATS_TEST_TMPDIR/os-release"
}

@test "the distribution is recognized by os-release" {
	[ "$(names debian '')" = debian ]
	[ "$(names ubuntu debian)" = debian ]
	[ "$(names rhel fedora)" = rhel ]
	[ "$(names rocky 'rhel centos fedora')" = rhel ]
	[ "$(names '"azurelinux"' '')" = rhel ]
	[ "$(names mariner '')" = rhel ]
	[ "$(names '"sles"' suse)" = suse ]
	[ "$(names '"opensuse-tumbleweed"' 'opensuse suse')" = suse ]
	[ "$(names arch '')" = none ]
	[ "$("$repo/kdump-hooks/distro" /no/such/file)" = none ]
}

@test "every script is valid for dash, busybox and bash" {
	for distro in debian rhel suse; do install_to all install DISTRO=$distro; done
	while read -r file; do
		for shell in dash 'busybox ash' bash; do
			case $file:$shell in */module-setup.sh:[!b]* | */module-setup.sh:busybox*) continue ;; esac
			$shell -n "$BATS_TEST_TMPDIR/all/$file"
		done
	done < <(cd "$BATS_TEST_TMPDIR/all" && grep -rlE '^#!/bin/(ba)?sh|^# POSIX sh' .)
}

@test "hvcrashctl status finds the installed hooks" {
	for distro in debian rhel; do install_to all install DISTRO=$distro; done
	while read -r place; do
		[[ " $(files all | tr '\n' ' ') " == *" .$place "* ]] || {
			printf '%s is not installed\n' "$place"
			return 1
		}
	done <<-'END'
		/usr/lib/systemd/system/kdump-tools-dump.service.d/10-hvcrash.conf
		/etc/kdump/pre.d/50-hvcrash
	END
	for pattern in '/usr/lib/systemd/system/kdump-tools-dump.service.d/\*hvcrash\*.conf' '/etc/kdump/pre.d/\*hvcrash\*'; do
		grep -q "\"$pattern\"" "$repo/tools/hvcrashctl/vm/status_kdump.c"
	done
}

@test "uninstall and uninstall-dkms remove all of make install and install-dkms" {
	to=$BATS_TEST_TMPDIR/whole
	for prefix in /usr /usr/local; do
		make -s -C "$repo" install install-dkms DESTDIR="$to" PREFIX=$prefix DISTRO=debian
		[ -x "$to$prefix/sbin/hvcrashctl" ]
		[ -s "$to/usr/lib/modprobe.d/hvcrash.conf" ]
		[ -s "$to/usr/src/hvcrash-$(sed -n 's/^HVCRASH_VERSION := //p' "$repo/Makefile")/dkms.conf" ]
		# The module that crashes a machine is not installed with it
		[ -z "$(find "$to" -name 'hvcrash_crash*')" ]
		make -s -C "$repo" uninstall uninstall-dkms DESTDIR="$to" PREFIX=$prefix DISTRO=debian
		[ -z "$(files whole)" ]
	done
}
