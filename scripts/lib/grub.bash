# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# crashkernel= in GRUB's defaults, for those whose grub-mkconfig reads
# /etc/default/grub.d: Debian, Ubuntu, Azure Linux. Ours is read last, and the
# last crashkernel= on the command line is the one that counts.

readonly GRUB_DROP_IN=/etc/default/grub.d/zz-hvcrash.cfg

# grub_files: in the order in which grub-mkconfig reads them
grub_files() {
	local file
	for file in /etc/default/grub "$root"/etc/default/grub.d/*.cfg; do
		file=${file#"$root"}
		[ ! -e "$root$file" ] || printf '%s\n' "$file"
	done
}

# grub_words [TEXT]: what grub-mkconfig makes of all of them, with TEXT in the
# place of our file, or without it. All in one shell: they build on each other.
grub_words() {
	local file files=() values
	mapfile -t files < <({
		grub_files | grep -vxF -- "$GRUB_DROP_IN"
		[ -z "${1:-}" ] || printf '%s\n' "$GRUB_DROP_IN"
	} | sort)
	: >"$work/grub"
	for file in "${files[@]}"; do
		if [ "$file" = "$GRUB_DROP_IN" ]; then
			cat -- "$1" >>"$work/grub"
		else
			refuse_odd "$file"
			plain "$root$file" "$file" >>"$work/grub"
		fi
	done
	evaluate "$work/grub" GRUB_CMDLINE_LINUX GRUB_CMDLINE_LINUX_DEFAULT
	refuse_unknown /etc/default/grub GRUB_CMDLINE_LINUX "${values//$'\n'/ }"
}

grub_drop_in_text() {
	cat <<END
# Written by hvcrash-configure; hvcrash-configure --undo removes it.
# Memory for the crash kernel, by how much the VM has. Read after all others, and
# the last crashkernel= on the command line is the one that counts.
GRUB_CMDLINE_LINUX_DEFAULT="\$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=$1"
END
}

# refuse_beaten TEXT: a file after ours may start the line anew
refuse_beaten() {
	local words file
	words=$(grub_words "$1")
	[ "$(last_crashkernel "$words")" != "$crashkernel" ] || return 0
	while read -r file; do
		[[ ${file##*/} > ${GRUB_DROP_IN##*/} ]] || continue
		! grep -q GRUB_CMDLINE_LINUX "$root$file" ||
			refuse "$file: read after $GRUB_DROP_IN, and sets the command line anew: add crashkernel=$crashkernel in there, or give it a name that sorts before zz-hvcrash.cfg"
	done < <(grub_files)
	refuse "/etc/default/grub: crashkernel=$crashkernel would not be the last on the command line; set it by hand, and give --no-bootloader"
}

# plan_grub_drop_in COMMAND...: no file where enough is reserved without it
plan_grub_drop_in() {
	local words current
	words=$(grub_words)
	current=$(last_crashkernel "$words")
	if has_parts "$words"; then
		keep_parts "$words"
	else
		crashkernel=$(crashkernel_wanted "$crashkernel_least" "$current")
	fi
	if [ "$crashkernel" = "$current" ]; then
		plan_no_file "$GRUB_DROP_IN" boot
	else
		grub_drop_in_text "$crashkernel" >"$work/drop-in"
		refuse_beaten "$work/drop-in"
		plan_file "$GRUB_DROP_IN" boot 644 cat -- "$work/drop-in"
	fi
	plan_run boot always "into the boot menu" "$@"
}

# check_grub_cfg FILE: the menu itself, which is what boots
check_grub_cfg() {
	[ ! -e "$root$1" ] || [ -n "$no_bootloader" ] || grep -q "^[[:blank:]]*linux.* crashkernel=" "$root$1" ||
		grep -q blscfg "$root$1" || warn "$1: the boot menu has no crashkernel=, though $need_boot has made it anew"
}
