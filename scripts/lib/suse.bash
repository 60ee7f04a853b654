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
	need_hooks=(/usr/lib/dracut/modules.d/99hvcrash/module-setup.sh "$(suse_hook suse-pre)" "$(suse_hook suse-post)")
}

# Where pbl keeps the command line
suse_cmdline_file() {
	case $(shell_value /etc/sysconfig/bootloader LOADER_TYPE) in
	grub2-bls | systemd-boot) printf /etc/kernel/cmdline ;;
	*) printf /etc/default/grub ;;
	esac
}

suse_cmdline() {
	case $1 in
	/etc/default/grub) shell_value "$1" GRUB_CMDLINE_LINUX_DEFAULT ;;
	*) first_line "$1" ;;
	esac
}

# suse_cmdline_text FILE WORDS: the file as pbl writes it
suse_cmdline_text() {
	case $1 in
	/etc/default/grub) with_assignment "$1" GRUB_CMDLINE_LINUX_DEFAULT "$2" ;;
	*) say "$2" ;;
	esac
}

plan_suse_boot() {
	local file words current
	file=$(suse_cmdline_file)
	[ -e "$root$file" ] || no_boot_loader "$file: not there, so pbl has nothing to change"
	words=$(suse_cmdline "$file")
	if has_parts "$words"; then
		keep_parts "$words"
		return 0
	fi
	current=$(last_crashkernel "$words")
	crashkernel=$(crashkernel_wanted "$crashkernel_least" "$current")
	[ "$crashkernel" = "$current" ] ||
		plan_tool "$file" boot pbl suse_cmdline_text "$file" "$(with_word "$words" crashkernel "$crashkernel")"
	plan_run boot always "into the boot loader" pbl --add-option "crashkernel=$crashkernel" --config
}

# suse_hook NAME: where make install put it
suse_hook() {
	local dir
	for dir in /usr/lib/hvcrash /usr/local/lib/hvcrash; do
		[ ! -e "$root$dir/$1" ] || break
	done
	printf '%s/%s' "$dir" "$1"
}

# suse_chains: may a script's value be two commands? Version 2.1.1 and later give
# it to the shell, as 1.0 did; 2.0 only splits it into words.
suse_chains() {
	local script
	for script in "$root"/usr/lib/dracut/modules.d/*kdump/kdump-save; do
		[ -e "$script" ] || continue
		# shellcheck disable=SC2016 # that is what it says
		! grep -q '^[[:blank:]]*${KDUMP_PRESCRIPT}' "$script" || return 1
	done
}

# suse_with_script VARIABLE HOOK [ARGUMENT]: filter, the file's text; ours first,
# then what was there. Nothing changes where ours cannot be put there.
suse_with_script() {
	local text old values ours=$2${3:+ $3}
	text=$work/script
	cat >"$text"
	plain "$text" "$SUSE_KDUMP" >"$text.plain"
	evaluate "$text.plain" "$1"
	old=$(refuse_unknown "$SUSE_KDUMP" "$1" "$values")
	if [ ! -e "$root$2" ] || [[ $old == *"$2"* ]] || { [ -n "$old" ] && ! suse_chains; }; then
		cat -- "$text"
	else
		with_assignment_in "$SUSE_KDUMP" "$1" "$ours${old:+; $old}" <"$text"
	fi
}

# suse_crashkernel_text: only kdump 2 knows KDUMP_CRASHKERNEL; a value that says
# it already, with ",high" and ",low", is left
suse_crashkernel_text() {
	local set
	set=$(shell_value "$SUSE_KDUMP" KDUMP_CRASHKERNEL)
	if [ -n "$crashkernel" ] && grep -q '^KDUMP_CRASHKERNEL=' "$root$SUSE_KDUMP" &&
		[ "$(last_crashkernel "$set")" != "$crashkernel" ]; then
		with_assignment "$SUSE_KDUMP" KDUMP_CRASHKERNEL "crashkernel=$crashkernel"
	else
		cat -- "$root$SUSE_KDUMP"
	fi
}

suse_kdump_text() {
	# shellcheck disable=SC2016 # for kdump-save
	suse_crashkernel_text |
		suse_with_script KDUMP_PRESCRIPT "$(suse_hook suse-pre)" |
		suse_with_script KDUMP_POSTSCRIPT "$(suse_hook suse-post)" '"$DIR"'
}

# Another script, to which ours cannot be added
warn_suse_scripts() {
	local variable hook
	for variable in KDUMP_PRESCRIPT:suse-pre KDUMP_POSTSCRIPT:suse-post; do
		hook=$(suse_hook "${variable#*:}") variable=${variable%:*}
		[ -e "$root$hook" ] || continue
		grep -q "^$variable=.*$hook" "$work/plan/kdump" ||
			warn "$SUSE_KDUMP: $variable runs another program and this kdump takes only one: let that one run $hook"
	done
}

plan_suse() {
	[ -n "$no_bootloader" ] || plan_suse_boot
	plan_modules dracut --force --regenerate-all
	plan_sysctl
	if [ -e "$root$SUSE_KDUMP" ]; then
		suse_kdump_text >"$work/plan/kdump"
		plan_file "$SUSE_KDUMP" kdump 644 cat -- "$work/plan/kdump"
		warn_suse_scripts
	fi
	plan_units
	plan_service
	plan_kdump_initramfs mkdumprd -f
	plan_restart
}

# The file is the old one again; pbl brings it to the boot loader
undo_suse_boot() {
	run_command pbl --config
}
