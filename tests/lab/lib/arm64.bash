# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# arm64 guests (--arch arm64). Their hypervisor is the lab's own (tests/lab/host/arm64), which runs at EL2 of an emulated machine;
# their kernels are Debian's, of the same version as the amd64 ones, with pages of 4 or 16 KiB; module and tool are cross-built.
# This machine runs no arm64 program.
#
# The release names of such kernels begin with arm64: arm64-trixie, arm64-16k-forky, arm64-bookworm-cloud. Both page sizes of a
# release share one tree: Debian's for amd64, with a cross compiler, arm64's libraries beside amd64's, and arm64's kernels and programs.

readonly arm64_packages=(linux-headers-amd64 gcc-aarch64-linux-gnu make kmod pkg-config libelf-dev:arm64 libsmartcols-dev:arm64
	libxxhash-dev:arm64 libjson-c-dev:arm64 libkdumpfile-dev:arm64 busybox-static:arm64 kexec-tools:arm64 makedumpfile:arm64)

# Addresses in the machine (tests/lab/host/arm64/arm64.h)
readonly arm64_words=0x40100000 arm64_ram=0x40000000 arm64_kernel=0x42000000 arm64_device_tree=0x46000000 arm64_initrd=0x50000000
readonly arm64_firmware_bytes=0x10000

# arm64_release RELEASE: RELEASE of the kernel that --kernel and --page-size select
arm64_release() {
	case $1 in
	bullseye* | own-* | *-rt) usage_error "--arch arm64: the lab has no kernel $opt_kernel" ;;
	esac
	[ "$opt_page_size" = 4 ] || case $1 in
	trixie | forky) printf 'arm64-16k-%s' "$1"; return ;;
	*) usage_error "--page-size 16: Debian has no such kernel $opt_kernel" ;;
	esac
	printf 'arm64-%s' "$1"
}

# check_arm64: options that exclude --arch arm64, and options that require it
check_arm64() {
	if ! is_arm64; then
		[ "$opt_page_size" = 4 ] || usage_error '--page-size goes with --arch arm64'
		[ "$opt_firmware" = acpi ] || usage_error '--firmware goes with --arch arm64'
		return 0
	fi
	[ "$opt_host" = own ] || usage_error '--arch arm64 goes with --host own'
	[ "${opt_maxcpus:-$opt_cpus}" -eq "$opt_cpus" ] || usage_error '--arch arm64: not with --maxcpus'
	[ "$opt_cpus" -le 16 ] || usage_error '--arch arm64: up to 16 CPUs'
	[ "$opt_memory" -le 3072 ] || usage_error '--arch arm64: up to 3072 MiB of memory'
	[ -z "$opt_keep$opt_from$opt_dumps$opt_dracut$opt_headers$opt_registers$opt_crash_opens" ] ||
		usage_error '--arch arm64: not with --keep, --from, --dumps, --dracut, --headers, --registers or --crash-opens'
	case $opt_crash in
	kexec) usage_error "--arch arm64: Debian's kernels have no kexec_file_load: --crash kexec-load" ;;
	nmi | nmi-handler | double-nmi | stuck-nmi | timed | floor | ctl:nmi) usage_error "--arch arm64: no --crash $opt_crash" ;;
	esac
	case :$opt_steps: in *:slot:* | *:uio:*) usage_error '--arch arm64: no steps slot and uio' ;; esac
	case $opt_kernel:$opt_firmware in 6.*:dt) usage_error "--firmware dt: ${opt_kernel%-*} finds Hyper-V by ACPI only" ;; esac
}

# arm64_flavour RELEASE: its Debian name
arm64_flavour() { case $1 in arm64-16k-*) echo arm64-16k ;; *-cloud) echo cloud-arm64 ;; *) echo arm64 ;; esac; }

build_arm64_tree() {
	local suite; suite=$(suite_of "$1")
	make_tree "arm64-$suite" "$suite" "$(IFS=,; echo "${arm64_packages[*]}")" \
		--architectures amd64,arm64 "--customize-hook=$lab_dir/lib/arm64-extract"
}

# arm64_kernel_of RELEASE
arm64_kernel_of() {
	local kernels
	# The version has no "-" before the flavour except that of an ABI number
	kernels=("$(tree_of "$1")"/boot/vmlinuz-*[0-9]-"$(arm64_flavour "$1")")
	[ -e "${kernels[0]}" ] || die "$1: the tree has no kernel"
	printf '%s' "${kernels[0]##*/vmlinuz-}"
}

# arm64_libraries TREE FILE...: the paths in the tree of the libraries that these programs need, one a line; without ldd, which would
# run the programs.
arm64_libraries() {
	local tree=$1 name; shift
	local -A seen=()
	printf '%s\n' /lib/ld-linux-aarch64.so.1
	while [ $# -gt 0 ]; do
		for name in $(aarch64-linux-gnu-readelf -d "$1" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
			[ -z "${seen[$name]:-}" ] || continue
			[ -e "$tree/usr/lib/aarch64-linux-gnu/$name" ] || continue
			seen[$name]=1
			set -- "$@" "$tree/usr/lib/aarch64-linux-gnu/$name"
			printf '%s\n' "/usr/lib/aarch64-linux-gnu/$name"
		done
		shift
	done
}

# arm64_tool_words: arguments of make for hvcrashctl, one a line
arm64_tool_words() {
	printf '%s\n' CC=aarch64-linux-gnu-gcc \
		'PKG_CONFIG=env PKG_CONFIG_LIBDIR=/usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig pkg-config'
}

# build_arm64_host: host.bin in build/lab/host-arm64
build_arm64_host() {
	local dir=$lab_state/host-arm64 sum
	need_commands aarch64-linux-gnu-gcc make iasl dtc
	sum=$(sources_sum "$lab_dir/host")
	is_fresh "$dir.stamp" "$sum" && [ -e "$dir/host.bin" ] && return 0
	rm -f "$dir.stamp"
	mkdir -p "$dir"
	build_logged "the lab's host for arm64" "$dir.log" make -C "$lab_dir/host/arm64" "O=$dir"
	printf '%s\n' "$sum" >"$dir.stamp"
}

check_arm64_emulator() {
	need_commands qemu-system-aarch64
	qemu-system-aarch64 -cpu help | grep -qw neoverse-n1 ||
		die "this machine's qemu-system-aarch64 knows no neoverse-n1: install QEMU 7.2 or newer"
}

# device_tree_chosen CMDLINE: the node "chosen", which every guest needs
device_tree_chosen() {
	local end
	end=$((arm64_initrd + $(stat -c %s "$run_dir/initrd.img")))
	printf 'bootargs = "%s";\n' "$1"
	printf 'linux,initrd-start = <0 %d>; linux,initrd-end = <0 %d>;\n' $((arm64_initrd)) $end
}

# acpi_device_tree CMDLINE: a device tree as an EFI stub leaves it: it points to the system table and the memory map, which the host
# has made. It also states whether secure boot is on, since 7.2 panics without that.
acpi_device_tree() {
	local table=$((arm64_ram + opt_memory * 1024 * 1024 - arm64_firmware_bytes))
	printf '/dts-v1/;\n/ { #address-cells = <2>; #size-cells = <2>; chosen {\n'
	device_tree_chosen "efi=noruntime $1"
	printf 'linux,uefi-system-table = <0 %d>; linux,uefi-mmap-start = <0 %d>;\n' $table $((table + 0x100))
	printf 'linux,uefi-mmap-size = <80>; linux,uefi-mmap-desc-size = <40>; linux,uefi-mmap-desc-ver = <1>; linux,uefi-secure-boot = <2>;\n'
	printf '}; };\n'
}

# cpu_nodes N
cpu_nodes() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf 'cpu@%x { device_type = "cpu"; compatible = "arm,armv8"; reg = <0 %d>; enable-method = "psci"; };\n' $i $i
	done
}

# dt_device_tree CMDLINE: the devices that the host shows to the guest. Interrupts: type (0 SPI, 1 PPI), number, flags.
dt_device_tree() {
	sed "s/^\t\t\t//" <<-END
			/dts-v1/;
			/ {
				#address-cells = <2>; #size-cells = <2>; interrupt-parent = <&gic>; compatible = "hvcrash,lab", "linux,dummy-virt";
				chosen { stdout-path = "/pl011@9000000"; $(device_tree_chosen "$1") };
				memory@42000000 { device_type = "memory"; reg = <0 0x42000000 0 $((opt_memory * 1024 * 1024 - (arm64_kernel - arm64_ram)))>; };
				cpus { #address-cells = <2>; #size-cells = <0>; $(cpu_nodes "$opt_cpus") };
				psci { compatible = "arm,psci-1.0", "arm,psci-0.2"; method = "hvc"; };
				timer { compatible = "arm,armv8-timer"; always-on; interrupts = <1 13 4>, <1 14 4>, <1 11 4>, <1 10 4>; };
				gic: intc@8000000 {
					compatible = "arm,gic-v3"; interrupt-controller; #interrupt-cells = <3>; #address-cells = <0>;
					reg = <0 0x08000000 0 0x10000>, <0 0x080a0000 0 $(((opt_cpus + 1) * 0x20000))>;
				};
				clock: apb-pclk { compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <24000000>; };
				pl011@9000000 {
					compatible = "arm,pl011", "arm,primecell"; reg = <0 0x09000000 0 0x1000>; interrupts = <0 1 4>;
					clocks = <&clock>, <&clock>; clock-names = "uartclk", "apb_pclk";
				};
				serial@3eff2000 {
					compatible = "ns16550a"; reg = <0 0x3eff2000 0 8>; interrupts = <0 5 4>; clock-frequency = <1843200>;
				};
				vmbus@e000000 {
					compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <1>; dma-coherent;
					ranges = <0 0x0e000000 0 0x0e000000 0x01000000>; interrupts = <1 2 1>;
				};
			};
		END
}

# emulation: QEMU's accelerator options, one word a line. A thread per CPU is fastest, but stretches waits that the guest counts in
# steps of 10 ms: with four spinning CPUs on two idle ones, the kernel's 100 s for an unanswered UNLOAD became 300 s. Runs that wait
# for that derive time from instructions, 64 ns each.
emulation() {
	case $opt_expect in
	not-unloaded | waits) printf '%s\n' -accel tcg,thread=single,tb-size=512 -icount shift=6,sleep=off ;;
	*) printf '%s\n' -accel tcg,thread=multi,tb-size=512 ;;
	esac
}

# start_arm64: the host needs one CPU more than the guest has. Three more serial ports, in these PCI slots: the host's log, the
# guest's line to the lab, the oracle (tests/lab/host/arm64/uart.c).
start_arm64() {
	local port slot=2 arguments
	mapfile -t arguments < <(emulation)
	"${opt_firmware}_device_tree" "$(guest_cmdline)" >"$run_dir/guest.dts"
	dtc -q -I dts -O dtb -o "$run_dir/guest.dtb" "$run_dir/guest.dts" >"$run_dir/dtc.log" 2>&1 || lab_failed "dtc: $(head -n 1 "$run_dir/dtc.log")"
	printf 'memory=%d %s\0' "$opt_memory" "$(host_words)" >"$run_dir/host.words"
	for port in handshake oracle; do
		arguments+=(-chardev "pipe,id=$port,path=$run_dir/$port" -device "pci-serial,chardev=$port,addr=$slot")
		slot=$((slot + 1))
	done
	start_process "$run_dir/qemu.log" qemu-system-aarch64 -M virt,virtualization=on,gic-version=3,its=off,highmem=off \
		-cpu neoverse-n1 -smp $((opt_cpus + 1)) -m "$opt_memory" \
		-nodefaults -no-user-config -display none -no-reboot -kernel "$lab_state/host-arm64/host.bin" \
		-device "loader,file=$run_dir/host.words,addr=$arm64_words,force-raw=on" \
		-device "loader,file=$kernel_image,addr=$arm64_kernel,force-raw=on" \
		-device "loader,file=$run_dir/guest.dtb,addr=$arm64_device_tree,force-raw=on" \
		-device "loader,file=$run_dir/initrd.img,addr=$arm64_initrd,force-raw=on" \
		-chardev "file,id=console,path=$run_dir/console.log" -serial chardev:console \
		-chardev "file,id=log,path=$run_dir/host.log" -device pci-serial,chardev=log,addr=1 "${arguments[@]}" \
		-chardev "pipe,id=monitor,path=$run_dir/monitor" -mon chardev=monitor,mode=control
	machine_pid=$!
}
