#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the tools that the lab builds with, without building anything.

bats_require_minimum_version 1.5.0

# The part of mmdebstrap that has to work: apt runs "cat >&N" by sh, with N the descriptor it was given, mostly the first free one.
fake_mmdebstrap() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/mmdebstrap" <<-'END'
		#!/usr/bin/perl
		$^F = 255;
		open(my $pipe, '>', '/dev/null') or die;
		exit(system('dash', '-c', 'cat >&' . fileno($pipe) . ' </dev/null') ? 1 : 0);
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/mmdebstrap"
}

@test "mmdebstrap's apt gets a descriptor that dash can write, however many are open" {
	fake_mmdebstrap
	# shellcheck disable=SC2016 # for the inner shell
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -0 bash -eu -c '
		repo=$1 lab_state=$2 run_start_ms=0
		. "$repo/tests/lab/lib/util.bash"
		. "$repo/tests/lab/lib/build.bash"
		sleep() { :; }
		exec 3</dev/null 4</dev/null 5</dev/null 6</dev/null 7</dev/null 8</dev/null 9</dev/null
		fetch_tree "$lab_state/tree" trixie || { cat "$lab_state/tree.log"; exit 1; }
		[ -e /proc/self/fd/9 ] || { echo "a descriptor of the lab is closed"; exit 1; }' - \
		"$BATS_TEST_DIRNAME/../.." "$BATS_TEST_TMPDIR"
}

@test "a module is rebuilt from scratch when its kernel's tree was rebuilt under the same name" {
	# shellcheck disable=SC2016 # for the inner shell
	run -0 bash -eu -c '
		repo=$1 lab_state=$2 run_start_ms=0
		. "$repo/tests/lab/lib/util.bash"
		. "$repo/tests/lab/lib/build.bash"
		kernel_of() { echo 7.2-own; }
		in_tree() { echo >>"$lab_state/built"; touch "$2/some/some.ko" "$2/some/some.o"; }
		mkdir -p "$lab_state/trees/own" "$lab_state/source" "$lab_state/kernels/own/src"
		echo source >"$lab_state/source/some.c"
		touch -d @1000 "$lab_state/trees/own/.complete"
		build_one_module own some "$lab_state/source"
		build_one_module own some "$lab_state/source"
		[ "$(wc -l <"$lab_state/built")" -eq 1 ] || { echo "built more than once"; exit 1; }
		echo changed >"$lab_state/source/some.c"
		in_tree() { [ -e "$2/some/some.o" ] || { echo "the earlier object is gone"; exit 1; }; touch "$2/some/some.ko"; }
		build_one_module own some "$lab_state/source"
		touch -d @2000 "$lab_state/trees/own/.complete"
		in_tree() { [ ! -e "$2/some/some.o" ] || { echo "an earlier object is still there"; exit 1; }; touch "$2/some/some.ko" "$lab_state/again"; }
		build_one_module own some "$lab_state/source"
		[ -e "$lab_state/again" ] || { echo "not built again"; exit 1; }' - \
		"$BATS_TEST_DIRNAME/../.." "$BATS_TEST_TMPDIR"
}

@test "a build of several commands ends at the first that fails, with its output" {
	# shellcheck disable=SC2016 # for the inner shell
	run bash -eu -c '
		repo=$1 lab_state=$2 run_start_ms=0
		. "$repo/tests/lab/lib/util.bash"
		. "$repo/tests/lab/lib/build.bash"
		fact() { :; }
		fill() { echo first; false; touch "$lab_state/went-on"; }
		build_logged something "$lab_state/log" fill' - "$BATS_TEST_DIRNAME/../.." "$BATS_TEST_TMPDIR"
	[ "$status" -eq 1 ]
	[[ $output == *first*'something: the build failed'* ]]
	[ ! -e "$BATS_TEST_TMPDIR/went-on" ]
}
