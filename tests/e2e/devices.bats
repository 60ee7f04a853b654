#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: a guest that uses all devices of the lab's own host holds pages in every way that Linux's drivers know: rings, buffers
# of megabytes, channels that are offered later, a socket. All of them are in the registry, and are revoked: also if hvcrash came
# after them, if the host took devices away and offered them again, after a hibernation, and with memory that comes and goes.
#
# All runs come first, two side by side, and each test looks at their results.

bats_require_minimum_version 1.5.0
load helpers

scenarios=(devices late-devices reconnect hibernate-devices hot-add vp-offset)

setup_file() {
	run_scenarios "${scenarios[@]}"
}

# nothing_stays SCENARIO: it passed, and the second kernel has none of the shared pages
nothing_stays() {
	is_clean "$1"
	compared_same "$1"
	[ "$(field "$1" .comparisons.second_kernel.host_pages)" -eq 0 ]
}

# compared SCENARIO TIMES: the registry was compared with the host that often before the crash
compared() { [ "$(grep -c '"comparison":"before"' "$(run_directory "$1")/comparisons.jsonl")" -eq "$2" ]; }

@test "network, disk, socket and services: registry and host name the same pages, more than 5,000" {
	nothing_stays devices
	[ "$(field devices .comparisons.before.host_pages)" -gt 5000 ]
}

@test "loaded when all of them are in use, it finds their buffers, sub-channels and the socket, page for page" {
	nothing_stays late-devices
	[ "$(field late-devices .comparisons.before.host_pages)" -gt 5000 ]
	# Found by a search, not seen when created
	[ "$(jq '[.extents[] | select(.kind == "GPADL") | .evidence] | unique == ["found at load"]' \
		"$(run_directory late-devices)/list.json")" = true ]
}

@test "balloon, network and disk are taken away and offered again: the same at each step" {
	nothing_stays reconnect
	compared reconnect 7
}

@test "hibernation with all devices in use, then a panic: the same before, after and at UNLOAD" {
	nothing_stays hibernate-devices
	compared hibernate-devices 3
	[ "$(field hibernate-devices .comparisons.before.host_pages)" -gt 5000 ]
}

@test "the host adds memory to a guest whose devices come and go: the same before and after" {
	nothing_stays hot-add
	compared hot-add 2
	jq -e .vmbus.hot_added "$(run_directory hot-add)/overlays_before.state.json"
}

@test "VPs with other numbers than the CPUs: the registry uses the VPs' numbers" {
	nothing_stays vp-offset
	[ "$(jq -c '[.extents[].vp_index // empty] | unique' "$(run_directory vp-offset)/list.json")" = '[5,6,7,8]' ]
}

@test "no run had to be repeated because the lab failed" {
	no_lab_retries "${scenarios[@]}"
}
