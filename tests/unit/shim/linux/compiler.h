/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/compiler.h>: the parts that the module uses, for user space */
#ifndef _SHIM_COMPILER_H
#define _SHIM_COMPILER_H
/* The sanitizers understand these, and a plain access would hide a race */
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#define smp_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define smp_wmb() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#endif
