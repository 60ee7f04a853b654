/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * regs_access.h - [NMI] how a synthetic register of this VP is read and written
 *
 * One back end is compiled: regs_x86.c with MSRs, regs_arm64.c with hypercalls.
 * Everything else about registers knows them by the numbers here.
 *
 * NMI rules for the functions: registers of this CPU only, no lock, no
 * allocation, no printk; a register that is not there is an error, never a fault.
 */
#ifndef _HVCRASH_REGS_ACCESS_H
#define _HVCRASH_REGS_ACCESS_H

#include <linux/types.h>
#include "uapi/hvcrash_abi.h"

#define HVCRASH_NR_SINTS 16
#define HVCRASH_NR_STIMERS 4

/* In every register that shares a page; timers and SCONTROL have it too */
#define HVCRASH_REG_ENABLED 1ULL
#define HVCRASH_REG_GPA_MASK (~(u64)(HVCRASH_PAGE_BYTES - 1))
#define HVCRASH_SINT_MASKED 0x10000ULL

/* Numbers 0 to HVCRASH_NR_REGS - 1 are HVCRASH_REG_* of the registry's format */
enum hvcrash_reg {
	HVCRASH_REG_HYPERCALL = HVCRASH_NR_REGS,
	HVCRASH_REG_REFERENCE_TSC,
	HVCRASH_REG_EOM,
	HVCRASH_REG_CRASH_P0,
	HVCRASH_REG_CRASH_P1,
	HVCRASH_REG_CRASH_P2,
	HVCRASH_REG_CRASH_P3,
	HVCRASH_REG_CRASH_P4,
	HVCRASH_REG_SINT0,
	HVCRASH_REG_STIMER0 = HVCRASH_REG_SINT0 + HVCRASH_NR_SINTS,
	HVCRASH_NR_ALL_REGS = HVCRASH_REG_STIMER0 + HVCRASH_NR_STIMERS,
};

int hvcrash_reg_read(u32 reg, u64 *ret_value);
int hvcrash_reg_write(u32 reg, u64 value);
int hvcrash_reg_host_version(u32 ret_version[4]);
void hvcrash_reg_fail_hypercalls(void);

#endif /* _HVCRASH_REGS_ACCESS_H */
