/* SPDX-License-Identifier: GPL-2.0-only */
/* <asm/processor.h>: the parts that the module uses, for user space */
#ifndef _SHIM_PROCESSOR_H
#define _SHIM_PROCESSOR_H
#include <sched.h>
#include <linux/types.h>

#define cpu_relax() sched_yield()

/* The hypervisor of the test */
void cpuid(u32 leaf, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx);
#endif
