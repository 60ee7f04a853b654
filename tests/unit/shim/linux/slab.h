/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/slab.h>: the parts that the module uses, for user space */
#ifndef _SHIM_SLAB_H
#define _SHIM_SLAB_H
#include <linux/errno.h>
#include <linux/gfp.h>

static inline void *kvcalloc(size_t n, size_t bytes, gfp_t gfp)
{
	(void)gfp;
	return calloc(n, bytes);
}

static inline void kvfree(void *p)
{
	free(p);
}
#endif
