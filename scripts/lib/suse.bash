# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# SLES and openSUSE Leap: kdump, dracut, the boot loader by pbl.
#
# pbl knows which boot loader there is: it edits /etc/default/grub, or with boot
# entries /etc/kernel/cmdline. kdump 2 (SLES 16) sets the boot loader by itself,
# from KDUMP_CRASHKERNEL, so that says the same.

readonly SUSE_KDUMP=/etc/sysconfig/kdump

suse_facts() {
	need_hooks=(/usr/lib/dracut/modules.d/99hvcrash/module-setup.sh)
	suse_hook suse-pre
	need_hooks+=("$answer")
	suse_hook suse-post
	need_hooks+=("$answer")
}

# suse_cmdline_file: answers with where pbl keeps the command line
suse_cmdline_file() {
	shell_value /etc/sysconfig/bootloader LOADER_TYPE
	case $answer in
	grub2-bls | systemd-boot) answer=/etc/kernel/cmdline ;;
	*) answer=/etc/default/grub ;;
	esac
}

# suse_cmdline FILE: answers with it
suse_cmdline() {
	case $1 in
	/etc/default/grub) shell_value "$1" GRUB_CMDLINE_LINUX_DEFAULT ;;
	*) first_line "$1" ;;
	esac
}

# suse_cmdline_text FILE WORDS: answers with the file as pbl writes it
suse_cmdline_text() {
	case $1 in
	/etc/default/grub) changed_text "$1" GRUB_CMDLINE_LINUX_DEFAULT "$2" ;;
	*) answer=$2$'\n' ;;
	esac
}

plan_suse_boot() {
	local file words current
	[ "$verb" != undo ] || return 0
	suse_cmdline_file
	file=$answer
	[ -e "$root$file" ] || no_boot_loader "$file: not there, so pbl has nothing to change"
	suse_cmdline "$file"
	words=$answer
	if has_parts "$words"; then
		keep_parts "$words"
		return 0
	fi
	last_crashkernel "$words"
	current=$answer
	crashkernel_wanted "$crashkernel_least" "$current"
	crashkernel=$answer
	if [ "$crashkernel" != "$current" ]; then
		with_word "$words" crashkernel "$crashkernel"
		suse_cmdline_text "$file" "$answer"
		plan_file "$file" boot pbl
	fi
	plan_run boot always "into the boot loader" pbl --add-option "crashkernel=$crashkernel" --config
}

# suse_hook NAME: answers with where make install put it
suse_hook() {
	for answer in "/usr/lib/hvcrash/$1" "/usr/local/lib/hvcrash/$1"; do
		[ ! -e "$root$answer" ] || return 0
	done
}

# suse_chains: whether a script's value may be two commands. Version 2.1.1 and later pass
# it to the shell, as 1.0 did; 2.0 only splits it into words.
suse_chains() {
	local script
	for script in "$root"/usr/lib/dracut/modules.d/*kdump/kdump-save; do
		[ -e "$script" ] || continue
		# shellcheck disable=SC2016 # that is what it says
		! grep -q '^[[:blank:]]*${KDUMP_PRESCRIPT}' "$script" || return 1
	done
}

# suse_script VARIABLE HOOK [ARGUMENT]: adds to $changes that ours comes first, then
# what was there. Nothing changes where ours cannot be put there, which is said.
suse_script() {
	local ours=$2${3:+ $3}
	[ -e "$root$2" ] || return 0
	shell_value "$SUSE_KDUMP" "$1"
	case $answer in
	*"$2"*) ;;
	'') changes+=("$1" "$ours") ;;
	*)
		if suse_chains; then
			changes+=("$1" "$ours; $answer")
		else
			warn "$SUSE_KDUMP: $1 runs another program and this kdump takes only one: let that one run $2"
		fi
		;;
	esac
}

# suse_kdump_text: answers with kdump's configuration. Only kdump 2 knows
# KDUMP_CRASHKERNEL; a value that says it already, with ",high" and ",low", is left.
suse_kdump_text() {
	local changes=()
	if [ -n "$crashkernel" ] && grep -q '^KDUMP_CRASHKERNEL=' "$root$SUSE_KDUMP"; then
		shell_value "$SUSE_KDUMP" KDUMP_CRASHKERNEL
		last_crashkernel "$answer"
		[ "$answer" = "$crashkernel" ] || changes+=(KDUMP_CRASHKERNEL "crashkernel=$crashkernel")
	fi
	suse_hook suse-pre
	suse_script KDUMP_PRESCRIPT "$answer"
	suse_hook suse-post
	# shellcheck disable=SC2016 # for kdump-save
	suse_script KDUMP_POSTSCRIPT "$answer" '"$DIR"'
	changed_text "$SUSE_KDUMP" "${changes[@]}"
}

plan_suse() {
	[ -n "$no_bootloader" ] || plan_suse_boot
	plan_modules dracut --force --regenerate-all
	plan_sysctl
	[ ! -e "$root$SUSE_KDUMP" ] || plan_text "$SUSE_KDUMP" kdump suse_kdump_text
	plan_units
	plan_service
	plan_kdump_initramfs mkdumprd -f
	plan_restart
}

# The file is the old one again; pbl brings it to the boot loader
undo_suse_boot() {
	run_command pbl --config
}
