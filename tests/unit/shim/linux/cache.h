/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/cache.h>: the parts that the module uses, for user space */
#ifndef _SHIM_CACHE_H
#define _SHIM_CACHE_H
#define ____cacheline_aligned __attribute__((aligned(64)))
#endif
