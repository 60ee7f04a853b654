# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by bench/run.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files
#
# The audit of a dump that the lab wrote, against starting crash and drgn on it and against makedumpfile --dump-dmesg. All programs
# come from the Debian release of the kernel that crashed, so that they know it.

readonly bench_release=trixie bench_kernel=6.12

# crashed_kernel MIB: the kernel for a guest of that size. Debian's makedumpfile 1.7.6 does not recognize 6.12's free pages and reads
# all of the guest's memory, which for 16 GiB in a nested machine takes too long for a bench.
crashed_kernel() { if [ "$1" -lt 8192 ]; then echo "$bench_kernel"; else echo 6.1; fi; }

# dumps_of MIB: the directory of the dumps of a guest of that size, made if missing. "initcall_debug" fills the
# log, which is also full on a machine that has run for a while.
dumps_of() {
	local dir=$out/dumps/$1 run=$repo/build/lab/runs/bench-$1-$$
	[ ! -e "$dir/lzo-31" ] || { printf '%s' "$dir"; return; }
	say "crashing a guest of $1 MiB in the lab"
	"$repo/tests/lab/lab" run --kernel "$(crashed_kernel "$1")" --memory "$1" --cmdline initcall_debug --dumps elf-31,lzo-31 --name "bench-$1-$$" >&2 || return 1
	mkdir -p "$out/dumps"
	mv "$run/dumps" "$dir"
	printf '%s' "$dir"
}

# fetch_debug: the lab fetches crash, drgn and the symbols
fetch_debug() {
	debug_root=''
	[ -n "$opt_debug" ] || return 0
	debug_root=$("$repo/tests/lab/lab" debug --kernel $bench_kernel | sed -n 's/^\[ *[0-9]*s\] \(\/.*\)/\1/p' | tail -n 1)
	[ -n "$debug_root" ] || say 'crash, drgn and the debug symbols could not be fetched'
}

# bench_debugger NAME DUMP GOAL WHAT COMMAND: the audit of DUMP against a program of the lab's "debug", run there by sh -c
bench_debugger() {
	local name=$1 dump=$2 goal=$3 what=$4 command=$5 root=$debug_root
	if [ -z "$root" ]; then
		not_measured "$name" "there are no debug symbols of the kernel"
		return
	fi
	ln -f "$dump" "$root/dump"
	in_turns 3 "$tool" audit "$dump" -- env -i PATH=/usr/bin:/usr/sbin HOME=/ /usr/sbin/chroot "$root" sh -c "$command" >"$out/pairs" || {
		not_measured "$name" "this failed on the dump: $command"
		return
	}
	figure "$name" 'ms of CPU' "$goal" "the audit of a kdump-compressed dump of the lab, against $what" \
		'(.a.cpu / 1e3)' '(.b.cpu / 1e3)' '(.b.cpu / .a.cpu)' <"$out/pairs"
	figure "$name-memory" KiB 1 'peak memory of the same' .a.kib .b.kib '(.b.kib / .a.kib)' <"$out/pairs"
}

# Both look up one variable, so that neither can defer reading the symbols.
bench_debuggers() {
	bench_debugger audit-vs-crash "$1" 50 'crash starting up on it (crash -s, one variable)' \
		'echo "p panic_cpu" | crash -s /vmlinux /dump | grep -q counter'
	bench_debugger audit-vs-drgn "$1" '' 'drgn starting up on it (one variable)' \
		'echo "print(prog[\"panic_cpu\"].counter)" >/panic_cpu.py && drgn -q -c /dump -s /vmlinux /panic_cpu.py | grep -q .'
}

# bench_dmesg DUMP NAME [WHAT]: figures of the audit against makedumpfile
bench_dmesg() {
	local dump=$1 name=$2 what=${3:-${1##*/} of the lab}
	in_turns "$opt_rounds" "$tool" audit "$dump" -- \
		"$repo/build/lab/trees/$bench_release/lib64/ld-linux-x86-64.so.2" --library-path \
		"$repo/build/lab/trees/$bench_release/lib/x86_64-linux-gnu:$repo/build/lab/trees/$bench_release/usr/lib/x86_64-linux-gnu" \
		"$repo/build/lab/trees/$bench_release/usr/bin/makedumpfile" --dump-dmesg -f "$dump" "$out/dmesg" >"$out/pairs" || {
		not_measured "$name" 'makedumpfile --dump-dmesg failed on this dump'
		return
	}
	figure "$name" 'ms of CPU' 10 "the audit of $what, against makedumpfile --dump-dmesg of the same dump" \
		'(.a.cpu / 1e3)' '(.b.cpu / 1e3)' '(.b.cpu / .a.cpu)' <"$out/pairs"
	figure "$name-memory" KiB 1 'peak memory of the same' .a.kib .b.kib '(.b.kib / .a.kib)' <"$out/pairs"
}

# The part of an audit that is program start: the dynamic linker and the libraries
bench_start() {
	in_turns "$opt_rounds" "$tool" version -- "$tool" audit "$1" |
		figure audit-start-share 'ms of CPU' '' \
			'hvcrashctl version, which does nothing, against the audit of an ELF dump of the lab: the part of the audit that is starting a program' \
			'(.a.cpu / 1e3)' '(.b.cpu / 1e3)' '(.a.cpu / .b.cpu)'
}

# bench_wide DUMP: the dump as if from guests with more free memory than this machine could boot. The bitmaps grow with it.
bench_wide() {
	local gib
	for gib in 16 64 256 1024; do
		"$out/widen" $((gib << 30)) "$1" "$out/wide" || { not_measured audit-vs-dmesg-wide "the dump could not be widened"; return; }
		bench_dmesg "$out/wide" "audit-vs-dmesg-wide-$gib" "${1##*/} of the lab, with the bitmaps of a guest of $gib GiB"
	done
	rm -f "$out/wide"
	jq -r 'select(.name | test("^audit-vs-dmesg-wide-[0-9]+$")) | "\(.name | sub(".*-"; "")) \(.ours * 1000)"' "$out/figures" |
		growth audit-growth-wide 'CPU time of the audit of kdump-compressed dumps with bitmaps of 16 GiB to 1 TiB: exponent of the fitted curve, 0 is constant' 0.1
}

# plot_dumps: "MIB AUDIT MAKEDUMPFILE" for both forms, from the figures, drawn into docs
plot_dumps() {
	local form
	for form in elf kdump; do
		jq -r --arg form "$form" 'select(.name | test("^audit-vs-dmesg-" + $form + "-[0-9]+$"))
			| "\(.name | sub(".*-"; "")) \(.ours) \(.theirs)"' "$out/figures" | sort -n >"$out/plot-$form"
	done
	[ "$(wc -l <"$out/plot-kdump")" -gt 1 ] || return 0
	draw audit
}

bench_dumps() {
	local dir='' mib largest='' debugged=''
	fetch_debug
	rm -f "$out/guests"
	for mib in ${opt_memory//,/ }; do
		[ -z "$opt_dumps" ] || break
		dir=$(dumps_of "$mib") || {
			not_measured "audit-growth-guest" "the lab did not write the dumps of a guest of $mib MiB"
			continue
		}
		largest=$dir
		[ "$(crashed_kernel "$mib")" != "$bench_kernel" ] || debugged=$dir # the kernel whose symbols are available
		printf '%s %s\n' "$mib" "$(median_cpu "$tool" audit "$dir/lzo-31")" >>"$out/guests"
		bench_dmesg "$dir/elf-31" "audit-vs-dmesg-elf-$mib"
		bench_dmesg "$dir/lzo-31" "audit-vs-dmesg-kdump-$mib"
	done
	largest=${opt_dumps:-$largest} debugged=${opt_dumps:-$debugged}
	if [ -z "$largest" ]; then
		not_measured audit-vs-crash 'no dump was made'
		not_measured audit-vs-dmesg 'no dump was made'
		return
	fi
	[ ! -e "$out/guests" ] || [ "$(wc -l <"$out/guests")" -eq 1 ] || growth audit-growth-guest \
		'CPU time of the audit of kdump-compressed dumps over the size of the guest: exponent of the fitted curve' 1 <"$out/guests"
	bench_dmesg "$largest/elf-31" audit-vs-dmesg
	bench_dmesg "$largest/lzo-31" audit-vs-dmesg-kdump
	bench_start "$largest/elf-31"
	if [ -n "$debugged" ]; then
		bench_debuggers "$debugged/lzo-31"
		bench_wide "$debugged/lzo-31"
	else
		not_measured audit-vs-crash "no guest with $bench_kernel was crashed"
	fi
	plot_dumps
}
