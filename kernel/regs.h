/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * regs.h - pages that synthetic registers share with the hypervisor
 *
 * NMI rules for the functions marked [NMI]: memory allocated before, register
 * reads and writes that cannot fault the kernel, bounded loops. No lock, no
 * allocation, no printk, no hypercall.
 */
#ifndef _HVCRASH_REGS_H
#define _HVCRASH_REGS_H

#include <linux/types.h>
#include "uapi/hvcrash_abi.h"

int hvcrash_regs_init(void);
void hvcrash_regs_deinit(void);
void hvcrash_regs_observe(void);
void hvcrash_regs_observe_cpu_later(u32 cpu);
void hvcrash_regs_observe_later(void);
void hvcrash_regs_cpu_dying(u32 cpu);

void hvcrash_regs_arrive(u32 cpu);
void hvcrash_regs_tick(u32 cpu);
u64 hvcrash_regs_tick_every_us(u32 cpu);
void hvcrash_regs_revoke(u32 cpu);
u32 hvcrash_regs_record(u32 cpu);
void hvcrash_regs_record_not_reached(u32 cpu);
u32 hvcrash_regs_revoke_vm(void);

#endif /* _HVCRASH_REGS_H */
