/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cycles.h - [NMI] the clock of the crash path, on each architecture
 *
 * Stamps in the registry are cycles of a counter that all CPUs share and that keeps
 * running when everything else has stopped: the TSC, or arm64's virtual counter.
 */
#ifndef _HVCRASH_CYCLES_H
#define _HVCRASH_CYCLES_H

#include <linux/types.h>

#ifdef CONFIG_ARM64
#include <asm/arch_timer.h>
#include <asm/sysreg.h>

/* Context: any, NMI too */
static inline u64 hvcrash_cycles(void)
{
	return __arch_counter_get_cntvct();
}

/* Cycles in a millisecond, 0 if unknown. Context: any, NMI too. */
static inline u32 hvcrash_cycles_khz(void)
{
	return read_sysreg(cntfrq_el0) / 1000;
}
#else
#include <asm/msr.h>
#include <asm/tsc.h>

static inline u64 hvcrash_cycles(void)
{
	return rdtsc();
}

/* 0 only where the TSC is unusable */
static inline u32 hvcrash_cycles_khz(void)
{
	return tsc_khz;
}
#endif

#endif /* _HVCRASH_CYCLES_H */
