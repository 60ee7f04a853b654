#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# examples/cloud-init.yaml: its script for the first boot, with fake commands.

load ../expect

HERE=$(cd "$(dirname "${BATS_TEST_FILENAME}")" && pwd)
YAML=$HERE/../../examples/cloud-init.yaml

# first_boot: runs its script as cloud-init passes it to sh, below this directory
first_boot() {
	awk '/^  - \|$/ { on = 1; next } /^[^ ]/ { on = 0 } on { sub(/^    /, ""); print }' "$YAML" >script
	[ "$(wc -l <script)" -gt 5 ]
	sed -i "s|/usr/local/src|$PWD/src|; s|/run/|$PWD/run/|" script
	mkdir -p run src/hvcrash
	cp -r "$HERE/../../kernel" src/hvcrash/
	status=0
	PATH=$PWD/bin:$PATH sh script >output 2>&1 || status=$?
	cat output log
}

setup() {
	local name
	begin
	mkdir bin
	for name in curl tar dkms make hvcrash-configure; do
		# shellcheck disable=SC2016 # for that script
		printf '#!/bin/sh\necho "%s $*" >>%s/log\n[ "%s" != "${FAIL:-}" ]\n' "$name" "$PWD" "$name" >"bin/$name"
	done
	chmod +x bin/*
}

@test "it installs the module and the rest, configures, and requests the reboot" {
	first_boot
	[ "$status" -eq 0 ]
	[ -e run/hvcrash-configured ]
	[ "$(cut -d' ' -f1 log | tr '\n' ' ')" = "curl tar dkms dkms make hvcrash-configure " ]
	grep -qxE 'dkms install hvcrash/[0-9]+\.[0-9]+\.[0-9]+' log
	grep -qF 'condition: test -e /run/hvcrash-configured' "$YAML"
}

@test "if anything fails, there is no reboot" {
	local name
	for name in curl tar dkms make hvcrash-configure; do
		rm -rf run src log
		FAIL=$name first_boot
		[ "$status" -ne 0 ]
		[ ! -e run/hvcrash-configured ]
	done
}

@test "its make target exists, and it names the packages that the build needs" {
	local name
	grep -q "^install:" "$HERE/../../Makefile"
	for name in libelf-dev libsmartcols-dev libxxhash-dev libjson-c-dev; do
		grep -qxF -e "  - $name" "$YAML"
	done
}
