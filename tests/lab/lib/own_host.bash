# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# The lab's own host (--host own): tests/lab/host, on the bare metal of an emulated machine. There is no Linux and no KVM in between,
# so the guest's serial ports, disks and network are QEMU's own, and QEMU's monitor is the machine's.
#
# The host answers requests on a separate serial port, the oracle: one line each, with a line of JSON (host/oracle.c). Its
# log is host.log of the run, whose last line says why the machine ended and whose fault that is.

readonly own_host_dir=$lab_dir/host/x86

# build_own_host: host.elf and ssdt.aml in build/lab/host
build_own_host() {
	local dir=$lab_state/host sum
	if is_arm64; then build_arm64_host; return; fi
	need_commands gcc ld objcopy make iasl
	sum=$(sources_sum "$lab_dir/host")
	is_fresh "$dir.stamp" "$sum" && [ -e "$dir/host.elf" ] && return 0
	rm -f "$dir.stamp"
	mkdir -p "$dir"
	build_logged "the lab's host" "$dir.log" make -C "$own_host_dir" "O=$dir"
	printf '%s\n' "$sum" >"$dir.stamp"
}

# check_emulator: checks for what the host requires of this machine's QEMU. Debian 12's has all of it.
check_emulator() {
	if is_arm64; then check_arm64_emulator; return; fi
	need_commands qemu-system-x86_64
	qemu-system-x86_64 -accel help | grep -qx tcg ||
		die "this machine's qemu-system-x86_64 cannot emulate (it has no accelerator 'tcg'): install Debian's qemu-system-x86"
	qemu-system-x86_64 -cpu help | grep -qw svm || die "this machine's qemu-system-x86_64 does not know SVM: install QEMU 7.2 or newer"
}

# host_words: the host's options, on its command line. It determines the number of VPs from the CPUs.
host_words() {
	[ "$opt_stimer" = direct ] || printf 'direct-timers=0 '
	printf '%s' "$opt_host_options"
}

# multiboot_word WORDS: QEMU separates modules by commas, so a comma in one is doubled
multiboot_word() { printf '%s' "${1//,/,,}"; }

# own_boot_arguments: for a kernel that the host starts, or for a boot from the guest's first disk by SeaBIOS and GRUB
own_boot_arguments() {
	local name bus=0
	if [ -z "$debian_disks" ]; then
		hibernates || printf '%s\n' -no-reboot
		printf '%s\n' -initrd "$(multiboot_word "$kernel_image $(guest_cmdline)"),$(multiboot_word "$run_dir/initrd.img")"
		return
	fi
	for name in $debian_disks; do
		printf '%s\n' -drive "file=$(host_file "disk-$name"),format=raw,cache=unsafe,if=none,id=$name" \
			-device "ide-hd,drive=$name,serial=$name,bus=ide.$bus"
		bus=$((bus + 1))
	done
}

# hibernates: whether one of the guest's steps hibernates. The machine is then reset, and its disk keeps the image.
hibernates() { case :$opt_steps: in *:hibernate:*) ;; *) return 1 ;; esac }

make_swap_disk() {
	hibernates || return 0
	rm -f "$run_dir/disk-swap.img"
	truncate -s 1G "$run_dir/disk-swap.img"
}

copy_swap_modules() {
	! hibernates || copy_modules "$(tree_of "$1")" "$(kernel_of "$1")" "$2" swap virtio_pci virtio_blk
}

# swap_arguments: if a guest's ACPI offers hibernation (S4), it lets the host have none of its memory (hv_balloon's
# allow_hibernation). Azure offers S4 only on request.
swap_arguments() {
	if hibernates; then
		printf '%s\n' -drive "file=$run_dir/disk-swap.img,format=raw,cache=unsafe,if=none,id=swap" \
			-device virtio-blk-pci,drive=swap,serial=swap
	else
		printf '%s\n' -global ICH9-LPC.disable_s4=1
	fi
}

# start_own [ARGUMENT...]: the host needs one CPU more than the guest has.
start_own() {
	local arguments
	if is_arm64; then start_arm64 "$@"; return; fi
	mapfile -t arguments < <(own_boot_arguments; dump_disk_arguments "$run_dir/disk-dumps" unsafe
		swap_arguments; network_arguments "$any_port")
	start_process "$run_dir/qemu.log" qemu-system-x86_64 \
		-accel tcg,thread=single,tb-size=512 -M q35,smm=off,hpet=off -cpu EPYC,+svm,-x2apic \
		-smp "$((opt_cpus + 1)),maxcpus=$((${opt_maxcpus:-$opt_cpus} + 1))" -m "$opt_memory" \
		-nodefaults -no-user-config -display none -vga none \
		-acpitable "file=$lab_state/host/ssdt.aml" -kernel "$lab_state/host/host.elf" -append "$(host_words)" \
		-chardev "file,id=console,path=$run_dir/console.log" -serial chardev:console \
		-chardev "pipe,id=handshake,path=$run_dir/handshake" -serial chardev:handshake \
		-chardev "pipe,id=oracle,path=$run_dir/oracle" -device isa-serial,chardev=oracle,iobase=0x2e8,irq=7,index=3 \
		-chardev "pipe,id=monitor,path=$run_dir/monitor" -mon chardev=monitor,mode=control \
		-debugcon "file:$run_dir/host.log" "${arguments[@]}" "$@"
	machine_pid=$!
}

# host_ask REQUEST [SECONDS]: asks the oracle and sets $line to its answer, a line of JSON.
host_ask() {
	channel_send oracle "$1"
	channel_line oracle "${2:-30}" || {
		machine_check "the host's answer to '$1'"
		lab_failed "the host did not answer '$1' in ${2:-30} s"
	}
	case $line in '{"error":'*) lab_failed "the host answered '$line' to '$1'" ;; esac
}

# host_overlays: standard input: an answer to "state"; standard output: every overlay, named as by QEMU where QEMU has the kind.
# "stale": turned on by a kernel other than the one that runs now.
host_overlays() {
	jq '{simp: "synic-VP-msg-page", siefp: "synic-VP-event-page", sirbp: "synic-VP-ring-page", vp_assist: "vp-VP-assist-page",
			hypercall: "hypercall-page", reference_tsc: "reference-tsc-page"} as $names |
		.kernel as $now | [.overlays[] | (.vp_index | tostring) as $vp |
			{gpa, name: ($names[.kind] // .kind | sub("VP"; $vp)), stale: (.kernel != $now)}] | sort_by(.name)'
}

# own_oracle_ask FILE: oracle_ask for the own host
own_oracle_ask() {
	local line
	host_ask state
	printf '%s\n' "$line" >"$(state_file "$1")"
	# shellcheck disable=SC2094 # another file, named after it
	host_overlays <"$(state_file "$1")" >"$1"
}

# own_registers: writes all VPs' registers to registers.txt and the host's state to failed.state.json, and prints where each VP is
own_registers() {
	local line
	own_oracle_ask "$run_dir/failed.json"
	host_ask registers
	jq . <<<"$line" >"$run_dir/registers.txt"
	jq -r '.vps[] | select(.started) | "VP \(.vp): \(.registers.rip // .registers.pc // "no answer")"' "$run_dir/registers.txt"
}

# set_faults: injects the faults of --fault once the guest is completely up, before the crash
set_faults() {
	local word line
	for word in $opt_fault; do
		host_ask "option $word"
	done
}

# host_end: why the machine ended, by the last line of the host's log, if there is one
host_end() { sed -n 's/^.*\] end: //p' "$run_dir/host.log" 2>/dev/null | tail -n 1; }

# check_host_end WHAT: the machine ended while the lab waited for WHAT: blames the guest or the host
check_host_end() {
	local why
	why=$(host_end)
	case $why in
	'') ;;
	host*) lab_failed "the host ended (${why#host: }) while the lab waited for $1" ;;
	*) guest_stopped "the host ended the run (${why#guest: }) while the lab waited for $1" ;;
	esac
}
