# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# hvcrash.ko comes before whoever shares pages with the host.
#
# Where hv_vmbus is a module, that means before hv_vmbus, in the initramfs of the
# first kernel. Where it is built in, nothing can come before it: hvcrash then
# finds what VMBus shared already, but not the buffers of netvsc and of uio
# drivers, so it comes before those. All of it is right for both kinds of kernel,
# since an upgrade may change the kind.
#
# What puts the module into an initramfs, and not into the crash kernel's, is the
# hook of initramfs-tools and the dracut module in kdump-hooks/. They are asked
# again here.

modprobe_text() {
	cat <<'END'
# Written by hvcrash-configure; hvcrash-configure --undo removes it.
# hvcrash follows what is shared with the host from the first page on. If it
# cannot be loaded, these are loaded all the same.
softdep hv_vmbus pre: hvcrash
softdep hv_netvsc pre: hvcrash
softdep uio_hv_generic pre: hvcrash
END
}

modules_load_text() {
	cat <<'END'
# Written by hvcrash-configure; hvcrash-configure --undo removes it.
# Where VMBus is built into the kernel nothing else asks for hvcrash.
hvcrash
END
}

# plan_modules COMMAND...: what makes the initramfs of every kernel again
plan_modules() {
	plan_file /etc/modprobe.d/hvcrash.conf modules 644 modprobe_text
	plan_file /etc/modules-load.d/hvcrash.conf modules 644 modules_load_text
	plan_run modules always "hvcrash.ko into the initramfs of every kernel" "$@"
}

# module_file KERNEL: hvcrash.ko of that kernel, wherever it was installed
module_file() {
	find "$root/lib/modules/$1" -name 'hvcrash.ko*' -print -quit 2>/dev/null
}

# vmbus_kind KERNEL: module, or built-in
vmbus_kind() {
	if grep -qs '/hv_vmbus\.ko' "$root/lib/modules/$1/modules.builtin"; then
		printf built-in
	else
		printf module
	fi
}
