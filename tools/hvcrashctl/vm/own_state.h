/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * own_state.h - the machine that the audit runs on, as evidence
 *
 * Called by verb_audit, if the running system is the second kernel, or a test
 * names files instead. All of it is optional: what cannot be read is "not
 * checked, because ...", never an error of the audit and never "off".
 */
#ifndef HVCRASHCTL_OWN_STATE_H
#define HVCRASHCTL_OWN_STATE_H

#include <stdbool.h>
#include <linux/types.h>

#define OWN_WHY_BYTES 160
#define OWN_MAX_RANGES 256

/* Bits of a register that holds a page number, the same in all five */
#define OWN_REGISTER_ENABLED 0x1ULL
#define OWN_REGISTER_GPA 0xfffffffffffff000ULL

enum own_register {
	OWN_VP_INDEX,
	OWN_SIMP,
	OWN_SIEFP,
	OWN_VP_ASSIST,
	OWN_HYPERCALL,
	OWN_REFERENCE_TSC,
	OWN_NR_REGISTERS,
};

/* Names as in names_kind(), "VP index" for the first */
const char *own_register_name(enum own_register number);

/**
 * struct own_registers - Hyper-V's registers of the CPU we run on
 * @is_read: for each, whether @value holds it
 * @value: the registers
 * @is_checked: all registers that hold a page were read
 * @why: else why not
 */
struct own_registers {
	bool is_read[OWN_NR_REGISTERS];
	__u64 value[OWN_NR_REGISTERS];
	bool is_checked;
	char why[OWN_WHY_BYTES];
};

/**
 * struct own_ram - System RAM of the kernel we run on
 * @nr: ranges
 * @first, @last: bytes, both inclusive
 * @is_known: the ranges are complete
 * @why: else why not
 */
struct own_ram {
	__u32 nr;
	__u64 first[OWN_MAX_RANGES];
	__u64 last[OWN_MAX_RANGES];
	bool is_known;
	char why[OWN_WHY_BYTES];
};

/* @path NULL: CPU 0's own, through the MSR device */
void own_state_read_registers(const char *path, struct own_registers *ret);

/* @path NULL: /proc/iomem */
void own_state_read_ram(const char *path, struct own_ram *ret);

bool own_ram_overlaps(const struct own_ram *ram, __u64 gpa, __u64 bytes);

#endif
