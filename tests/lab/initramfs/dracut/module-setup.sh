#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by dracut: stands in for RHEL's kdump module: includes pre.d and post.d as that does, and runs the lab's init where
# that runs kdump.sh. It adds nothing for hvcrash, whose own module has to bring what it needs.
# shellcheck disable=SC2154 # moddir and initdir are dracut's

check() {
	[[ ${IN_KDUMP-} ]]
}

depends() {
	echo base
}

install() {
	local file name
	for file in /etc/kdump/pre.d/* /etc/kdump/post.d/*; do
		[[ ! -x $file ]] || inst_script "$file"
	done
	inst_simple /etc/kdump.conf
	inst_multiple makedumpfile
	inst_hook cmdline 90 "$moddir/begin.sh"
	# Before udev, which takes minutes to find no device here
	inst_hook pre-udev 10 "$moddir/dump.sh"
	inst_script "$moddir/init" /lab/init
	# Programs that the lab's init needs and this initramfs lacks; not in the PATH of the hooks
	inst_simple /usr/bin/busybox /lab/bin/busybox
	for name in base64 gzip grep poweroff stty tail usleep awk cut date; do
		ln -s busybox "$initdir/lab/bin/$name"
	done
}
