/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/spinlock.h>: the parts that the module uses, for user space */
#ifndef _SHIM_SPINLOCK_H
#define _SHIM_SPINLOCK_H
#include <sched.h>
#include <linux/atomic.h>
#include <linux/types.h>

/*
 * Spins, as the kernel's does: a thread that waits here still takes signals,
 * which a pthread mutex under TSan does not.
 */
typedef struct {
	u32 taken;
} raw_spinlock_t;

#define DEFINE_RAW_SPINLOCK(l) raw_spinlock_t l
#define raw_spin_lock_init(l) ((l)->taken = 0)
#define raw_spin_lock_irqsave(l, flags)                                       \
	do {                                                                  \
		(flags) = 0;                                                  \
		while (__atomic_exchange_n(&(l)->taken, 1, __ATOMIC_ACQUIRE)) \
			sched_yield();                                        \
	} while (0)
#define raw_spin_unlock_irqrestore(l, flags)                        \
	do {                                                        \
		(void)(flags);                                      \
		__atomic_store_n(&(l)->taken, 0, __ATOMIC_RELEASE); \
	} while (0)
#endif
