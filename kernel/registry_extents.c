// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry_extents.c - which extents are free
 *
 * Called by registry.c and registry_owners.c in the living kernel. Free extents are
 * a list through their records; the crash path needs none of it.
 *
 * Leaves out: memory (registry_alloc.c).
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include "registry_extents.h"

/**
 * hvcrash_extent_give - an extent is free
 * @reg: the registry
 * @nr: its number; what its record says stays until it is taken again
 *
 * Context: any but NMI; under reg->lock.
 */
void hvcrash_extent_give(struct hvcrash_registry *reg, u32 nr)
{
	hvcrash_extent_at(reg, nr)->link = reg->free_head;
	reg->free_head = nr;
	reg->nr_free++;
}

/* Puts the slots from @first on onto the free list, lowest slot on top */
static void free_fill(struct hvcrash_registry *reg, u32 chunk, u32 first)
{
	u32 slot;

	for (slot = reg->chunk[chunk]->nr_records; slot > first; slot--)
		hvcrash_extent_give(reg, HVCRASH_NR(chunk, slot - 1));
}

/* As hvcrash_chunk_insert(); the slots from @fixed on become free */
static int extents_insert(struct hvcrash_registry *reg, struct hvcrash_chunk *c,
			  u32 fixed)
{
	int i = hvcrash_chunk_insert(reg, c);

	if (i < 0)
		return i;
	if (fixed)
		hvcrash_chunk_use(c, fixed - 1);
	free_fill(reg, i, fixed);
	return 0;
}

/**
 * hvcrash_extents_add - a chunk of extents more
 * @reg: the registry
 * @fixed: so many of them, from the first on, never become free
 * @gfp: how to allocate
 *
 * Context: as @gfp says; under reg->lock once others know of the registry.
 * Return: 0, -ENOMEM or -ENOSPC.
 */
int hvcrash_extents_add(struct hvcrash_registry *reg, u32 fixed, gfp_t gfp)
{
	struct hvcrash_chunk *c;
	int ret;

	c = hvcrash_chunk_alloc(HVCRASH_CHUNK_EXTENTS,
				sizeof(struct hvcrash_extent), gfp);
	if (!c)
		return -ENOMEM;
	ret = extents_insert(reg, c, fixed);
	if (ret)
		hvcrash_chunk_free(c);
	return ret;
}

/**
 * hvcrash_extent_take - a free extent, for which the registry grows if it must
 * @reg: the registry
 *
 * Context: any but NMI; under reg->lock, may allocate without sleeping.
 * Return: its number, or HVCRASH_NIL.
 */
u32 hvcrash_extent_take(struct hvcrash_registry *reg)
{
	u32 nr;

	if (reg->free_head == HVCRASH_NIL &&
	    hvcrash_extents_add(reg, 0, GFP_NOWAIT | __GFP_NOWARN))
		return HVCRASH_NIL;
	nr = reg->free_head;
	reg->free_head = hvcrash_extent_at(reg, nr)->link;
	reg->nr_free--;
	return nr;
}

/**
 * hvcrash_registry_reserve - have room for @extents more without allocating
 * @reg: the registry
 * @extents: how many
 *
 * Publishing happens where sleeping is forbidden, and large allocations may
 * fail there: this makes room ahead.
 *
 * Context: process, may sleep.
 * Return: 0, -ENOMEM or -ENOSPC.
 */
int hvcrash_registry_reserve(struct hvcrash_registry *reg, u32 extents)
{
	struct hvcrash_chunk *c;
	unsigned long irq;
	int ret;

	while (READ_ONCE(reg->nr_free) < extents) {
		c = hvcrash_chunk_alloc(HVCRASH_CHUNK_EXTENTS,
					sizeof(struct hvcrash_extent),
					GFP_KERNEL);
		if (!c)
			return -ENOMEM;
		raw_spin_lock_irqsave(&reg->lock, irq);
		ret = extents_insert(reg, c, 0);
		raw_spin_unlock_irqrestore(&reg->lock, irq);
		if (ret) {
			hvcrash_chunk_free(c);
			return ret;
		}
	}
	return 0;
}
