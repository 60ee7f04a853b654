# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# The case "fleet" of "lab debian": over SSH, the Ansible role installs the packages on a Debian guest that has nothing of hvcrash yet,
# configures, reboots, checks and upgrades it, and removes everything again, as it would on one VM of many. In between the guest is
# crashed. DKMS builds the module in the guest.
#
# Its disk moves from one kind of machine to another and back: the role works on it in a machine that is emulated once (preparing_way in
# debian.bash), and it is checked and crashed in the lab's.
#
# It has a disk of its own (disk.bash), so it cannot be combined with other cases.

# How long a playbook may take. It builds the module on an emulated CPU.
readonly playbook_bound=5400

# packages_dir RELEASE: the packages of hvcrash in "now", and the same with the next version number in "next".
packages_dir() { printf '%s/packages' "$(debian_dir "$1")"; }

# Their sources, and the scripts that make them
readonly package_sources=("${install_sources[@]}" debian tests/packages/{build,build.bash,chroot.bash,in-system})

build_packages() {
	local dir sum
	dir=$(packages_dir "$1")
	sum=$(cd "$repo" && sources_sum "${package_sources[@]}")
	is_fresh "$dir.stamp" "$sum" && [ -d "$dir" ] && return 0
	rm -f "$dir.stamp"
	build_logged "the packages for $1" "$dir.log" "$repo/tests/packages/build" "$1" "$dir"
	printf '%s\n' "$sum" >"$dir.stamp"
}

# build_fleet KERNEL: build_debian for this case. The guest builds the module, not the lab.
build_fleet() {
	build_guest "$1" no-module
	build_disk "$(release_of "$1")" fleet
	build_packages "$(release_of "$1")"
}

# begin_fleet: a newly created machine.
begin_fleet() {
	take_disk "$(debian_dir "$release")/fleet.img"
	debian_disks=root guest_network=1
	machines=1 way=$(preparing_way)
	boot_installed
	fact kernel_release "$(word_of kernel)"
}

# reach_debian: writes an inventory for the guest in this machine. The host's key is known in advance, so SSH really checks it.
reach_debian() {
	local base; base=$(debian_dir "$release")/fleet
	control_dir=$(mktemp -d /tmp/hvcrash-lab.XXXXXX) # for SSH's sockets, whose paths must be short; removed with the machine
	network_port
	printf '[127.0.0.1]:%s %s\n' "$port" "$(cat "$base.host")" >"$case_dir/known_hosts"
	printf 'lab ansible_host=127.0.0.1 ansible_port=%s ansible_user=root ansible_ssh_private_key_file=%s %s\n' "$port" "$base.key" \
		"ansible_python_interpreter=/usr/bin/python3 ansible_ssh_common_args='-o UserKnownHostsFile=$case_dir/known_hosts -o IdentitiesOnly=yes'" \
		>"$case_dir/inventory"
}

# move_debian WAY: powers the guest off and starts it in a machine of that kind.
move_debian() {
	switch_off "$run_dir/machine-$machines"
	mv "$run_dir/machine-$machines/disk-root.img" "$run_dir/"
	machines=$((machines + 1)) way=$1
	machine_start
	debian_up "the guest to boot in a $way machine"
	monitor_begin || lab_failed 'the monitor did not answer in 30 s'
	say "up on a $way machine"
	reach_debian
}

# hear_debian: reads what the guest says while the fleet's tool works on it: HELLO after a reboot, or a garbled line.
hear_debian() {
	if ! guest_line 1 "$1"; then
		silence=$((silence + 1))
		nudge "$silence"
		return
	fi
	silence=0
	case $words in 'HELLO first '*) note_up; boots=$((boots + 1)) ;; esac
}

# playbook NAME BOOK [OPTION...]: NAME.log of the case gets its output, the fact NAME_exit its exit status, and $boots the number of
# times that the guest booted meanwhile.
playbook() {
	local name=$1 book=$2 pid status=0 silence=0; shift 2
	boots=0
	say "$book.yml over SSH: $name"
	# An emulated guest is slow at a key exchange. With TERM, unlike KILL, timeout also ends the command's children
	ANSIBLE_NOCOLOR=1 ANSIBLE_HOST_KEY_CHECKING=1 ANSIBLE_PIPELINING=1 ANSIBLE_TIMEOUT=120 LC_ALL=C.UTF-8 HOME=$case_dir \
		ANSIBLE_SSH_CONTROL_PATH_DIR=$control_dir ANSIBLE_CALLBACKS_ENABLED=ansible.posix.profile_tasks \
		setpriv --pdeathsig TERM timeout "$playbook_bound" ansible-playbook -i "$case_dir/inventory" "$@" \
		"$repo/fleet/ansible/$book.yml" >"$case_dir/$name.log" 2>&1 </dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do hear_debian "$name"; done
	wait "$pid" || status=$?
	case_fact "${name}_exit" "$status"
	phase_end "$name"
	[ "$status" -eq 0 ] && return
	tail -n 20 "$case_dir/$name.log"
	guest_stopped "$book.yml ended with status $status ($name)"
}

case_fleet() {
	local boots debs; debs=$(packages_dir "$release")
	reach_debian
	debian_done steps/fleet-before 600
	playbook configured configure -e "hvcrash_packages_dir=$debs/now" -e hvcrash_reboot=true -e hvcrash_reboot_timeout=1800
	[ "$boots" -gt 0 ] || debian_up 'the guest to start again'
	playbook again configure -e "hvcrash_packages_dir=$debs/now"
	move_debian "$(machine_way)"
	playbook verified verify
	debian_is_ready
	debian_done steps/fleet-version 300
	mv "$case_dir/version" "$case_dir/version-first"
	ask_before
	crash_debian
	move_debian "$(preparing_way)"
	playbook upgraded configure -e "hvcrash_packages_dir=$debs/next"
	move_debian "$(machine_way)"
	debian_done steps/fleet-version 300
	playbook still verify
	move_debian "$(preparing_way)"
	playbook undone undo
	debian_done steps/fleet-purge 900
	reboot_debian
	debian_done steps/fleet-left 300
}

# expect_version FILE VERSION: checks the version of the running module, of the next boot's, and of the tools.
expect_version() {
	[ "$(sort -u "$case_dir/$1" 2>/dev/null)" = "$2" ] || case_missed "$1 says '$(tr '\n' ' ' <"$case_dir/$1")', not $2"
}

judge_fleet() {
	local now next dir; dir=$(packages_dir "$release")
	now=$(cat "$dir/now/version") next=$(cat "$dir/next/version")
	expect_in again.log 'changed=0 .* failed=0'
	expect_version version-first "$now"
	expect_version version "$next"
	expect_empty undo.diff 'after the purge not as it was before'
	expect_empty files.diff 'after the purge there are files that were not there, or others are gone'
	expect_empty left 'still there after the purge and a boot'
	judge_crash
}
