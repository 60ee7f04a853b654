# SPDX-License-Identifier: GPL-2.0-only
# bash, sourced by tests/lab/lab.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the other files; check "lab" with -x to see all
#
# Gets the dumps that the second kernel writes out of the machine, as files. They go through a disk with a file system:
# makedumpfile seeks in its output, and the emulated serial port would take hours. The disk is a sparse file; the lab
# formats and reads it with e2fsprogs, without mounting anything.
#
# A form is KIND-LEVEL, or flat-KIND-LEVEL for the flattened one: elf-0, zlib-31, flat-lzo-1. "vmcore" is a plain copy of
# /proc/vmcore. If the release's makedumpfile was built without a form, the guest says so, which is not a failure.

readonly dump_kinds='elf zlib lzo snappy zstd raw'

# check_dumps: checks the value of --dumps.
check_dumps() {
	local form kind
	for form in ${opt_dumps//,/ }; do
		[ "$form" != vmcore ] || continue
		kind=${form#flat-}
		kind=${kind%-*}
		case " $dump_kinds " in *" $kind "*) ;; *) usage_error "--dumps: '$form' is none of: vmcore, KIND-LEVEL or flat-KIND-LEVEL, KIND being one of: $dump_kinds" ;; esac
		check_number dumps "${form##*-}"
		[ "${form##*-}" -le 31 ] || usage_error "--dumps: '$form': levels are 0 to 31"
	done
}

# make_dump_disk: makes it in the run directory. Without a journal and checksums, since it is written once. Bit-identical each
# time: a machine that continues from a saved state (state.bash) has already read the disk of the saved one.
make_dump_disk() {
	local uuid=68766372-6173-6800-0000-000000000000
	[ -n "$opt_dumps" ] || return 0
	need_commands mke2fs debugfs
	rm -f "$run_dir/disk-dumps"
	truncate -s 8G "$run_dir/disk-dumps"
	E2FSPROGS_FAKE_TIME=1 mke2fs -q -t ext4 -O ^has_journal,^metadata_csum -m 0 -U $uuid \
		-E lazy_itable_init=1,hash_seed=$uuid "$run_dir/disk-dumps"
}

# dump_disk_arguments PATH CACHE: QEMU's arguments for the disk of the dumps, one a line. CACHE is "unsafe" only if the layer
# below survives the machine: the outer kernel's page cache does not.
dump_disk_arguments() {
	[ -z "$opt_dumps" ] || printf '%s\n' -drive "file=$1,format=raw,cache=$2,if=none,id=dumps" \
		-device virtio-blk-pci,drive=dumps,serial=dumps
}

# copy_dump_modules RELEASE ROOT: the modules that the second kernel needs to write there.
copy_dump_modules() {
	[ -z "$opt_dumps" ] || copy_modules "$(tree_of "$1")" "$(kernel_of "$1")" "$2" dumps virtio_pci virtio_blk ext4
}

# fetch_dumps: copies them from the disk into the run's directory "dumps", once the guest has written all of them.
fetch_dumps() {
	[ -n "$opt_dumps" ] || return 0
	mkdir -p "$run_dir/dumps"
	debugfs -R "rdump / $run_dir/dumps" "$run_dir/disk-dumps" >"$run_dir/dumps.log" 2>&1 ||
		lab_failed "the dumps cannot be taken from the disk, see $run_dir/dumps.log"
	rmdir "$run_dir/dumps/lost+found" 2>/dev/null || true
	rm -f "$run_dir/disk-dumps"
	say "dumps: $(du --apparent-size -m "$run_dir"/dumps/* | awk '{ sub(".*/", "", $2); printf("%s%s %d MiB", sep, $2, $1); sep = ", " }')"
}

# dump_line LINE: handles what the guest says about one form: "WROTE FORM STATUS SECONDS", or "CANNOT FORM".
dump_line() {
	local verb form status seconds
	read -r verb form status seconds <<<"$1"
	case $verb in
	CANNOT) say "$form: this makedumpfile was built without it" ;;
	*)
		[ "$status" = 0 ] || guest_stopped "makedumpfile ended with status $status for $form"
		printf '%s %s\n' "$form" "$seconds" >>"$run_dir/dumps.seconds"
		;;
	esac
}
