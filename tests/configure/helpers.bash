# SPDX-License-Identifier: GPL-2.0-only
# bash. helpers.bash - functions that the tests of hvcrash-configure share
#
# They run scripts/hvcrash-configure on a fixture root, $ROOT, with fake commands
# are faked (fake/chroot), as if that system ran.
# shellcheck shell=bash

CONFIGURE_DIR=${BASH_SOURCE[0]%/*} # load passes an absolute path
CONFIGURE=${CONFIGURE:-$CONFIGURE_DIR/../../scripts/hvcrash-configure}
FAKE_CHROOT=$CONFIGURE_DIR/fake/chroot
HVCRASHCTL=${HVCRASHCTL:-$CONFIGURE_DIR/../../build/tools/hvcrashctl}
[[ $HVCRASHCTL == /* ]] || HVCRASHCTL=$PWD/$HVCRASHCTL
export HVCRASHCTL FAKE_LOG HVCRASH_CONFIGURE_CHROOT=$FAKE_CHROOT
# shellcheck source-path=SCRIPTDIR source=roots.bash
. "$CONFIGURE_DIR/roots.bash"
# shellcheck source-path=SCRIPTDIR source=../expect.bash
. "$CONFIGURE_DIR/../expect.bash"

# A killed run leaves the same files whether they are on the disk or still in memory:
# no test can notice sync, and it would be a sixth of all processes
sync() { :; }
export -f sync

setup() {
	begin
	ROOT=$BATS_TEST_TMPDIR/root FAKE_LOG=$BATS_TEST_TMPDIR/commands
	: >"$FAKE_LOG"
}

# source_configure: defines its functions in this shell, without its shell options: bats has
# its own, and "set -e" is what makes an expect fail a test
source_configure() {
	# shellcheck source-path=SCRIPTDIR source=../../scripts/hvcrash-configure
	. "$CONFIGURE"
	set +u +o pipefail
}

# answer_of FUNCTION...: prints what it answers with
# shellcheck disable=SC2154 # the functions of hvcrash-configure set it
answer_of() {
	"$@"
	printf '%s' "$answer"
}

# try OPTION...: sets status, and leaves the files out and err
try() {
	status=0
	"$CONFIGURE" --root "$ROOT" "$@" >out 2>err || status=$?
	printf '$ hvcrash-configure %s\nstatus %s\n' "$*" "$status"
	printf '%s\n' "$(<out)" "$(<err)"
}

# done_by OPTION...: it succeeds
# shellcheck disable=SC2120 # with none it configures
done_by() {
	try "$@"
	expect "$status" 0
}

# configured NAME: a configured root, the output of configuring it and the commands it
# ran. Made once for all tests of a run that begin with it, and then copied.
configured() {
	local made=$BATS_RUN_TMPDIR/configured/$1
	if [ ! -d "$made" ]; then
		make_root "$1"
		: >"$FAKE_LOG"
		# shellcheck disable=SC2119
		done_by
		mkdir -p -- "${made%/*}"
		mkdir -- "$made.$$"
		cp -a -- "$ROOT" "$made.$$/root"
		cp -- out err "$FAKE_LOG" "$made.$$/"
		mv -T -- "$made.$$" "$made" 2>/dev/null || rm -rf -- "$made.$$"
	fi
	rm -rf -- "$ROOT"
	cp -a -- "$made/root" "$ROOT"
	cp -- "$made/out" "$made/err" "$made/${FAKE_LOG##*/}" "${FAKE_LOG%/*}"
}

# refused WORDS OPTION...: status 2, one line that says why, and nothing changed
refused() {
	local words=$1
	tree >tree.before
	try "${@:2}"
	expect "$status" 2
	expect "$(wc -l <err)" 1
	expect_word err "$words"
	expect "$(wc -c <out)" 0
	same_tree tree.before
}

# files [FORMAT]: every file with type, mode, owner and contents, and FORMAT
# of those that no command generates
files() {
	(
		cd "$ROOT" || return 1
		find . -mindepth 1 \( -type d -printf '%p %y %m %u\n' -o -type l -printf '%p %y -> %l\n' -o \
			-type f -printf '%p %m %U:%G\n' \( -path './boot/*' -o -path './proc/*' -o -printf "${1:-}" \) -exec sha256sum {} + \)
	) | sort
}

# tree: with times
tree() { files '%p %T@\n'; }

# contents: without, for what was written at another time
contents() { files; }

same_tree() {
	tree >tree.now
	[ "$(<"$1")" = "$(<tree.now)" ] || diff -u "$1" tree.now
}

same_contents() {
	contents >contents.now
	[ "$(<"$1")" = "$(<contents.now)" ] || diff -u "$1" contents.now
}

# boot MIB: the system as it is after its next boot, with MIB reserved
boot() {
	local words size=$1
	words=$(boot_words)
	cp -a "$ROOT/proc/cmdline" "$ROOT/sys/kernel/kexec_crash_size" "$ROOT/sys/kernel/kexec_crash_loaded" .
	printf 'BOOT_IMAGE=/vmlinuz %s\n' "$words" >"$ROOT/proc/cmdline"
	printf '%d\n' $((size << 20)) >"$ROOT/sys/kernel/kexec_crash_size"
	echo 1 >"$ROOT/sys/kernel/kexec_crash_loaded"
	mkdir -p "$ROOT/sys/kernel/hvcrash"
	"$HVCRASHCTL" version | sed 's/.* //' >"$ROOT/sys/kernel/hvcrash/version"
	echo complete >"$ROOT/sys/kernel/hvcrash/coverage"
	echo 0x101000 >"$ROOT/sys/kernel/hvcrash/address"
	echo '1f5a000 1024' >"$ROOT/sys/kernel/vmcoreinfo"
}

# boot_back: as it was before that
boot_back() {
	cp -p cmdline "$ROOT/proc/"
	cp -p kexec_crash_size kexec_crash_loaded "$ROOT/sys/kernel/"
	rm -r "$ROOT/sys/kernel/hvcrash" "$ROOT/sys/kernel/vmcoreinfo"
}

# boot_words: the kernel's command line, from the files that the boot loader reads
boot_words() {
	local file
	for file in "$ROOT"/boot/loader/entries/*.conf; do
		[ -e "$file" ] || continue
		sed -n 's/^options //p' "$file"
	done | tail -n 1 >words
	if [ -s words ]; then
		sed "s|\\\$kernelopts|$(sed -n 's/^kernelopts=//p' "$ROOT/boot/grub2/grubenv")|" words
	else
		sed -n 's/^linux [^ ]* //p' "$ROOT"/boot/grub*/grub.cfg
	fi
}
