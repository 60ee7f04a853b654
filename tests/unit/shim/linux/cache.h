/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/cache.h>: what the module's sources use of it, for user space */
#ifndef _SHIM_CACHE_H
#define _SHIM_CACHE_H
#define ____cacheline_aligned __attribute__((aligned(64)))
#endif
