/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * regs_state.h - state shared by regs_live.c and regs.c, and by no other file
 *
 * Written by regs_live.c in the living kernel; in the crash path each VP writes its own
 * results.
 */
#ifndef _HVCRASH_REGS_STATE_H
#define _HVCRASH_REGS_STATE_H

#include <linux/cache.h>
#include <linux/types.h>
#include "registry.h"
#include "regs_access.h"

struct hv_message;

/**
 * struct hvcrash_result - what one VP found and did, written by that VP only
 * @vp: copied into the registry
 * @simp: its message page if it may be written, else NULL
 * @siefp: its event flags page, likewise
 * @seen: its registers when the living kernel last read them
 * @seen_sints: mask of its SINTs that were unmasked then
 * @seen_stimers: mask of its synthetic timers that were configured then
 */
struct hvcrash_result {
	struct hvcrash_vp vp;
	struct hv_message *simp;
	void *siefp;
	u64 seen[HVCRASH_VP_EXTENTS];
	u32 seen_sints;
	u32 seen_stimers;
} ____cacheline_aligned;

/* By Linux CPU number */
extern struct hvcrash_result *hvcrash_results;

/* Which registers this host has; determined by reading each once, at load */
extern bool hvcrash_has_reg[HVCRASH_NR_REGS];
extern bool hvcrash_has_vm[HVCRASH_VM_REGS];
extern bool hvcrash_has_crash_regs;

/*
 * SINTs and synthetic timers that any VP was ever seen to use, and those that
 * Linux always uses. A read is an exit to the hypervisor: of the 28 reads that each
 * VP used to make in a crash, 18 were of registers that are never used. A SINT that was
 * unmasked since the living kernel last read it is therefore missed; but with SCONTROL
 * off nothing is delivered through a SINT.
 */
extern u32 hvcrash_used_sints, hvcrash_used_stimers;

/* Register of an extent that the whole VM owns, by HVCRASH_VM_* */
extern const u32 hvcrash_vm_reg[HVCRASH_VM_REGS];

/* 0 if there is no such register: nothing is enabled. Context: any, NMI too. */
static inline u64 hvcrash_reg_get(u32 reg)
{
	u64 value = 0;

	hvcrash_reg_read(reg, &value);
	return value;
}

#endif /* _HVCRASH_REGS_STATE_H */
