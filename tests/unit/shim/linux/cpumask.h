/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/cpumask.h>: what the module's sources use of it, for user space */
#ifndef _SHIM_CPUMASK_H
#define _SHIM_CPUMASK_H
#include <linux/types.h>

extern unsigned int nr_cpu_ids;
bool cpu_online(unsigned int cpu);

#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < nr_cpu_ids; (cpu)++)
#endif
