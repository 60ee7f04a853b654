// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry_gaps.c - what is shared and not listed, and until when
 *
 * Called in the living kernel. A gap lasts, or it belongs to an owner: then it ends
 * when that owner's pages are retired, since what was missing of it went with it.
 * The header has the sum of both.
 *
 * The crash path adds its own to the header alone (registry_walk.c,
 * vmbus_under_way.c).
 *
 * Leaves out: why something is missing, which its source knows.
 */
#include <linux/compiler.h>
#include "registry.h"
#include "registry_owners.h"

/* Under reg->lock */
static void sum_up(struct hvcrash_registry *reg)
{
	struct hvcrash_missing sum = reg->lasting;
	u32 i;

	for (i = 0; i < reg->nr_missing; i++) {
		sum.gap |= reg->missing[i].gap;
		sum.extents += reg->missing[i].extents;
		sum.untracked += reg->missing[i].untracked;
	}
	WRITE_ONCE(reg->header->coverage, sum.gap);
	WRITE_ONCE(reg->header->extents_dropped, sum.extents);
	WRITE_ONCE(reg->header->untracked, sum.untracked);
}

static void add(struct hvcrash_missing *to, const struct hvcrash_missing *m)
{
	to->gap |= m->gap;
	to->extents += m->extents;
	to->untracked += m->untracked;
}

/* Where more of @owner is counted; what finds no room lasts */
static struct hvcrash_missing *find(struct hvcrash_registry *reg,
				    const struct hvcrash_owner *owner)
{
	struct hvcrash_missing *m = reg->missing;
	u32 i;

	for (i = 0; i < reg->nr_missing; i++, m++)
		if (m->owner.kind == owner->kind &&
		    m->owner.gpadl == owner->gpadl &&
		    m->owner.relid == owner->relid)
			return m;
	if (reg->nr_missing == HVCRASH_MAX_MISSING)
		return &reg->lasting;
	*m = (struct hvcrash_missing){ .owner = *owner };
	reg->nr_missing++;
	return m;
}

/**
 * hvcrash_gaps_add - something of an owner is missing
 * @reg: the registry
 * @missing: of whom, and how much
 *
 * Context: any but NMI; under reg->lock.
 */
void hvcrash_gaps_add(struct hvcrash_registry *reg,
		      const struct hvcrash_missing *missing)
{
	add(find(reg, &missing->owner), missing);
	sum_up(reg);
}

/**
 * hvcrash_gaps_end - these owners are gone, and what was missing of them
 * @reg: the registry
 * @match: which
 *
 * Context: any but NMI; under reg->lock.
 */
void hvcrash_gaps_end(struct hvcrash_registry *reg,
		      const struct hvcrash_match *match)
{
	u32 i = 0;

	if (!reg->nr_missing)
		return;
	while (i < reg->nr_missing)
		if (hvcrash_match_owner(match, &reg->missing[i].owner))
			reg->missing[i] = reg->missing[--reg->nr_missing];
		else
			i++;
	sum_up(reg);
}

/**
 * hvcrash_registry_gap - admit that something shared is not known
 * @reg: the registry
 * @gap: HVCRASH_GAP_* bits to add
 * @untracked: how many more things are known to exist without their pages
 *
 * Context: any but NMI; takes reg->lock.
 */
void hvcrash_registry_gap(struct hvcrash_registry *reg, u32 gap, u32 untracked)
{
	const struct hvcrash_missing m = { .gap = gap, .untracked = untracked };
	unsigned long irq;

	raw_spin_lock_irqsave(&reg->lock, irq);
	add(&reg->lasting, &m);
	sum_up(reg);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
}

/**
 * hvcrash_registry_gap_of - the same, until an owner is retired
 * @reg: the registry
 * @owner: whose; by its kind and handle, its kind or its relid, it is retired
 * @gap: HVCRASH_GAP_* bits to add
 * @untracked: how many more things are known to exist without their pages
 *
 * Context: any but NMI; takes reg->lock.
 */
void hvcrash_registry_gap_of(struct hvcrash_registry *reg,
			     const struct hvcrash_owner *owner, u32 gap,
			     u32 untracked)
{
	const struct hvcrash_missing m = { .owner = *owner,
					   .gap = gap,
					   .untracked = untracked };
	unsigned long irq;

	raw_spin_lock_irqsave(&reg->lock, irq);
	hvcrash_gaps_add(reg, &m);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
}

/**
 * hvcrash_registry_gap_closed - what was missing has been found
 * @reg: the registry
 * @gap: HVCRASH_GAP_* bits to take away; of an owner's own they stay
 *
 * Context: any but NMI; takes reg->lock.
 */
void hvcrash_registry_gap_closed(struct hvcrash_registry *reg, u32 gap)
{
	unsigned long irq;

	raw_spin_lock_irqsave(&reg->lock, irq);
	reg->lasting.gap &= ~gap;
	sum_up(reg);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
}

/**
 * hvcrash_registry_gap_gone - a channel's driver gave back what was missing of it
 * @reg: the registry
 * @relid: the channel
 *
 * Context: any but NMI; takes reg->lock.
 */
void hvcrash_registry_gap_gone(struct hvcrash_registry *reg, u32 relid)
{
	const struct hvcrash_match m = { .relid = relid };
	unsigned long irq;

	raw_spin_lock_irqsave(&reg->lock, irq);
	hvcrash_gaps_end(reg, &m);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
}
