// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry_channels.c - which device a relid belongs to
 *
 * Called by vmbus.c and vmbus_late.c in the living kernel, under reg->lock. Serves only
 * to name the owners of GPADLs in reports; the invariant of registry.c holds for
 * these records too.
 *
 * Leaves out: the GPADLs (registry_owners.c).
 */
#include <linux/compiler.h>
#include <linux/string.h>
#include "registry_alloc.h"
#include "registry.h"

static struct hvcrash_chunk *channel_chunk(struct hvcrash_registry *reg)
{
	u32 i;

	for (i = 0; i < reg->header->nr_chunks; i++)
		if (reg->chunk[i]->type == HVCRASH_CHUNK_CHANNELS)
			return reg->chunk[i];
	return NULL;
}

/* The record of @relid, else a free one, else NULL. Under reg->lock. */
static struct hvcrash_channel *channel_find(struct hvcrash_registry *reg,
					    u32 relid, bool or_free)
{
	struct hvcrash_chunk *c = channel_chunk(reg);
	struct hvcrash_channel *ch = hvcrash_chunk_records(c);
	struct hvcrash_channel *found = NULL;
	u32 used = (c->bytes_used - sizeof(*c)) / sizeof(*ch);
	u32 i;

	for (i = 0; i < used; i++) {
		if (ch[i].state == HVCRASH_SHARED && ch[i].relid == relid)
			return &ch[i];
		if (!found && ch[i].state == HVCRASH_EMPTY)
			found = &ch[i];
	}
	if (!or_free)
		return NULL;
	if (!found && used < c->nr_records) {
		hvcrash_chunk_use(c, used);
		found = &ch[used];
	}
	return found;
}

/**
 * hvcrash_registry_channel - remember which device a relid belongs to
 * @reg: the registry
 * @relid: the channel
 * @subchannel: 0 for the primary channel
 * @device_class: GUID, 16 bytes
 * @instance: GUID, 16 bytes
 *
 * Serves only to name owners in reports: beyond 4,095 channels they have no name there.
 *
 * Context: any but NMI; takes reg->lock.
 */
void hvcrash_registry_channel(struct hvcrash_registry *reg, u32 relid,
			      u32 subchannel, const void *device_class,
			      const void *instance)
{
	struct hvcrash_channel *ch;
	unsigned long irq;

	raw_spin_lock_irqsave(&reg->lock, irq);
	ch = channel_find(reg, relid, true);
	if (ch) {
		WRITE_ONCE(ch->state, HVCRASH_BUSY);
		smp_wmb(); /* LMM(fill:A), pairs with read:A */
		ch->relid = relid;
		ch->subchannel = subchannel;
		memcpy(ch->device_class, device_class, 16);
		memcpy(ch->instance, instance, 16);
		/* LMM(fill:B), pairs with read:A */
		smp_store_release(&ch->state, HVCRASH_SHARED);
	}
	raw_spin_unlock_irqrestore(&reg->lock, irq);
}

/**
 * hvcrash_registry_channel_gone - forget a relid
 * @reg: the registry
 * @relid: the channel
 *
 * Context: any but NMI; takes reg->lock.
 */
void hvcrash_registry_channel_gone(struct hvcrash_registry *reg, u32 relid)
{
	struct hvcrash_channel *ch;
	unsigned long irq;

	raw_spin_lock_irqsave(&reg->lock, irq);
	ch = channel_find(reg, relid, false);
	if (ch)
		WRITE_ONCE(ch->state, HVCRASH_EMPTY);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
}

/**
 * hvcrash_registry_channels_gone - forget all relids
 * @reg: the registry
 *
 * Context: any but NMI; takes reg->lock.
 */
void hvcrash_registry_channels_gone(struct hvcrash_registry *reg)
{
	struct hvcrash_chunk *c = channel_chunk(reg);
	struct hvcrash_channel *ch = hvcrash_chunk_records(c);
	unsigned long irq;
	u32 used, i;

	raw_spin_lock_irqsave(&reg->lock, irq);
	used = (c->bytes_used - sizeof(*c)) / sizeof(*ch);
	for (i = 0; i < used; i++)
		WRITE_ONCE(ch[i].state, HVCRASH_EMPTY);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
}
