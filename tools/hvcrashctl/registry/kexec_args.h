/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kexec_args.h - the command-line words that preserve the registry across a kexec
 *
 * Called by verb_kexec_args. A kernel that is started by kexec does not know
 * the registry and would use its pages. memmap=SIZE%ADDRESS-1+2, RAM to reserved
 * (parse_memmap_one() in arch/x86/kernel/e820.c, since 4.16), prevents that,
 * one word for each region, and hvcrash_registry= says where the header is, so
 * that hvcrash.ko and the audit find it. Only x86 has memmap=. The older form
 * SIZE$ADDRESS does the same, but kdump of Debian and SUSE passes /proc/cmdline to
 * a shell, which expands the $: then the crash kernel gets 4 KiB of RAM.
 *
 * Pure: no file is read here and nothing printed.
 */
#ifndef HVCRASHCTL_KEXEC_ARGS_H
#define HVCRASHCTL_KEXEC_ARGS_H

#include "base/err.h"
#include "registry/image.h"

/* COMMAND_LINE_SIZE of x86 is 2048, with the NUL (asm/setup.h) */
#define KEXEC_ARGS_MAX_BYTES 2047

/*
 * E820_MAX_ENTRIES of a kernel for one NUMA node (asm/e820/types.h); a reserved
 * region in the middle of an entry makes three of it.
 */
#define KEXEC_ARGS_MAX_E820 131

#define KEXEC_ARGS_MAX_REGIONS (HVCRASH_MAX_CHUNKS + 1)

/**
 * struct kexec_args - what to append
 * @nr: regions
 * @region: page-aligned, sorted, none touches another
 * @text: the words
 */
struct kexec_args {
	unsigned int nr;
	struct kexec_region {
		__u64 gpa;
		__u64 bytes;
	} region[KEXEC_ARGS_MAX_REGIONS];
	char text[KEXEC_ARGS_MAX_BYTES + 1];
};

/*
 * @cmdline_bytes: of the command line that they will stand behind
 * @nr_e820: entries of the firmware's memory map
 */
struct err *kexec_args_make(const struct image *image, size_t cmdline_bytes,
			    unsigned int nr_e820, struct kexec_args *ret);

#endif
