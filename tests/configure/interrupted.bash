# SPDX-License-Identifier: GPL-2.0-only
# bash. interrupted.bash - hvcrash-configure killed between any two of its steps
#
# Every step leaves everything before it on the disk. One run goes through, and
# at each step the root is copied: a kill there leaves the same, because nothing
# but the script itself runs between two steps. Continuing from each copy
# has to lead to the same tree as an uninterrupted run. Every seventh step checks that
# a run that is really killed leaves exactly that copy.
#
# The roots are in memory, so nothing has to wait for a disk: sync, a fifth of
# the processes that the script starts, is a function that does nothing.
# shellcheck shell=bash

# prepare NAME: makes the roots template.original and template.configured, and their trees
prepare() {
	make_root "$1"
	tree >tree.original
	cp -a -- "$ROOT" template.original
	done_by
	contents >contents.configured
	cp -a -- "$ROOT" template.configured
}

# from TEMPLATE
from() {
	rm -rf -- "$ROOT"
	cp -a -- "$1" "$ROOT"
}

# killed_at N OPTION...: a run that is really killed, by SIGKILL
killed_at() {
	status=0
	HVCRASH_CONFIGURE_STOP_AFTER=$1 "$CONFIGURE" --root "$ROOT" "${@:2}" >out 2>err || status=$?
	expect "$status" 137 || { cat out err; return 1; }
}

# copy_each_step TEMPLATE OPTION...: killed.N is the root at step N, at every STRIDEth. In the script "kill" is this function: what it does beside
# the copy is to be called at the next step as well.
# shellcheck disable=SC2317,SC2034,SC2030,SC2031 # the script calls these functions, and reads the variable that one of them sets
copy_each_step() {
	rm -rf killed.*
	from "$1"
	(
		sync() { :; }
		kill() {
			[ $((${steps:?} % STRIDE)) -ne $((1 % STRIDE)) ] || cp -a -- "$ROOT" "$STEPS.$steps"
			HVCRASH_CONFIGURE_STOP_AFTER=$((steps + 1))
		}
		export -f sync kill
		export STEPS=$PWD/killed ROOT STRIDE=${STRIDE:-1}
		HVCRASH_CONFIGURE_STOP_AFTER=1 "$CONFIGURE" --root "$ROOT" "${@:2}" >out 2>err
	) || { cat out err; return 1; }
}

# done_from N OPTION...: succeeds from the root at step N, without sync
# shellcheck disable=SC2317 # the script calls sync
done_from() {
	from "killed.$1"
	(
		sync() { :; }
		export -f sync
		done_by "${@:2}"
	)
}

# same_as_killed N TEMPLATE OPTION...: a run that is killed at step N leaves what was copied there
same_as_killed() {
	from "killed.$1"
	contents >contents.copied
	from "$2"
	killed_at "$1" "${@:3}" && same_contents contents.copied
}

# each_step TEMPLATE OPTIONS: with those, killed at every step (at every STRIDEth). From what that left, run again or undone: both
# have to lead to the whole.
# shellcheck disable=SC2031 # STRIDE is the same in the subshell
each_step() {
	local template=$1 options=() n=1
	read -ra options <<<"$2"
	copy_each_step "$template" "${options[@]}" || return 1
	while [ -e "killed.$n" ]; do
		if [ $((n % 7)) -eq 1 ]; then
			same_as_killed $n "$template" "${options[@]}" >log || { printf 'a kill at step %d leaves something else:\n' $n; cat log; return 1; }
		fi
		{ done_from $n && same_contents contents.configured; } >log || { printf 'run again after a kill at step %d:\n' $n; cat log; return 1; }
		{ done_from $n --undo && same_tree tree.original; } >log || { printf 'undone after a kill at step %d:\n' $n; cat log; return 1; }
		n=$((n + ${STRIDE:-1}))
	done
	[ $n -gt 10 ] || { echo "only $n steps"; return 1; }
}

# every_step NAME: on one distribution
every_step() {
	prepare "$1"
	each_step template.original ''
}

# some_steps NAME: the same at every seventh step, or at every one if requested
some_steps() {
	[ -n "${HVCRASH_TEST_EVERY_STEP:-}" ] || local STRIDE=7
	every_step "$1"
}

# every_step_of_undo NAME: the same for --undo, which does the same on all distributions of a family
every_step_of_undo() {
	prepare "$1"
	each_step template.configured --undo
}
