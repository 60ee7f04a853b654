/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * boot_loader.h - which boot loader booted this kernel, and its next command
 * line
 *
 * Called by the checks next-boot and crashkernel. The boot loader names itself
 * in EFI variables: LoaderInfo, and StubInfo of a unified kernel image
 * (https://systemd.io/BOOT_LOADER_INTERFACE). Reads the files that the boot
 * loader reads, not those that they are made from.
 */
#ifndef HVCRASHCTL_BOOT_LOADER_H
#define HVCRASHCTL_BOOT_LOADER_H

#include "vm/sysroot.h"
#include "vm/words.h"

enum boot_loader_kind {
	BOOT_LOADER_UNKNOWN,
	BOOT_LOADER_GRUB,
	BOOT_LOADER_SYSTEMD, /* entries of systemd-boot */
	BOOT_LOADER_UKI, /* a unified kernel image, with or without addons */
};

/**
 * struct boot_loader - the next boot
 * @kind: what booted, or else what is installed
 * @name: "GRUB", "systemd-boot 256"
 * @file: where the command line was read; empty if nowhere
 * @without: an entry without crashkernel=, if another one has it; or empty
 * @crashkernel: of the entry that is booted by default; or empty
 * @is_known: the files could be read
 * @is_vague: a command line has a variable from a file that could not be read
 * @is_older: @file is older than this boot, so this boot has read it
 */
struct boot_loader {
	enum boot_loader_kind kind;
	char name[64];
	char file[SYSROOT_PATH_BYTES];
	char without[SYSROOT_PATH_BYTES];
	char crashkernel[WORDS_WORD_BYTES];
	bool is_known;
	bool is_vague;
	bool is_older;
};

void boot_loader_read(const struct sysroot *sysroot, struct boot_loader *ret);

#endif
