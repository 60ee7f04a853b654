#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# hvcrash-configure on configurations that people have reported, of kdump on Hyper-V and Azure:
# each is a small input for which it once did the wrong thing.
# shellcheck disable=SC2016 # texts that are not expanded

load helpers

# grub_says VARIABLE: its value when grub2-mkconfig reads /etc/default/grub
grub_says() {
	env -i bash -c 'set -e; . "$0"; eval "printf %s \"\$$1\""' "$ROOT/etc/default/grub" "$1"
}

readonly WORDS="ro console=tty1 console=ttyS0 earlyprintk=ttyS0 rootdelay=300 nvme_core.io_timeout=240 net.ifnames=0"
readonly TABLE=384M-1G:128M,1G-2G:256M,2G-4G:320M,4G-1T:512M,1T-4T:1G,4T-8T:2G,8T-:4G

# with_grub LINE...: these in /etc/default/grub; after configuring they give the old words and ours
with_grub() {
	make_root rhel9
	printf '%s\n' "$@" 'GRUB_ENABLE_BLSCFG=true' >"$ROOT/etc/default/grub"
	tree >tree.before
	done_by
	expect "$(grub_says GRUB_CMDLINE_LINUX)" "$WORDS crashkernel=$TABLE"
	expect "$(grub_says GRUB_ENABLE_BLSCFG)" true
	done_by --undo
	same_tree tree.before
}

@test "RHEL: GRUB_CMDLINE_LINUX followed by a comment" {
	with_grub "GRUB_CMDLINE_LINUX=\"$WORDS\" # serial console for Azure"
}

@test "RHEL: GRUB_CMDLINE_LINUX over two lines" {
	with_grub "GRUB_CMDLINE_LINUX=\"${WORDS% *} \\" "${WORDS##* }\""
}

@test "RHEL: GRUB_CMDLINE_LINUX built with +=, an export or another variable" {
	with_grub "export GRUB_CMDLINE_LINUX='${WORDS% *}'" "GRUB_CMDLINE_LINUX+=\" ${WORDS##* }\""
	with_grub "LAST=${WORDS##* }; GRUB_CMDLINE_LINUX=\"${WORDS% *} \${LAST}\""
}

@test "RHEL: crashkernel= in GRUB_CMDLINE_LINUX_DEFAULT, which comes last on the line" {
	make_root rhel9
	printf '%s\n' 'GRUB_CMDLINE_LINUX_DEFAULT="quiet crashkernel=100M"' 'GRUB_CMDLINE_LINUX="ro"' >"$ROOT/etc/default/grub"
	done_by
	expect "$(grub_says GRUB_CMDLINE_LINUX) $(grub_says GRUB_CMDLINE_LINUX_DEFAULT)" "ro quiet crashkernel=$TABLE"
}

@test "carriage returns, which the shell includes in the values: refused, with the command that removes them" {
	make_root rhel9
	sed -i 's/$/\r/' "$ROOT/etc/default/grub"
	refused "/etc/default/grub: has carriage returns, which the shell takes into the values: sed -i 's/\\r$//' /etc/default/grub"
	sed -i 's/\r$//' "$ROOT/etc/default/grub"
	done_by
	make_root debian13
	sed -i 's/$/\r/' "$ROOT/etc/default/kdump-tools"
	refused "/etc/default/kdump-tools: has carriage returns"
	make_root debian13
	sed -i 's/$/\r/' "$ROOT/etc/default/grub.d/kdump-tools.cfg"
	refused "/etc/default/grub.d/kdump-tools.cfg: has carriage returns"
}

@test "a file all of whose values are empty, and one without a line break at its end" {
	make_root debian13
	printf 'USE_KDUMP=1\nFOO=""' >"$ROOT/etc/default/kdump-tools"
	done_by
	expect "$(env -i dash -c '. "$0"; echo "$USE_KDUMP $FOO ${KDUMP_CMDLINE_APPEND##* }"' "$ROOT/etc/default/kdump-tools")" "1  panic=10"
}

@test "RHEL: enough is already set, whatever follows it: the file is left alone" {
	make_root rhel9
	sed -i 's/ crashkernel=[^ ]*//; s/^options.*/& crashkernel=8G/' "$ROOT"/boot/loader/entries/*
	echo 'GRUB_CMDLINE_LINUX="ro crashkernel=8G" # big' >"$ROOT/etc/default/grub"
	cp -p "$ROOT/etc/default/grub" before
	done_by
	cmp before "$ROOT/etc/default/grub"
}

@test "a GRUB file that is a program, or not text, is refused" {
	make_root debian13
	echo 'if [ -e /etc/x ]; then GRUB_TIMEOUT=1; fi' >"$ROOT/etc/default/grub.d/xen.cfg"
	refused "/etc/default/grub.d/xen.cfg, line 1: a command: more than plain assignments"
	done_by --no-bootloader
	make_root debian13
	printf 'A=1\0' >"$ROOT/etc/default/grub"
	refused "/etc/default/grub: not text: it has NUL bytes"
	truncate -s 100M "$ROOT/etc/default/grub"
	refused "/etc/default/grub: larger than 65536 bytes"
}

# refused_unless_file ROOT FILE...: each of them, as a FIFO and as a directory in that root
refused_unless_file() {
	local file
	# shellcheck disable=SC2317 # refused calls it; the real one would wait for the FIFO
	tree() { :; }
	for file in "${@:2}"; do
		make_root "$1"
		rm -f "$ROOT$file"
		mkdir -p "$ROOT${file%/*}"
		mkfifo "$ROOT$file"
		refused "$file: not a file"
		rm "$ROOT$file"
		mkdir "$ROOT$file"
		refused "$file: not a file"
	done
}

@test "configuration that is a FIFO or a directory: one line, at once" {
	refused_unless_file rhel9 /etc/kdump.conf /etc/sysconfig/kdump /etc/default/grub /usr/lib/os-release
}

@test "RHEL 9: crashkernel= in parts is left alone, and reported if it is too little" {
	make_root rhel9
	sed -i 's/ crashkernel=[^ ]*//; s/^options.*/& crashkernel=512M crashkernel=1G,cma/' "$ROOT"/boot/loader/entries/*
	done_by
	expect_no_word out grubby
	expect_no_word err "in parts"
	make_root sles15
	sed -i 's/rootdelay=300/crashkernel=100M,high crashkernel=72M,low/' "$ROOT/etc/default/grub"
	done_by
	expect_word err "crashkernel= is set by hand, in parts, to less than"
	expect_no_word out pbl
}

@test "Debian: crashkernel= with ,cma gets nothing on top" {
	make_root debian13
	sed -i 's/consoleblank=0/consoleblank=0 crashkernel=256M crashkernel=512M,cma/' "$ROOT/etc/default/grub"
	rm "$ROOT/etc/default/grub.d/kdump-tools.cfg"
	done_by
	[ ! -e "$ROOT/etc/default/grub.d/zz-hvcrash.cfg" ]
}

@test "a file after ours in grub.d that overwrites the line is named, and nothing is written" {
	local name
	for name in zzz-site zz_site zz1; do
		make_root debian13
		echo 'GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0"' >"$ROOT/etc/default/grub.d/$name.cfg"
		refused "/etc/default/grub.d/$name.cfg: read after /etc/default/grub.d/zz-hvcrash.cfg, and sets the command line anew"
	done
	# one that adds to it does no harm
	echo 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT console=ttyS0"' >"$ROOT/etc/default/grub.d/zz1.cfg"
	done_by
	expect_word "$ROOT/boot/grub/grub.cfg" "crashkernel=384M-512M:128M"
}

# efi NAME TEXT: a variable of the boot loader interface
efi() {
	local path=$ROOT/sys/firmware/efi/efivars/$1-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f
	mkdir -p "${path%/*}"
	{
		printf '\6\0\0\0'
		printf '%s\0' "$2" | iconv -t UTF-16LE
	} >"$path"
}

@test "a unified kernel image, and systemd-boot, ignore GRUB's files" {
	make_root rhel9
	efi StubInfo "systemd-stub 255"
	refused "a unified kernel image was booted"
	done_by --no-bootloader
	make_root debian13
	mkdir -p "$ROOT/etc/kernel"
	echo "root=/dev/sda1" >"$ROOT/etc/kernel/cmdline"
	efi LoaderInfo "systemd-boot 257"
	refused "systemd-boot was booted: add crashkernel="
	efi LoaderInfo "GRUB 2.12"
	done_by
}

@test "a masked service is refused before anything is written" {
	make_root rhel9
	ln -s /dev/null "$ROOT/etc/systemd/system/kdump.service"
	refused "kdump.service is masked: systemctl unmask kdump.service"
	refused "kdump.service is masked" --dry-run
	make_root debian13
	: >"$ROOT/etc/systemd/system/kdump-tools-dump.service"
	refused "kdump-tools-dump.service is masked"
}

@test "hardening that overrides our sysctls or disables kexec is named at once and by --check" {
	make_root debian13
	printf 'kernel.sysrq=0\nkernel.panic_on_oops = 0\n' >"$ROOT/etc/sysctl.d/99-hardening.conf"
	echo 'kernel.kexec_load_disabled=1' >"$ROOT/etc/sysctl.d/50-stig.conf"
	done_by
	expect_word err "/etc/sysctl.d/99-hardening.conf: sets kernel.panic_on_oops = 0 at every boot, after /etc/sysctl.d/60-hvcrash.conf"
	expect_word err "/etc/sysctl.d/99-hardening.conf: sets kernel.sysrq = 0"
	expect_word err "/etc/sysctl.d/50-stig.conf: sets kernel.kexec_load_disabled = 1 at boot"
	try --check
	expect_word out "warn    /etc/sysctl.d/99-hardening.conf sets kernel.panic_on_oops = 0 at every boot"
	# hidden by one of the same name, by systemd's rules
	mkdir -p "$ROOT/usr/lib/sysctl.d"
	mv "$ROOT/etc/sysctl.d/99-hardening.conf" "$ROOT/usr/lib/sysctl.d"
	ln -s /dev/null "$ROOT/etc/sysctl.d/99-hardening.conf"
	try --check
	expect_no_word out "99-hardening.conf"
}

@test "the crash kernel reboots if it panics, and does not resume" {
	make_root debian13
	echo 'root=/dev/sda1 ro resume=/dev/sda2 resume_offset=1' >"$ROOT/proc/cmdline"
	done_by
	expect "$(env -i dash -c '. "$0"; echo "$KDUMP_CMDLINE_APPEND"' "$ROOT/etc/default/kdump-tools")" \
		"reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll usbcore.nousb panic=10 noresume"
	make_root debian13
	echo "KDUMP_CMDLINE_APPEND='systemd.unit=kdump-tools-dump.service panic=0'" >>"$ROOT/etc/default/kdump-tools"
	done_by
	expect "$(env -i dash -c '. "$0"; echo "$KDUMP_CMDLINE_APPEND"' "$ROOT/etc/default/kdump-tools")" \
		"systemd.unit=kdump-tools-dump.service panic=10"
	make_root rhel9
	sed -i 's/irqpoll/panic=30 irqpoll/' "$ROOT/etc/sysconfig/kdump"
	cp "$ROOT/etc/sysconfig/kdump" before
	done_by
	cmp before "$ROOT/etc/sysconfig/kdump"
}

@test "Azure Disk Encryption's own += in /etc/default/grub survives" {
	make_root rhel9
	sed -i /GRUB_DISTRIBUTOR/d "$ROOT/etc/default/grub"
	echo 'GRUB_CMDLINE_LINUX+=" rd.debug rd.luks.uuid=osencrypt"' >>"$ROOT/etc/default/grub"
	done_by
	expect "$(grub_says GRUB_CMDLINE_LINUX)" "$WORDS rd.debug rd.luks.uuid=osencrypt crashkernel=$TABLE"
}

@test "a kernel without hvcrash.ko is reported" {
	configured rhel8
	expect_word err "no hvcrash.ko is made for 4.18.0-553.el8_10.x86_64, only for 5.10 and later"
}

@test "what is to be written, a boot entry or grubenv that is no file, or has no end: one line, and nothing is written" {
	refused_unless_file rhel10 /etc/kernel/cmdline /etc/modprobe.d/hvcrash.conf /boot/loader/entries/x.conf /boot/grub2/grubenv
	make_root rhel9
	truncate -s 100M "$ROOT/boot/loader/entries/x.conf"
	refused "/boot/loader/entries/x.conf: larger than 65536 bytes"
	make_root rhel8
	sed -i "s/kernelopts=/kernelopts=$(printf '%0850d' 1) /; s/#*$//" "$ROOT/boot/grub2/grubenv"
	refused "/boot/grub2/grubenv: no room for crashkernel="
}

@test "sysctl.d with a FIFO, a directory and 100 MB; a value that doubles itself: bounded, and said" {
	make_root debian13
	mkfifo "$ROOT/etc/sysctl.d/10-a.conf"
	mkdir "$ROOT/etc/sysctl.d/11-b.conf"
	truncate -s 100M "$ROOT/etc/sysctl.d/12-c.conf"
	done_by --dry-run
	expect_word err "/etc/sysctl.d/12-c.conf: larger than 65536 bytes, or not text: what it sets is not known"
	make_root debian13
	{ echo 'A=aaaaaaaaaaaaaaaa'; for _ in {1..40}; do echo 'A=$A$A'; done; } >>"$ROOT/etc/default/kdump-tools"
	refused "/etc/default/kdump-tools: dash cannot read it"
}

@test "memory that cannot be read as a number is not known, and configured all the same" {
	make_root debian13
	echo 'ffffffff-zz : System RAM' >"$ROOT/proc/iomem"
	echo 'MemTotal: lots kB' >"$ROOT/proc/meminfo"
	echo '12 monkeys' >"$ROOT/sys/kernel/kexec_crash_size"
	done_by --dry-run
	expect_no_word out "MiB of memory"
}

@test "RHEL: a line break in a value of GRUB's is a blank, and no word is lost" {
	with_grub "GRUB_CMDLINE_LINUX=\"${WORDS% *}" "${WORDS##* }\""
}
