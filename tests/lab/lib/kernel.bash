# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Which kernel the guest boots: that of its Debian release, or one that --kernel-image names, of which the lab has only the file
# and its modules. Such a kernel runs without hvcrash (--stock), or with hvcrash built against --headers, beside the userland of the
# release that --kernel names. Everything made for it belongs to the run, in the run's directory "own".

# image_kind: the format of a kernel for the guest's processor
image_kind() { if is_arm64; then echo Image; else echo bzImage; fi; }

# image_release FILE: its release string, from the header of a bzImage (Documentation/arch/x86/boot.rst, kernel_version), or
# from the banner of arm64's Image, which is not compressed (Documentation/arch/arm64/booting.rst, magic).
image_release() {
	# shellcheck disable=SC2016 # perl's variables
	perl -e 'binmode STDIN; local $/; my $image = <STDIN>;
		exit 1 if length $image < 0x1000;
		if ($ARGV[0] eq "Image") {
			exit !(substr($image, 56, 4) eq "ARM\x64" and $image =~ /Linux version (\S+) \(/ and print $1);
		}
		exit 1 if substr($image, 0x202, 4) ne "HdrS";
		my $at = unpack("v", substr $image, 0x20e, 2) + 0x200;
		print unpack("Z*", substr $image, $at, 256) =~ /^(\S+)/' "$(image_kind)" <"$1"
}

# check_headers: checks --headers, against which hvcrash and the modules that crash a kernel are built.
check_headers() {
	if [ -n "$opt_headers" ]; then
		[ -e "$opt_headers/include/generated/autoconf.h" ] ||
			usage_error "--headers: $opt_headers is not a kernel's headers or build tree (it has no include/generated/autoconf.h)"
		opt_headers=$(realpath -- "$opt_headers")
		return
	fi
	[ "$opt_mode" != hvcrash ] || usage_error '--kernel-image goes with --stock, or with --headers to build hvcrash.ko against'
	[ -z "$(needs_test_module)" ] || usage_error "--kernel-image: '$opt_crash' needs a module: add --headers to build it against"
}

# check_kernel_image: checks the values of --kernel-image, --modules and --headers.
check_kernel_image() {
	local version
	if [ -z "$opt_kernel_image" ]; then
		[ -z "$opt_modules$opt_headers" ] || usage_error '--modules and --headers go with --kernel-image'
		return
	fi
	check_headers
	[ -z "$opt_dumps" ] || usage_error '--kernel-image: not with --dumps, since the kernel may lack the drivers for writing them'
	[ -r "$opt_kernel_image" ] || usage_error "--kernel-image: $opt_kernel_image cannot be read"
	version=$(image_release "$opt_kernel_image" || true)
	[ -n "$version" ] || usage_error "--kernel-image: $opt_kernel_image is not a kernel image in the format $(image_kind)"
	[ -n "$opt_modules" ] || usage_error '--kernel-image goes with --modules'
	[ -e "$opt_modules/lib/modules/$version/modules.dep" ] ||
		usage_error "--modules: $opt_modules has no lib/modules/$version/modules.dep, which is the image's release"
}

# guest_kernel RELEASE: the kernel's file; guest_version: its release string; guest_modules: the directory that contains lib/modules;
# guest_images: the directory of its images.
guest_kernel() { printf '%s' "${opt_kernel_image:-$(tree_of "$1")/boot/vmlinuz-$(kernel_of "$1")}"; }

guest_version() { if [ -n "$opt_kernel_image" ]; then image_release "$opt_kernel_image"; else kernel_of "$1"; fi; }

guest_modules() { printf '%s' "${opt_modules:-$(tree_of "$1")}"; }

guest_images() { if [ -n "$opt_kernel_image" ]; then printf '%s/own' "$run_dir"; else printf '%s/kernels/%s' "$lab_state" "$1"; fi; }

# guest_products: the directory of our modules for it
guest_products() { if [ -n "$opt_headers" ]; then printf '%s/own' "$run_dir"; else printf '%s/kernels/%s' "$lab_state" "$1"; fi; }

# in_tree_with_headers RELEASE SOURCE COMMAND...: in_tree, with --headers on /mnt/headers and SOURCE on /mnt/source. Debian's headers
# refer to some of their files by their path in the tree: headers from the tree therefore stay in place. $headers is their path.
in_tree_with_headers() {
	local tree release=$1 source=$2; shift 2
	tree=$(realpath "$(tree_of "$release")")
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount --propagation private sh -c '
		set -eu
		tree=$1 headers=$2 source=$3; shift 3
		inside=/mnt/headers
		case $headers in "$tree"/*) inside=${headers#"$tree"} ;; esac
		mount --bind /proc "$tree/proc"
		mount -t tmpfs tmpfs "$tree/mnt"
		mkdir "$tree/mnt/headers" "$tree/mnt/source"
		mount --bind "$headers" "$tree/mnt/headers"
		mount --bind "$source" "$tree/mnt/source"
		exec chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C headers="$inside" "$@"' \
		in_tree_with_headers "$tree" "$opt_headers" "$source" "$@"
}

# build_headers_modules RELEASE: hvcrash.ko, and those that crash a kernel
build_headers_modules() {
	local release=$1 dir=$run_dir/own
	mkdir -p "$dir/src"
	cp -r "$repo/kernel" "$dir/src/hvcrash"
	cp -r "$repo/kernel/test" "$dir/src/hvcrash_crash"
	cp -r "$repo/kernel/include" "$dir/src/include"
	# shellcheck disable=SC2016 # expanded by the inner shell
	build_logged "hvcrash.ko against $opt_headers" "$run_dir/modules.log" in_tree_with_headers "$release" "$dir/src" \
		sh -ec 'for m in hvcrash hvcrash_crash; do make -C "$headers" M=/mnt/source/$m modules; done'
	cp "$dir"/src/hvcrash/*.ko "$dir"/src/hvcrash_crash/*.ko "$dir/"
}
