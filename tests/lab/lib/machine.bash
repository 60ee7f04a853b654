# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# The machine that the guest runs on. There are several kinds, which look the same from outside: the lab's own host
# (own_host.bash); or, for --host kvm, QEMU on this machine's KVM if that offers Hyper-V, else a software-emulated machine with SVM,
# whose own KVM runs the guest. The last kind, plain, is emulated once and has only the name of Hyper-V: it prepares a guest that
# would take an hour to prepare in a nested machine.
#
# The outer machine has only one CPU: with more, code patching across emulated CPUs and lost timer ticks made one run
# in five fail. Everything started here dies with the process that started it, whatever kills it.

# Each lab run has one machine.
machine_pid='' agent_pid='' guest_end=''

# KVM_CHECK_EXTENSION(KVM_CAP_HYPERV)
has_hyperv_kvm() {
	[ -r /dev/kvm ] && perl -e 'open(my $kvm, "+<", "/dev/kvm") or exit 1; exit(ioctl($kvm, 0xAE03, 44) > 0 ? 0 : 1)'
}

machine_way() {
	if [ "$opt_host" = own ]; then echo own; elif [ -n "$opt_way" ]; then echo "$opt_way"; elif has_hyperv_kvm; then echo direct; else echo nested; fi
}

guest_console() { if is_arm64; then echo ttyAMA0; else echo ttyS0; fi; }

guest_cmdline() {
	local line
	# log_buf_len: in a panic the other CPUs may keep running, for half a minute on a slow console, and in a storm they print so
	# much that the panic was no longer in the log when it was dumped
	line="console=$(guest_console) quiet$(is_arm64 || echo ' log_buf_len=2M') crashkernel=$opt_crashkernel lab.leave=$(way_of_leaving)"
	[ -z "$opt_module" ] || line+=" lab.module=${opt_module// /,}"
	# GO names the CPUs of the crash, too late for the steps
	[ -z "$opt_steps" ] || line+=" lab.steps=$opt_steps lab.cpu=$opt_cpu lab.other=$opt_other"
	[ "$opt_jumps" -eq 1 ] || line+=" lab.jumps=$opt_jumps"
	[ -z "$opt_rescue" ] || line+=" lab.rescue=1"
	[ -z "$opt_registers" ] || line+=" lab.registers=1"
	[ -z "$opt_dump_hangs" ] || line+=" lab.dump_hangs=1"
	[ -z "$opt_dumps" ] || line+=" lab.dumps=$opt_dumps"
	# The traces of kernel reports have this level; only the lab's debug kernels make such reports
	! is_own_release "$release" || line+=' loglevel=5'
	[ -z "$opt_cmdline" ] || line+=" $opt_cmdline"
	printf '%s' "$line"
}

guest_cpu_model() {
	local model=host,kvm=off,hv-relaxed,hv-vapic,hv-time,hv-vpindex,hv-synic,hv-stimer,hv-crash,hv-reset,hv-frequencies,hv-runtime
	[ "$opt_stimer" = message ] || model+=,hv-stimer-direct
	# An XSAVE size that the emulated CPU reports wrongly stops kernels from 7 on.
	case $way:$kernel_version in nested:6.*) ;; nested:*) model+=,-xsave,-xsaveopt,-xsavec,-xsaves,-avx,-avx2,-pku ;; esac
	printf '%s' "$model"
}

# What the guest boots: a kernel, which ends with its run; or, if a run names disks here, a system from the first of them,
# which boots again when it reboots.
debian_disks=''

# Whether it has a network: one that only the lab is on, through which this machine reaches its port 22, see network_port.
guest_network=''

# A directory that the caller made, removed with the machine
control_dir=''

# network_arguments FROM: one a line. Connections to FROM, an address and a port as in QEMU's hostfwd, go to port 22 of the
# machine.
network_arguments() {
	[ -n "$guest_network" ] || return 0
	printf '%s\n' -netdev "user,id=network,restrict=on,hostfwd=tcp:$1-:22" -device virtio-net-pci,netdev=network,romfile=
}

# A free port of this machine's loopback, chosen by QEMU
readonly any_port=127.0.0.1:0

# network_port: sets $port to that port.
network_port() {
	local line reply channel=monitor
	[ "$way" != nested ] || { channel=outer; outer_begin; }
	hmp "$channel" 'info usernet' || lab_failed "QEMU did not answer 'info usernet'"
	port=$(awk '/HOST_FORWARD/ { print $4 }' <<<"$reply")
	[ -n "$port" ] || lab_failed "QEMU names no port of the guest's network: $reply"
}

# boot_arguments FILE-OF: FILE-OF NAME prints the path at which the machine finds a file.
boot_arguments() {
	local file_of=$1 name bus=0
	if [ -z "$debian_disks" ]; then
		printf '%s\n' -no-reboot -kernel "$("$file_of" kernel)" -initrd "$("$file_of" initrd)" -append "$(guest_cmdline)"
		return
	fi
	for name in $debian_disks; do
		printf '%s\n' -drive "file=$("$file_of" "disk-$name"),format=raw,if=none,id=$name" \
			-device "ide-hd,drive=$name,serial=$name,bus=ide.$bus"
		bus=$((bus + 1))
	done
}

# port_arguments CHANNELS CONSOLE: the ports of the QEMU that runs the guest, for both directions, and no default devices.
port_arguments() {
	printf '%s\n' -nodefaults -no-user-config -display none -vga none \
		-chardev "file,id=console,path=$2" -serial chardev:console \
		-chardev "pipe,id=handshake,path=$1/handshake" -serial chardev:handshake \
		-chardev "pipe,id=monitor,path=$1/monitor" -mon chardev=monitor,mode=control
}

# guest_arguments CHANNELS MEMORY FIRMWARE CONSOLE FILE-OF: for the QEMU that runs the guest, one a line.
# -action panic=none: otherwise QEMU ends when the guest reports its crash to the hypervisor. align=2M: a mapping uses the file's
# huge pages only if it is aligned to them; without this, KVM took 262,000 nested page faults to boot a Debian system, and 1,700
# with it.
guest_arguments() {
	local channels=$1 memory=$2 firmware=$3 console=$4 file_of=$5
	printf '%s\n' -L "$firmware" -accel kvm -M q35,hpet=off,memory-backend=ram -cpu "$(guest_cpu_model)" \
		-object "memory-backend-file,id=ram,size=${opt_memory}M,mem-path=$memory,share=on,align=2M" \
		-m "$opt_memory" -smp "$opt_cpus,maxcpus=${opt_maxcpus:-$opt_cpus}" -action panic=none -device vmbus-bridge -device hv-balloon
	port_arguments "$channels" "$console"
	dump_disk_arguments "$channels/disk-dumps" writeback
	# Nested: the outer machine forwards its port 22
	case $way in direct) network_arguments "$any_port" ;; nested) network_arguments :22 ;; esac
	boot_arguments "$file_of"
}

# start_process LOG COMMAND...: in the background, killed when this shell ends; sets $!. In a separate session, or QEMU would
# receive a Ctrl-C meant for the lab.
start_process() {
	local log=$1; shift
	setpriv --pdeathsig KILL setsid "$@" >>"$log" 2>&1 </dev/null &
}

# Where the outer machine's init puts files
nested_file() { printf '/guest/%s' "$1"; }

# host_file NAME: its path on this machine.
host_file() {
	case $1 in
	kernel) printf '%s' "$kernel_image" ;;
	initrd) printf '%s/initrd.img' "$run_dir" ;;
	disk-*) printf '%s/%s.img' "$run_dir" "$1" ;;
	esac
}

# nested_disks: NAME:FILE:READONLY one line for each file that the outer machine gets as a disk.
nested_disks() {
	local name
	printf 'args:%s/args:on\n' "$run_dir"
	if [ -z "$debian_disks" ]; then
		printf '%s\n' "kernel:$(host_file kernel):on" "initrd:$(host_file initrd):on"
	else
		for name in $debian_disks; do printf "%s\n" "$name:$(host_file "disk-$name"):off"; done
	fi
}

# slow_clock: words for env, one a line, that slow a program's clock to a quarter. None without libfaketime.
#
# An emulated CPU is about fifty times slower than a real one, and each kernel on it takes 250 ticks a second, each of which causes
# an exit of the inner machine and two flushes of the emulated TLB. Ticks took most of its time, more so on a slower machine, and a
# guest that waited for spinning CPUs made no progress. Measured side by side: a crash of the stock kernel took 200 s, at half speed
# 87, at a quarter 51 to 89, at a tenth 82, but then every wait takes ten times as long.
slow_clock() {
	local libraries=(/usr/lib/*/faketime/libfaketimeMT.so.1)
	[ ! -e "${libraries[0]}" ] || printf '%s\n' "LD_PRELOAD=${libraries[0]}" 'FAKETIME=+0 x0.25'
}

# start_nested [OUTER-ARGUMENT...]
#
# no_timer_check: to test the timer, the kernel counts its ticks while the TSC advances by 10 ticks at 4 GHz (timer_irq_works()).
# The TSC runs at this machine's speed and the timer at a quarter of it: fewer than 5 ticks arrived, sometimes with all four
# methods, and then the kernel panics.
start_nested() {
	local port name file access clock arguments=()
	mapfile -t clock < <(slow_clock)
	guest_arguments /guest /guest/memory /firmware /guest/console nested_file | tr ' ' '\037' >"$run_dir/args"
	truncate -s %512 "$run_dir/args" # disks come in sectors
	[ ! -e "$run_dir/initrd.img" ] || truncate -s %512 "$run_dir/initrd.img"
	for port in handshake monitor agent; do
		arguments+=(-chardev "pipe,id=$port,path=$run_dir/$port" -device "virtserialport,chardev=$port,name=$port")
	done
	while IFS=: read -r name file access; do
		arguments+=(-drive "file=$file,format=raw,cache=unsafe,readonly=$access,if=none,id=$name"
			-device "virtio-blk-pci,drive=$name,serial=$name")
	done < <(nested_disks)
	mapfile -t -O ${#arguments[@]} arguments < <(dump_disk_arguments "$run_dir/disk-dumps" unsafe; network_arguments "$any_port")
	start_process "$run_dir/qemu.log" env "${clock[@]}" qemu-system-x86_64 \
		-accel tcg,thread=single,tb-size=1024 -cpu EPYC,+svm,-x2apic -smp 1 -m $((opt_memory + 3072)) \
		-nodefaults -no-user-config -display none -vga none -no-reboot \
		-kernel "$lab_state/outer/vmlinux" -initrd "$lab_state/outer/outer.img" -append 'console=ttyS0 quiet panic=-1 mitigations=off no_timer_check' \
		-chardev "file,id=outer,path=$run_dir/outer.log" -serial chardev:outer -device virtio-serial-pci \
		-chardev "file,id=console,path=$run_dir/console.log" -device virtserialport,chardev=console,name=console \
		-chardev "pipe,id=outer-monitor,path=$run_dir/outer" -mon chardev=outer-monitor,mode=control \
		"${arguments[@]}" "$@"
	machine_pid=$!
}

start_direct() {
	local root=$lab_state/outer/root arguments
	memory_file=$(mktemp /dev/shm/hvcrash-lab.XXXXXX)
	mapfile -t arguments < <(guest_arguments "$run_dir" "$memory_file" "$root/firmware" "$run_dir/console.log" host_file)
	start_process "$run_dir/qemu.log" "$root/lib64/ld-linux-x86-64.so.2" \
		--library-path "$root/lib/x86_64-linux-gnu:$root/usr/lib/x86_64-linux-gnu" \
		"$root/usr/bin/qemu-system-x86_64" "${arguments[@]}"
	machine_pid=$!
	setpriv --pdeathsig KILL setsid sh "$lab_dir/initramfs/agent" "$memory_file" <"$run_dir/agent.in" >"$run_dir/agent.out" &
	agent_pid=$!
}

# start_plain: a VM that has only the name of a Hyper-V VM, for programs that check it.
start_plain() {
	local arguments
	mapfile -t arguments < <(port_arguments "$run_dir" "$run_dir/console.log"; network_arguments "$any_port"; boot_arguments host_file)
	start_process "$run_dir/qemu.log" qemu-system-x86_64 \
		-accel tcg,thread=multi,tb-size=512 -cpu EPYC,-svm -M q35,hpet=off -m "$opt_memory" -smp "$opt_cpus" \
		-smbios 'type=1,manufacturer=Microsoft Corporation,product=Virtual Machine' "${arguments[@]}"
	machine_pid=$!
}

# machine_start [OUTER-ARGUMENT...]: OUTER-ARGUMENT: of the outer machine's QEMU, which the direct way does not have.
machine_start() {
	local channel
	make_dump_disk
	make_swap_disk
	guest_end='' monitor_begun=''
	for channel in handshake monitor agent outer oracle; do
		channel_open "$channel"
	done
	"start_$way" "$@"
}

# machine_stop: called at the end of every attempt, however it ends.
machine_stop() {
	local pid
	for pid in $machine_pid $agent_pid; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	machine_pid='' agent_pid=''
	[ -z "$control_dir" ] || rm -rf "$control_dir"
	rm -f "$run_dir"/{handshake,monitor,agent,outer,oracle}.{in,out} "$run_dir/machine.state.new" "$run_dir"/{args,initrd.img} "$run_dir"/disk-*.img "${memory_file:-}"
}

is_machine_running() { kill -0 "$machine_pid" 2>/dev/null; }

# is_outer_sick: the outer kernel has printed an error. Sets $sickness to its text.
is_outer_sick() {
	local signs='Oops.*|BUG: .*|Kernel panic.*|rcu: INFO: .* stall.*|watchdog: .*|general protection.*|Out of memory.*'
	sickness=$(grep -a -m 1 -o -E "$signs" "$run_dir/outer.log" 2>/dev/null)
}

# is_emulation_wrong: the guest died with impossible flags: bits 22 to 31 are always zero (Intel SDM vol. 1, 3.4.3). Seen once in
# about 400 runs, with QEMU 7.2: a double fault right after a cmpxchg16b, with half of a register in EFLAGS.
is_emulation_wrong() { sickness=$(grep -a -m 1 -o -E 'EFLAGS: (0[1-9a-f]|[1-9a-f]|00[4-9a-f])[0-9a-f]+' "$run_dir/console.log" 2>/dev/null); }

# panics: prints the line of each panic on the console, but not its "end" line; the console may have time stamps
panics() { grep -as 'Kernel panic - not syncing' "$run_dir/console.log" | grep -av 'end Kernel panic'; }

# has_panic_ended: a kernel whose panic() did not start a crash kernel says so and stops.
has_panic_ended() { grep -aqs 'end Kernel panic - not syncing' "$run_dir/console.log"; }

# is_kernel_to_blame: the first kernel's panic() ended, and CPUs were coming and going: with CONFIG_CRASH_HOTPLUG the kernel updates
# the crash kernel's list of CPUs for each of them, under the lock without which it does not jump (docs/dev/hotplug-loses-dumps.md).
is_kernel_to_blame() {
	case $opt_steps in *churn*) ;; *) return 1 ;; esac
	has_panic_ended && [ "$(panics | wc -l)" -eq 1 ]
}

# machine_check WHAT: fails the attempt if the machine can no longer deliver WHAT, which the lab waits for.
machine_check() {
	local running=true
	kill -0 $$ 2>/dev/null || exit "$EXIT_LAB" # the lab itself was killed: this attempt is useless
	is_machine_running || running=false
	monitor_drain # after the check, so that its last events count
	if [ -n "$guest_end" ] || ! $running; then check_host_end "$1"; fi
	[ -z "$guest_end" ] || guest_stopped "the guest ended by itself ($guest_end) while the lab waited for $1"
	! has_panic_ended || guest_stopped "the kernel came to the end of its panic() while the lab waited for $1"
	$running || lab_failed "QEMU ended while the lab waited for $1"
}

# poke GPA: changes one byte of the guest's RAM from outside. On q35 the first 2 GiB of RAM begin at offset 0 of the file.
poke() {
	local offset=$(($1)) reply line
	if [ "$way" = own ]; then
		host_ask "poke $1"
		return
	fi
	agent_ask "peek $offset"
	agent_ask "poke $offset $((${reply#ok } ^ 255))"
}
