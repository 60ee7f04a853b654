#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: what Prometheus itself says of the metrics. Here and not beside the other
# tests of them, since it takes a package with a daemon to ask it.

load ../cli/helpers
load ../cli/fake_root

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	ready_root
}

@test "promtool finds nothing to say of the metrics" {
	command -v promtool >/dev/null || skip "promtool (Debian: prometheus) is not installed"
	core page
	try audit --prometheus audit.prom core
	try status --sysroot root --prometheus status.prom
	promtool check metrics <audit.prom
	promtool check metrics <status.prom
}
