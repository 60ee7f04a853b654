#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The bash completion, called as bash calls it, compared with --help.

load helpers

# complete_line WORD...: what completing the last word offers, into "replies";
# "default" if it leaves the word to bash, which completes files
complete_line() {
	bash -c '
		compopt() { case $2 in default) echo default ;; esac; }
		. "$1"; shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_hvcrashctl "$HVCRASHCTL"
		[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"
	' bash "$CLI_DIR/../../tools/hvcrashctl/hvcrashctl.bash" "$@" >replies
	cat replies
}

# The output of --help, without the option that the completion itself uses
verbs() {
	"$HVCRASHCTL" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p' | sort
}

options_of() {
	"$HVCRASHCTL" "$1" --help | sed -n '/^Options:/,/^$/s/^  .., *\(--[a-z-]*\).*/\1/p; /^Options:/,/^$/s/^     *\(--[a-z-]*\).*/\1/p' | sort
}

setup() {
	begin
	export HVCRASHCTL
}

@test "an option with = completes like one with a space" {
	complete_line hvcrashctl crash --how = nm
	expect "$(cat replies)" nmi
	complete_line hvcrashctl crash --how =
	cp replies with
	complete_line hvcrashctl crash --how ''
	cmp with replies
	[ "$(wc -l <replies)" -gt 5 ]
}

@test "the verbs are completed" {
	complete_line hvcrashctl ''
	expect "$(sort replies)" "$(verbs)"
	expect "$(wc -l <replies)" "$(verbs | wc -l)"
	complete_line hvcrashctl au
	expect "$(cat replies)" audit
	complete_line hvcrashctl help lis
	expect "$(cat replies)" list
}

@test "every option of every verb is completed" {
	local verb
	for verb in $(verbs); do
		complete_line hvcrashctl "$verb" -
		expect "$(sort replies)" "$(options_of "$verb")"
		expect_word replies --help
	done
}

@test "columns are completed, alone, after a comma and after a plus" {
	complete_line hvcrashctl audit -o FIN
	expect "$(cat replies)" FINDING
	complete_line hvcrashctl audit --output KIND,FIN
	expect "$(cat replies)" KIND,FINDING
	complete_line hvcrashctl audit -o +FIN
	expect "$(cat replies)" +FINDING
	complete_line hvcrashctl list -o FIN
	expect "$(cat replies)" ""
}

@test "files are left to bash" {
	complete_line hvcrashctl audit --registers ''
	expect "$(cat replies)" default
	complete_line hvcrashctl audit vm
	expect "$(cat replies)" default
	complete_line hvcrashctl version x
	expect "$(cat replies)" ""
}

@test "a bash with the file loaded completes hvcrashctl" {
	run bash -c '. "$1"; complete -p hvcrashctl' bash "$CLI_DIR/../../tools/hvcrashctl/hvcrashctl.bash"
	expect "$output" "complete -F _hvcrashctl hvcrashctl"
}
