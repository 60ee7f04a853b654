/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/smp.h>: the parts that the module uses, for user space */
#ifndef _SHIM_SMP_H
#define _SHIM_SMP_H
#include <linux/types.h>

/* Each thread is a CPU */
extern _Thread_local unsigned int shim_cpu;

#define smp_processor_id() shim_cpu

struct cpumask;

/* Runs it for each of them */
void on_each_cpu_mask(const struct cpumask *mask, void (*fn)(void *info),
		      void *info, bool wait);

static inline unsigned int raw_smp_processor_id(void)
{
	return shim_cpu;
}
#endif
