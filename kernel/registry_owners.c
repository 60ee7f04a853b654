// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry_owners.c - pages that a message shares: published by owner, and retired
 *
 * Called by vmbus.c, vmbus_late.c and driver_pages.c in the living kernel. Extents of
 * one owner (a GPADL, a kind of page) are found by a hash, which the crash path does
 * not use. registry.c explains how a record may change while a reader stops its writer,
 * and names the barriers.
 *
 * Leaves out: pages that a register names (registry.c), who owns a channel
 * (registry_channels.c).
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include "registry.h"
#include "registry_alloc.h"
#include "registry_gaps.h"
#include "registry_owners.h"

/*
 * Extents that change each time the lock is held: some microseconds with interrupts
 * off. A netvsc buffer has thousands of extents.
 */
#define BATCH 128

static u32 *owner_bucket(struct hvcrash_registry *reg,
			 const struct hvcrash_owner *owner)
{
	/* Fibonacci hashing: handles are counted up from one start value */
	u32 hash = (owner->gpadl ^ owner->kind) * 2654435769U;

	return &reg->bucket[hash >> (32 - reg->bucket_bits)];
}

/* Number of extents of @relid and of others with the same low bits */
static u32 *of_relid(struct hvcrash_registry *reg, u32 relid)
{
	return &reg->of_relid[relid % HVCRASH_RELIDS];
}

/**
 * hvcrash_owners_init - allocate the hash
 * @reg: the registry
 * @ram_pages: 4 KiB pages of RAM
 *
 * A bucket for every 16 pages of RAM: an owner has at least one page, so even a guest
 * that shared all its memory page by page would not make long chains. 256 KiB from
 * 4 GiB of RAM on, as much as a chunk; if that much contiguous memory is unavailable,
 * less will do, with longer chains.
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int hvcrash_owners_init(struct hvcrash_registry *reg, u64 ram_pages)
{
	u32 bits = HVCRASH_MIN_BUCKET_BITS;
	u32 i;

	while (bits < HVCRASH_MAX_BUCKET_BITS && ram_pages >> 4 >> bits)
		bits++;
	for (; bits >= HVCRASH_MIN_BUCKET_BITS && !reg->bucket; bits--) {
		reg->bucket = alloc_pages_exact(sizeof(u32) << bits,
						GFP_KERNEL | __GFP_NOWARN);
		reg->bucket_bits = bits;
	}
	if (!reg->bucket)
		return -ENOMEM;
	for (i = 0; i < 1U << reg->bucket_bits; i++)
		reg->bucket[i] = HVCRASH_NIL;
	return 0;
}

/**
 * hvcrash_owners_deinit - free the hash
 * @reg: may be half set up
 *
 * Context: process.
 */
void hvcrash_owners_deinit(struct hvcrash_registry *reg)
{
	if (reg->bucket)
		free_pages_exact(reg->bucket, sizeof(u32) << reg->bucket_bits);
	reg->bucket = NULL;
}

/* Adds one extent. Under reg->lock. Returns 0 or -ENOSPC, which is counted. */
static int publish_locked(struct hvcrash_registry *reg,
			  const struct hvcrash_owner *owner, u64 gpa, u32 pages,
			  u16 evidence, u32 flags)
{
	u32 *bucket = owner_bucket(reg, owner);
	struct hvcrash_extent *e;
	u32 nr = hvcrash_extent_take(reg);

	if (nr == HVCRASH_NIL) {
		hvcrash_gaps_add(reg, &(struct hvcrash_missing){
					      .owner = *owner,
					      .gap = HVCRASH_GAP_DROPPED,
					      .extents = 1 });
		return -ENOSPC;
	}
	e = hvcrash_extent_at(reg, nr);
	WRITE_ONCE(e->state, HVCRASH_BUSY);
	smp_wmb(); /* LMM(fill:A), pairs with read:A */
	e->kind = owner->kind;
	e->evidence = evidence;
	e->gpa = gpa;
	e->pages = pages;
	e->vp_index = HVCRASH_NO_VP;
	e->relid = owner->relid;
	e->gpadl = owner->gpadl;
	e->flags = flags;
	e->hash = 0;
	e->link = *bucket;
	WRITE_ONCE(*bucket, nr);
	if (owner->relid != HVCRASH_NO_RELID)
		(*of_relid(reg, owner->relid))++;
	hvcrash_chunk_use(reg->chunk[HVCRASH_NR_CHUNK(nr)],
			  HVCRASH_NR_SLOT(nr));
	/* LMM(fill:B), pairs with read:A */
	smp_store_release(&e->state, HVCRASH_SHARED);
	WRITE_ONCE(reg->header->published, reg->header->published + 1);
	return 0;
}

/**
 * hvcrash_registry_publish - record pages as shared from now on
 * @reg: the registry
 * @owner: their owner
 * @gpa: first byte, page-aligned
 * @pages: 4 KiB pages, not 0
 * @evidence: HVCRASH_EV_*
 * @flags: HVCRASH_EXTENT_*
 *
 * Publish before the host learns of the pages where the source allows it.
 *
 * Context: any but NMI; takes reg->lock.
 * Return: 0, -EINVAL, or -ENOSPC; the last one is counted as a gap.
 */
int hvcrash_registry_publish(struct hvcrash_registry *reg,
			     const struct hvcrash_owner *owner, u64 gpa,
			     u32 pages, u16 evidence, u32 flags)
{
	unsigned long irq;
	int ret;

	if (!pages || gpa % HVCRASH_PAGE_BYTES)
		return -EINVAL;
	raw_spin_lock_irqsave(&reg->lock, irq);
	ret = publish_locked(reg, owner, gpa, pages, evidence, flags);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
	return ret;
}

static bool owner_has_extents(struct hvcrash_registry *reg,
			      const struct hvcrash_owner *owner)
{
	u32 nr = *owner_bucket(reg, owner);
	struct hvcrash_extent *e;

	for (; nr != HVCRASH_NIL; nr = e->link) {
		e = hvcrash_extent_at(reg, nr);
		if (e->kind == owner->kind && e->gpadl == owner->gpadl)
			return true;
	}
	return false;
}

/**
 * hvcrash_registry_publish_found - record pages that were shared before load
 * @reg: the registry
 * @owner: their owner
 * @ranges: the pages, in the guest's RAM
 * @nr: number of ranges
 *
 * All ranges or none: an owner that has extents already was published from its message,
 * which is more reliable. The check and the publishing happen under one lock, so that
 * no page is listed twice.
 *
 * Context: any but NMI; takes reg->lock.
 * Return: 0, -EEXIST, -EINVAL, or -ENOSPC; the last one is counted as a gap.
 */
int hvcrash_registry_publish_found(struct hvcrash_registry *reg,
				   const struct hvcrash_owner *owner,
				   const struct hvcrash_range *ranges, u32 nr)
{
	unsigned long irq;
	int ret = 0;
	u32 i;

	for (i = 0; i < nr; i++)
		if (!ranges[i].pages || ranges[i].gpa % HVCRASH_PAGE_BYTES)
			return -EINVAL;
	raw_spin_lock_irqsave(&reg->lock, irq);
	if (owner_has_extents(reg, owner))
		ret = -EEXIST;
	for (i = 0; i < nr && !ret; i++)
		ret = publish_locked(reg, owner, ranges[i].gpa, ranges[i].pages,
				     HVCRASH_EV_FOUND, 0);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
	return ret;
}

static bool matches(const struct hvcrash_extent *e,
		    const struct hvcrash_match *m)
{
	const struct hvcrash_owner owner = { .kind = e->kind,
					     .gpadl = e->gpadl,
					     .relid = e->relid };

	return m->is_found ? e->evidence == HVCRASH_EV_FOUND :
			     hvcrash_match_owner(m, &owner);
}

/* Retires what matches in one bucket, BATCH at most. Under reg->lock. */
static u32 bucket_retire_some(struct hvcrash_registry *reg, u32 *bucket,
			      const struct hvcrash_match *m, u16 evidence)
{
	u32 *link = bucket;
	struct hvcrash_extent *e;
	u32 n = 0;
	u32 nr;

	while (*link != HVCRASH_NIL && n < BATCH) {
		nr = *link;
		e = hvcrash_extent_at(reg, nr);
		if (!matches(e, m)) {
			link = &e->link;
			continue;
		}
		WRITE_ONCE(*link, e->link);
		e->evidence = evidence;
		WRITE_ONCE(e->state, HVCRASH_TORN_DOWN);
		if (e->relid != HVCRASH_NO_RELID)
			(*of_relid(reg, e->relid))--;
		hvcrash_extent_give(reg, nr);
		n++;
	}
	reg->header->retired += n;
	return n;
}

static bool is_owners(const struct hvcrash_extent *e,
		      const struct hvcrash_match *m)
{
	return e->state == HVCRASH_SHARED && matches(e, m);
}

/* All of it */
static u32 bucket_retire(struct hvcrash_registry *reg, u32 *bucket,
			 const struct hvcrash_match *m, u16 evidence)
{
	unsigned long irq;
	u32 n, all = 0;

	do {
		raw_spin_lock_irqsave(&reg->lock, irq);
		n = bucket_retire_some(reg, bucket, m, evidence);
		raw_spin_unlock_irqrestore(&reg->lock, irq);
		all += n;
	} while (n == BATCH);
	return all;
}

static void end_gaps(struct hvcrash_registry *reg,
		     const struct hvcrash_match *m)
{
	unsigned long irq;

	raw_spin_lock_irqsave(&reg->lock, irq);
	hvcrash_gaps_end(reg, m);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
}

/**
 * hvcrash_registry_retire - record that an owner's pages are no longer shared
 * @reg: the registry
 * @owner: the owner; only its kind and gpadl are compared
 * @evidence: HVCRASH_EV_*
 *
 * Context: any but NMI; takes reg->lock, for a batch of extents at a time.
 * Return: extents retired, 0 if the owner has none.
 */
u32 hvcrash_registry_retire(struct hvcrash_registry *reg,
			    const struct hvcrash_owner *owner, u16 evidence)
{
	struct hvcrash_match m = { .owner = owner };
	u32 n = bucket_retire(reg, owner_bucket(reg, owner), &m, evidence);

	end_gaps(reg, &m);
	return n;
}

static u32 retire_walk(struct hvcrash_registry *reg,
		       const struct hvcrash_match *m, u16 evidence)
{
	u32 i, n = 0;

	for (i = 0; i < 1U << reg->bucket_bits; i++) {
		/* Most are empty. One that fills now holds what came after this call */
		if (READ_ONCE(reg->bucket[i]) == HVCRASH_NIL)
			continue;
		n += bucket_retire(reg, &reg->bucket[i], m, evidence);
	}
	end_gaps(reg, m);
	return n;
}

/**
 * hvcrash_registry_retire_relid - retire all GPADLs of a channel that is gone
 * @reg: the registry
 * @relid: the channel
 * @evidence: HVCRASH_EV_*
 *
 * Walks every owner, unless the channel has no more extents. That is the usual case: a
 * driver that closes its channel tears its GPADLs down first, and each hv_sock
 * connection is a channel, so they come and go all the time.
 *
 * Context: any but NMI; takes reg->lock, for a batch of extents at a time.
 * Return: extents retired.
 */
u32 hvcrash_registry_retire_relid(struct hvcrash_registry *reg, u32 relid,
				  u16 evidence)
{
	struct hvcrash_match m = { .relid = relid };

	if (READ_ONCE(*of_relid(reg, relid)))
		return retire_walk(reg, &m, evidence);
	end_gaps(reg, &m);
	return 0;
}

/**
 * hvcrash_registry_retire_kind - retire every owner of one kind
 * @reg: the registry
 * @kind: HVCRASH_KIND_*, not that of a register
 * @evidence: HVCRASH_EV_*
 *
 * Context: any but NMI; takes reg->lock, for a batch of extents at a time.
 * Return: extents retired.
 */
u32 hvcrash_registry_retire_kind(struct hvcrash_registry *reg, u16 kind,
				 u16 evidence)
{
	struct hvcrash_match m = { .kind = kind };

	return retire_walk(reg, &m, evidence);
}

/**
 * hvcrash_registry_retire_found - drop what hvcrash_registry_publish_found() recorded
 * @reg: the registry
 *
 * Used before looking again: the pages may still be shared, so a gap must stand until
 * the next look is complete.
 *
 * Context: any but NMI; takes reg->lock, for a batch of extents at a time.
 * Return: extents retired.
 */
u32 hvcrash_registry_retire_found(struct hvcrash_registry *reg)
{
	struct hvcrash_match m = { .is_found = true };

	return retire_walk(reg, &m, HVCRASH_EV_NONE);
}

/*
 * Visits BATCH extents of the owner's bucket, from @nr on, or from its first. Returns
 * where to continue. An extent of the owner stays in that bucket; if it is no longer
 * the owner's, the owner has been retired, since no handle is used twice.
 */
static u32 prove_some(struct hvcrash_registry *reg,
		      const struct hvcrash_match *m, u32 nr, u16 evidence)
{
	struct hvcrash_extent *e;
	unsigned long irq;
	u32 i;

	raw_spin_lock_irqsave(&reg->lock, irq);
	if (nr == HVCRASH_NIL)
		nr = *owner_bucket(reg, m->owner);
	else if (!is_owners(hvcrash_extent_at(reg, nr), m))
		nr = HVCRASH_NIL;
	/* The last one of a batch is the first of the next: it must be the owner's */
	for (i = 0; nr != HVCRASH_NIL; nr = e->link) {
		e = hvcrash_extent_at(reg, nr);
		if (!is_owners(e, m))
			continue;
		if (i++ == BATCH)
			break;
		WRITE_ONCE(e->evidence, evidence);
	}
	raw_spin_unlock_irqrestore(&reg->lock, irq);
	return nr;
}

/**
 * hvcrash_registry_prove - record better evidence for an owner's shared pages
 * @reg: the registry
 * @owner: the owner; only its kind and gpadl are compared
 * @evidence: the new evidence
 *
 * Context: any but NMI; takes reg->lock, for a batch of extents at a time.
 */
void hvcrash_registry_prove(struct hvcrash_registry *reg,
			    const struct hvcrash_owner *owner, u16 evidence)
{
	struct hvcrash_match m = { .owner = owner };
	u32 nr = HVCRASH_NIL;

	do {
		nr = prove_some(reg, &m, nr, evidence);
	} while (nr != HVCRASH_NIL);
}
