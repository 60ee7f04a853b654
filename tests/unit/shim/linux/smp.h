/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/smp.h>: what the module's sources use of it, for user space */
#ifndef _SHIM_SMP_H
#define _SHIM_SMP_H
/* Each thread is a CPU */
extern _Thread_local unsigned int shim_cpu;

static inline unsigned int raw_smp_processor_id(void)
{
	return shim_cpu;
}
#endif
