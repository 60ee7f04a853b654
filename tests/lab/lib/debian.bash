# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# A run of a whole Debian guest from its own disk: installed, configured, rebooted, crashed, dumped by kdump-tools and booted once
# more, with questions to the guest and to its hypervisor in between. The lab drives it by small scripts from tests/lab/debian that
# the agent in the guest runs. Nothing sleeps for a fixed time: each boot says HELLO, each script reports its end, and each wait has
# a bound and a name.

readonly boot_bound=900 # an idle machine boots in a tenth of that

# The disk comes from configured_disk, which may need a machine of its own first.
debian_prepare() { :; }

# debian_hello KIND WHAT BLAME: waits for the agent of the first kernel or of the crash kernel, and checks which of them came: a guest
# that reboots instead of dumping is found at once.
debian_hello() {
	local kind=$1 what=$2 blame=$3
	guest_says HELLO "$boot_bound" "$what" "$blame"
	case $words in
	"HELLO $kind "*) ;;
	*) guest_stopped "waited for $what, but this came: $words" ;;
	esac
}

# debian_script FILE: FILE in one line of base64
debian_script() { base64 -w 0 "$lab_dir/debian/$1.sh"; }

# debian_run NAME SCRIPT SECONDS: runs SCRIPT, in base64, in the guest and waits. Its output is NAME.log in $blob_dir (of the last run,
# if it ran several times); $did is its exit status.
debian_run() {
	channel_send handshake "DO $1.log $2"
	guest_says "DID $1.log" "$3" "'$1' to end in the guest" guest_stopped
	did=${words##* }
}

# debian_do SCRIPT SECONDS
debian_do() { debian_run "$(basename "$1")" "$(debian_script "$1")" "$2"; }

# debian_done SCRIPT SECONDS: as debian_do, but the script has to succeed.
debian_done() {
	debian_do "$@"
	[ "$did" -eq 0 ] || { tail -n 20 "$blob_dir/$(basename "$1").log"; guest_stopped "'$1' ended with status $did in the guest"; }
}

# debian_start SCRIPT: starts a script that never reports its end, such as a crash.
debian_start() { channel_send handshake "START $(debian_script "$1")"; }

# take_disk IMAGE: a copy for this machine to write to.
take_disk() { cp --sparse=always "$1" "$run_dir/disk-root.img"; }

# boot_installed: a machine with a freshly installed disk. Nothing of ours runs on it yet, so a failed boot is the lab's fault.
boot_installed() {
	machine_start
	debian_hello first 'the guest to boot' lab_failed
	monitor_begin || lab_failed 'the monitor did not answer in 30 s'
	phase_end first_boot
}

# The kind of machine in which a guest is installed, configured and cleaned up again. That work compiles and makes initrds, and depends
# on the disks and the name of the machine only, so without KVM it runs in a machine that is emulated once. The results are checked
# in the lab's machine.
preparing_way() { case $(machine_way) in direct) echo direct ;; *) echo plain ;; esac; }

# switch_off DIRECTORY: powers the guest off, ends its machine, and leaves its root disk and logs in DIRECTORY.
switch_off() {
	debian_start steps/poweroff
	debian_ends 300
	mkdir "$1"
	mv "$run_dir/disk-root.img" "$1/" # machine_stop removes the machine's disks
	machine_stop
	mv "$run_dir"/*.log "$1/"
}

# configure_debian PRODUCT: boots the installed disk, configures the guest and powers it off.
configure_debian() {
	local product=$1 way
	way=$(preparing_way)
	say 'installing and configuring'
	take_disk "$(debian_dir "$release")/disk.img"
	cp "$(debian_dir "$release")/install/install.tar" "$run_dir/disk-install.img"
	debian_disks='root install'
	boot_installed
	debian_done steps/install 900
	debian_done steps/configure 1800
	switch_off "$run_dir/configure"
	mv "$run_dir/configure/disk-root.img" "$product"
	cp "$run_dir/configure/configure.log" "$product.log"
	phase_end configure
}

# configured_disk: the disk of a configured guest for this run, reused from the last run if nothing has changed since. A guest
# configures it as its user would, so that takes a machine, and a lock against other runs that need it.
configured_disk() {
	local dir sum lock
	dir=$(debian_dir "$release")
	sum="$(cat "$dir/disk.img.stamp") $(cat "$dir/install.stamp") $(cd "$lab_dir/debian/steps" && sources_sum install.sh configure.sh)"
	exec {lock}>"$dir/lock"
	flock "$lock"
	if ! is_fresh "$dir/configured.img.stamp" "$sum" || [ ! -e "$dir/configured.img" ]; then
		rm -f "$dir/configured.img.stamp"
		configure_debian "$dir/configured.img"
		printf '%s\n' "$sum" >"$dir/configured.img.stamp"
	fi
	take_disk "$dir/configured.img"
	cp "$dir/configured.img.log" "$run_dir/configured.log"
	exec {lock}>&-
}

# ready_debian: the machine as a user has it after the reboot.
ready_debian() {
	debian_hello first 'the configured guest to boot' guest_stopped
	monitor_begin || lab_failed 'the monitor did not answer in 30 s'
	fact kernel_release "$(word_of kernel)"
	crash_ranges=$(word_of crash_ranges)
	say "$(word_of kernel), configured, up on a $way machine"
	[ "$(word_of crash_loaded)" = 1 ] || guest_stopped 'the crash kernel is not loaded after the reboot'
	phase_end boot
	debian_is_ready
}

# debian_is_ready: records the state of a configured guest before its first crash.
debian_is_ready() {
	local blob_dir=$run_dir
	debian_done steps/ready 300
	debian_do steps/status 300
	fact status_exit "$did"
	debian_done steps/reload 600
	debian_do steps/status 300
	fact reload_exit "$did"
	oracle_ask "$run_dir/overlays_before.json"
	say "crash kernel loaded, and once more, $(overlay_count "$run_dir/overlays_before.json") overlays mapped"
	[ "$(overlay_count "$run_dir/overlays_before.json")" -gt 0 ] || guest_stopped 'no SynIC overlay is mapped before the crash'
	phase_end ready
}

# debian_ends SECONDS: waits until the guest powers itself off and the outer machine ends, so that all data is in the file.
debian_ends() {
	local end=$((SECONDS + $1)) line
	while is_machine_running; do
		[ $SECONDS -lt "$end" ] || guest_stopped "timed out after $1 s waiting for the guest to power off"
		channel_line handshake 1 || monitor_drain
	done
}

# add_upgrade_disk: a disk with another kernel, which may need another CPU model.
add_upgrade_disk() {
	cp "$(debian_dir "$release")/upgrade/upgrade.tar" "$run_dir/disk-upgrade.img"
	debian_disks+=' upgrade'
	kernel_version=$(kernel_of "$(release_after "$release")")
}

# begin_configured: the machine in which all cases but one begin.
begin_configured() {
	configured_disk
	debian_disks=root
	! has_case upgraded || add_upgrade_disk
	machine_start
	ready_debian
}

debian_attempt() {
	local name
	attempt_begin
	if has_case fleet; then begin_fleet; else begin_configured; fi
	: >"$run_dir/directories"
	case_number=0 case_count=$(wc -w <<<"${opt_case//,/ }") cases_start_ms=$(now_ms)
	for name in ${opt_case//,/ }; do
		begin_case "$name"
		"case_$case_kind"
		end_case
	done
	debian_start steps/poweroff
	debian_ends 300
	read_dumps
	phase_end read_dumps
}
