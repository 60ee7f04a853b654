# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by bench/run.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files
#
# The audit of a dump that the lab really wrote, against crash starting up on it and makedumpfile --dump-dmesg. Both come from
# the Debian release of the kernel that crashed, out of the lab's tree, so that they know it.

readonly bench_release=trixie bench_kernel=6.12

in_release() {
	local tree=$repo/build/lab/trees/$bench_release
	"$tree/lib64/ld-linux-x86-64.so.2" --library-path "$tree/lib/x86_64-linux-gnu:$tree/usr/lib/x86_64-linux-gnu" "$@"
}

# dumps_of MIB: the directory of the dumps of a guest of that size, made where they are missing. "initcall_debug" fills the
# log, as that of a machine which has run for a while is full.
dumps_of() {
	local dir=$out/dumps/$1 run=$repo/build/lab/runs/bench-$1-$$
	[ ! -e "$dir/lzo-31" ] || { printf '%s' "$dir"; return; }
	say "crashing a guest of $1 MiB in the lab"
	"$repo/tests/lab/lab" run --kernel $bench_kernel --memory "$1" --cmdline initcall_debug --dumps elf-31,lzo-31 --name "bench-$1-$$" >&2 || return 1
	mkdir -p "$out/dumps"
	mv "$run/dumps" "$dir"
	printf '%s' "$dir"
}

# fetch_debug: crash and vmlinux, into build/bench/debug, without the machine's own apt knowing
fetch_debug() {
	local dir=$out/debug mirror kernel
	[ -n "$opt_debug" ] && [ ! -e "$dir/.complete" ] || return 0
	kernel=$(basename "$repo/build/lab/trees/$bench_release"/boot/vmlinuz-*)
	mirror=$(sed -n 's/^deb \([^ ]*\) .*/\1/p' "$repo/build/lab/trees/$bench_release/etc/apt/sources.list" | head -n 1)
	say "fetching crash and the debug symbols of ${kernel#vmlinuz-}"
	mkdir -p "$dir"/{lists/partial,cache/archives/partial}
	printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$mirror" $bench_release >"$dir/sources.list"
	printf '%s\n' "Dir::State::lists \"$dir/lists\";" "Dir::Cache \"$dir/cache\";" \
		"Dir::Etc::sourcelist \"$dir/sources.list\";" 'Dir::Etc::sourceparts "/dev/null";' >"$dir/apt.conf"
	(
		cd "$dir"
		export APT_CONFIG=$dir/apt.conf
		apt-get -qq update && apt-get -qq download crash "linux-image-${kernel#vmlinuz-}-dbg" &&
			dpkg -x crash_*.deb root &&
			dpkg --fsys-tarfile linux-image-*-dbg_*.deb | tar x --wildcards --strip-components=5 './usr/lib/debug/boot/vmlinux-*' &&
			rm -f ./*.deb && touch .complete
	) >&2 || say 'the debug symbols could not be fetched'
}

bench_crash() {
	local dump=$1 vmlinux
	vmlinux=$(find "$out/debug" -maxdepth 1 -name 'vmlinux-*' 2>/dev/null | head -n 1 || :)
	if [ -z "$vmlinux" ] || [ ! -e "$out/debug/root/usr/bin/crash" ]; then
		not_measured audit-vs-crash "crash needs the kernel's debug symbols, a package of 1 GB: bench/run --debug fetches them"
		return
	fi
	export -f in_release
	export repo bench_release
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_turns 3 "$tool" audit "$dump" -- bash -c 'echo quit | in_release "$1" -s "$2" "$3"' - \
		"$out/debug/root/usr/bin/crash" "$vmlinux" "$dump" >"$out/pairs" || {
		not_measured audit-vs-crash 'crash did not start on this dump'
		return
	}
	figure audit-vs-crash 'ms of CPU' 50 \
		'the audit of a kdump-compressed dump of the lab, against crash starting up on it (crash -s, then quit)' \
		'(.a.cpu / 1e3)' '(.b.cpu / 1e3)' '(.b.cpu / .a.cpu)' <"$out/pairs"
	figure audit-vs-crash-memory KiB 1 'peak memory of the same' .a.kib .b.kib '(.b.kib / .a.kib)' <"$out/pairs"
}

# bench_dmesg DUMP NAME [WHAT]: of the audit, against makedumpfile
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

# What of an audit is nothing but starting: the dynamic linker, and the libraries that it links
bench_start() {
	in_turns "$opt_rounds" "$tool" version -- "$tool" audit "$1" |
		figure audit-start-share 'ms of CPU' '' \
			'hvcrashctl version, which does nothing, against the audit of an ELF dump of the lab: the part of the audit that is starting a program' \
			'(.a.cpu / 1e3)' '(.b.cpu / 1e3)' '(.a.cpu / .b.cpu)'
}

# bench_wide DUMP: as of guests with more memory that is free, which nobody here can boot. The bitmaps grow with it.
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

# plot_dumps: "MIB AUDIT MAKEDUMPFILE" of either form, of the figures, drawn into docs
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
	local dir='' mib largest=''
	fetch_debug
	rm -f "$out/guests"
	for mib in ${opt_memory//,/ }; do
		[ -z "$opt_dumps" ] || break
		dir=$(dumps_of "$mib") || {
			not_measured "audit-growth-guest" "the lab did not write the dumps of a guest of $mib MiB"
			continue
		}
		largest=$dir
		printf '%s %s\n' "$mib" "$(median_cpu "$tool" audit "$dir/lzo-31")" >>"$out/guests"
		bench_dmesg "$dir/elf-31" "audit-vs-dmesg-elf-$mib"
		bench_dmesg "$dir/lzo-31" "audit-vs-dmesg-kdump-$mib"
	done
	largest=${opt_dumps:-$largest}
	if [ -z "$largest" ]; then
		not_measured audit-vs-crash 'there is no dump'
		not_measured audit-vs-dmesg 'there is no dump'
		return
	fi
	[ ! -e "$out/guests" ] || growth audit-growth-guest \
		'CPU time of the audit of kdump-compressed dumps over the size of the guest: exponent of the fitted curve' 1 <"$out/guests"
	bench_crash "$largest/lzo-31"
	bench_dmesg "$largest/elf-31" audit-vs-dmesg
	bench_dmesg "$largest/lzo-31" audit-vs-dmesg-kdump
	bench_wide "$largest/lzo-31"
	bench_start "$largest/elf-31"
	plot_dumps
}
