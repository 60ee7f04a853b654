/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/cpumask.h>: the parts that the module uses, for user space */
#ifndef _SHIM_CPUMASK_H
#define _SHIM_CPUMASK_H
#include <linux/atomic.h>
#include <linux/types.h>

#define NR_CPUS 512

extern unsigned int nr_cpu_ids;
bool cpu_online(unsigned int cpu);

struct cpumask {
	u32 cpu[NR_CPUS];
};

#define cpumask_clear(m) ((void)(*(m) = (struct cpumask){}))
#define cpumask_set_cpu(n, m) ((void)((m)->cpu[n] = 1))
#define cpumask_test_and_clear_cpu(n, m) \
	__atomic_exchange_n(&(m)->cpu[n], 0, __ATOMIC_SEQ_CST)

static inline void cpumask_setall(struct cpumask *m)
{
	u32 i;

	for (i = 0; i < NR_CPUS; i++)
		m->cpu[i] = 1;
}

#define for_each_possible_cpu(n) for ((n) = 0; (n) < nr_cpu_ids; (n)++)
#define for_each_online_cpu(n)   \
	for_each_possible_cpu(n) \
		if (cpu_online(n))
#define for_each_cpu(n, m)       \
	for_each_possible_cpu(n) \
		if ((m)->cpu[n])
#endif
