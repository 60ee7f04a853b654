#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The small functions of hvcrash-configure, each by itself.
# shellcheck disable=SC1003,SC2016,SC2030,SC2031,SC2034,SC2154 # texts that are not expanded; variables of what is sourced

load helpers

setup() {
	begin
	ROOT=$BATS_TEST_TMPDIR/root FAKE_LOG=$BATS_TEST_TMPDIR/commands
	mkdir -p "$ROOT/etc" "$ROOT/var/lib"
	source_configure
	sys_shell=bash sys_service=kdump.service
	root=$ROOT journal=$ROOT/var/lib/hvcrash/configure verb=configure work=$BATS_TEST_TMPDIR/work
	mkdir -p "$work"
	journal_read
	plan_init
}

@test "an assignment in a shell file is evaluated by that shell, and no command is run" {
	printf '%s\n' 'A=1' "B='two words'" 'C="$(touch ran)"  ' '# A=9' '  D=4' 'A="2 x" # "y"' 'E="$A \' '"z' 'F="${D:-5}" G=$B' >"$ROOT/etc/x"
	expect "$(answer_of shell_value /etc/x A)" "2 x"
	expect "$(answer_of shell_value /etc/x B)" "two words"
	expect "$(answer_of shell_value /etc/x D)" 4
	expect "$(answer_of shell_value /etc/x E)" "2 x z"
	expect "$(answer_of shell_value /etc/x F)" 4
	expect "$(answer_of shell_value /etc/x G)" "two words"
	expect "$(answer_of shell_value /etc/x Z)" ""
	expect "$(answer_of shell_value /etc/none A)" ""
	run shell_value /etc/x C
	expect "$status" 2
	expect "$output" "hvcrash-configure: /etc/x: C is computed by a command, so its value cannot be determined"
	[ ! -e ran ]
}

@test "anything but plain assignments is refused, with its line" {
	local text line
	for text in 'touch ran' 'if true; then A=2; fi' '. ./other' 'A=1 touch ran' 'A=1 >ran' 'A=(1 2)' 'A() { touch ran; }' 'A="x' 'A=$[1+1]' 'eval A=1'; do
		printf 'B=1\n%s\n' "$text" >"$ROOT/etc/x"
		run shell_value /etc/x B
		expect "$status" 2
		# an unterminated quote is detected at the end of the file
		case $text in *'"x') line=3 ;; *) line=2 ;; esac
		expect "${output%%:*}" hvcrash-configure
		output=${output#*: }
		expect "${output%%:*}" "/etc/x, line $line"
		expect "${output##*: }" "more than plain assignments, so its values cannot be determined; change that, or use --no-bootloader"
		[ ! -e ran ]
	done
	sys_shell=dash
	printf 'B=1\nB+=2\n' >"$ROOT/etc/x"
	run shell_value /etc/x B
	expect "$status" 2
}

@test "files that are not text, not files, or endless: one line, at once" {
	local file=$ROOT/etc/x
	printf 'A=1\n\0' >"$file"
	run shell_value /etc/x A
	expect "$output" "hvcrash-configure: /etc/x: not text: it has NUL bytes"
	truncate -s 100M "$file"
	run shell_value /etc/x A
	expect "$output" "hvcrash-configure: /etc/x: larger than 65536 bytes: not a configuration file"
	rm "$file"
	mkfifo "$file"
	run shell_value /etc/x A
	expect "$output" "hvcrash-configure: /etc/x: not a file"
	rm "$file"
	mkdir "$file"
	run shell_value /etc/x A
	expect "$output" "hvcrash-configure: /etc/x: not a file"
}

# generated SHELL SEED: the same files as for the tool's reader
generated() {
	local n told=0 ours values
	mkdir -p files
	awk -v seed="$2" -v count=40 -v dir=files -f "$CONFIGURE_DIR/../cli/shell_vars_files.awk"
	sys_shell=$1
	for n in {1..40}; do
		(assignments '' "$PWD/files/$n") 2>/dev/null || continue
		evaluate "$work/plain.1" -- A B C LONG_NAME _x1 || values=(the shell gives up)
		ours="${values[*]@Q}"
		case ${values[*]} in *$'\001'*) continue ;; esac
		evaluate "$PWD/files/$n" -- A B C LONG_NAME _x1 || values=(the shell gives up)
		expect "file $n: $ours" "file $n: ${values[*]@Q}"
		told=$((told + 1))
	done
	[ $told -gt 5 ] || { echo "only $told"; return 1; }
}

@test "generated files: the parts taken for plain give dash and bash the same values as the file itself" {
	generated dash 1
	generated bash 2
}

@test "the last assignment is replaced, however many lines it has, or one is added" {
	printf '%s\n' '# A="0"' 'A=1' 'B=2' 'A="3 \' ' 4" # four' 'D=`id`' >"$ROOT/etc/x"
	expect "$(answer_of changed_text /etc/x A 'a\b $c "d"' | tr '\n' '|')" '# A="0"|A=1|B=2|A="a\\b \$c \"d\"" # four|D=`id`|'
	expect "$(answer_of changed_text /etc/x C 7 | tail -n 1)" C=7
	expect "$(answer_of changed_text /etc/none C '' | tail -n 1)" 'C=""'
	# built on the earlier value: another line, and the last counts
	printf '%s\n' 'A="ro"' 'A+=" rd.luks.uuid=osencrypt"' >"$ROOT/etc/x"
	expect "$(answer_of changed_text /etc/x A 'ro x' | tr '\n' '|')" 'A="ro"|A+=" rd.luks.uuid=osencrypt"|A="ro x"|'
	# its other values must not change
	printf '%s\n' 'A="ro"' 'B="$A quiet"' >"$ROOT/etc/x"
	run changed_text /etc/x A 'ro x'
	expect "$status" 2
	expect "$output" "hvcrash-configure: /etc/x: A cannot be set there without changing other values; change it by hand"
}

@test "words of a command line: replaced in place as pbl does, or last as grubby does" {
	expect "$(answer_of with_word "ro a=1 quiet a=2 b" a 9)" "ro a=9 quiet b"
	expect "$(answer_of with_word "ro quiet" a 9)" "ro quiet a=9"
	expect "$(answer_of with_word "" a 9)" "a=9"
	expect "$(answer_of with_word_last " ro a=1  quiet ab=2 a" a 9)" "ro quiet ab=2 a=9"
	expect "$(answer_of words_of "a=1 ab=2 a=3" a | tr '\n' ' ')" "1 3"
	# a value with a line break, which GRUB's scripts read as a blank: no word is lost
	expect "$(answer_of with_word_last $'ro\nquiet a=1' a 9)" "ro quiet a=9"
	expect "$(answer_of with_word $'ro\nquiet' a 9)" "ro quiet a=9"
	expect "$(answer_of last_crashkernel $'ro crashkernel=1G\nquiet crashkernel=2G\n')" 2G
}

@test "symbolic links are followed inside the root" {
	mkdir -p "$ROOT/etc/default" "$ROOT/etc/sysconfig" "$ROOT/usr/lib"
	ln -s ../default/grub "$ROOT/etc/sysconfig/grub"
	ln -s /usr/lib/os-release "$ROOT/etc/os-release"
	ln -s loop "$ROOT/etc/loop"
	expect "$(answer_of resolve /etc/sysconfig/grub)" /etc/default/grub
	expect "$(answer_of resolve /etc/os-release)" /usr/lib/os-release
	expect "$(answer_of resolve /etc/plain)" /etc/plain
	resolve /etc/loop
	expect "$(answer_of resolve /etc/./default//../x)" /etc/./default//../x
	ln -s ../.././../usr//lib/../lib/os-release "$ROOT/etc/up"
	expect "$(answer_of resolve /etc/up)" /usr/lib/os-release
}

# elsewhere KEY: what the files set, as they are now
elsewhere() {
	read_sysctls
	answer_of sysctl_last "$1"
}

@test "a sysctl that another file sets: by name, and the last one counts" {
	mkdir -p "$ROOT/etc/sysctl.d" "$ROOT/usr/lib/sysctl.d"
	echo 'kernel.sysrq = 16' >"$ROOT/usr/lib/sysctl.d/50-default.conf"
	echo '-kernel/sysrq=176' >"$ROOT/etc/sysctl.d/10-magic.conf"
	expect "$(elsewhere kernel.sysrq)" 16
	echo 'kernel.sysrq=1' >"$ROOT/etc/sysctl.d/60-hvcrash.conf"
	expect "$(elsewhere kernel.sysrq)" 16
	echo 'kernel.sysrq = 4 ' >"$ROOT/etc/sysctl.conf"
	expect "$(elsewhere kernel.sysrq)" 16 # not read at boot
	ln -s ../sysctl.conf "$ROOT/etc/sysctl.d/99-sysctl.conf"
	expect "$(elsewhere kernel.sysrq)" 4
	# one of /etc hides one of the same name
	: >"$ROOT/etc/sysctl.d/50-default.conf"
	rm "$ROOT/etc/sysctl.conf"
	expect "$(elsewhere kernel.sysrq)" 176
	expect "$(elsewhere kernel.panic)" ""
}

@test "SysRq: bit 8 is added, 1 already allows it, an unknown value is left alone" {
	sys_kernel=6.1 sys_arch=x86_64
	expect "$(answer_of sysrq_mask)" ""
	mkdir -p "$ROOT/boot"
	echo CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE=0x01b6 >"$ROOT/boot/config-6.1"
	expect "$(answer_of sysrq_mask)" 446
	mkdir -p "$ROOT/etc/sysctl.d"
	ln -sf ../sysctl.conf "$ROOT/etc/sysctl.d/99-sysctl.conf"
	echo 'kernel.sysrq = 1' >"$ROOT/etc/sysctl.conf"
	read_sysctls
	expect "$(answer_of sysrq_mask)" ""
	echo 'kernel.sysrq = 0' >"$ROOT/etc/sysctl.conf"
	read_sysctls
	expect "$(answer_of sysrq_mask)" 8
	answer_of sysctl_text >text
	expect_word text "kernel.panic = 10"
	expect_word text "kernel.unknown_nmi_panic = 1"
}

@test "kernel.panic set by others stays, and arm64 has no NMI" {
	sys_kernel=6.1 sys_arch=aarch64
	mkdir -p "$ROOT/etc/sysctl.d"
	echo 'kernel.panic = 300' >"$ROOT/etc/sysctl.d/10-own.conf"
	read_sysctls
	answer_of sysctl_text >text
	expect_no_word text "kernel.panic ="
	expect_no_word text nmi
	expect_word text "kernel.panic_on_oops = 1"
}

@test "memory: from /proc/iomem, otherwise MemTotal plus the crash kernel's" {
	mkdir -p "$ROOT/proc" "$ROOT/sys/kernel"
	printf '%s\n' '00001000-0009ffff : System RAM' '00100000-3fffffff : System RAM' \
		'  01000000-02ffffff : System RAM' '100000000-1bfffffff : System RAM' '1c0000000-1ffffffff : Reserved' >"$ROOT/proc/iomem"
	detect_memory
	expect "$sys_ram_mib" 4095
	echo '00000000-00000000 : System RAM' >"$ROOT/proc/iomem"
	echo 'MemTotal: 3500000 kB' >"$ROOT/proc/meminfo"
	echo 536870912 >"$ROOT/sys/kernel/kexec_crash_size"
	detect_memory
	expect "$sys_ram_mib" 3929
	rm -r "$ROOT/proc"
	detect_memory
	expect "$sys_ram_mib" 512
}

@test "the architecture is that of the tree" {
	mkdir -p "$ROOT/usr/bin"
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\267\0' >"$ROOT/usr/bin/bash"
	detect_architecture
	expect "$sys_arch" aarch64
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\76\0' >"$ROOT/usr/bin/bash"
	detect_architecture
	expect "$sys_arch" x86_64
}

@test "rebuilds of RHEL, and untested versions" {
	local line
	mkdir -p "$ROOT/usr/lib"
	for line in "rocky 9.5 rhel y" "almalinux 8.10 rhel y" "centos 10 rhel y" "rhel 7.9 rhel " "ubuntu 23.10 debian " "ubuntu 26.04 debian y" \
		"debian 11 debian y" "ol 9.4 rhel y" "fedora 44 rhel y" "azurelinux 3.0 azurelinux y" "azurelinux 4.0 azurelinux y" \
		"sles 16.0 suse y" "opensuse-leap 15.6 suse y" "arch 1  "; do
		# shellcheck disable=SC2086 # words
		set -- $line
		printf "ID='%s'\nVERSION_ID=%s\n" "$1" "$2" >"$ROOT/usr/lib/os-release"
		detect_distribution
		expect "$1 $2 $sys_family $sys_known" "$line"
	done
}

@test "an image has no running kernel: the newest installed one counts" {
	unset HVCRASH_CONFIGURE_CHROOT
	is_live && return 1
	detect_kernel
	expect "$sys_kernel" ""
	mkdir -p "$ROOT/lib/modules/6.9.1" "$ROOT/lib/modules/6.12.0/kernel/drivers/hv"
	detect_kernel
	expect "$sys_kernel" 6.12.0
	expect "$(vmbus_kind 6.12.0)" module
	echo kernel/drivers/hv/hv_vmbus.ko >"$ROOT/lib/modules/6.12.0/modules.builtin"
	expect "$(vmbus_kind 6.12.0)" built-in
	run has_module 6.12.0
	expect "$status" 1
	: >"$ROOT/lib/modules/6.12.0/kernel/drivers/hv/hvcrash.ko.xz"
	has_module 6.12.0
}

@test "a file appears complete, and a missing directory is noted before it is made" {
	journal_open
	put "$journal/x" one
	expect "$(cat "$journal/x")" one
	make_parents /etc/a/b/file /etc/x /etc/a/c/file
	[ -d "$ROOT/etc/a/b" ]
	[ -d "$ROOT/etc/a/c" ]
	expect "$(tr '\n' ' ' <"$journal/dirs")" "/etc/a /etc/a/b /etc/a/c "
	make_parents /etc/a/b/d/file
	expect "$(tr '\n' ' ' <"$journal/dirs")" "/etc/a /etc/a/b /etc/a/c /etc/a/b/d "
	remove_parents
	[ ! -e "$ROOT/etc/a" ]
}

@test "a restored file has its contents, mode, owner and times" {
	echo old >"$ROOT/etc/x"
	chmod 640 "$ROOT/etc/x"
	chown 7:8 "$ROOT/etc/x"
	touch -d 2020-02-03T04:05:06.789 "$ROOT/etc/x"
	stat -c '%a %u %g %y %s' "$ROOT/etc/x" >before
	journal_open
	plan_add /etc/x group '' text $'new and longer\n'
	journal_files 0
	replace_file /etc/x "${plan_text[0]}"
	expect "$(cat "$ROOT/etc/x")" "new and longer"
	expect "$(stat -c '%a %u %g' "$ROOT/etc/x")" "640 7 8"
	restore_file /etc/x
	stat -c '%a %u %g %y %s' "$ROOT/etc/x" | diff -u before -
	expect "$(cat "$ROOT/etc/x")" old
}

@test "words are quoted as a person would type them" {
	expect "$(answer_of quoted grubby --args=crashkernel=1G-2G:1M,4G-:2M)" "grubby --args=crashkernel=1G-2G:1M,4G-:2M"
	expect "$(answer_of quoted sh -c 'a b' '')" "sh -c 'a b' ''"
}

# with_script: what becomes of the file
with_script() {
	local changes=()
	suse_script KDUMP_POSTSCRIPT /usr/lib/hvcrash/suse-post '"$DIR"' 2>err
	changed_text /etc/sysconfig/kdump "${changes[@]}"
	printf '%s' "$answer"
}

# script VALUE-LINE EXPECTED-LINE: how KDUMP_POSTSCRIPT is changed
script() {
	printf '%s\n' "$1" >"$ROOT/etc/sysconfig/kdump"
	with_script >now
	expect "$(cat now)" "$2"
	# the shell that reads it agrees, and a second time changes nothing
	bash -n now
	cp now "$ROOT/etc/sysconfig/kdump"
	with_script | diff -u now -
}

@test "SUSE: our script goes before the existing one, inside its quotes" {
	mkdir -p "$ROOT/etc/sysconfig" "$ROOT/usr/lib/hvcrash" "$ROOT/usr/lib/dracut/modules.d/99kdump"
	: >"$ROOT/usr/lib/hvcrash/suse-post"
	local ours='KDUMP_POSTSCRIPT="/usr/lib/hvcrash/suse-post \"\$DIR\"'
	script 'KDUMP_POSTSCRIPT=""' "$ours\""
	script 'KDUMP_POSTSCRIPT="/bin/a b"' "$ours; /bin/a b\""
	script "KDUMP_POSTSCRIPT='/bin/a \$X'" "$ours; /bin/a \\\$X\""
	script "KDUMP_POSTSCRIPT=/bin/a" "$ours; /bin/a\""
	script "A=1" "A=1
$ours\""
	# shellcheck source=/dev/null
	. ./now
	expect "$KDUMP_POSTSCRIPT" '/usr/lib/hvcrash/suse-post "$DIR"'
	# kdump 2.0 only splits words: it can run one command, but not two
	printf '\t\t${KDUMP_PRESCRIPT}\n' >"$ROOT/usr/lib/dracut/modules.d/99kdump/kdump-save"
	script 'KDUMP_POSTSCRIPT="/bin/a b"' 'KDUMP_POSTSCRIPT="/bin/a b"'
	expect_word err "KDUMP_POSTSCRIPT runs another program and this kdump takes only one: let that one run /usr/lib/hvcrash/suse-post"
	script 'KDUMP_POSTSCRIPT=""' "$ours\""
	# and none that is not installed
	rm "$ROOT/usr/lib/hvcrash/suse-post"
	script 'KDUMP_POSTSCRIPT=""' 'KDUMP_POSTSCRIPT=""'
}
