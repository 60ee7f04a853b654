# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# RHEL and its rebuilds: kdumpctl, dracut, boot entries by grubby.
#
# The entries are files of their own (BLS), so /etc/default/grub changes no
# installed kernel: grubby does, and for RHEL 8, whose entries say $kernelopts,
# it does so in grubenv. /etc/default/grub is for who runs grub2-mkconfig later.
# grubby would write it too, and some versions replace the _DEFAULT line with it
# ("s/^GRUB_CMDLINE_LINUX.*/"), so it is told not to, in its last word: they also
# swallow the word after that one.

readonly RHEL_GRUBENV=/boot/grub2/grubenv

rhel_facts() {
	need_hooks=(/etc/kdump/pre.d/50-hvcrash /etc/kdump/post.d/50-hvcrash
		/usr/lib/dracut/modules.d/99hvcrash/module-setup.sh)
}

rhel_entries() {
	local file
	for file in "$root"/boot/loader/entries/*.conf; do
		[ ! -f "$file" ] || printf '%s\n' "${file#"$root"}"
	done
}

# bls_options ENTRY: its options line, without the word
bls_options() {
	sed -n 's/^options[[:blank:]]*//p' "$root$1" | head -n 1
}

grubenv_kernelopts() {
	sed -n 's/^kernelopts=//p' "$root$RHEL_GRUBENV" 2>/dev/null
}

# entry_crashkernel ENTRY: what it says, with what it takes from grubenv
entry_crashkernel() {
	local options
	options=$(bls_options "$1")
	! uses_kernelopts "$options" || options+=" $(grubenv_kernelopts)"
	last_crashkernel "$options"
}

uses_kernelopts() {
	# shellcheck disable=SC2016 # that is what the entry says
	case " $1 " in *' $kernelopts '*) return 0 ;; esac
	return 1
}

# rhel_crashkernel: what all entries get. Not less than any of them has.
rhel_crashkernel() {
	local wanted=$crashkernel_least entry
	while read -r entry; do
		wanted=$(crashkernel_wanted "$wanted" "$(entry_crashkernel "$entry")")
	done < <(rhel_entries)
	printf '%s' "$wanted"
}

# rhel_parts: the words of an entry whose crashkernel= is in parts
rhel_parts() {
	local entry words
	while read -r entry; do
		words=$(bls_options "$entry")
		! uses_kernelopts "$words" || words+=" $(grubenv_kernelopts)"
		if has_parts "$words"; then
			printf '%s' "$words"
			return 0
		fi
	done < <(rhel_entries)
}

# grubenv is one block of 1024 bytes, filled up with #
grubenv_text() {
	local text
	text=$(kernelopts=$1 awk '/^#/ && NR > 1 { next }
		/^kernelopts=/ { print "kernelopts=" ENVIRON["kernelopts"]; next } { print }' "$root$RHEL_GRUBENV")
	text+=$'\n'
	printf '%s%s' "$text" "$(head -c $((1024 - ${#text})) /dev/zero | tr '\0' '#')"
}

# plan_words FILE WORDS COMMAND...: grubby will write into FILE what COMMAND
# prints; nothing where the WORDS that are there say it already
plan_words() {
	[ "$(words_of "$2" crashkernel)" = "$crashkernel" ] || plan_tool "$1" boot grubby "${@:3}"
}

# entry_text ENTRY WORDS
entry_text() {
	options=$2 awk '/^options/ { print "options " ENVIRON["options"]; next } { print }' "$root$1"
}

# plan_rhel_entries: what grubby will have written, for the diff and the check
plan_rhel_entries() {
	local entry words
	while read -r entry; do
		words=$(bls_options "$entry")
		uses_kernelopts "$words" ||
			plan_words "$entry" "$words" entry_text "$entry" "$(with_word_last "$words" crashkernel "$crashkernel")"
	done < <(rhel_entries)
	words=$(grubenv_kernelopts)
	[ -z "$words" ] ||
		plan_words "$RHEL_GRUBENV" "$words" grubenv_text "$(with_word_last "$words" crashkernel "$crashkernel")"
	if [ -e "$root/etc/kernel/cmdline" ]; then
		words=$(first_line /etc/kernel/cmdline)
		plan_words /etc/kernel/cmdline "$words" say "$(with_word_last "$words" crashkernel "$crashkernel")"
	else
		plan_may_appear /etc/kernel/cmdline boot grubby
	fi
}

plan_rhel_boot() {
	local words variable
	[ -n "$(rhel_entries)" ] || no_boot_loader "/boot/loader/entries: no boot entries, so grubby has nothing to change"
	words=$(rhel_parts)
	if [ -n "$words" ]; then
		keep_parts "$words"
		return 0
	fi
	crashkernel=$(rhel_crashkernel)
	plan_rhel_entries
	if [ -e "$root/etc/default/grub" ]; then
		# _DEFAULT comes last on the line: one in there would count, and not ours
		words=$(shell_value /etc/default/grub GRUB_CMDLINE_LINUX_DEFAULT)
		if [ -n "$(last_crashkernel "$words")" ]; then
			variable=GRUB_CMDLINE_LINUX_DEFAULT
		else
			variable=GRUB_CMDLINE_LINUX
			words=$(shell_value /etc/default/grub $variable)
		fi
		[ "$(words_of "$words" crashkernel)" = "$crashkernel" ] ||
			plan_file /etc/default/grub grub-defaults 644 with_assignment /etc/default/grub \
				$variable "$(with_word_last "$words" crashkernel "$crashkernel")"
	fi
	plan_run boot always "into every boot entry" \
		grubby --update-kernel=ALL "--args=crashkernel=$crashkernel" --no-etc-grub-update
}

# kdumpctl would set its own default again when a kernel is installed. Versions
# that do not know the word refuse to start with it.
rhel_kdump_conf_text() {
	awk '
		/^auto_reset_crashkernel[[:blank:]]/ { if (!seen++) print "auto_reset_crashkernel no"; next }
		{ print }
		END { if (!seen) print "auto_reset_crashkernel no" }' "$root/etc/kdump.conf"
}

# Makes a crash kernel that panics reboot: by default it would hang
rhel_sysconfig_text() {
	local append bounded
	append=$(shell_value "$sys_cmdline_file" KDUMP_COMMANDLINE_APPEND)
	bounded=$(with_bound "$append")
	if [ "$append" = "$bounded" ]; then
		cat -- "$root$sys_cmdline_file"
	else
		with_assignment "$sys_cmdline_file" KDUMP_COMMANDLINE_APPEND "$bounded"
	fi
}

plan_rhel_common() {
	plan_modules dracut --force --regenerate-all
	plan_sysctl
	[ ! -e "$root/etc/kdump.conf" ] || refuse_odd /etc/kdump.conf
	if [ -e "$root/etc/kdump.conf" ] && grep -qs auto_reset_crashkernel "$root/usr/bin/kdumpctl"; then
		plan_file /etc/kdump.conf kdump 644 rhel_kdump_conf_text
	fi
	[ ! -e "$root$sys_cmdline_file" ] || plan_file "$sys_cmdline_file" kdump 644 rhel_sysconfig_text
	plan_service
	plan_kdump_initramfs kdumpctl rebuild
	plan_restart
}

plan_rhel() {
	[ -n "$no_bootloader" ] || plan_rhel_boot
	plan_rhel_common
}

keep_rhel() {
	[ -z "$no_bootloader" ] || return 0
	journal_keep crashkernel "$(entry_crashkernel "$(rhel_entries | tail -n 1)")"
	journal_set crashkernel-ours "$crashkernel"
}

# ours_since ENTRY-OF-THE-JOURNAL WORDS: not put back byte for byte, because the
# file came or changed since, and still with the crashkernel= of ours?
ours_since() {
	if [ -d "$1" ] && ! changed_since "$1"; then
		return 1
	fi
	[ -n "$2" ] && [ "$(last_crashkernel "$2")" = "$(kept crashkernel-ours)" ]
}

# undo_rhel_boot: in entries that came or changed since grubby puts back what the
# newest had, or takes the word out.
undo_rhel_boot() {
	local entry old option=--remove-args=crashkernel
	old=$(kept crashkernel)
	[ "$old" != "$(kept crashkernel-ours)" ] || return 0
	[ -z "$old" ] || option=--args=crashkernel=$old
	while read -r entry; do
		ours_since "$(entry_of "$entry")" "$(bls_options "$entry")" || continue
		run_command grubby "--update-kernel=/boot/$(sed -n 's|^linux[[:blank:]]*.*/||p' "$root$entry")" "$option"
		step
	done < <(rhel_entries)
	if ours_since "$(entry_of "$RHEL_GRUBENV")" "$(grubenv_kernelopts)"; then
		run_command grubby --update-kernel=ALL "$option" --no-etc-grub-update
		step
	fi
}
