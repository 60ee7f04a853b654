# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# --check: one line for each requirement for the next crash to leave a dump and a
# verdict. "hvcrashctl status" reports on the running system, so that the two never
# disagree; this adds what only the plan, the journal and systemctl know. An image has no
# running system: only its files are checked.

check_failed=0

# ok TEXT; not_ok TEXT FIX; warned TEXT FIX; unknown TEXT
ok() { say "ok      $1"; }

not_ok() {
	say "NOT OK  $1${2:+: $2}"
	check_failed=1
}

warned() { say "warn    $1${2:+: $2}"; }

unknown() { say "?       $1"; }

check_interrupted() {
	case $journal_state in
	applying | undoing) not_ok "a run was interrupted" "run hvcrash-configure again, or undo with --undo" ;;
	esac
}

check_files() {
	local n different=0
	for n in "${!plan_path[@]}"; do
		if changes "$n"; then
			not_ok "${plan_path[n]} is not as it should be" "hvcrash-configure --dry-run shows how, hvcrash-configure does it"
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

# SLES loads modules that SUSE did not build only if configured to
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
	elif is_kernel_too_old "$sys_kernel"; then
		not_ok "no hvcrash.ko is made for $sys_kernel, only for 5.10 and later" "boot a newer kernel"
	elif ! has_module "$sys_kernel"; then
		not_ok "hvcrash.ko is not installed for $sys_kernel" "install the package, or make module and copy it below /lib/modules/$sys_kernel"
	else
		ok "hvcrash.ko is there for $sys_kernel, where VMBus is $(vmbus_kind "$sys_kernel")"
	fi
}

# A later file that overrides ours is only a warning: it may be intended
check_sysctls() {
	local i
	sysctl_beaten
	for i in "${!beaten[@]}"; do
		warned "${beaten_by[i]} sets ${beaten[i]} at every boot, after $SYSCTL_FILE" "change it there"
	done
}

# hvcrashctl_path: answers with it, beside this script in the source tree or as it is
# installed
hvcrashctl_path() {
	local file
	for file in "${HVCRASHCTL:-}" "$lib/../../build/tools/hvcrashctl"; do
		if [ -n "$file" ] && [ -x "$file" ]; then
			answer=$file
			return 0
		fi
	done
	hash hvcrashctl 2>/dev/null && answer=${BASH_CMDS[hvcrashctl]}
}

# cell NAME: decodes the variable NAME, which holds a cell of hvcrashctl --raw
cell() {
	if [ "${!1}" = - ]; then
		printf -v "$1" ''
	else
		printf -v "$1" '%b' "${!1}"
	fi
}

# check_running: reports what hvcrashctl status says about the running system
check_running() {
	local rc=0 name state found fix advice text
	hvcrashctl_path || {
		not_ok "hvcrashctl is not installed, so nothing is known about the running system" "install the package, or make install"
		return 0
	}
	timeout 60 "$answer" status ${root:+--sysroot "$root"} --raw --no-headings -o CHECK,STATE,FOUND,FIX,ADVICE >"$work/status" 2>"$work/status.err" || rc=$?
	if [ $rc -gt 2 ]; then
		not_ok "hvcrashctl status: $(head -n 1 "$work/status.err")"
		return 0
	fi
	while read -r name state found fix advice; do
		cell fix
		cell advice
		cell found
		text="$name: $found"
		case $state in
		ok) ok "$text" ;;
		warn) warned "$text" "${fix:-$advice}" ;;
		fail) not_ok "$text" "${fix:-$advice}" ;;
		unknown) unknown "$text" ;;
		esac
	done <"$work/status"
	[ $rc -eq 0 ] || check_failed=1
}

# check_image: the files of a system that does not run
check_image() {
	check_tool
	check_module
	check_unsupported
	unknown "what is reserved shows after the boot"
}

# Notes do not fail the check: the state may be intended
check_notes() {
	case $sys_platform in
	'') say "note    this is not Hyper-V: hvcrash.ko has nothing to do here" ;;
	esac
	if [ "$journal_state" = none ]; then
		say "note    there is nothing for --undo to undo"
	fi
}

check() {
	describe_system
	check_interrupted
	check_files
	check_service
	check_sysctls
	check_hooks
	if is_live; then
		is_kernel_too_old "$sys_kernel" || check_module # otherwise status reports it
		check_running
	else
		check_image
	fi
	check_notes
	return $check_failed
}
