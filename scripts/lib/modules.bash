# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# hvcrash.ko is loaded before any driver that shares pages with the host.
#
# Where hv_vmbus is a module, that means before hv_vmbus, in the initramfs of the
# first kernel. Where it is built in, nothing can come before it: hvcrash then
# finds what VMBus has already shared; it finds the buffers of netvsc and of uio drivers, and
# the rings of sockets, later only through BTF, so it comes before those. All of this suits
# both kinds of kernel, since an upgrade may change the kind.
#
# The hook of initramfs-tools and the dracut module in kdump-hooks/ put the module into an
# initramfs, but not into the crash kernel's. They are run again here.

# load_file_text DIRECTORY: answers with our file for it
load_file_text() {
	answer="# Written by hvcrash-configure; hvcrash-configure --undo removes it.
$(<"$lib/${1%.d}.conf")
"
}

# plan_load_file DIRECTORY: hvcrash.conf in there. The package of the module, and
# make install-dkms, bring the same below /usr/lib, which is then enough.
plan_load_file() {
	if [ -e "$root/usr/lib/$1/hvcrash.conf" ]; then
		plan_no_file "/etc/$1/hvcrash.conf" modules
	else
		plan_text "/etc/$1/hvcrash.conf" modules load_file_text "$1"
	fi
}

# plan_modules COMMAND...: COMMAND rebuilds the initramfs of every kernel
plan_modules() {
	plan_load_file modprobe.d
	plan_load_file modules-load.d
	plan_due_at_first modules
	plan_run modules always "hvcrash.ko into the initramfs of every kernel" "$@"
}

# has_module KERNEL: is hvcrash.ko installed for it, wherever?
has_module() {
	[ -n "$(find "$root/lib/modules/$1" -name 'hvcrash.ko*' -print -quit 2>/dev/null)" ]
}

# vmbus_kind KERNEL: module, or built-in
vmbus_kind() {
	if grep -qs '/hv_vmbus\.ko' "$root/lib/modules/$1/modules.builtin"; then
		printf built-in
	else
		printf module
	fi
}
