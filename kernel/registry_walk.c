// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry_walk.c - [NMI] walk the registry, and seal it
 *
 * Called in the crash path by the one CPU that panics, when all writers have stopped
 * wherever they were. Takes no lock; the top of registry.c explains why that is safe.
 *
 * Whatever panicked this kernel may have overwritten the registry as well. So no
 * number stored in it is allowed to lead outside it: the audit will find the damage,
 * and the dump is taken.
 *
 * Leaves out: changing the records, which their sources do.
 */
#include <linux/compiler.h>
#include <linux/xxhash.h>
#include "registry_alloc.h"
#include "registry.h"

/* NULL beyond the last one, whatever the header says */
static struct hvcrash_chunk *chunk_at(struct hvcrash_registry *reg, u32 i)
{
	return i < HVCRASH_MAX_CHUNKS ? reg->chunk[i] : NULL;
}

static u32 bytes_used(const struct hvcrash_chunk *c)
{
	u32 bytes = READ_ONCE(c->bytes_used);

	if (bytes < sizeof(*c))
		return sizeof(*c);
	return bytes < HVCRASH_CHUNK_BYTES ? bytes : HVCRASH_CHUNK_BYTES;
}

/**
 * hvcrash_registry_for_each - walk all extents that were ever used
 * @reg: the registry
 * @fn: called for each, whatever its state
 * @ctx: passed to @fn
 *
 * Context: any, NMI too; takes no lock, bounded by the registry's size.
 */
void hvcrash_registry_for_each(struct hvcrash_registry *reg,
			       hvcrash_extent_fn fn, void *ctx)
{
	/* LMM(walk:A), pairs with grow:A */
	u32 nr_chunks = smp_load_acquire(&reg->header->nr_chunks);
	struct hvcrash_extent *e;
	struct hvcrash_chunk *c;
	u32 i, n;

	for (i = 0; i < nr_chunks; i++) {
		c = chunk_at(reg, i);
		if (!c)
			return;
		if (c->type != HVCRASH_CHUNK_EXTENTS)
			continue;
		e = hvcrash_chunk_records(c);
		n = (bytes_used(c) - sizeof(*c)) / sizeof(*e);
		for (; n; n--, e++)
			if (!fn(e, ctx))
				return;
	}
}

static bool count_torn(struct hvcrash_extent *e, void *ctx)
{
	u32 *torn = ctx;

	/* LMM(read:A): other fields are read after the state that makes them valid */
	if (smp_load_acquire(&e->state) == HVCRASH_BUSY)
		(*torn)++;
	return true;
}

/**
 * hvcrash_registry_finish - checksum everything; nothing may change after
 * @reg: the registry
 *
 * Context: crash path, on the one CPU that panics; NMI too.
 */
void hvcrash_registry_finish(struct hvcrash_registry *reg)
{
	struct hvcrash_header *h = reg->header;
	struct hvcrash_chunk *c;
	u32 torn = 0;
	u32 i;

	hvcrash_registry_for_each(reg, count_torn, &torn);
	if (torn) {
		h->extents_torn = torn;
		h->coverage |= HVCRASH_GAP_TORN;
	}
	for (i = 0; i < h->nr_chunks; i++) {
		c = chunk_at(reg, i);
		if (!c)
			break;
		c->checksum = 0;
		c->checksum = xxh64(c, bytes_used(c), 0);
	}
	/* An interrupted extents_add() may have left an entry past the count: clear it */
	for (; i < HVCRASH_MAX_CHUNKS; i++)
		h->chunk_gpa[i] = 0;
	smp_wmb(); /* LMM(finish:A) */
	h->phase = HVCRASH_PHASE_FINISHED;
	h->checksum = 0;
	h->checksum = xxh64(h, sizeof(*h), 0);
}
