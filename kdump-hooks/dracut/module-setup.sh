#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by dracut: two initrds need something of hvcrash.
#
# The crash kernel's gets the tool, its libraries and what the hooks call: kdump of RHEL, Fedora, Azure Linux and SUSE dumps
# from in there. The normal one gets hvcrash.ko and its softdep, where hv_vmbus is a module and is loaded in there for the
# root disk. The crash kernel's has it too: there it revokes what the first kernel could not.

# Names of the programs that the hooks call; others have a fallback or are in every initrd
hvcrash_programs=(cat cp cut date dmesg grep head journalctl kill ls mkdir mount mv od printf rm sed sleep sync tail tr)

# mkdumprd of RHEL exports IN_KDUMP, that of SUSE adds the module "kdump"
hvcrash_is_kdump() {
	# shellcheck disable=SC2154 # dracut's
	[[ ${IN_KDUMP-} || " ${dracutmodules-} ${add_dracutmodules-} ${force_add_dracutmodules-} " == *" kdump "* ]]
}

# shellcheck disable=SC2154 # dracut's
hvcrash_has_module() {
	modinfo -k "$kernel" hvcrash &>/dev/null
}

check() {
	if hvcrash_is_kdump; then
		require_binaries hvcrashctl
	else
		hvcrash_has_module
	fi
}

depends() {
	echo base
}

installkernel() {
	hvcrash_is_kdump && hostonly='' instmods msr
	! hvcrash_has_module || hostonly='' instmods hvcrash
}

install() {
	if hvcrash_is_kdump; then
		inst_multiple hvcrashctl /bin/sh /usr/lib/hvcrash/hvcrash-hook.sh
		inst_multiple -o "${hvcrash_programs[@]}" /usr/lib/hvcrash/suse-pre /usr/lib/hvcrash/suse-post /usr/lib/hvcrash/suse-emergency
		# kdump-utils has its own directory for this, emergency.d
		if [[ -e ${moddir-}/emergency.sh ]]; then
			inst_hook emergency 50 "$moddir/emergency.sh"
			inst_hook shutdown-emergency 50 "$moddir/emergency.sh"
		fi
	else
		inst_multiple -o /etc/modprobe.d/hvcrash.conf /usr/lib/modprobe.d/hvcrash.conf
	fi
}
