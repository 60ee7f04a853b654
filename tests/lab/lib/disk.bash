# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# The disks of a whole Debian system: the ones that "lab debian" boots. Per release, below build/lab/guests/RELEASE:
#
#   disk.img          systemd, kdump-tools, GRUB, Debian's kernel, and the lab's agent: a partition table and one ext4
#   install/          the files that "make install" and the module add; a disk of its own, which the guest unpacks
#   configured.img    disk.img after that, and after hvcrash-configure in the guest (see debian.bash)
#   fleet.img         disk.img plus what the fleet's tools require of a VM (see fleet.bash); they install packages/
#
# The disk is written without mounts and loop devices, so that root in a container is enough: mke2fs fills the file system from the
# tree, and GRUB is put before it as grub-bios-setup would do. The guest then has a boot loader that hvcrash-configure can change by
# the distribution's own means. The kernel and the initrd of a first boot are the tree's; Debian's own programs make all later
# ones inside the guest.

readonly disk_packages=(systemd-sysv udev kmod procps linux-image-amd64 initramfs-tools grub-pc kdump-tools makedumpfile
	kexec-tools fdisk file zstd e2fsprogs)

# An emulated machine needs no mitigations, and the kernel's tests of ciphers take seconds. Free pages are zero: Debian 13's
# makedumpfile does not know which pages of its 6.12 are free (docs/operating.md), and would compress all of them, for minutes.
readonly disk_cmdline='console=ttyS0 mitigations=off cryptomgr.notests init_on_free=1'
readonly disk_uuid=6876636c-6162-4465-9269-616e726f6f74
readonly disk_mib=3072 disk_partition_mib=1 # GRUB goes between the partition table and the partition

debian_dir() { printf '%s/guests/%s' "$lab_state" "$1"; }

# For each flavour of a disk: the name of its image, and its packages beyond disk_packages
declare -rA disk_image=([system]=disk.img [fleet]=fleet.img)
declare -rA flavour_packages=([system]='' [fleet]='dkms linux-headers-amd64 openssh-server iproute2 python3 python3-apt')

# disk_include FLAVOUR: its packages, including the libraries that the tool is linked to, found from those it is built with.
disk_include() {
	local package list
	read -r -a list <<<"${disk_packages[*]} ${flavour_packages[$1]}"
	for package in "${tree_packages[@]}"; do
		case $package in lib*-dev) list+=("$package") ;; esac
	done
	(IFS=,; echo "${list[*]}")
}

# make_disk_tree RELEASE FLAVOUR
make_disk_tree() {
	local options
	mapfile -t options < <(kdump_options "$1")
	make_tree "$1-$2" "$1" "$(disk_include "$2")" "${options[@]}"
}

# build_disk_tree RELEASE FLAVOUR: checks that its kernel is the one the module is built for: the tree for building may be older than
# the mirror's current state.
build_disk_tree() {
	local release=$1 system=$1-$2
	make_disk_tree "$@"
	if [ "$(kernel_of "$system")" != "$(kernel_of "$release")" ]; then
		remove_tree "$(tree_of "$release")"
		remove_tree "$(tree_of "$system")"
		build_tree "$release"
		make_disk_tree "$@"
	fi
	[ "$(kernel_of "$system")" = "$(kernel_of "$release")" ] || die "$release: the mirror changed: this is not the kernel that the module is built for"
}

# customize_root ROOT: adds the agent, a host name and the root file system, and disables services that only cost time.
customize_root() {
	local root=$1 unit
	install -D -m 755 -t "$root/usr/local/lib/lab" "$lab_dir/debian/image/"{agent,manifest,files}
	# As on Azure, where the root disk is on VMBus, the initrd contains the driver
	install -D -m 755 "$lab_dir/debian/image/storage-hook" "$root/etc/initramfs-tools/hooks/lab-storage"
	for unit in lab-agent.service lab-agent-crash.service; do
		install -D -m 644 "$lab_dir/debian/image/$unit" "$root/etc/systemd/system/$unit"
	done
	mkdir -p "$root/etc/systemd/system/"{multi-user.target,kdump-tools-dump.service}.wants
	ln -sf ../lab-agent.service "$root/etc/systemd/system/multi-user.target.wants/"
	ln -sf ../lab-agent-crash.service "$root/etc/systemd/system/kdump-tools-dump.service.wants/"
	for unit in getty@tty1.service getty-static.service serial-getty@ttyS0.service apt-daily.timer apt-daily-upgrade.timer \
		dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer grub-common.service ldconfig.service \
		systemd-networkd.service systemd-journal-catalog-update.service modprobe@drm.service; do
		ln -sf /dev/null "$root/etc/systemd/system/$unit"
	done
	# Made here rather than by the emulated machine
	rm -f "$root"/var/lib/kdump/initrd* "$root"/var/lib/kdump/vmlinuz*
	echo lab >"$root/etc/hostname"
	echo "UUID=$disk_uuid / ext4 errors=remount-ro 0 1" >"$root/etc/fstab"
	in_root "$root" "$root/mnt" systemd-machine-id-setup
	# Devices of the emulated machine that no Hyper-V guest has; each driver takes seconds
	printf 'blacklist %s\n' kvm_amd iTCO_wdt lpc_ich i2c_i801 pcspkr psmouse vga16fb aesni_intel ghash_clmulni_intel \
		sha1_ssse3 sha256_ssse3 sha512_ssse3 crct10dif_pclmul qemu_fw_cfg >"$root/etc/modprobe.d/lab-machine.conf"
	# Use the module's bounds for real machines
	install -m 644 "$lab_dir/debian/image/lab-bounds.conf" "$root/etc/modprobe.d/"
	# An initrd with most modules, well compressed, takes minutes to make inside the guest
	printf '%s\n' MODULES=dep COMPRESS=zstd COMPRESSLEVEL=1 >"$root/etc/initramfs-tools/conf.d/lab"
	# The audit takes longer on an emulated machine
	mkdir -p "$root/etc/systemd/system/hvcrash-audit.service.d"
	printf '%s\n' '[Service]' Environment=HVCRASH_AUDIT_SECONDS=600 Environment=HVCRASH_WRITE_SECONDS=300 TimeoutStartSec=1800 \
		>"$root/etc/systemd/system/hvcrash-audit.service.d/lab.conf"
	sed -i "s/^GRUB_TIMEOUT=.*/GRUB_TIMEOUT=0/; s/^GRUB_CMDLINE_LINUX=.*/GRUB_CMDLINE_LINUX=\"$disk_cmdline\"/" "$root/etc/default/grub"
}

# customize_fleet ROOT IMAGE: adds a network with the lab and SSH access for root: its key and the host's are beside IMAGE.
customize_fleet() {
	local root=$1 base=${2%.img}
	install -m 644 "$lab_dir/debian/image/70-lab-network.rules" "$root/etc/udev/rules.d/"
	rm -f "$base.key" "$base.key.pub"
	ssh-keygen -q -t ed25519 -N '' -C lab -f "$base.key"
	install -D -m 600 "$base.key.pub" "$root/root/.ssh/authorized_keys"
	cut -d ' ' -f 1,2 "$root/etc/ssh/ssh_host_ed25519_key.pub" >"$base.host"
}

# make_first_initrd ROOT KERNEL: "dep" would look at the machine that it runs on, so this initrd lists its modules.
make_first_initrd() {
	local root=$1 kernel=$2
	cp -a "$root/etc/initramfs-tools" "$root/var/tmp/initramfs"
	printf '%s\n' MODULES=list COMPRESS=zstd >"$root/var/tmp/initramfs/conf.d/lab"
	printf '%s\n' ahci sd_mod ext4 >"$root/var/tmp/initramfs/modules"
	in_root "$root" "$root/mnt" mkinitramfs -d /var/tmp/initramfs -o "/boot/initrd.img-$kernel" "$kernel"
	rm -r "$root/var/tmp/initramfs"
}

# install_grub ROOT KERNEL: writes the first menu; update-grub writes later ones.
install_grub() {
	local root=$1 kernel=$2
	mkdir -p "$root/boot/grub/i386-pc"
	cp "$root"/usr/lib/grub/i386-pc/*.{mod,lst} "$root/boot/grub/i386-pc/"
	in_root "$root" "$root/mnt" grub-mkimage -O i386-pc -o /boot/grub/i386-pc/core.img -p '(hd0,msdos1)/boot/grub' \
		biosdisk part_msdos ext2 normal
	cat >"$root/boot/grub/grub.cfg" <<-END
		linux /boot/vmlinuz-$kernel root=UUID=$disk_uuid ro $disk_cmdline quiet
		initrd /boot/initrd.img-$kernel
		boot
	END
}

# write_grub ROOT IMAGE: writes GRUB into the gap before the partition. boot.img, in the first sector, loads the second sector, and that
# loads the rest of grub-mkimage's output: the sector numbers that grub-bios-setup would patch in are right as shipped.
write_grub() {
	local root=$1 image=$2
	[ "$(stat -c %s "$root/boot/grub/i386-pc/core.img")" -lt $(((disk_partition_mib << 20) - 512)) ] ||
		die 'GRUB does not fit before the partition'
	dd if="$root/usr/lib/grub/i386-pc/boot.img" of="$image" bs=446 count=1 conv=notrunc status=none # not the whole sector: the partition table follows
	dd if="$root/boot/grub/i386-pc/core.img" of="$image" bs=512 seek=1 conv=notrunc status=none
}

# fill_disk IMAGE RELEASE FLAVOUR
fill_disk() {
	local image=$1 system=$2-$3 flavour=$3 root=$1.root kernel
	kernel=$(kernel_of "$system")
	remove_tree "$root"
	cp -a "$(tree_of "$system")" "$root"
	customize_root "$root"
	[ "$flavour" != fleet ] || customize_fleet "$root" "$image"
	make_first_initrd "$root" "$kernel"
	install_grub "$root" "$kernel"
	rm -f "$image.new"
	truncate -s ${disk_mib}M "$image.new"
	echo "start=${disk_partition_mib}MiB, type=83, bootable" | in_root "$root" "$(dirname "$image")" \
		sfdisk --quiet "/mnt/$(basename "$image").new"
	mke2fs -q -t ext4 -U "$disk_uuid" -d "$root" -E "offset=$((disk_partition_mib << 20))" "$image.new" \
		$((disk_mib - disk_partition_mib))M
	write_grub "$root" "$image.new"
	remove_tree "$root"
	mv "$image.new" "$image"
}

# build_disk RELEASE FLAVOUR
build_disk() {
	local release=$1 flavour=$2 image sum
	image=$(debian_dir "$release")/${disk_image[$flavour]}
	mkdir -p "$(dirname "$image")"
	build_disk_tree "$release" "$flavour"
	sum=$(sources_sum "$lab_dir/lib/disk.bash" "$lab_dir/debian/image")-$(made_at "$release-$flavour")
	is_fresh "$image.stamp" "$sum" && [ -e "$image" ] && return 0
	rm -f "$image.stamp"
	build_logged "the disk of $release, $flavour" "${image%.img}.log" fill_disk "$image" "$release" "$flavour"
	printf '%s\n' "$sum" >"$image.stamp"
}

# The files that "make install" reads
readonly install_sources=(Makefile tools kernel kdump-hooks scripts fleet)

# index_modules RELEASE ROOT KERNEL: adds depmod's index, of the modules of the disk and of ROOT, to ROOT. depmod unpacks four thousand
# modules, which takes seconds here and minutes in the guest.
index_modules() {
	local release=$1 modules=$2/usr/lib/modules/$3 all=$2.modules
	remove_tree "$all"
	mkdir -p "$all/lib/modules"
	cp -a "$(tree_of "$release-system")/usr/lib/modules/$3" "$all/lib/modules/"
	cp -a "$modules/." "$all/lib/modules/$3/"
	in_tree "$release" "$all" depmod -b /mnt "$3"
	cp -a "$all/lib/modules/$3"/modules.* "$modules/"
	remove_tree "$all"
}

# fill_install RELEASE DIRECTORY: DIRECTORY/root has the files to add to the system.
fill_install() {
	local release=$1 dir=$2 source kernel
	kernel=$(kernel_of "$release")
	for source in "${install_sources[@]}"; do
		[ ! -d "$repo/$source" ] || sync_sources "$repo/$source" "$dir/src/$source"
	done
	cp "$repo/Makefile" "$dir/src/Makefile"
	remove_tree "$dir/src/root"
	mkdir "$dir/src/root"
	in_tree "$release" "$dir/src" make -C /mnt install DESTDIR=/mnt/root
	install -D -m 644 "$lab_state/kernels/$release/hvcrash.ko" "$dir/src/root/usr/lib/modules/$kernel/updates/hvcrash.ko"
	index_modules "$release" "$dir/src/root" "$kernel"
	# For guests that fetch the source, as examples/cloud-init.yaml does
	mkdir -p "$dir/src/root/usr/local/lib/lab"
	tar -C "$dir/src" --owner=0 --group=0 --transform 's|^|hvcrash/|' -czf "$dir/src/root/usr/local/lib/lab/hvcrash.tar.gz" \
		"${install_sources[@]}"
	tar -C "$dir/src/root" --owner=0 --group=0 -cf "$dir/install.tar" .
}

build_install() {
	local release=$1 dir sum
	dir=$(debian_dir "$release")/install
	sum=$(cd "$repo" && sources_sum "${install_sources[@]}" tests/lab/lib/disk.bash)-$(cat "$lab_state/kernels/$release/hvcrash.stamp")
	is_fresh "$dir.stamp" "$sum" && [ -e "$dir/install.tar" ] && return 0
	rm -f "$dir.stamp"
	mkdir -p "$dir/src"
	build_logged "what is installed in $release" "$dir.log" fill_install "$release" "$dir"
	printf '%s\n' "$sum" >"$dir.stamp"
}

# release_after RELEASE: the release whose kernel RELEASE is upgraded to
release_after() {
	case $1 in
	bookworm) echo trixie ;;
	*) echo forky ;;
	esac
}

# fill_upgrade RELEASE DIRECTORY: DIRECTORY/root has the files that the kernel package of the next release installs; hvcrash.ko for that
# kernel is put aside.
fill_upgrade() {
	local next dir=$2/root kernel
	next=$(release_after "$1")
	kernel=$(kernel_of "$next")
	remove_tree "$dir"
	mkdir -p "$dir/boot" "$dir/usr/lib/modules" "$dir/var/lib/lab/upgrade"
	cp "$(tree_of "$next")"/boot/{vmlinuz,config}-"$kernel" "$dir/boot/"
	cp -a "$(tree_of "$next")/usr/lib/modules/$kernel" "$dir/usr/lib/modules/"
	rm -f "$dir/usr/lib/modules/$kernel"/{build,source}
	echo "$kernel" >"$dir/var/lib/lab/upgrade/kernel"
	cp "$lab_state/kernels/$next/hvcrash.ko" "$dir/var/lib/lab/upgrade/"
	tar -C "$dir" --owner=0 --group=0 -cf "$2/upgrade.tar" .
	remove_tree "$dir"
}

# build_upgrade RELEASE
build_upgrade() {
	local next dir sum
	next=$(release_after "$1")
	dir=$(debian_dir "$1")/upgrade
	mkdir -p "$lab_state/kernels/$next" "$dir"
	build_tree "$next"
	build_module "$next"
	sum=$(cat "$lab_state/kernels/$next/hvcrash.stamp")
	is_fresh "$dir.stamp" "$sum" && [ -e "$dir/upgrade.tar" ] && return 0
	rm -f "$dir.stamp"
	build_logged "the kernel to upgrade $1 to" "$dir.log" fill_upgrade "$1" "$dir"
	printf '%s\n' "$sum" >"$dir.stamp"
}

# build_debian KERNEL: everything that a guest with a whole Debian system needs.
build_debian() {
	build_guest "$1" hvcrash
	build_disk "$(release_of "$1")" system
	build_install "$(release_of "$1")"
}
