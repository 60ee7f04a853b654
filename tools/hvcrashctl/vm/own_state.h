/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * own_state.h - the machine that the audit runs on, as evidence
 *
 * Called by verb_audit, where the system is the second kernel itself or a test
 * names files in its place. All of it is optional: what cannot be had is "not
 * checked, because ...", never an error of the audit and never "off".
 */
#ifndef HVCRASHCTL_OWN_STATE_H
#define HVCRASHCTL_OWN_STATE_H

#include <stdbool.h>
#include <linux/types.h>

#define MACHINE_WHY_BYTES 160
#define MACHINE_MAX_RANGES 256

/* Bits of a register that holds a page number, the same in all five */
#define MACHINE_REGISTER_ENABLED 0x1ULL
#define MACHINE_REGISTER_GPA 0xfffffffffffff000ULL

enum machine_register {
	MACHINE_VP_INDEX,
	MACHINE_SIMP,
	MACHINE_SIEFP,
	MACHINE_VP_ASSIST,
	MACHINE_HYPERCALL,
	MACHINE_REFERENCE_TSC,
	MACHINE_NR_REGISTERS,
};

/* Names as in names_kind(), "VP index" for the first */
const char *machine_register_name(enum machine_register number);

/**
 * struct machine_registers - Hyper-V's registers of the CPU we run on
 * @is_read: for each, whether @value holds it
 * @value: the registers
 * @is_checked: all of those that hold a page were read
 * @why: else why not
 */
struct machine_registers {
	bool is_read[MACHINE_NR_REGISTERS];
	__u64 value[MACHINE_NR_REGISTERS];
	bool is_checked;
	char why[MACHINE_WHY_BYTES];
};

/**
 * struct machine_ram - System RAM of the kernel we run on
 * @nr: ranges
 * @first, @last: bytes, both inclusive
 * @is_known: the ranges are complete
 * @why: else why not
 */
struct machine_ram {
	__u32 nr;
	__u64 first[MACHINE_MAX_RANGES];
	__u64 last[MACHINE_MAX_RANGES];
	bool is_known;
	char why[MACHINE_WHY_BYTES];
};

/* @path NULL: CPU 0's own, through the MSR device */
void machine_read_registers(const char *path, struct machine_registers *ret);

/* @path NULL: /proc/iomem */
void machine_read_ram(const char *path, struct machine_ram *ret);

bool machine_ram_overlaps(const struct machine_ram *ram, __u64 gpa,
			  __u64 bytes);

#endif
