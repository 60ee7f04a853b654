# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# crash and drgn of a release, with the debug symbols of its kernel: what others have to say of a dump. One directory for each
# release, fetched on demand (1 GB for the symbols) and unpacked without the machine's own apt knowing; that is enough to run
# them in there, none has to be set up.

debug_root() { printf '%s/debug/%s/root' "$lab_state" "$1"; }

# build_debug RELEASE
build_debug() {
	local release=$1 dir=$lab_state/debug/$1 kernel
	kernel=$(kernel_of "$release")
	! is_fresh "$dir/.complete" "$kernel" || return 0
	say "fetching crash, drgn and the debug symbols of $kernel"
	remove_tree "$dir"
	mkdir -p "$dir"
	fetch_debug "$dir" "$release" "$kernel" >"$dir.log" 2>&1 || { tail -n 20 "$dir.log" >&2; die "crash, drgn and the debug symbols of $kernel could not be fetched, see $dir.log"; }
	printf '%s\n' "$kernel" >"$dir/.complete"
}

# fetch_debug DIR RELEASE KERNEL
fetch_debug() {
	local dir=$1 release=$2 kernel=$3 word
	mkdir -p "$dir"/{lists/partial,cache/archives/partial,root/usr/{bin,sbin,lib,lib64}}
	printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$(debian_mirror)" "$release" >"$dir/sources.list"
	: >"$dir/status"
	printf '%s\n' "Dir::State::lists \"$dir/lists\";" "Dir::State::status \"$dir/status\";" "Dir::Cache \"$dir/cache\";" \
		"Dir::Etc::sourcelist \"$dir/sources.list\";" 'Dir::Etc::sourceparts "/dev/null";' 'Acquire::Retries "5";' >"$dir/apt.conf"
	[ "$release" != forky ] || printf 'Acquire::Check-Valid-Until "false";\n' >>"$dir/apt.conf"
	for word in bin sbin lib lib64; do ln -s "usr/$word" "$dir/root/$word"; done
	mkdir "$dir"/root/{dev,tmp}
	mknod -m 666 "$dir/root/dev/null" c 1 3 # crash wants it
	# A chain: whoever asks whether this went well takes "set -e" away
	(
		cd "$dir" && export APT_CONFIG=$dir/apt.conf && apt-get -qq update &&
			apt-get -qq -y --no-install-recommends --download-only install crash python3-drgn dash grep &&
			find cache/archives -name '*.deb' -exec dpkg -x {} root \; && rm -rf cache/archives/*.deb &&
			apt-get -qq download "linux-image-$kernel-dbg" &&
			dpkg --fsys-tarfile linux-image-*-dbg_*.deb | tar x -C root --wildcards --strip-components=5 './usr/lib/debug/boot/vmlinux-*' &&
			mv root/vmlinux-* root/vmlinux && rm -rf ./*.deb cache lists
	)
}

# The dump that crash is to open: small, and a form that its every version reads.
readonly crash_form=lzo-31

# check_crash_opens: adds that dump to those which the run makes.
check_crash_opens() {
	[ -n "$opt_crash_opens" ] || return 0
	case $opt_crash in kexec | kexec-load | timed | floor) usage_error "--crash-opens: '$opt_crash' leaves no dump" ;; esac
	! is_own_release "$(release_of "$opt_kernel")" || usage_error "--crash-opens: there are no symbols of $opt_kernel to fetch"
	case ,$opt_dumps, in *,"$crash_form",*) ;; *) opt_dumps+=${opt_dumps:+,}$crash_form ;; esac
}

# ask_crash: what crash says of the panic in that dump goes into the run's facts, if the run is to ask.
ask_crash() {
	local root said=$run_dir/crash.log status=0
	[ -n "$opt_crash_opens" ] || return 0
	[ -e "$run_dir/dumps/$crash_form" ] || { say "there is no dump of the form $crash_form for crash"; return 0; }
	root=$(debug_root "$release")
	cp "$run_dir/dumps/$crash_form" "$root/dump.$$"
	printf '%s\n' sys quit | timeout 300 env -i PATH=/usr/bin:/usr/sbin HOME=/ chroot "$root" crash -s /vmlinux "/dump.$$" >"$said" 2>&1 || status=$?
	rm -f "$root/dump.$$"
	fact crash_panic "$(sed -n 's/^ *PANIC: "\(.*\)".*/\1/p' "$said")"
	[ "$status" -eq 0 ] || say "crash ended with status $status on the dump, see $said"
}

# judge_opened: it has to name a panic.
judge_opened() {
	[ -z "$opt_crash_opens" ] || [ -n "$(fact_of crash_panic)" ] || missed 'crash found no panic in the dump'
}
