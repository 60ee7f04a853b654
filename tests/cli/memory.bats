#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Memory is short in a crash kernel. Not for a build with sanitizers, which take
# memory of their own.

load helpers

@test "the audit of a large registry needs less than 8 MiB of data" {
	core many
	ulimit -d 8192
	try audit core
	expect_status 0
	try audit --json core
	expect_status 0
}
