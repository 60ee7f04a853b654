/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/atomic.h>: the parts that the module uses, for user space */
#ifndef _SHIM_ATOMIC_H
#define _SHIM_ATOMIC_H
#include <linux/compiler.h>

/* Returns what was there, as the kernel's does; a full barrier if it stores */
#define cmpxchg(p, old, new)                                              \
	({                                                                \
		__typeof__(*(p)) shim_old = (old);                        \
		__atomic_compare_exchange_n((p), &shim_old, (new), false, \
					    __ATOMIC_SEQ_CST,             \
					    __ATOMIC_SEQ_CST);            \
		shim_old;                                                 \
	})
#endif
