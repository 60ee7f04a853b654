/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/cpu.h>: the parts that the module uses, for user space */
#ifndef _SHIM_CPU_H
#define _SHIM_CPU_H
#define CPUHP_AP_ONLINE_DYN 1

int cpuhp_setup_state_nocalls(int state, const char *name,
			      int (*online)(unsigned int cpu),
			      int (*offline)(unsigned int cpu));

static inline void cpuhp_remove_state_nocalls(int state)
{
}

static inline void cpus_read_lock(void)
{
}

static inline void cpus_read_unlock(void)
{
}
#endif
