/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * registry_extents.h - which extents are free
 *
 * For registry.c and registry_owners.c only.
 */
#ifndef _HVCRASH_REGISTRY_EXTENTS_H
#define _HVCRASH_REGISTRY_EXTENTS_H

#include <linux/gfp.h>
#include "registry_alloc.h"
#include "registry.h"

/* Extent and record numbers: chunk index in the high half, slot in the low */
#define HVCRASH_NR(chunk, slot) ((u32)(chunk) << 16 | (u32)(slot))
#define HVCRASH_NR_CHUNK(nr) ((nr) >> 16)
#define HVCRASH_NR_SLOT(nr) ((u16)(nr))

/* Context: any, NMI too. */
static inline struct hvcrash_extent *
hvcrash_extent_at(struct hvcrash_registry *reg, u32 nr)
{
	struct hvcrash_extent *e =
		hvcrash_chunk_records(reg->chunk[HVCRASH_NR_CHUNK(nr)]);

	return e + HVCRASH_NR_SLOT(nr);
}

int hvcrash_extents_add(struct hvcrash_registry *reg, u32 fixed, gfp_t gfp);
u32 hvcrash_extent_take(struct hvcrash_registry *reg);
void hvcrash_extent_give(struct hvcrash_registry *reg, u32 nr);

#endif /* _HVCRASH_REGISTRY_EXTENTS_H */
