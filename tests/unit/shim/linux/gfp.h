/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/gfp.h>: the parts that the module uses, for user space */
#ifndef _SHIM_GFP_H
#define _SHIM_GFP_H
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

#define GFP_KERNEL 1U
#define GFP_NOWAIT 2U
#define __GFP_ZERO 4U
#define __GFP_NOWARN 8U
#define __GFP_RETRY_MAYFAIL 16U

/* Allocations left before they fail; negative: they never do */
extern int shim_allocations_left;

/* The first word of what was freed last, as it stood then */
extern u64 shim_freed_word;

static inline void *alloc_pages_exact(size_t size, gfp_t gfp)
{
	void *p;

	(void)gfp;
	if (shim_allocations_left == 0)
		return NULL;
	if (shim_allocations_left > 0)
		shim_allocations_left--;
	p = aligned_alloc(4096, size);
	if (p)
		memset(p, 0, size);
	return p;
}

static inline void free_pages_exact(void *p, size_t size)
{
	(void)size;
	memcpy(&shim_freed_word, p, sizeof(shim_freed_word));
	free(p);
}
#endif
