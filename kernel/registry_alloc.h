/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * registry_alloc.h - memory of the registry, a chunk of records at a time
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

struct hvcrash_chunk *hvcrash_chunk_alloc(u32 type, u32 record_bytes,
					  gfp_t gfp);
void hvcrash_chunk_free(struct hvcrash_chunk *c);
int hvcrash_chunk_insert(struct hvcrash_registry *reg, struct hvcrash_chunk *c);
int hvcrash_chunk_add(struct hvcrash_registry *reg, u32 type, u32 record_bytes);
void hvcrash_chunk_use(struct hvcrash_chunk *c, u32 slot);

#endif /* _HVCRASH_REGISTRY_ALLOC_H */
