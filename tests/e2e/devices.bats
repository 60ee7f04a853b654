#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a guest that uses all devices of the lab's own host holds pages in every way that Linux's drivers know: rings, buffers
# of megabytes, channels that are offered later. All of them are in the registry, and given back.

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	run_scenarios devices
}

@test "network, disk and services: registry and host name the same pages, more than 5,000" {
	held devices
	[ "$(field devices .comparisons.before.host_pages)" -gt 5000 ]
	[ "$(field devices .comparisons.before.result)" = same ]
	[ "$(field devices .comparisons.unload.result)" = same ]
}

@test "the second kernel has nothing of them, and the host holds nothing" {
	[ "$(field devices .verdict)" = clean ]
	[ "$(field devices .comparisons.second_kernel.result)" = same ]
	[ "$(field devices .comparisons.second_kernel.host_pages)" -eq 0 ]
	[ "$(field devices .dump_ok)" = true ]
}
