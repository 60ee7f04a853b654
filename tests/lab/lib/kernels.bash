# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Builds hvcrash.ko for every kernel and flavour of tests/lab/kernels/flavours, with gcc and with clang. A warning in our files is a
# failure, and so is a symbol that the kernel does not export. This needs headers only: loading and crashing is up to a run.
#
# One tree for each suite, with the headers of all its flavours. Those of arm64 are unpacked instead of installed, since they depend
# on arm64's own compiler, while the programs they are used with (linux-kbuild) are amd64's.

flavours() { grep -v '^#' "$lab_dir/kernels/flavours"; }

# flavours_of SUITE ARCHITECTURE: its metapackages, one a line.
flavours_of() { flavours | awk -v s="$1" -v a="$2" '$1 == s && $2 == a { print $3 }'; }

kernels_suites() { flavours | awk '!seen[$1]++ { print $1 }'; }

build_kernels_tree() {
	local suite=$1 include options=(--architectures "amd64,arm64") tree_extra
	include=$(printf '%s\n' gcc make kmod perl clang lld llvm gcc-aarch64-linux-gnu \
		"$(flavours_of "$suite" amd64 | sed "s|\$|/$suite|")" | paste -sd ,)
	tree_extra=$(flavours_of "$suite" arm64 | sed "s|\$|:arm64/$suite|" | paste -sd ' ')
	options+=("--customize-hook=$lab_dir/lib/kernels-extract \"\$1\" $tree_extra")
	make_tree "kernels-$suite" "$suite" "$include" "${options[@]}"
}

# headers_for SUITE METAPACKAGE: the directories of its headers in the tree, below /usr/src, the newest version first.
headers_for() {
	local suite=$1 flavour=${2#linux-headers-} tree
	tree=$(tree_of "kernels-$suite")
	find "$tree/usr/src" -mindepth 1 -maxdepth 1 -name "linux-headers-[0-9]*-$flavour" -printf '%f\n' |
		awk -v f="$flavour" '{ v = $0; sub("-" f "$", "", v); if (v !~ /-(cloud|rt|common)$/) print }' | sort -rV
}

# kernel_build NAME SUITE HEADERS ARCHITECTURE COMPILER
kernel_build() {
	local name=$1 suite=$2 headers=$3 architecture=$4 compiler=$5 dir log nm=nm words=()
	[ "$architecture" != arm64 ] || { words+=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-); nm=aarch64-linux-gnu-nm; }
	dir=$(fresh_sources "kernels-$name")
	[ "$compiler" != clang ] || mapfile -t -O ${#words[@]} words < <(clang_words "$dir" "$architecture")
	log=$lab_state/gates/kernels-$name.log
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_tree "kernels-$suite" "$dir" sh -ec '
		headers=/usr/src/$1 nm=$2; shift 2
		make -C "$headers" M=/mnt/kernel W=1 "$@" modules
		# Every undefined symbol of the module has to be one that the kernel exports
		"$nm" -u /mnt/kernel/hvcrash.ko | sed "s/^ *U //" | sort -u >/mnt/wanted
		cut -f2 "$headers/Module.symvers" | sort -u >/mnt/exported
		missing=$(comm -23 /mnt/wanted /mnt/exported)
		[ -z "$missing" ] || { echo "error: not exported:" $missing; exit 1; }' \
		sh "$headers" "$nm" "${words[@]}" >"$log" 2>&1 || { warn "$name: the build failed, see $log"; tail -n 20 "$log" >&2; return "$EXIT_GUEST"; }
	if grep -E '^(/mnt/kernel/)?[a-z_0-9/]+\.[ch]:.*(warning|error):' "$log" >&2; then
		warn "$name: there are warnings, see $log"
		return "$EXIT_GUEST"
	fi
	if [ "$compiler" = clang ] && ! is_by_clang "$dir/kernel/hvcrash.ko"; then
		warn "$name: the module was not built by clang"
		return "$EXIT_GUEST"
	fi
	remove_tree "$dir"
}

# build_for SUITE ARCHITECTURE METAPACKAGE COMPILERS
build_for() {
	local suite=$1 architecture=$2 metapackage=$3 compilers=$4 headers compiler rc=0
	with_build_lock "kernels-$suite" build_kernels_tree "$suite" || return "$EXIT_LAB"
	headers=$(headers_for "$suite" "$metapackage" | head -n 1)
	[ -n "$headers" ] || { warn "$suite: the tree has no headers of $metapackage"; return "$EXIT_LAB"; }
	is_supported "${headers#linux-headers-}" || { warn "$suite: $headers is older than any in scripts/lib/tables/kernels"; return "$EXIT_GUEST"; }
	for compiler in $compilers; do
		if kernel_build "${headers#linux-headers-}-$compiler" "$suite" "$headers" "$architecture" "$compiler"; then
			say "$suite ${headers#linux-headers-} $compiler: builds, no warning, every symbol is exported"
			record_build "${headers#linux-headers-}" "$architecture" "$compiler" held
		else
			rc=$EXIT_GUEST
			record_build "${headers#linux-headers-}" "$architecture" "$compiler" failed
		fi
	done
	return "$rc"
}

# is_supported KERNEL: whether status and hvcrash-configure accept it as new enough
is_supported() {
	local first; first=$(awk '!/^#/ && NF { print $1 "." $2 }' "$repo/scripts/lib/tables/kernels")
	[ "$(printf '%s\n' "$first" "$1" | sort -V | head -n 1)" = "$first" ]
}

# record_build KERNEL ARCHITECTURE COMPILER RESULT: a line for docs/kernels.md, if --record is given
record_build() {
	[ -n "$kernels_record" ] || return 0
	jq -c -n --arg kernel "$1" --arg arch "$2" --arg compiler "$3" --arg result "$4" --arg time "$(date -u +%FT%TZ)" \
		--arg commit "$(git -C "$repo" rev-parse --short=12 HEAD)" \
		'{kernel: $kernel, arch: $arch, act: "built", compiler: $compiler, result: $result, commit: $commit, time: $time}' >>"$kernels_record"
}

# Three builds, different ones each day: the date picks the suite, and of its flavours, each with both compilers, the next three.
builds_today() {
	local day suites builds i
	day=$(($(date +%s) / 86400))
	mapfile -t suites < <(kernels_suites)
	mapfile -t builds < <(flavours | awk -v s="${suites[day % ${#suites[@]}]}" '$1 == s { print $0, "gcc"; print $0, "clang" }')
	for i in 0 1 2; do printf '%s\n' "${builds[(day / ${#suites[@]} * 3 + i) % ${#builds[@]}]}"; done
}

verb_kernels() {
	local suite architecture metapackage compilers rc=0 lines kernels_record=''
	set_defaults
	if [ "${1:-}" = --record ]; then
		[ $# -ge 2 ] || usage_error '--record: a value is missing'
		need_commands jq
		kernels_record=$2
		shift 2
	fi
	case ${1:-} in
	--help) usage; return ;;
	--today) mapfile -t lines < <(builds_today) ;;
	'') mapfile -t lines < <(flavours) ;;
	-*) usage_error "kernels: $1: no such option" ;;
	*) # suites
		for suite; do
			flavours | grep -q "^$suite " || usage_error "kernels: $suite: no such suite in tests/lab/kernels/flavours"
		done
		mapfile -t lines < <(flavours | awk -v s=" $* " 'index(s, " " $1 " ")')
		;;
	esac
	for line in "${lines[@]}"; do
		read -r suite architecture metapackage compilers <<<"$line"
		build_for "$suite" "$architecture" "$metapackage" "${compilers:-gcc clang}" || rc=$EXIT_GUEST
	done
	return "$rc"
}
