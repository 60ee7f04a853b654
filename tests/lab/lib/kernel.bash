# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Which kernel the guest boots: that of its Debian release, or one that --kernel-image names, of which nothing is known but
# the file and its modules. Such a kernel runs as it is (--stock), beside the userland of the release that --kernel names;
# its images are made for the run, in "own" of its directory.

# image_release FILE: what "uname -r" will say, from the header of a bzImage (Documentation/arch/x86/boot.rst, kernel_version).
image_release() {
	# shellcheck disable=SC2016 # perl's variables
	perl -e 'binmode STDIN; local $/; my $image = <STDIN>;
		exit 1 if length $image < 0x1000 or substr($image, 0x202, 4) ne "HdrS";
		my $at = unpack("v", substr $image, 0x20e, 2) + 0x200;
		print unpack("Z*", substr $image, $at, 256) =~ /^(\S+)/' <"$1"
}

# check_kernel_image: the values of --kernel-image and --modules.
check_kernel_image() {
	local version
	if [ -z "$opt_kernel_image" ]; then
		[ -z "$opt_modules" ] || usage_error '--modules goes with --kernel-image'
		return
	fi
	[ "$opt_mode" = stock ] || usage_error '--kernel-image goes with --stock: there is nothing to build hvcrash.ko with'
	[ -z "$(needs_test_module)" ] || usage_error "--kernel-image: '$opt_crash' needs a module, and there is nothing to build it with"
	[ -z "$opt_dumps" ] || usage_error '--kernel-image: no --dumps, the kernel may lack what they are written by'
	[ -r "$opt_kernel_image" ] || usage_error "--kernel-image: $opt_kernel_image cannot be read"
	version=$(image_release "$opt_kernel_image" || true)
	[ -n "$version" ] || usage_error "--kernel-image: $opt_kernel_image is no bzImage"
	[ -n "$opt_modules" ] || usage_error '--kernel-image goes with --modules'
	[ -e "$opt_modules/lib/modules/$version/modules.dep" ] ||
		usage_error "--modules: $opt_modules has no lib/modules/$version/modules.dep, and that is the image's release"
}

# guest_kernel RELEASE: the file; guest_version: its release string; guest_modules: below what lib/modules is; guest_images:
# where its images are.
guest_kernel() { printf '%s' "${opt_kernel_image:-$(tree_of "$1")/boot/vmlinuz-$(kernel_of "$1")}"; }

guest_version() { if [ -n "$opt_kernel_image" ]; then image_release "$opt_kernel_image"; else kernel_of "$1"; fi; }

guest_modules() { printf '%s' "${opt_modules:-$(tree_of "$1")}"; }

guest_images() { if [ -n "$opt_kernel_image" ]; then printf '%s/own' "$run_dir"; else printf '%s/kernels/%s' "$lab_state" "$1"; fi; }
