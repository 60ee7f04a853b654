# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# --check: one line for each thing that has to hold for the next crash to leave a
# dump and a verdict. What needs the running system is asked only where there is
# one; an image says "cannot tell" for it and holds.

check_failed=0

# ok TEXT; not_ok TEXT MENDING; unknown TEXT
ok() { say "ok      $1"; }

not_ok() {
	say "NOT OK  $1${2:+: $2}"
	check_failed=1
}

unknown() { say "?       $1"; }

check_interrupted() {
	case $(journal_state) in
	applying | undoing) not_ok "a run was interrupted" "run hvcrash-configure again, or undo with --undo" ;;
	esac
}

check_files() {
	local n different=0
	for n in "${!plan_path[@]}"; do
		if changes "$n"; then
			not_ok "${plan_path[n]} is not as it should be" "hvcrash-configure --dry-run shows how, hvcrash-configure mends it"
			different=1
		fi
	done
	[ $different -eq 1 ] || ok "the configuration is as hvcrash-configure writes it"
}

check_service() {
	if service_is_enabled; then
		ok "$sys_service is enabled"
	else
		not_ok "$sys_service is not enabled" "hvcrash-configure"
	fi
}

check_hooks() {
	local file missing=()
	for file in "${need_hooks[@]}"; do
		[ -e "$root$file" ] || missing+=("$file")
	done
	if [ ${#missing[@]} -eq 0 ]; then
		ok "the kdump hooks are installed"
	else
		not_ok "kdump hooks are missing: ${missing[*]}" "install the package, or make install"
	fi
}

check_tool() {
	if has_command hvcrashctl; then
		ok "hvcrashctl is installed"
	else
		not_ok "hvcrashctl is not installed" "install the package, or make install"
	fi
}

# SLES loads what SUSE did not build only if it is told to
check_unsupported() {
	[ "$sys_family" = suse ] || return 0
	if grep -qsE '^[[:blank:]]*allow_unsupported_modules[[:blank:]]+1' "$root"/etc/modprobe.d/*.conf; then
		ok "modprobe loads modules that SUSE did not build"
	elif grep -qsE '^[[:blank:]]*allow_unsupported_modules[[:blank:]]+0' "$root"/{usr/lib,lib,etc}/modprobe.d/*.conf; then
		not_ok "modprobe does not load modules that SUSE did not build" "allow_unsupported_modules 1 in /etc/modprobe.d/10-unsupported-modules.conf"
	fi
}

check_module() {
	if [ -z "$sys_kernel" ]; then
		unknown "no kernel is installed"
	elif [ -z "$(module_file "$sys_kernel")" ]; then
		not_ok "hvcrash.ko is not installed for $sys_kernel" "install the package, or make module and copy it below /lib/modules/$sys_kernel"
	elif is_live && [ ! -d "$root/sys/module/hvcrash" ]; then
		not_ok "hvcrash.ko is not loaded" "reboot; if that does not help: modprobe hvcrash, and dmesg says why not"
	else
		ok "hvcrash.ko is there for $sys_kernel, where VMBus is $(vmbus_kind "$sys_kernel")"
	fi
}

check_sysctls() {
	local key value wrong=()
	is_live || return 0
	while read -r key value; do
		[ "$(sysctl_now "$key")" = "$value" ] || wrong+=("$key")
	done < <(sysctl_keys)
	if [ ${#wrong[@]} -eq 0 ]; then
		ok "the panic sysctls are in effect"
	else
		not_ok "not in effect: ${wrong[*]}" "sysctl --system; another file in sysctl.d may set them"
	fi
}

# The reservation itself, not only the words that ask for it
check_reservation() {
	local words set size least
	if ! is_live; then
		unknown "what is reserved shows after the boot"
		return 0
	fi
	words=$(first_line /proc/cmdline)
	set=$(last_crashkernel "$words")
	size=$(($(first_line /sys/kernel/kexec_crash_size || printf 0) + 0))
	least=$(crashkernel_expected "$crashkernel_least" "$sys_ram_mib")
	if [ -z "$set" ]; then
		not_ok "the running kernel was booted without crashkernel=" "reboot"
	elif [ "$size" -eq 0 ]; then
		not_ok "crashkernel=$set reserved nothing" "dmesg | grep -i crashkernel says why; less memory may be free in one piece than was asked for"
	elif [ $((size >> 20)) -lt "$least" ]; then
		not_ok "$((size >> 20)) MiB are reserved for the crash kernel, $least are needed with $sys_ram_mib MiB of memory" "reboot"
	else
		ok "$((size >> 20)) MiB are reserved for the crash kernel"
	fi
}

check_loaded() {
	is_live || return 0
	if [ "$(first_line /sys/kernel/kexec_crash_loaded)" = 1 ]; then
		ok "the crash kernel is loaded"
	else
		not_ok "the crash kernel is not loaded" "reboot, or systemctl restart $sys_service"
	fi
}

# Notes do not fail the check: they may be meant so
check_notes() {
	case $sys_platform in
	'') say "note    this is not Hyper-V: hvcrash.ko has nothing to do here" ;;
	esac
	if [ "$(journal_state)" = none ]; then
		say "note    there is nothing that --undo could undo"
	fi
}

check() {
	describe_system
	check_interrupted
	check_files
	check_service
	check_tool
	check_hooks
	check_module
	check_unsupported
	check_sysctls
	check_reservation
	check_loaded
	check_notes
	return $check_failed
}
