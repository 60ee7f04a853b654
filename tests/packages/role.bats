#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The Ansible role, on a Debian 13 system: configure, configure again, verify, undo.
#
# It works on the system's directory instead of over SSH, by Ansible's chroot connection.
# shellcheck disable=SC2034,SC2154 # helpers.bash knows of them

release=trixie
load helpers.bash

role=$repo/fleet/ansible

# play BOOK [OPTION...]: no systemd runs in there, which Ansible does not always detect
play() {
	local book=$1
	shift
	beside_system "$release" "$out/role" "$out/debs" env LC_ALL=C.UTF-8 HOME="$out" ANSIBLE_NOCOLOR=1 SYSTEMD_OFFLINE=1 \
		ANSIBLE_REMOTE_TEMP=/tmp \
		timeout 600 ansible-playbook -c community.general.chroot -i "$out/role/root," -e ansible_become=false \
		-e "hvcrash_packages_dir=$out/debs" "$@" "$role/$book.yml"
}

need_ansible() { command -v ansible-playbook >/dev/null || skip "ansible is not installed"; }

setup_file() {
	need_ansible
	package_tree "$release" >&3
	rm -rf --one-file-system "$out"
	mkdir -p "$out/debs"
	make_it deb DPKG_BUILDPACKAGE dpkg-buildpackage
	cp "$out"/deb/*.deb "$out/debs"
}

# Not a Hyper-V guest, and no boot loader: everything else is included
readonly configure_options='{"hvcrash_configure_options": ["--force", "--no-bootloader"]}'

there() { in_system "$release" "$out/role" "$out/debs" "$@"; }

files() { there find /etc /usr/lib/systemd /usr/sbin /usr/lib/modprobe.d /var/lib/hvcrash -name '*hvcrash*' 2>/dev/null | sort; }

@test "ansible-lint and the syntax check find nothing" {
	need_ansible
	for book in configure verify undo; do ansible-playbook -i localhost, --syntax-check "$role/$book.yml"; done
	command -v ansible-lint >/dev/null || skip "ansible-lint is not installed"
	cd "$role" && LC_ALL=C.UTF-8 ansible-lint --offline --nocolor -q configure.yml verify.yml undo.yml roles/hvcrash
}

@test "configure installs, configures and enables the timer; both units that write metrics write them where they are read" {
	need_ansible
	# a drop-in of the administrator, which undo leaves alone
	there sh -c 'mkdir /etc/systemd/system/hvcrash-status.service.d && echo "[Service]" >/etc/systemd/system/hvcrash-status.service.d/site.conf'
	files >"$out/files.before"
	play configure -e "$configure_options" -e hvcrash_textfiles=/srv/metrics
	expect "$(there dpkg -l hvcrash-dkms hvcrash-tools | grep -c ^ii)" 2
	there test -s /etc/sysctl.d/60-hvcrash.conf
	there test -L /etc/systemd/system/timers.target.wants/hvcrash-status.timer
	for unit in status publish; do
		expect "$(there tail -n 1 "/etc/systemd/system/hvcrash-$unit.service.d/textfiles.conf")" Environment=HVCRASH_TEXTFILES=/srv/metrics
	done
	there sh -c 'mkdir /srv/metrics && touch /srv/metrics/hvcrash-crash.prom'
}

@test "configured again, nothing changes" {
	need_ansible
	play configure -e "$configure_options" -e hvcrash_textfiles=/srv/metrics >"$out/again"
	expect_word "$out/again" "changed=0"
	expect_word "$out/again" "failed=0"
}

@test "verify fails on a system that is not ready, and says which check" {
	need_ansible
	! play verify -e "$configure_options" >"$out/verify" || return 1
	expect_word "$out/verify" 'hyperv'
	expect_word "$out/verify" "unreachable=0"
}

@test "undo restores the previous state" {
	need_ansible
	play undo -e hvcrash_textfiles=/srv/metrics
	files | diff -u "$out/files.before" -
	there test -e /etc/systemd/system/hvcrash-status.service.d/site.conf
	there rmdir /srv/metrics
	play undo -e hvcrash_textfiles=/srv/metrics >"$out/again"
	expect_word "$out/again" "changed=0"
}
