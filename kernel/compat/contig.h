/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * contig.h - allocate specific page frames, all of them or none
 *
 * Between 6.12 and 7.2 the migrate type was replaced by flags of type acr_flags_t
 * (<linux/gfp.h>), which Kbuild looks for. The function is exported to modules in all
 * kernels that have it; without CONFIG_CONTIG_ALLOC it does not exist.
 */
#ifndef _HVCRASH_COMPAT_CONTIG_H
#define _HVCRASH_COMPAT_CONTIG_H

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mmzone.h>

/* Context: process, may sleep. Returns 0 or a negative errno. */
static inline int hvcrash_alloc_contig_range(unsigned long pfn,
					     unsigned long end)
{
#if !defined(CONFIG_CONTIG_ALLOC)
	return -EOPNOTSUPP;
#elif defined(HVCRASH_HAVE_ACR_FLAGS)
	return alloc_contig_range(pfn, end, ACR_FLAGS_NONE,
				  GFP_KERNEL | __GFP_NOWARN);
#else
	return alloc_contig_range(pfn, end, MIGRATE_MOVABLE,
				  GFP_KERNEL | __GFP_NOWARN);
#endif
}

#endif /* _HVCRASH_COMPAT_CONTIG_H */
