# SPDX-License-Identifier: GPL-2.0-only
# bash. helpers.bash - functions that the command tests share; loaded by every *.bats
#
# HVCRASHCTL and MKCORE name the programs to test, by default those that make
# has built. A dump is made by `core NAME`, from a fixture and further lines.

CLI_DIR=${BASH_SOURCE[0]%/*} # load passes an absolute path
FIXTURES=$CLI_DIR/../fixtures
BUILD=$CLI_DIR/../../build
HVCRASHCTL=${HVCRASHCTL:-$BUILD/tools/hvcrashctl}
MKCORE=${MKCORE:-$BUILD/fixtures/mkcore}
[[ $HVCRASHCTL == /* ]] || HVCRASHCTL=$PWD/$HVCRASHCTL
[[ $MKCORE == /* ]] || MKCORE=$PWD/$MKCORE

# shellcheck source-path=SCRIPTDIR source=../expect.bash
. "$CLI_DIR/../expect.bash"

# Dumps and outputs go there, so that messages name files without a path
setup() {
	begin
}

# core NAME [LINE...]: the fixture NAME.core and the lines, as the file "core"
core() {
	local name=$1
	shift
	{
		printf 'include %s.core\n' "$name"
		printf '%s\n' "$@"
	} | "$MKCORE" -I "$FIXTURES" - core
}

# kdump METHOD RECORD-BYTES LINE...: the fixture "good" and the lines, as the file
# "core"; flattened, unless RECORD-BYTES is 0
kdump() {
	local method=$1 record=$2
	shift 2
	{
		echo 'include good.core'
		printf '%s\n' "$@"
	} | "$MKCORE" -k "$method" -F "$record" -I "$FIXTURES" - core
}

# flat_elf RECORD-BYTES LINE...
flat_elf() {
	local record=$1
	shift
	{
		echo 'include good.core'
		printf '%s\n' "$@"
	} | "$MKCORE" -F "$record" -I "$FIXTURES" - core
}

# live NAME [LINE...]: the same, as the file that sysfs shows, "registry"
live() {
	local name=$1
	shift
	{
		printf 'include %s.core\n' "$name"
		printf '%s\n' "$@"
	} | "$MKCORE" -l -I "$FIXTURES" - registry
}

# try ARGUMENT...: runs the tool; sets status, and leaves the files out and err
try() {
	status=0
	"$HVCRASHCTL" "$@" >out 2>err || status=$?
	printf '$ hvcrashctl %s\nstatus %s\n' "$*" "$status"
	printf '%s\n' "$(<out)" "$(<err)"
}

# without_clock: standard input without the time of the judgement
without_clock() {
	grep -v -e '^Judged:' -e '"judged_at"'
}

verdict() {
	head -n 1 out
}

# The last row of the table that matches a pattern, with single blanks
row() {
	local text fields found=''
	while IFS= read -r text; do
		if [[ $text =~ $1 ]]; then
			read -ra fields <<<"$text"
			found="${fields[*]}"
		fi
	done <out
	printf '%s\n' "$found"
}

expect_status() {
	[ "$status" -eq "$1" ] || {
		printf 'status %s, not %s\n' "$status" "$1"
		return 1
	}
}

# refused STATUS WORDS: one line on stderr with the words, nothing else, in both
# forms; never a verdict. The tool has run on the file "core" by then or not.
refused() {
	local expected=$1 words=$2
	shift 2
	[ $# -gt 0 ] || set -- audit core
	try "$@"
	expect_status "$expected"
	expect "$(wc -l <err)" 1
	expect "$(wc -c <out)" 0
	expect_word err "$words"
	expect_word err "hvcrashctl: "
	expect_no_word err CLEAN
	try "$@" --json
	expect_status "$expected"
	expect "$(wc -l <err)" 1
	expect_word err "$words"
	expect_no_word out CLEAN
	expect "$(jq -r .schema out)" hvcrash.error/1
	expect "$(jq -r .exit_status out)" "$expected"
	expect "$(jq -r 'has("verdict")' out)" false
	jq -r '[.error.file, .error.message] | map(select(.)) | join(": ")' out >message
	expect_word message "$words"
}

# Files in the kernel's format, for --registers and --iomem
own_registers() {
	printf '0x40000002 0x0\n0x40000083 %s\n0x40000082 %s\n0x40000073 %s\n0x40000001 %s\n0x40000021 %s\n' \
		"${1:-0}" "${2:-0}" "${3:-0}" "${4:-0}" "${5:-0}" >registers
}

own_ram() {
	{
		printf '00000000-00000fff : Reserved\n'
		printf '%s : System RAM\n' "$@"
		printf '  00001000-00001fff : Kernel code\n'
	} >iomem
}

# audit_cannot_tell WORDS: the audit of the file "core" cannot tell, because of WORDS
audit_cannot_tell() {
	try audit core
	expect_status 2
	expect_word out "CANNOT TELL: "
	expect_word out "$1"
	expect_no_word out CLEAN
}
