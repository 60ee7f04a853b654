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
	read_entries
}

# read_entries: the boot entries that are there, their text, and their options, with
# what they take from grubenv
read_entries() {
	local file line
	entry_path=() entry_text=() entry_options=() entry_words=() grubenv='' kernelopts=''
	if [ -e "$root$RHEL_GRUBENV" ] && is_config "$RHEL_GRUBENV"; then
		grubenv=$answer
		while IFS= read -r line; do
			case $line in kernelopts=*) kernelopts=${line#*=} ;; esac
		done <<<"$grubenv"
	fi
	for file in "$root"/boot/loader/entries/*.conf; do
		[ -e "$file" ] || continue
		is_config "${file#"$root"}" || continue
		entry_path+=("${file#"$root"}")
		entry_text+=("$answer")
		options_of "$answer"
		entry_options+=("$answer")
		! uses_kernelopts "$answer" || answer+=" $kernelopts"
		entry_words+=("$answer")
	done
}

# options_of TEXT: answers with an entry's first options line, without the word
options_of() {
	local line
	answer=''
	while IFS= read -r line; do
		case $line in options | options[[:blank:]]*)
			line=${line#options}
			answer=${line#"${line%%[![:blank:]]*}"}
			return 0
			;;
		esac
	done <<<"$1"
}

uses_kernelopts() {
	# shellcheck disable=SC2016 # that is what the entry says
	case " $1 " in *' $kernelopts '*) return 0 ;; esac
	return 1
}

# rhel_crashkernel: answers with what all entries get. Not less than any of them has.
rhel_crashkernel() {
	local wanted=$crashkernel_least words seen=''
	for words in "${entry_words[@]}"; do
		last_crashkernel "$words"
		[ "$answer" != "$seen" ] || continue
		seen=$answer
		crashkernel_wanted "$wanted" "$answer"
		wanted=$answer
	done
	answer=$wanted
}

# rhel_parts: answers with the words of an entry whose crashkernel= is in parts
rhel_parts() {
	for answer in "${entry_words[@]}"; do
		! has_parts "$answer" || return 0
	done
	answer=''
}

# grubenv_text KERNELOPTS: answers with it; one block of 1024 bytes, filled up with #
grubenv_text() {
	local line text='' fill
	while IFS= read -r line; do
		case $line in
		'##'*) continue ;;
		kernelopts=*) line=kernelopts=$1 ;;
		esac
		text+=$line$'\n'
	done <<<"${grubenv%$'\n'}"
	[ ${#text} -le 1024 ] || refuse "$RHEL_GRUBENV: no room for crashkernel= in its 1024 bytes: shorten kernelopts= first"
	printf -v fill '%*s' $((1024 - ${#text})) ''
	answer=$text${fill// /#}
}

# plan_words FILE WORDS COMMAND...: grubby will write into FILE what COMMAND answers
# with, given the new words; nothing where the WORDS that are there say it already
plan_words() {
	words_of "$2" crashkernel
	[ "$answer" != "$crashkernel" ] || return 0
	with_word_last "$2" crashkernel "$crashkernel"
	"${@:3}" "$answer"
	plan_file "$1" boot grubby
}

# entry_text_with TEXT WORDS: answers with it
entry_text_with() {
	local line
	answer=''
	while IFS= read -r line; do
		case $line in options*) line="options $2" ;; esac
		answer+=$line$'\n'
	done <<<"${1%$'\n'}"
}

# line_text WORDS: answers with them as a line
line_text() { answer=$1$'\n'; }

# plan_rhel_entries: what grubby will write, for the diff and the check
plan_rhel_entries() {
	local i
	for i in "${!entry_path[@]}"; do
		uses_kernelopts "${entry_options[i]}" ||
			plan_words "${entry_path[i]}" "${entry_options[i]}" entry_text_with "${entry_text[i]}"
	done
	[ -z "$kernelopts" ] || plan_words "$RHEL_GRUBENV" "$kernelopts" grubenv_text
	if [ -e "$root/etc/kernel/cmdline" ]; then
		first_line /etc/kernel/cmdline
		plan_words /etc/kernel/cmdline "$answer" line_text
	else
		plan_may_appear /etc/kernel/cmdline boot grubby
	fi
}

plan_rhel_boot() {
	local variable=GRUB_CMDLINE_LINUX words
	[ "$verb" != undo ] || return 0
	[ ${#entry_path[@]} -gt 0 ] || no_boot_loader "/boot/loader/entries: no boot entries, so grubby has nothing to change"
	rhel_parts
	if [ -n "$answer" ]; then
		keep_parts "$answer"
		return 0
	fi
	rhel_crashkernel
	crashkernel=$answer
	plan_rhel_entries
	if [ -e "$root/etc/default/grub" ]; then
		# _DEFAULT comes last on the line: a crashkernel= there would count instead of ours
		shell_value /etc/default/grub GRUB_CMDLINE_LINUX_DEFAULT
		last_crashkernel "$answer"
		[ -z "$answer" ] || variable=GRUB_CMDLINE_LINUX_DEFAULT
		shell_value /etc/default/grub $variable
		words=$answer
		words_of "$words" crashkernel
		if [ "$answer" != "$crashkernel" ]; then
			with_word_last "$words" crashkernel "$crashkernel"
			plan_text /etc/default/grub grub-defaults changed_text /etc/default/grub $variable "$answer"
		fi
	fi
	plan_run boot always "into every boot entry" \
		grubby --update-kernel=ALL "--args=crashkernel=$crashkernel" --no-etc-grub-update
}

# kdumpctl would set its own default again when a kernel is installed. Versions
# that do not know the word refuse to start with it.
rhel_kdump_conf_text() {
	local line text='' seen=''
	read_config /etc/kdump.conf
	while IFS= read -r line; do
		case $line in
		auto_reset_crashkernel[[:blank:]]*)
			[ -z "$seen" ] || continue
			line="auto_reset_crashkernel no" seen=y
			;;
		esac
		text+=$line$'\n'
	done <<<"${answer%$'\n'}"
	[ -n "$seen" ] || text+=$'auto_reset_crashkernel no\n'
	answer=$text
}

# Makes a crash kernel that panics reboot: by default it would hang
rhel_sysconfig_text() {
	local append
	shell_value "$sys_cmdline_file" KDUMP_COMMANDLINE_APPEND
	append=$answer
	with_bound "$append"
	if [ "$append" = "$answer" ]; then
		changed_text "$sys_cmdline_file"
	else
		changed_text "$sys_cmdline_file" KDUMP_COMMANDLINE_APPEND "$answer"
	fi
}

plan_rhel_common() {
	plan_modules dracut --force --regenerate-all
	plan_sysctl
	if [ -e "$root/etc/kdump.conf" ] && [ "$verb" != undo ]; then
		read_config /etc/kdump.conf
		! grep -qs auto_reset_crashkernel "$root/usr/bin/kdumpctl" || plan_text /etc/kdump.conf kdump rhel_kdump_conf_text
	fi
	[ ! -e "$root$sys_cmdline_file" ] || plan_text "$sys_cmdline_file" kdump rhel_sysconfig_text
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
	last_crashkernel "${entry_words[-1]-}"
	journal_keep crashkernel "$answer"
	journal_set crashkernel-ours "$crashkernel"
}

# ours_since PATH WORDS: not put back byte for byte, because the file came or changed
# since, and still with the crashkernel= of ours?
ours_since() {
	[ -z "${journal_entry[$1]-}" ] || [ -n "${edited[$1]-}" ] || return 1
	last_crashkernel "$2"
	[ -n "$2" ] && [ "$answer" = "${kept[crashkernel-ours]-}" ]
}

# undo_rhel_boot: in entries that were added or changed since, grubby restores what the
# newest entry had, or removes the word.
undo_rhel_boot() {
	local i old=${kept[crashkernel]-} option=--remove-args=crashkernel linux
	[ "$old" != "${kept[crashkernel-ours]-}" ] || return 0
	[ -z "$old" ] || option=--args=crashkernel=$old
	read_entries
	for i in "${!entry_path[@]}"; do
		ours_since "${entry_path[i]}" "${entry_options[i]}" || continue
		linux=$(sed -n 's|^linux[[:blank:]]*.*/||p' "$root${entry_path[i]}")
		run_command grubby "--update-kernel=/boot/$linux" "$option"
		step
	done
	if ours_since "$RHEL_GRUBENV" "$kernelopts"; then
		run_command grubby --update-kernel=ALL "$option" --no-etc-grub-update
		step
	fi
}
