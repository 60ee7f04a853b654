# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Debian trees, and the kernel module and the tool built in them. Everything is built when first needed, and again only when its
# sources have changed: a stamp beside each product has the checksum of its sources.
#
# Each release has a lock, so that its first build does not delay runs of other releases. Builds run in a mount namespace of their
# own, so that no mount outlives its command and removing a tree never reaches through a mount.

# is_arm64: whether the guest is arm64. is_arm64_release RELEASE: whether that kernel is. See arm64.bash.
is_arm64() { [ "$opt_arch" = arm64 ]; }

is_arm64_release() { case $1 in arm64-*) ;; *) return 1 ;; esac }

# release_of NAME: turns a value of --kernel into a release: the suite that has such a kernel, followed by the flavour if there is one
# (trixie-rt); own-NAME for a kernel that the lab builds; prefixed with arm64- or arm64-16k- for arm64. Suites move on, and their
# kernels with them.
release_of() {
	local version=$1 flavour='' suite
	case $1 in *-cloud | *-rt) flavour=-${1##*-} version=${1%-*} ;; esac
	case $version in
	5.10 | 5.10.*) suite=bullseye ;;
	6.1 | 6.1.*) suite=bookworm ;;
	6.12 | 6.12.*) suite=trixie ;;
	7.2 | 7.2.*) suite=forky ;;
	*-*) suite=own-${version#*-} ;;
	*) suite=$(newest_suite) ;;
	esac
	case $suite in own-*)
		if ! is_own_release "$suite" || [ "${own_versions[${suite#own-}]}-${suite#own-}" != "$1" ]; then
			usage_error "--kernel: the lab makes no $1"
		fi
		;;
	esac
	if is_arm64; then arm64_release "$suite$flavour"; else echo "$suite$flavour"; fi
}

# Suites, without flavours
suite_of() {
	local suite=${1#arm64-}
	suite=${suite#16k-} suite=${suite%-cloud}
	printf '%s' "${suite%-rt}"
}

flavour_of() { case $1 in *-cloud | *-rt) printf '%s' "${1##*-}" ;; esac; }

# base_of SUITE: the suite that a backports suite extends, or SUITE itself
base_of() { printf '%s' "${1%-backports}"; }

readonly outer_release=trixie # the first release whose QEMU has vmbus-bridge, hv-balloon and a 6.12 kernel for outside

readonly tree_userland=(gcc make kmod busybox-static kexec-tools makedumpfile libelf-dev libsmartcols-dev libxxhash-dev libjson-c-dev
	libkdumpfile-dev pkg-config)
readonly tree_packages=(linux-image-amd64 linux-headers-amd64 "${tree_userland[@]}")

tree_of() { printf '%s/trees/%s' "$lab_state" "${1/#arm64-16k-/arm64-}"; }

# The mirror that this machine uses. Third-party sources may come first: look for Debian's.
debian_mirror() {
	local mirror=${HVCRASH_LAB_MIRROR:-}
	# shellcheck disable=SC2016 # $(ORIGIN) and the rest are apt's own words
	[ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(ORIGIN)|$(COMPONENT)|$(REPO_URI)' \
		'Created-By: Packages' | awk -F'|' '$1 == "Debian" && $2 == "main" { print $3; exit }')
	[ -n "$mirror" ] || die "apt knows no Debian mirror on this machine; name one in HVCRASH_LAB_MIRROR"
	printf '%s' "$mirror"
}

build_tree() {
	local release=$1 include
	if is_own_release "$release"; then build_own_tree "$release"; return; fi
	if is_kernel_of_its_own "$release"; then build_kernel_tree "$release"; return; fi
	if is_arm64_release "$release"; then build_arm64_tree "$release"; return; fi
	include=$(IFS=,; echo "${tree_packages[*]}")
	# The only tree that every run needs also has the outer machine's emulator, and what "lab module --check" asks
	[ "$release" != "$outer_release" ] || include+=,qemu-system-x86,sparse,perl
	make_tree "$release" "$release" "$include"
}

# Retry: a mirror may be unreachable or in the middle of an update.
readonly fetch_pauses=(20 60 180)

# without_descriptors COMMAND...: keeps standard input, output and error open, and closes all others that this shell inherited.
# mmdebstrap has apt run "cat >&N" with N the next free descriptor, and dash, Debian's sh, accepts only one digit.
without_descriptors() (
	for fd in /proc/"$BASHPID"/fd/*; do
		fd=${fd##*/}
		case $fd in 0 | 1 | 2 | 255) ;; *) exec {fd}>&- ;; esac # 255: the script itself, which a child never gets
	done
	"$@"
)

# fetch_tree TREE MMDEBSTRAP-WORD...: makes TREE.new; TREE.log has the output of the last try. Not --quiet, which would keep apt's
# reasons out of the log.
fetch_tree() {
	local tree=$1 pause; shift
	for pause in "${fetch_pauses[@]}" ''; do
		remove_tree "$tree.new"
		without_descriptors mmdebstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
			--aptopt='Acquire::Retries "5"' "$@" >"$tree.log" 2>&1 && return 0
		grep -E '^(E|Err|W):' "$tree.log" | tail -n 20 >&2 || tail -n 20 "$tree.log" >&2
		[ -n "$pause" ] || return 1
		say "failed; trying again in $pause s"
		sleep "$pause"
	done
}

# kdump_options RELEASE: mmdebstrap options, one a line, for a tree with a kernel and kdump-tools. Debian 12's kdump-tools makes an
# initrd for the root file system when a kernel is installed, which fails here, and apt with it, unless the modules are listed;
# later versions make none where no system runs.
kdump_options() {
	# shellcheck disable=SC2016 # for mmdebstrap's shell
	[ "$1" != bookworm ] || printf '%s\n' '--essential-hook=mkdir -p "$1/etc/initramfs-tools/conf.d" && echo MODULES=list >"$1/etc/initramfs-tools/conf.d/lab"'
}

# make_tree NAME SUITE PACKAGES [OPTION...]: a Debian tree, unless one exists with exactly these packages and the same $tree_extra, the
# contents of files that an option names.
make_tree() {
	local name=$1 suite=$2 include=$3 tree mirror base stamp; shift 3
	tree=$(tree_of "$name")
	stamp=$include${tree_extra:+ $tree_extra}
	! is_fresh "$tree/.complete" "$stamp" || return 0
	need_commands mmdebstrap apt-get
	mirror=$(debian_mirror)
	base=$(base_of "$suite")
	# An unreleased distribution may not refresh its Release file in time, and an archived one never does. The signature is
	# still checked.
	case $suite in forky | bullseye) set -- "$@" --aptopt='Acquire::Check-Valid-Until "false"' ;; esac
	[ "$suite" = "$base" ] || set -- "$@" "--setup-hook=echo 'deb $mirror $suite main' >\"\$1/etc/apt/sources.list.d/$suite.list\""
	say "building the Debian tree of $name"
	mkdir -p "$lab_state/trees"
	fetch_tree "$tree" "$@" --include="$include" "$base" "$tree.new" "deb $mirror $base main" ||
		die "$name: the Debian tree was not built, see $tree.log"
	remove_tree "$tree"
	printf '%s\n' "$stamp" >"$tree.new/.complete"
	mv "$tree.new" "$tree"
}

# kernel_of RELEASE: the release string of the kernel in a tree.
kernel_of() {
	local kernels
	if is_arm64_release "$1"; then arm64_kernel_of "$1"; return; fi
	kernels=("$(tree_of "$1")"/boot/vmlinuz-*)
	[ -e "${kernels[0]}" ] || die "$1: the tree has no kernel"
	printf '%s' "${kernels[0]##*/vmlinuz-}"
}

# in_root TREE SOURCE-DIRECTORY COMMAND...: with /proc (7.2's objtool needs it) and SOURCE-DIRECTORY on /mnt.
in_root() {
	local tree=$1 source=$2; shift 2
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount --propagation private sh -c '
		set -eu
		tree=$1 source=$2; shift 2
		mount --bind /proc "$tree/proc"
		mount --bind "$source" "$tree/mnt"
		exec chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"' \
		in_root "$tree" "$source" "$@"
}

# in_tree NAME SOURCE-DIRECTORY COMMAND...
in_tree() {
	local name=$1; shift
	in_root "$(tree_of "$name")" "$@"
}

# sources_sum DIRECTORY...: one checksum over names and contents.
sources_sum() { find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -d' ' -f1; }

# is_fresh STAMP-FILE SUM
is_fresh() { [ -e "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# sync_sources FROM TO: copies changed files with the current time, so that make notices; removes files that FROM lacks.
sync_sources() {
	local from=$1 to=$2 file
	mkdir -p "$to"
	if [ -e "$to.list" ] && ! (cd "$from" && find . -type f | LC_ALL=C sort) | cmp -s - "$to.list"; then
		remove_tree "$to" # files were added or removed: start afresh rather than trust make's leftovers
		mkdir -p "$to"
	fi
	(cd "$from" && find . -type f | LC_ALL=C sort) >"$to.list"
	while IFS= read -r file; do
		cmp -s "$from/$file" "$to/$file" && continue
		mkdir -p "$to/$(dirname "$file")"
		cp "$from/$file" "$to/$file"
	done <"$to.list"
}

# made_at RELEASE: when its tree was made: a new tree means a rebuild, even if the kernel's name is unchanged.
made_at() { stat -c %Y "$(tree_of "$1")/.complete"; }

# kernel_sum RELEASE: identifies its kernel, for the stamps of products built for exactly that kernel.
kernel_sum() { printf '%s-%s' "$(kernel_of "$1")" "$(made_at "$1")"; }

# build_logged WHAT LOG COMMAND...: a failed build is a result of the run, not a lab failure: exit 1.
build_logged() {
	local what=$1 log=$2 status; shift 2
	say "building $what"
	# Not as "... && return": in such a list bash ignores "set -e" in all that it calls, and a function would go on after a command
	# that failed
	set +e
	(
		set -e
		"$@"
	) >"$log" 2>&1
	status=$?
	set -e
	[ "$status" -ne 0 ] || return 0
	tail -n 40 "$log" >&2
	warn "$what: the build failed, see $log"
	fact failure "$what: the build failed, see $log"
	exit "$EXIT_GUEST"
}

# compiler_words RELEASE: arguments of make, one a line, where the compiler is not the one that the headers name: a cross compiler, or
# that of a userland from another release
compiler_words() {
	! is_arm64_release "$1" || printf '%s\n' ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-
	[ "$(suite_of "$1")" != bullseye ] || printf '%s\n' CC=gcc
}

# build_one_module RELEASE NAME SOURCE-DIRECTORY: NAME.ko
build_one_module() {
	local release=$1 name=$2 source=$3 dir=$lab_state/kernels/$1 kernel sum words
	kernel=$(kernel_sum "$release")
	sum=$(sources_sum "$source" "$repo/kernel/include")-$kernel
	is_fresh "$dir/$name.stamp" "$sum" && [ -e "$dir/$name.ko" ] && return 0
	# make compares times, and a package's new headers are older than the objects built with the old ones
	grep -qsF -e "-$kernel" "$dir/$name.stamp" || remove_tree "$dir/src/$name"
	rm -f "$dir/$name.stamp"
	sync_sources "$source" "$dir/src/$name"
	mapfile -t words < <(compiler_words "$release")
	build_logged "$name.ko for $(kernel_of "$release")" "$dir/$name.log" in_tree "$release" "$dir/src" \
		make -C "/usr/src/linux-headers-$(kernel_of "$release")" "M=/mnt/$name" HVCRASH_INJECT=1 "${words[@]}" modules
	cp "$dir/src/$name/"*.ko "$dir/"
	printf '%s\n' "$sum" >"$dir/$name.stamp"
}

# HVCRASH_INJECT: only the lab's builds can inject faults into the module itself
build_module() { build_one_module "$1" hvcrash "$repo/kernel"; }

# The module that crashes a kernel. In a directory of its own: stock runs need it without hvcrash.ko.
build_test_module() {
	sync_sources "$repo/kernel/include" "$lab_state/kernels/$1/src/include"
	build_one_module "$1" hvcrash_crash "$repo/kernel/test"
}

# check_module: builds with the compiler's, kernel-doc's and sparse's warnings, none of which may occur. In a copy of its own, since
# sparse checks a file only when it is compiled.
check_module() {
	local release=$outer_release dir=$lab_state/kernels/$outer_release log sum
	log=$dir/module-check.log
	sum=$(sources_sum "$repo/kernel")-$(kernel_sum "$release")
	! is_fresh "$dir/module-check.stamp" "$sum" || return 0
	remove_tree "$dir/check"
	sync_sources "$repo/kernel" "$dir/check/kernel"
	# shellcheck disable=SC2016 # expanded by the inner shell
	build_logged "hvcrash.ko for $(kernel_of "$release"), with every warning" "$log" in_tree "$release" "$dir/check" \
		sh -ec 'for m in kernel kernel/test; do make -C "$1" M=/mnt/$m W=1 C=1 HVCRASH_INJECT=1 modules; done' \
		sh "/usr/src/linux-headers-$(kernel_of "$release")"
	# Warnings in the kernel's own headers are not ours
	if grep -E '^/mnt/kernel/.*(warning|error):' "$log" >&2; then
		warn "hvcrash.ko: there are warnings, see $log"
		return "$EXIT_GUEST"
	fi
	printf '%s\n' "$sum" >"$dir/module-check.stamp"
}

build_tool() {
	local release=$1 dir=$lab_state/kernels/$1 sum words=(CC=gcc)
	! is_arm64_release "$release" || mapfile -t words < <(arm64_tool_words)
	sum=$(sources_sum "$repo/tools/hvcrashctl" "$repo/kernel" "$repo/scripts/lib/tables")
	is_fresh "$dir/tool.stamp" "$sum" && [ -e "$dir/hvcrashctl" ] && return 0
	rm -f "$dir/tool.stamp"
	sync_sources "$repo/kernel" "$dir/src/kernel"
	sync_sources "$repo/tools" "$dir/src/tools"
	sync_sources "$repo/scripts/lib/tables" "$dir/src/scripts/lib/tables"
	mkdir -p "$dir/src/out"
	build_logged "hvcrashctl for $release" "$dir/tool.log" in_tree "$release" "$dir/src" \
		make -C /mnt/tools/hvcrashctl O=/mnt/out "${words[@]}"
	cp "$dir/src/out/hvcrashctl" "$dir/hvcrashctl"
	printf '%s\n' "$sum" >"$dir/tool.stamp"
}

build_outer() {
	build_tree "$outer_release"
	build_outer_image
}

# build_guest KERNEL MODE [TEST-MODULE]: KERNEL is a prefix of a version, optionally followed by a flavour, or "newest".
build_guest() {
	local kernel=$1 mode=$2 test_module=${3:-} release version wanted=${1%-cloud}
	wanted=${wanted%-rt}
	release=$(release_of "$kernel")
	mkdir -p "$lab_state/kernels/$release"
	build_tree "$release"
	version=$(kernel_of "$release")
	[ -n "$opt_kernel_image" ] || is_own_release "$release" || case $version. in
	"$wanted".* | "$wanted"-* | "$wanted"+*) ;;
	*) [ "$wanted" = newest ] || die "no kernel $kernel: $release has $version" ;;
	esac
	build_base_image "$release"
	if [ "$mode" != stock ]; then
		[ -e "$repo/tools/hvcrashctl/Makefile" ] || die "tools/hvcrashctl: not there; only a --stock run can do without"
		build_tool "$release"
	fi
	if [ -n "$opt_headers" ]; then
		build_headers_modules "$release"
		return
	fi
	if [ "$mode" = hvcrash ]; then
		[ -e "$repo/kernel/Kbuild" ] || die "kernel: not there; only --stock and --no-module runs can do without"
		build_module "$release"
	fi
	[ -z "$test_module" ] || build_test_module "$release"
	[ -z "$opt_dracut" ] || build_dracut_image "$release"
}

# build_host: whatever runs the guest
build_host() {
	if [ "$opt_host" = own ]; then
		check_emulator
		build_own_host
	else
		with_build_lock "$outer_release" build_outer
	fi
}

# build_all KERNEL MODE [TEST-MODULE]: everything that a run needs.
build_all() {
	with_build_lock host build_host
	with_build_lock "$(release_of "$1")" build_guest "$@"
}

# with_build_lock RELEASE COMMAND...
with_build_lock() {
	local release=$1; shift
	mkdir -p "$lab_state"
	(
		flock --shared 8
		flock 9
		"$@"
	) 8>"$lab_state/lock" 9>"$lab_state/lock.$release"
}

# with_all_locks COMMAND...: waits until nothing is being built.
with_all_locks() {
	mkdir -p "$lab_state"
	(
		flock 8
		"$@"
	) 8>"$lab_state/lock"
}
