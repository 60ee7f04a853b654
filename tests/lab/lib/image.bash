# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# The images that the two machines boot.
#
#   base.img      per kernel: busybox, kexec, makedumpfile, kernel modules
#   crash.cpio    per kernel, uncompressed: the crash kernel, and base.img for it
#   run.img       per run: the init, hvcrash.ko, hvcrashctl, the module that crashes the kernel; both kernels get it
#   initrd.img    per run: crash.cpio, run.img in a cpio of its own, base.img, run.img, one after the other
#   outer.img     once: the outer machine's busybox, QEMU and kvm modules
#   vmlinux       once: the outer machine's kernel, decompressed
#
# A product is written under another name and renamed when it is complete.

readonly busybox_names=(sh ash mount insmod cat echo printf grep sed awk cut tr head tail wc uname stty taskset dmesg gzip base64
	dd hexdump od poweroff sleep usleep basename dirname ls mkdir sort rmmod cpio rm umount test ifconfig ping mkswap swapon swapoff)

# libraries_of TREE FILE...: paths in the tree of the libraries that these programs need, one a line; none if static
libraries_of() {
	local tree=$1 file; shift
	case $tree in */arm64-*) arm64_libraries "$tree" "$@"; return ;; esac
	for file in "$@"; do
		chroot "$tree" ldd "${file#"$tree"}" 2>/dev/null | grep -o '/[^ ]*' || true
	done
}

# copy_programs TREE ROOT PROGRAM...: copies them with the shared libraries they need.
copy_programs() {
	local tree=$1 root=$2 file; shift 2
	{
		printf '%s\n' "$@"
		libraries_of "$tree" "${@/#/$tree}"
	} | LC_ALL=C sort -u | while IFS= read -r file; do
		mkdir -p "$root/$(dirname "$file")"
		cp -L "$tree/$file" "$root/$file"
	done
}

copy_busybox() {
	local tree=$1 root=$2 name
	mkdir -p "$root"/{bin,proc,sys,dev,tmp,modules}
	cp "$tree/usr/bin/busybox" "$root/bin/busybox"
	for name in "${busybox_names[@]}"; do
		ln -sf busybox "$root/bin/$name"
	done
}

# copy_modules TREE KERNEL ROOT LIST MODULE...: copies the modules and all their dependencies, uncompressed, and writes the order
# of loading to modules/LIST. What is built into the kernel needs no file.
copy_modules() {
	local tree=$1 kernel=$2 root=$3 list=$4 module file name; shift 4
	: >"$root/modules/$list"
	for module in "$@"; do
		modprobe -d "$(realpath "$tree")" -S "$kernel" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\) *$/\1/p'
	done | awk '!seen[$0]++' | while IFS= read -r file; do
		name=$(basename "$file")
		name=${name%%.ko*}.ko
		case $file in
		*.xz) xz -dc "$file" ;;
		*.zst) zstd -q -dc "$file" ;;
		*.gz) gzip -dc "$file" ;;
		*) cat "$file" ;;
		esac >"$root/modules/$name"
		printf '%s\n' "$name" >>"$root/modules/$list"
	done
}

# pack ROOT: a cpio archive of a directory; its size is a multiple of four, since the kernel expects what follows to be aligned.
pack() { (cd "$1" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0); }

# pad FILE: to a multiple of four bytes.
pad() { truncate -s %4 "$1"; }

# build_image PRODUCT SUM FUNCTION ARGUMENT...: runs FUNCTION ROOT PRODUCT.new ARGUMENT... unless PRODUCT was made for SUM.
build_image() {
	local product=$1 sum=$2 function=$3 root; shift 3
	is_fresh "$product.stamp" "$sum" && [ -e "$product" ] && return 0
	say "building ${product#"$lab_state"/}"
	rm -f "$product.stamp"
	root=$product.root
	remove_tree "$root"
	mkdir "$root"
	"$function" "$root" "$product.new" "$@"
	remove_tree "$root"
	mv "$product.new" "$product"
	printf '%s\n' "$sum" >"$product.stamp"
}

# The sources of an image: this file, and the tree of RELEASE.
image_sum() {
	local release=$1; shift
	printf '%s-%s' "$(sources_sum "$lab_dir/lib/image.bash" "$@")" "$(made_at "$release")"
}

fill_base_image() {
	local root=$1 product=$2 release=$3 tree kernel
	tree=$(tree_of "$release")
	kernel=$(guest_version "$release")
	copy_busybox "$tree" "$root"
	copy_programs "$tree" "$root" /usr/sbin/kexec /usr/bin/makedumpfile
	copy_modules "$(guest_modules "$release")" "$kernel" "$root" vmbus hv_vmbus hv_balloon
	[ -n "$opt_kernel_image" ] ||
		copy_modules "$(guest_modules "$release")" "$kernel" "$root" devices hv_utils hv_netvsc sd_mod hv_storvsc hv_sock
	if is_arm64_release "$release"; then
		: >"$root/modules/msr" # arm64 has no such registers
	elif [ "$opt_mode" != stock ] || [ -z "$opt_kernel_image" ]; then # only hvcrash and its tool need it
		copy_modules "$(guest_modules "$release")" "$kernel" "$root" msr msr
		[ -n "$opt_kernel_image" ] || copy_modules "$tree" "$kernel" "$root" uio uio_hv_generic
	fi
	is_arm64_release "$release" || build_hvsock "$release" "$root"
	pack "$root" | zstd -q -1 >"$product"
	pad "$product"
}

# build_hvsock RELEASE ROOT: a client of the host's sockets, linked to nothing
build_hvsock() {
	cp "$lab_dir/initramfs/hvsock.c" "$2/tmp/"
	in_tree "$1" "$2" gcc -Os -static -o /mnt/bin/hvsock /mnt/tmp/hvsock.c
	rm "$2/tmp/hvsock.c"
}

fill_crash_archive() {
	local root=$1 product=$2 release=$3
	cp "$(guest_kernel "$release")" "$root/vmlinuz"
	cp "$(guest_images "$release")/base.img" "$root/base.img"
	pack "$root" >"$product"
}

build_base_image() {
	local release=$1 dir sum
	dir=$(guest_images "$release")
	mkdir -p "$dir"
	sum=$(image_sum "$release" "$lab_dir/initramfs/hvsock.c")
	build_image "$dir/base.img" "$sum" fill_base_image "$release"
	build_image "$dir/crash.cpio" "$sum" fill_crash_archive "$release"
}

fill_outer_image() {
	local root=$1 product=$2 tree file
	tree=$(tree_of "$outer_release")
	copy_busybox "$tree" "$root"
	copy_programs "$tree" "$root" /usr/bin/qemu-system-x86_64
	copy_modules "$tree" "$(kernel_of "$outer_release")" "$root" kvm virtio_console virtio_blk virtio_net kvm-amd
	mkdir -p "$root/firmware"
	for file in seabios/bios-256k.bin qemu/linuxboot_dma.bin qemu/kvmvapic.bin; do
		cp -L "$tree/usr/share/$file" "$root/firmware/"
	done
	cp "$lab_dir/initramfs/outer-init" "$root/init"
	cp "$lab_dir/initramfs/agent" "$root/agent"
	chmod +x "$root/init" "$root/agent"
	pack "$root" | zstd -q -1 >"$product"
	# The direct way runs the same QEMU with the same libraries, on the host.
	remove_tree "$lab_state/outer/root"
	cp -a "$root" "$lab_state/outer/root"
}

# The outer kernel boots two seconds sooner if it need not decompress itself under emulation (QEMU starts it by PVH). Position of
# the payload in a bzImage: Documentation/arch/x86/boot.rst, setup_sects, payload_offset, payload_length.
fill_outer_kernel() {
	local product=$2
	# shellcheck disable=SC2016 # perl's variables
	perl -e 'binmode STDIN; local $/; my $image = <STDIN>;
		my ($offset, $length) = unpack "VV", substr $image, 0x248, 8;
		print substr $image, (ord(substr $image, 0x1f1, 1) + 1) * 512 + $offset, $length - 4' \
		<"$(tree_of "$outer_release")/boot/vmlinuz-$(kernel_of "$outer_release")" | zstd -q -dc >"$product"
}

build_outer_image() {
	mkdir -p "$lab_state/outer"
	build_image "$lab_state/outer/outer.img" "$(image_sum "$outer_release" "$lab_dir/initramfs/outer-init" "$lab_dir/initramfs/agent")" fill_outer_image
	build_image "$lab_state/outer/vmlinux" "$(image_sum "$outer_release")" fill_outer_kernel
}

# make_run_image RELEASE MODE: makes initrd.img in the run directory.
make_run_image() {
	local release=$1 mode=$2 dir=$lab_state/kernels/$1 images root
	images=$(guest_images "$release")
	root=$run_dir/image
	mkdir -p "$root/run/modules" "$root/archive"
	cp "$lab_dir/initramfs/init" "$root/run/init"
	chmod +x "$root/run/init"
	[ "$mode" != hvcrash ] || cp "$(guest_products "$release")/hvcrash.ko" "$root/run/modules/"
	[ -z "$(needs_test_module)" ] || cp "$(guest_products "$release")"/hvcrash_{crash,pages}.ko "$root/run/modules/"
	[ -z "$(needs_test_module)" ] || is_arm64_release "$release" ||
		cp "$(guest_products "$release")"/hvcrash_{slot,stamp}.ko "$root/run/modules/"
	copy_dump_modules "$release" "$root/run"
	copy_swap_modules "$release" "$root/run"
	if [ "$mode" != stock ]; then
		mkdir -p "$root/run/usr/bin"
		cp "$dir/hvcrashctl" "$root/run/usr/bin/"
		copy_tool_libraries "$release" "$root/run"
	fi
	[ -z "$opt_dracut" ] || cp "$dir/dracut.img" "$root/archive/crash.img"
	pack "$root/run" | zstd -q -1 >"$root/archive/run.img"
	pad "$root/archive/run.img"
	{ cat "$images/crash.cpio"; pack "$root/archive"; cat "$images/base.img" "$root/archive/run.img"; } >"$run_dir/initrd.img"
	remove_tree "$root"
}

# copy_tool_libraries RELEASE ROOT: copies the libraries that the tool is linked to, as seen from inside its tree.
copy_tool_libraries() {
	local release=$1 root=$2 tree dir=$lab_state/kernels/$1 libraries file
	tree=$(tree_of "$release")
	if is_arm64_release "$release"; then
		libraries=$(arm64_libraries "$tree" "$dir/hvcrashctl")
	else
		libraries=$(in_tree "$release" "$dir" ldd /mnt/hvcrashctl | grep -o '/[^ ]*')
	fi
	for file in $libraries; do
		mkdir -p "$root/$(dirname "$file")"
		cp -L "$tree/$file" "$root/$file"
	done
}
