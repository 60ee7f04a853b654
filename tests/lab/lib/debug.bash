# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# crash and drgn of a release, with the debug symbols of its kernel: independent readers of a dump, in which our alias and our
# module print the verdict. One directory for each release, fetched on demand (1 GB for the symbols) and unpacked without involving
# this machine's own apt; they run in there without being configured.

debug_root() { printf '%s/debug/%s/root' "$lab_state" "$1"; }

# With ps, which crash asks for the processes behind a pipe, and what hvcrashctl is linked with, which the alias in crash calls
readonly debug_packages=(crash procps python3-drgn dash grep libelf-dev libsmartcols-dev libxxhash-dev libjson-c-dev libkdumpfile-dev)

# build_debug RELEASE
build_debug() {
	local release=$1 dir=$lab_state/debug/$1 kernel
	kernel=$(kernel_of "$release")
	! is_fresh "$dir/.complete" "$kernel ${debug_packages[*]}" || return 0
	say "fetching crash, drgn and the debug symbols of $kernel"
	remove_tree "$dir"
	mkdir -p "$dir"
	fetch_debug "$dir" "$release" "$kernel" >"$dir.log" 2>&1 || { tail -n 20 "$dir.log" >&2; die "crash, drgn and the debug symbols of $kernel could not be fetched, see $dir.log"; }
	printf '%s\n' "$kernel ${debug_packages[*]}" >"$dir/.complete"
}

# take_vmlinux DIR FILE: moves the vmlinux with the symbols, in boot/ up to 6.12 and beside the modules since, where the other name is
# a link
take_vmlinux() {
	local file
	file=$(find "$1" -type f -name 'vmlinux*' -size +20M | head -n 1)
	[ -n "$file" ] && mv "$file" "$2"
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
	mkdir "$dir"/root/{dev,proc,tmp}
	mknod -m 666 "$dir/root/dev/null" c 1 3 # crash needs it
	# Chained by &&: "set -e" has no effect when a caller tests this function
	(
		cd "$dir" && export APT_CONFIG=$dir/apt.conf && apt-get -qq update &&
			apt-get -qq -y --no-install-recommends --download-only install "${debug_packages[@]}" &&
			find cache/archives -name '*.deb' -exec dpkg -x {} root \; && rm -rf cache/archives/*.deb &&
			apt-get -qq download "linux-image-$kernel-dbg" &&
			mkdir symbols && dpkg --fsys-tarfile linux-image-*-dbg_*.deb | tar x -C symbols --wildcards './usr/lib/debug/*/vmlinux*' &&
			take_vmlinux symbols root/vmlinux && rm -rf ./*.deb cache lists symbols
	)
}

# The form of the dump for crash: small, and readable by every version.
readonly crash_form=lzo-31

# check_crash_opens: adds that dump to those that the run makes.
check_crash_opens() {
	[ -n "$opt_crash_opens" ] || return 0
	case $opt_crash in kexec | kexec-load | timed | floor) usage_error "--crash-opens: '$opt_crash' leaves no dump" ;; esac
	! is_own_release "$(release_of "$opt_kernel")" || usage_error "--crash-opens: there are no symbols of $opt_kernel to fetch"
	case ,$opt_dumps, in *,"$crash_form",*) ;; *) opt_dumps+=${opt_dumps:+,}$crash_form ;; esac
}

# in_debug_root SECONDS COMMAND...: in a chroot of that directory
in_debug_root() {
	local seconds=$1; shift
	# shellcheck disable=SC2016 # expanded by the inner shell
	timeout "$seconds" unshare --mount --propagation private sh -euc '
		root=$1; shift
		mount --bind /proc "$root/proc"
		exec env -i PATH=/usr/bin:/usr/sbin HOME=/ chroot "$root" "$@"' in_debug_root "$root" "$@"
}

# ask_drgn DUMP: asks drgn, for kernels that are too new for crash.
ask_drgn() {
	local said=$run_dir/drgn.log
	cp "$lab_dir/lib/panic.py" "$root/panic.$$.py"
	in_debug_root 300 drgn -q -c "$1" -s /vmlinux "/panic.$$.py" >"$said" 2>&1 </dev/null || say "drgn failed on the dump, see $said"
	rm -f "$root/panic.$$.py"
	fact opened_by drgn
	fact crash_panic "$(sed -n 's/^PANIC: //p' "$said")"
}

# verdict_of FILE: of the first line that begins with one, in the words of the audit.
verdict_of() { sed -n 's/^\(CLEAN\|NOT CLEAN\|CANNOT TELL\): .*/\L\1/p' "$1" | head -n 1; }

# ask_module DUMP: tools/drgn in the real drgn, which needs no symbols for it.
ask_module() {
	local said=$run_dir/drgn-module.log
	in_debug_root 300 drgn -q -c "$1" /usr/share/hvcrash/hvcrash.py >"$said" 2>&1 </dev/null || say "hvcrash.py failed in drgn, see $said"
	fact drgn_verdict "$(verdict_of "$said")"
}

# install_ours: the tool, the alias and the module, as a package installs them.
install_ours() {
	install -D -m 755 "$lab_state/kernels/$release/hvcrashctl" "$root/usr/sbin/hvcrashctl"
	install -D -m 755 -t "$root/usr/share/hvcrash" "$repo/tools/crash/crash-audit"
	install -D -m 644 -t "$root/usr/share/hvcrash" "$repo/tools/crash/crashrc" "$repo/tools/drgn/hvcrash.py"
}

# ask_crash: records as a fact what crash says about the panic in that dump, if the run wants it; and what it prints for our alias,
# unless the kernel is a stock one.
ask_crash() {
	local root said=$run_dir/crash.log dump=/dump.$$ status=0 older commands=(sys) options=()
	[ -n "$opt_crash_opens" ] || return 0
	[ -e "$run_dir/dumps/$crash_form" ] || { say "there is no dump of the form $crash_form for crash"; return 0; }
	root=$(debug_root "$release")
	older=$root/crash-is-older # remembers that crash is too old for this kernel: finding out takes half a minute
	cp "$run_dir/dumps/$crash_form" "$root$dump"
	if [ "$opt_mode" != stock ]; then
		install_ours
		ask_module "$dump"
		options=(-i /usr/share/hvcrash/crashrc) commands+=(hvcrash)
	fi
	if [ ! -e "$older" ]; then
		printf '%s\n' "${commands[@]}" quit | in_debug_root 300 crash -s "${options[@]}" /vmlinux "$dump" >"$said" 2>&1 || status=$?
		fact opened_by crash
		fact crash_verdict "$(verdict_of "$said")"
		fact crash_panic "$(sed -n 's/^ *PANIC: "\(.*\)".*/\1/p' "$said")"
		if grep -q '^crash: invalid structure' "$said"; then
			: >"$older"
		elif [ "$status" -ne 0 ]; then
			say "crash ended with status $status on the dump, see $said"
		fi
	fi
	if [ -e "$older" ]; then
		say 'crash does not know this kernel: using drgn'
		ask_drgn "$dump"
	fi
	rm -f "$root$dump"
}

# judge_opened: crash or drgn has to name a panic, and both have to print the verdict of the crash kernel's audit.
judge_opened() {
	local which
	[ -n "$opt_crash_opens" ] || return 0
	[ -n "$(fact_of crash_panic)" ] || missed "$(fact_of opened_by) found no panic in the dump"
	[ "$opt_mode" != stock ] || return 0
	for which in drgn crash; do
		[ "$which" != crash ] || [ "$(fact_of opened_by)" = crash ] || continue
		[ "$(fact_of "${which}_verdict")" = "$(audit_verdict)" ] ||
			missed "in $which the verdict on the dump is '$(fact_of "${which}_verdict")', not '$(audit_verdict)'"
	done
}
