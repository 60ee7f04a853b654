// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry_alloc.c - memory of the registry, a chunk of records at a time
 *
 * Called by the files registry*.c in the living kernel. A chunk that
 * is part of the registry stays there until the registry goes: the crash path may
 * be walking it.
 *
 * Leaves out: what the records are, and where the memory lies (registry_place.c).
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/io.h>
#include "registry_alloc.h"
#include "registry_place.h"

/**
 * hvcrash_chunk_alloc - a chunk that nobody sees yet
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
 * hvcrash_chunk_free - give a chunk's memory back
 * @c: that nobody sees any more
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
 * Context: under reg->lock, or before anybody else sees @reg.
 * Return: the chunk's index, or -ENOSPC, and @c stays the caller's.
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
	/* LMM(grow:A): without it the crash path may walk a chunk half set up */
	smp_store_release(&h->nr_chunks, i + 1);
	return i;
}

/**
 * hvcrash_chunk_add - allocate and insert
 * @reg: the registry
 * @type: HVCRASH_CHUNK_*
 * @record_bytes: size of one record
 *
 * Context: process, before anybody else sees @reg.
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
 * hvcrash_chunk_use - this slot is in use, and with it all before it
 * @c: the chunk
 * @slot: number of the record
 *
 * Context: under reg->lock, or before anybody else sees the registry.
 */
void hvcrash_chunk_use(struct hvcrash_chunk *c, u32 slot)
{
	u32 end = sizeof(*c) + (slot + 1) * c->record_bytes;

	if (c->bytes_used < end)
		WRITE_ONCE(c->bytes_used, end);
}
