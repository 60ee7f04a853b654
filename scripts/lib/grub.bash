# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# crashkernel= in GRUB's defaults, for those whose grub-mkconfig reads
# /etc/default/grub.d: Debian, Ubuntu, Azure Linux. Ours is read last, and the
# last crashkernel= on the command line is the one that counts.

readonly GRUB_DROP_IN=/etc/default/grub.d/zz-hvcrash.cfg

# grub_cmdline: the words that grub-mkconfig would use without our file. The
# files are shell and build on each other, so they are run as grub-mkconfig runs
# them: all in one shell, in the order of their names. It is an empty one.
grub_cmdline() {
	local files=() file
	for file in "$root/etc/default/grub" "$root"/etc/default/grub.d/*.cfg; do
		[ ! -r "$file" ] || [ "$file" = "$root$GRUB_DROP_IN" ] || files+=("$file")
	done
	# shellcheck disable=SC2016 # for that shell, not for this one
	env -i PATH="$PATH" bash -c 'for file; do . "$file"; done >/dev/null 2>&1
		printf "%s %s\n" "${GRUB_CMDLINE_LINUX:-}" "${GRUB_CMDLINE_LINUX_DEFAULT:-}"' - "${files[@]}" </dev/null
}

grub_drop_in_text() {
	cat <<END
# Written by hvcrash-configure; hvcrash-configure --undo removes it.
# Memory for the crash kernel, by how much the VM has. Read after all others, and
# the last crashkernel= on the command line is the one that counts.
GRUB_CMDLINE_LINUX_DEFAULT="\$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=$1"
END
}

# plan_grub_drop_in COMMAND...: no file where enough is reserved without it
plan_grub_drop_in() {
	local current
	current=$(last_crashkernel "$(grub_cmdline)")
	crashkernel=$(crashkernel_wanted "$crashkernel_least" "$current")
	if [ "$crashkernel" = "$current" ]; then
		plan_no_file "$GRUB_DROP_IN" boot
	else
		plan_file "$GRUB_DROP_IN" boot 644 grub_drop_in_text "$crashkernel"
	fi
	plan_run boot always "into the boot menu" "$@"
}
