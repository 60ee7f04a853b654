/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * registry_alloc.h - memory of the registry, and its list of free extents
 *
 * For the files registry*.c only.
 */
#ifndef _HVCRASH_REGISTRY_ALLOC_H
#define _HVCRASH_REGISTRY_ALLOC_H

#include <linux/gfp.h>
#include "registry.h"

/* First record of a chunk. Context: any, NMI too. */
static inline void *hvcrash_chunk_records(struct hvcrash_chunk *c)
{
	return c + 1;
}

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

struct hvcrash_chunk *hvcrash_chunk_alloc(u32 type, u32 record_bytes,
					  gfp_t gfp);
void hvcrash_chunk_free(struct hvcrash_chunk *c);
int hvcrash_chunk_insert(struct hvcrash_registry *reg, struct hvcrash_chunk *c);
int hvcrash_chunk_add(struct hvcrash_registry *reg, u32 type, u32 record_bytes);
void hvcrash_chunk_use(struct hvcrash_chunk *c, u32 slot);

int hvcrash_extents_add(struct hvcrash_registry *reg, u32 fixed);
u32 hvcrash_extent_take(struct hvcrash_registry *reg);
void hvcrash_extent_give(struct hvcrash_registry *reg, u32 nr);

#endif /* _HVCRASH_REGISTRY_ALLOC_H */
