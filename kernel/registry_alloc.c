// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry_alloc.c - memory of the registry, and its list of free extents
 *
 * Called by the files registry*.c in the living kernel. Memory is allocated one chunk
 * of records at a time. A chunk that is part of the registry stays until the registry
 * is freed: the crash path may be walking it. Free extents form a list linked through
 * their records, which the crash path does not use.
 *
 * Leaves out: what the records mean, and where the memory lies (registry_place.c).
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include "registry_alloc.h"
#include "registry_place.h"

/**
 * hvcrash_chunk_alloc - allocate a chunk that is not in the registry yet
 * @type: HVCRASH_CHUNK_*
 * @record_bytes: size of one record
 * @gfp: how to allocate
 *
 * Context: as @gfp says.
 * Return: the chunk, without an index, or NULL.
 */
struct hvcrash_chunk *hvcrash_chunk_alloc(u32 type, u32 record_bytes, gfp_t gfp)
{
	struct hvcrash_chunk *c;

	c = hvcrash_place_alloc(HVCRASH_CHUNK_BYTES, gfp);
	if (!c)
		return NULL;
	c->magic = HVCRASH_CHUNK_MAGIC;
	c->gpa = virt_to_phys(c);
	c->type = type;
	c->record_bytes = record_bytes;
	c->nr_records = (HVCRASH_CHUNK_BYTES - sizeof(*c)) / record_bytes;
	c->bytes_used = sizeof(*c);
	return c;
}

/**
 * hvcrash_chunk_free - free a chunk's memory
 * @c: no longer in the registry
 *
 * Context: any but NMI.
 */
void hvcrash_chunk_free(struct hvcrash_chunk *c)
{
	c->magic = 0;
	hvcrash_place_free(c, HVCRASH_CHUNK_BYTES);
}

/**
 * hvcrash_chunk_insert - make a chunk part of the registry
 * @reg: the registry
 * @c: the chunk
 *
 * Context: under reg->lock, or before @reg is visible to others.
 * Return: the chunk's index, or -ENOSPC, and then the caller keeps @c.
 */
int hvcrash_chunk_insert(struct hvcrash_registry *reg, struct hvcrash_chunk *c)
{
	struct hvcrash_header *h = reg->header;
	u32 i = h->nr_chunks;

	if (i >= HVCRASH_MAX_CHUNKS)
		return -ENOSPC;
	c->index = i;
	reg->chunk[i] = c;
	h->chunk_gpa[i] = c->gpa;
	/* LMM(grow:A): without it the crash path may walk a half-initialized chunk */
	smp_store_release(&h->nr_chunks, i + 1);
	return i;
}

/**
 * hvcrash_chunk_add - allocate and insert
 * @reg: the registry
 * @type: HVCRASH_CHUNK_*
 * @record_bytes: size of one record
 *
 * Context: process, before @reg is visible to others.
 * Return: the chunk's index, -ENOMEM or -ENOSPC.
 */
int hvcrash_chunk_add(struct hvcrash_registry *reg, u32 type, u32 record_bytes)
{
	struct hvcrash_chunk *c;
	int ret;

	c = hvcrash_chunk_alloc(type, record_bytes, GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	ret = hvcrash_chunk_insert(reg, c);
	if (ret < 0)
		hvcrash_chunk_free(c);
	return ret;
}

/**
 * hvcrash_chunk_use - mark a slot, and all slots before it, as used
 * @c: the chunk
 * @slot: number of the record
 *
 * Context: under reg->lock, or before the registry is visible to others.
 */
void hvcrash_chunk_use(struct hvcrash_chunk *c, u32 slot)
{
	u32 end = sizeof(*c) + (slot + 1) * c->record_bytes;

	if (c->bytes_used < end)
		WRITE_ONCE(c->bytes_used, end);
}

/**
 * hvcrash_extent_give - free an extent
 * @reg: the registry
 * @nr: its number; the record keeps its contents until it is taken again
 *
 * Context: any but NMI; under reg->lock.
 */
void hvcrash_extent_give(struct hvcrash_registry *reg, u32 nr)
{
	hvcrash_extent_at(reg, nr)->link = reg->free_head;
	reg->free_head = nr;
	reg->nr_free++;
}

/* Puts all slots from @first on onto the free list, the lowest at its head */
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
 * hvcrash_extents_add - add a chunk of extents
 * @reg: the registry
 * @fixed: this many of them, from the first on, never become free
 *
 * Context: process, before @reg is visible to others.
 * Return: 0, -ENOMEM or -ENOSPC.
 */
int hvcrash_extents_add(struct hvcrash_registry *reg, u32 fixed)
{
	struct hvcrash_chunk *c;
	int ret;

	c = hvcrash_chunk_alloc(HVCRASH_CHUNK_EXTENTS,
				sizeof(struct hvcrash_extent), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	ret = extents_insert(reg, c, fixed);
	if (ret)
		hvcrash_chunk_free(c);
	return ret;
}

/**
 * hvcrash_extent_take - take a free extent
 * @reg: the registry
 *
 * Allocates nothing: a kernel with PREEMPT_RT may not allocate under a raw lock or with
 * preemption off. hvcrash_registry_reserve() has to make room before.
 *
 * Context: any but NMI; under reg->lock.
 * Return: its number, or HVCRASH_NIL.
 */
u32 hvcrash_extent_take(struct hvcrash_registry *reg)
{
	u32 nr;

	if (reg->free_head == HVCRASH_NIL)
		return HVCRASH_NIL;
	nr = reg->free_head;
	reg->free_head = hvcrash_extent_at(reg, nr)->link;
	reg->nr_free--;
	return nr;
}

/**
 * hvcrash_registry_reserve - make room for @extents more without allocating later
 * @reg: the registry
 * @extents: number of extents
 *
 * Publishing happens where nothing may be allocated, so room is made in advance. A
 * chunk is contiguous memory; other pages are moved out of the way if necessary.
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
		c = hvcrash_chunk_alloc(
			HVCRASH_CHUNK_EXTENTS, sizeof(struct hvcrash_extent),
			GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
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
