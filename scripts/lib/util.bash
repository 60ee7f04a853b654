# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by scripts/hvcrash-configure.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "hvcrash-configure" with -x to see all
#
# Messages, the four ways to exit, and commands of the system that is being configured.
#
# A function that answers leaves its text in $answer, until the next one does:
# $(...) is a process, and each run has hundreds of such calls.
#
# That system is the running one, or a tree below --root: an image that is being
# built, or a fixture. Paths are written without the root, as the system itself
# sees them; only "$root" in front of one reaches the disk.

readonly EXIT_DONE=0 EXIT_NOT=1 EXIT_REFUSED=2 EXIT_USAGE=3

warn() { printf 'hvcrash-configure: %s\n' "$*" >&2; }

say() { printf '%s\n' "$*"; }

# die TEXT: a step failed. The journal has what was done.
die() {
	warn "$@"
	exit "$EXIT_NOT"
}

# refuse TEXT: nothing was changed, and nothing will be changed.
refuse() {
	warn "$@"
	exit "$EXIT_REFUSED"
}

usage_error() {
	warn "$@"
	warn "try '${0##*/} --help'"
	exit "$EXIT_USAGE"
}

# in_root COMMAND...: runs it in the configured system
in_root() {
	if [ -z "$root" ]; then
		"$@" </dev/null
	else
		"${HVCRASH_CONFIGURE_CHROOT:-chroot}" "$root" "$@" </dev/null
	fi
}

# The running system, not an image: sysfs, sysctls and services can be asked
is_live() {
	[ -z "$root" ] || [ -n "${HVCRASH_CONFIGURE_CHROOT:-}" ] || return 1
	[ -d "$root/run/systemd/system" ]
}

# has_command NAME: in the configured system
has_command() {
	local dir
	for dir in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
		[ ! -x "$root$dir/$1" ] || return 0
	done
	return 1
}

# first_line FILE: answers with it, or with nothing where there is no file
first_line() {
	answer=''
	[ ! -r "$root$1" ] || [ ! -f "$root$1" ] || IFS= read -r answer <"$root$1" 2>/dev/null || true
}

# read_text FILE: answers with all of it; status 1 where it has a NUL byte
read_text() {
	answer=''
	! IFS= read -r -d '' answer <"$1"
}

# lexical PATH: answers without ".", ".." and slashes in a row; links are not looked at
lexical() {
	local part parts=() out=()
	IFS=/ read -ra parts <<<"$1"
	for part in "${parts[@]}"; do
		case $part in
		'' | .) ;;
		..) [ ${#out[@]} -eq 0 ] || unset 'out[-1]' ;;
		*) out+=("$part") ;;
		esac
	done
	printf -v answer '/%s' "${out[@]}"
}

# resolve PATH: answers with the file behind symbolic links, which are relative to
# the root. A link is followed, not replaced: /etc/sysconfig/grub stays one.
resolve() {
	local path=$1 target hops=0
	while [ -L "$root$path" ] && [ $hops -lt 10 ]; do
		target=$(readlink -- "$root$path")
		case $target in
		/*) path=$target ;;
		*) path=${path%/*}/$target ;;
		esac
		hops=$((hops + 1))
	done
	answer=$path
	[ $hops -eq 0 ] || lexical "$path"
}

# with_word WORDS KEY VALUE: answers with KEY=VALUE where KEY= stood first, or at
# the end. Further KEY= go: for crashkernel only the last would count.
with_word() {
	local words=() key=$2 value=$3 out=() word done_once=''
	read -r -d '' -a words <<<"$1" || true
	for word in "${words[@]}"; do
		case $word in
		"$key="*)
			[ -z "$done_once" ] || continue
			out+=("$key=$value")
			done_once=y
			;;
		*) out+=("$word") ;;
		esac
	done
	[ -n "$done_once" ] || out+=("$key=$value")
	answer="${out[*]}"
}

# with_bound WORDS: a crash kernel that panics has to reboot, not to hang
with_bound() {
	words_of "$1" panic
	case ${answer##*$'\n'} in
	'' | 0) with_word "$1" panic 10 ;;
	*) answer=$1 ;;
	esac
}

# with_flag WORDS WORD: with that word, once
with_flag() {
	case " $1 " in
	*" $2 "*) answer=$1 ;;
	*) answer="${1:+$1 }$2" ;;
	esac
}

# words_of WORDS KEY: the values of every KEY=, one a line
words_of() {
	local words=() word
	answer=''
	read -r -d '' -a words <<<"$1" || true
	for word in "${words[@]}"; do
		case $word in "$2="*) answer+=${answer:+$'\n'}${word#*=} ;; esac
	done
}

# with_word_last WORDS KEY VALUE: the same at the end, as grubby does it
with_word_last() {
	local words=() out=() word
	read -r -d '' -a words <<<"$1" || true
	for word in "${words[@]}"; do
		case $word in "$2" | "$2="*) ;; *) out+=("$word") ;; esac
	done
	out+=("$2=$3")
	answer="${out[*]}"
}
