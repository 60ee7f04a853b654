// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry_gaps.c - what is shared but not listed, and for how long
 *
 * Called in the living kernel. A gap either lasts, or it belongs to an owner and ends
 * when that owner's pages are retired, because its missing pages are retired with them.
 * The header has the sum of both.
 *
 * The crash path adds its own gaps to the header only (registry_walk.c,
 * vmbus_under_way.c).
 *
 * Leaves out: why something is missing, which the caller knows.
 */
#include <linux/compiler.h>
#include "registry.h"
#include "registry_gaps.h"

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

/* The entry that counts what @owner is missing; without room for one the gap lasts */
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
 * hvcrash_gaps_add - record that something of an owner is missing
 * @reg: the registry
 * @missing: the owner and how much is missing
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
 * hvcrash_gaps_end - drop the gaps of owners that are gone
 * @reg: the registry
 * @match: which owners
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
 * hvcrash_registry_gap - record that something shared is not known
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
 * hvcrash_registry_gap_of - record a gap that ends when an owner is retired
 * @reg: the registry
 * @owner: the owner, which is retired by kind and handle, by kind, or by relid
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
 * hvcrash_registry_gap_closed - clear a gap: what was missing has been found
 * @reg: the registry
 * @gap: HVCRASH_GAP_* bits to clear; those that belong to an owner stay
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
 * hvcrash_registry_gap_gone - drop a channel's gaps: its driver tore down what was missing
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
