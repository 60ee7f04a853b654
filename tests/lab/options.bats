#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# bash: the lab's table of options, without a run: the parser, the help and the scenarios agree with its declarations.

# shellcheck disable=SC2030,SC2031 # a test has its own $LAB
bats_require_minimum_version 1.5.0

setup() {
	LAB=$BATS_TEST_DIRNAME/lab
}

# with_lab COMMAND...: in a shell that has sourced the lab, without running a verb
with_lab() {
	# shellcheck disable=SC2016 # for the inner shell
	bash -c '. "$1"; shift; run_start_ms=0; "$@"' - "$LAB" "$@"
}

# names_of VERB: of its options, one a line
names_of() {
	local name
	for name in "${option_names[@]:?}"; do ! uses_option "$name" "$1" || echo "$name"; done
}

@test "every option of run is in --help, with its default" {
	local name
	export -f names_of
	"$LAB" --help >"$BATS_TEST_TMPDIR/help"
	run -0 with_lab names_of run
	[ "${#lines[@]}" -gt 30 ]
	for name in "${lines[@]}"; do grep -q -- "^  --$name\( \|\$\)" "$BATS_TEST_TMPDIR/help"; done
	grep -q -- '^  --cpus N  .*(default 4)$' "$BATS_TEST_TMPDIR/help"
	[ "$(awk '{ if (length > n) n = length } END { print n }' "$BATS_TEST_TMPDIR/help")" -le 100 ]
}

# each_scenario: parses all of them, in one shell
each_scenario() {
	local name
	while IFS= read -r name; do
		(parse_run_options --scenario "$name") || { echo "$name"; return 1; }
	done < <(awk '!/^#/ && NF { print $1 }' "${lab_dir:?}/scenarios")
}

@test "every declared scenario sets existing options to valid values" {
	export -f each_scenario
	run -0 with_lab each_scenario
}

@test "an unknown column or word in a scenario is refused, and named" {
	cp -r "$BATS_TEST_DIRNAME" "$BATS_TEST_TMPDIR/lab"
	LAB=$BATS_TEST_TMPDIR/lab/lab
	sed -i 's/^demo-stock .*/& colour=red/' "$BATS_TEST_TMPDIR/lab/scenarios"
	run -2 with_lab parse_run_options --scenario demo-stock
	[[ $output == *"'colour' is not an option of run"* ]]
	sed -i 's/^# name  /# name  colour  /' "$BATS_TEST_TMPDIR/lab/scenarios"
	run -2 with_lab parse_run_options --scenario demo-hvcrash
	[[ $output == *"'colour' is not an option of run"* ]]
}

# values NAME...: of the options, after parsing
values() {
	local name words=()
	while [ "$1" != -- ]; do words+=("$1"); shift; done
	shift
	"parse_${words[0]}_options" "$@"
	for name in "${words[@]:1}"; do printf '%s ' "${!name}"; done
}

@test "an option that a scenario gives several times keeps all its values" {
	export -f values
	run -0 with_lab values run opt_host_options -- --scenario azure
	[ "$output" = 'flush-hypercall=1 ipi-hypercall=1 devices=all ' ]
	run -0 with_lab values run opt_fault -- --scenario nmi-during-unload
	[ "$output" = 'unload-ms=8000 nmi-at=unload nmi-ms=2000 nmi-vp=0 ' ]
}

@test "options override a scenario wherever they are given; a flag sets its value" {
	export -f values
	run -0 with_lab values run opt_cpus opt_mode opt_stimer -- --cpus 8 --scenario cpus-16-message
	[ "$output" = '8 hvcrash message ' ]
	run -0 with_lab values run opt_mode opt_expect opt_rescue -- --rescue --stock
	[ "$output" = 'stock dumped 1 ' ]
	run -0 with_lab values debian opt_cpus opt_case -- --kernel 6.1
	[ "$output" = '2 audited ' ]
}

@test "wrong options and values: one line that names them, status 3" {
	local words
	while IFS='|' read -r words said; do
		# shellcheck disable=SC2086 # words are meant
		run -3 --separate-stderr "$LAB" $words
		# shellcheck disable=SC2154 # bats sets it
		[[ $stderr == *"$said"* ]] || { echo "$words: $stderr"; return 1; }
		[ -z "$output" ]
	done <<-'END'
		run --colour|--colour: no such option
		run colour|colour: no such option
		run --mode stock|--mode: no such option
		run --case audited|--case: no such option
		build --json x|--json: no such option
		run --cpus|--cpus: a value is missing
		run --cpus x|--cpus: 'x' is not a number
		run --cpus|--cpus: a value is missing
		run --cpus 64|--cpus: 1 to 63
		run --cpus 99999999999999999999|--cpus: 1 to 63
		run --maxcpus 2|--maxcpus: 4 to 63
		run --cpu 4|--cpu: the guest has CPUs 0 to 3
		run --stimer no|--stimer: 'no' is not one of: direct message
		run --crash no|--crash: 'no' is not one of: sysrq nmi
		run --scenario no|no: no such scenario
		debian --kernel 7.2|--kernel: '7.2' is not one of: 6.1 6.12
	END
}

@test "a saved state is compared by everything that affects the boot, but not by the crash" {
	run -0 with_lab boot_options
	local name
	for name in kernel cpus mode module steps rescue registers dracut memory kernel_image modules; do grep -qx "opt_$name" <<<"$output"; done
	run ! grep -xE 'opt_(crash|cpu|expect|name|json|post_notifiers|timeout)' <<<"$output"
}

@test "options that an arm64 guest lacks are reported in one line, before anything is built" {
	local words
	while IFS= read -r words; do
		# shellcheck disable=SC2086 # words
		run -3 --separate-stderr "$LAB" run $words
		[ -z "$output" ]
		# shellcheck disable=SC2154 # bats
		[ "${#stderr_lines[@]}" -eq 2 ] # the second says where help is
	done <<-'END'
		--arch arm64 --host kvm
		--arch arm64 --kernel 5.10
		--arch arm64 --kernel 6.12-rt
		--arch arm64 --kernel 6.1 --page-size 16
		--arch arm64 --firmware dt
		--arch arm64 --crash nmi
		--arch arm64 --crash kexec
		--arch arm64 --cpus 17
		--arch arm64 --maxcpus 8
		--arch arm64 --keep
		--page-size 16
		--firmware dt
	END
}
