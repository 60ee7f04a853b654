/* SPDX-License-Identifier: GPL-2.0-only */
/* <asm/msr.h>: the parts that the module uses, for user space */
#ifndef _SHIM_MSR_H
#define _SHIM_MSR_H
#include <linux/types.h>

/* The hypervisor of the test; not 0 where the kernel would have caught a #GP */
int rdmsrl_safe(u32 msr, u64 *value);
int wrmsrl_safe(u32 msr, u64 value);

/* The test's clock: each look costs a tick, so that every bounded wait ends */
extern u64 shim_tsc;

static inline u64 rdtsc(void)
{
	return __atomic_add_fetch(&shim_tsc, 1, __ATOMIC_RELAXED);
}
#endif
