/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_hv.h - a hypervisor with one VP, for tests of registers
 *
 * fake_hv.c takes MSR accesses, or hypercalls with CONFIG_ARM64. Its numbers are
 * from the TLFS, not from the module, so that a wrong number in the module shows.
 */
#ifndef _FAKE_HV_H
#define _FAKE_HV_H

#include "regs_access.h"

#define FAKE_MAX_WRITES 64

/**
 * struct fake_register - one register
 * @value: its contents
 * @reads: how often it was read
 * @is_missing: an access faults, or the hypercall is refused
 * @is_stuck: bit 0 stays as it is, whatever is written
 * @is_mute: once written it can no longer be read
 */
struct fake_register {
	u64 value;
	u32 reads;
	bool is_missing;
	bool is_stuck;
	bool is_mute;
};

extern struct fake_register fake_registers[HVCRASH_NR_ALL_REGS];

/* Registers in the order in which they were written */
extern u32 fake_written[FAKE_MAX_WRITES];
extern u32 fake_writes;

void fake_hv_reset(void);

#endif /* _FAKE_HV_H */
