/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.h - the memory map, for C and assembly
 *
 * The host is at HOST_AT (see Makefile) in the guest's RAM, in whole 2 MiB
 * pages that nested paging does not map. QEMU puts the modules right after it.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#define MAX_CPUS 65 /* 64 VPs and the host's own */

#define STACK_SHIFT 14
#define STACK_CANARY 0x6b617473

/*
 * CPUs that get a SIPI begin here: a page below 1 MiB that the guest does not
 * have
 */
#define TRAMPOLINE 0x9e000

#define APIC_AT 0xfee00000

/*
 * Where the guest's kernel finds the data of a boot loader; it is free to reuse
 * these pages later
 */
#define BOOT_GDT 0x1000
#define BOOT_PARAMS 0x7000
#define BOOT_STACK 0x8ff0
#define BOOT_TABLES 0x9000 /* six pages */
#define BOOT_COMMAND_LINE 0x20000
#define BOOT_COMMAND_LINE_ROOM 2048

#endif
