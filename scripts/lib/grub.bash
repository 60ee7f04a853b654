# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# crashkernel= in GRUB's defaults, for those whose grub-mkconfig reads
# /etc/default/grub.d: Debian, Ubuntu, Azure Linux. Ours is read last, and the
# last crashkernel= on the command line is the one that counts.

readonly GRUB_DROP_IN=/etc/default/grub.d/zz-hvcrash.cfg

# grub_files: into $files, but for ours, in the order in which grub-mkconfig reads them
grub_files() {
	local file
	files=()
	for file in "$root/etc/default/grub" "$root"/etc/default/grub.d/*.cfg; do
		[ ! -e "$file" ] || [ "$file" = "$root$GRUB_DROP_IN" ] || files+=("${file#"$root"}")
	done
}

# read_grub_files: once, as they may be evaluated
read_grub_files() {
	local file
	grub_files
	for file in "${files[@]}"; do
		read_sourced "$file"
	done
	assignments '' "${files[@]/#/$root}"
}

# grub_words [TEXT]: into $words, what grub-mkconfig makes of all of them, with TEXT
# in the place of our file. All in one shell: they build on each other.
grub_words() {
	local i plain=() values=() ours=${1:-}
	printf '%s' "$ours" >"$work/drop-in"
	for i in "${!files[@]}"; do
		if [ -n "$ours" ] && [[ ${files[i]} > $GRUB_DROP_IN ]]; then
			plain+=("$work/drop-in")
			ours=''
		fi
		plain+=("$work/plain.$((i + 1))")
	done
	[ -z "$ours" ] || plain+=("$work/drop-in")
	evaluate "${plain[@]}" -- GRUB_CMDLINE_LINUX GRUB_CMDLINE_LINUX_DEFAULT || refuse "/etc/default/grub: $sys_shell cannot read it"
	words="${values[*]}"
	case $words in *$'\001'*) refuse "/etc/default/grub: GRUB_CMDLINE_LINUX is computed by a command, so its value cannot be determined" ;; esac
}

# grub_drop_in_text: answers with our file
grub_drop_in_text() {
	answer="# Written by hvcrash-configure; hvcrash-configure --undo removes it.
# Memory for the crash kernel, by how much the VM has. Read after all others, and
# the last crashkernel= on the command line is the one that counts.
GRUB_CMDLINE_LINUX_DEFAULT=\"\$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=$crashkernel\"
"
}

# refuse_beaten TEXT: a file after ours may replace the line
refuse_beaten() {
	local words file
	grub_words "$1"
	last_crashkernel "$words"
	[ "$answer" != "$crashkernel" ] || return 0
	for file in "${files[@]}"; do
		[[ $file > $GRUB_DROP_IN ]] || continue
		! grep -q GRUB_CMDLINE_LINUX "$root$file" ||
			refuse "$file: read after $GRUB_DROP_IN, and sets the command line anew: add crashkernel=$crashkernel in there, or give it a name that sorts before zz-hvcrash.cfg"
	done
	refuse "/etc/default/grub: crashkernel=$crashkernel would not be the last on the command line; set it by hand, and give --no-bootloader"
}

# plan_grub_drop_in COMMAND...: plans no file if enough is reserved without it
plan_grub_drop_in() {
	local words current files
	plan_run boot always "into the boot menu" "$@"
	[ "$verb" != undo ] || return 0
	read_grub_files
	grub_words
	last_crashkernel "$words"
	current=$answer
	if has_parts "$words"; then
		keep_parts "$words"
	else
		crashkernel_wanted "$crashkernel_least" "$current"
		crashkernel=$answer
	fi
	if [ "$crashkernel" = "$current" ]; then
		plan_no_file "$GRUB_DROP_IN" boot
	else
		grub_drop_in_text
		refuse_beaten "$answer"
		grub_drop_in_text
		plan_file "$GRUB_DROP_IN" boot
	fi
}

# check_grub_cfg FILE: checks the menu itself, since the machine boots from that
check_grub_cfg() {
	[ ! -e "$root$1" ] || [ -n "$no_bootloader" ] || grep -q "^[[:blank:]]*linux.* crashkernel=" "$root$1" ||
		grep -q blscfg "$root$1" || warn "$1: the boot menu has no crashkernel=, though $need_boot has just written it"
}
