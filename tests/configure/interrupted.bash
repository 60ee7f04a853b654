# SPDX-License-Identifier: GPL-2.0-only
# bash. interrupted.bash - hvcrash-configure killed between any two of its steps
#
# Every step leaves everything before it on the disk; the run is killed there
# with SIGKILL, for n = 1, 2, ... until it ends by itself. What follows has to
# lead to the same tree as if nothing had happened.
# shellcheck shell=bash

# prepare NAME: the roots template.original and template.configured, and trees
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

# killed_at N OPTION...: false if it ended before the Nth step
killed_at() {
	status=0
	HVCRASH_CONFIGURE_STOP_AFTER=$1 "$CONFIGURE" --root "$ROOT" "${@:2}" >out 2>err || status=$?
	[ "$status" -ne 0 ] || return 1
	expect "$status" 137 || { cat out err; return 2; }
}

# each_step TEMPLATE OPTIONS: killed with those at every step (at every STRIDEth). From what that left, run again or undone: both
# have to lead to the whole.
each_step() {
	local template=$1 options=() n=1 rc
	read -ra options <<<"$2"
	while :; do
		from "$template"
		rc=0
		killed_at $n "${options[@]}" || rc=$?
		[ $rc -lt 2 ] || return 1
		[ $rc -eq 0 ] || break
		rm -rf template.killed
		cp -a -- "$ROOT" template.killed
		{ done_by && same_contents contents.configured; } >log || { printf 'run again after a kill at step %d:\n' $n; cat log out err; return 1; }
		from template.killed
		{ done_by --undo && same_tree tree.original; } >log || { printf 'undone after a kill at step %d:\n' $n; cat log out err; return 1; }
		n=$((n + ${STRIDE:-1}))
	done
	[ $n -gt 10 ] || { echo "only $n steps"; return 1; }
}

# every_step NAME: on one distribution
every_step() {
	prepare "$1"
	each_step template.original ''
}

# some_steps NAME: the same at every seventh step, or at all where that is asked for
some_steps() {
	[ -n "${HVCRASH_TEST_EVERY_STEP:-}" ] || local STRIDE=7
	every_step "$1"
}

# every_step_of_undo NAME: the same for --undo, which is alike on all of a family
every_step_of_undo() {
	prepare "$1"
	each_step template.configured --undo
}
