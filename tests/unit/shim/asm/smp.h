/* SPDX-License-Identifier: GPL-2.0-only */
/* <asm/smp.h>: the parts that the module uses, for user space */
#ifndef _SHIM_ASM_SMP_H
#define _SHIM_ASM_SMP_H
struct smp_ops {
	void (*crash_stop_other_cpus)(void);
	void (*stop_other_cpus)(int wait);
	int (*cpu_disable)(void);
	void (*stop_this_cpu)(void);
};

extern struct smp_ops smp_ops;
#endif
