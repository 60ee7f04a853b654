// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_gpadl.c - GPADLs from their first message to their last
 *
 * Called by vmbus.c in the living kernel. A GPADL consists of a header message, as many
 * body messages as its list of pages needs, and an answer. The thread that posts them
 * hits a tracepoint after each post, and the answer is handled on another CPU: the
 * host has all it needs at the last post, so the answer may be seen before the
 * last body, or before the header if there is no body.
 *
 * Invariant: whatever the order, in the end the registry has all pages
 * of a GPADL that the host accepted, and none of one that it refused or released.
 * So publishing first adds the pages and then checks whether the GPADL is
 * still wanted; ending a GPADL first marks it here and then retires its
 * pages. Whichever comes second sees the other. No lock is held around both.
 *
 * A GPADL has a slot here until its answer and all of its pages have been seen.
 *
 * Leaves out: which messages there are (vmbus.c), and those whose tracepoint a
 * panic prevented (vmbus_under_way.c).
 */
#include <linux/compiler.h>
#include <linux/spinlock.h>
#include "hvcrash.h"
#include "vmbus_gpadl.h"
#include "vmbus_pages.h"

/* GPADLs at the same time; each takes milliseconds, and a CPU makes one at a time */
#define MAX_SLOTS 128

enum answer {
	NO_ANSWER,
	ACCEPTED,
	REFUSED,
};

/**
 * struct slot - a GPADL that is being created
 * @is_used: the other members are valid
 * @gpadl: handle
 * @relid: channel
 * @pages: total number of pages, 0 until the header is seen
 * @named: number of pages published so far
 * @answer: the host's
 */
struct slot {
	bool is_used;
	u32 gpadl;
	u32 relid;
	u32 pages;
	u32 named;
	enum answer answer;
};

static struct slot slots[MAX_SLOTS];
static DEFINE_RAW_SPINLOCK(slots_lock);

static struct hvcrash_owner owner_of(u32 gpadl)
{
	return (struct hvcrash_owner){ .kind = HVCRASH_KIND_GPADL,
				       .gpadl = gpadl };
}

static void retire(u32 gpadl, u16 evidence)
{
	const struct hvcrash_owner owner = owner_of(gpadl);

	hvcrash_registry_retire(&hvcrash_registry, &owner, evidence);
}

/* Under slots_lock */
static struct slot *find(u32 gpadl)
{
	struct slot *s;

	for (s = slots; s < slots + MAX_SLOTS; s++)
		if (s->is_used && s->gpadl == gpadl)
			return s;
	return NULL;
}

/*
 * A free slot, or else one that waits for a header. Such a header was posted
 * before our probes were attached, or its message failed, and it may never come.
 * Under slots_lock.
 */
static struct slot *take(u32 gpadl)
{
	struct slot *s, *found = NULL;

	for (s = slots; s < slots + MAX_SLOTS; s++) {
		if (!s->is_used) {
			found = s;
			break;
		}
		/* Handles are counted up: the oldest */
		if (!s->pages && (!found || (s32)(s->gpadl - found->gpadl) < 0))
			found = s;
	}
	if (found)
		*found = (struct slot){ .is_used = true, .gpadl = gpadl };
	return found;
}

static struct slot *find_or_take(u32 gpadl)
{
	struct slot *s = find(gpadl);

	return s ? s : take(gpadl);
}

static bool is_complete(const struct slot *s)
{
	return s->pages && s->named == s->pages;
}

/* Number of pages of @gpadl not named yet, at most @fit, and its channel */
static u32 expect(u32 gpadl, u32 fit, u32 *ret_relid)
{
	unsigned long irq;
	struct slot *s;
	u32 n = 0;

	raw_spin_lock_irqsave(&slots_lock, irq);
	s = find(gpadl);
	if (s) {
		n = min(s->pages - s->named, fit);
		*ret_relid = s->relid;
	}
	raw_spin_unlock_irqrestore(&slots_lock, irq);
	return n;
}

/* @n pages of @gpadl have been published: are they still wanted? */
static void settle(u32 gpadl, u32 n)
{
	const struct hvcrash_owner owner = owner_of(gpadl);
	bool is_gone, is_proven = false;
	unsigned long irq;
	struct slot *s;

	raw_spin_lock_irqsave(&slots_lock, irq);
	s = find(gpadl);
	/* It was torn down, or its channel released, in between */
	is_gone = !s || s->answer == REFUSED;
	if (s) {
		s->named += n;
		is_proven = is_complete(s) && s->answer == ACCEPTED;
		if (is_complete(s) && s->answer != NO_ANSWER)
			s->is_used = false;
	}
	raw_spin_unlock_irqrestore(&slots_lock, irq);
	if (is_gone)
		retire(gpadl, HVCRASH_EV_NONE);
	else if (is_proven)
		hvcrash_registry_prove(&hvcrash_registry, &owner,
				       HVCRASH_EV_GPADL_CREATED);
}

/**
 * hvcrash_gpadl_header - a header message was posted
 * @relid: channel
 * @gpadl: handle
 * @pages: number of pages of the whole GPADL, not 0
 * @hv_pfn: the page numbers in the header
 * @fit: number of pages that fit into the header
 *
 * Context: any but NMI.
 */
void hvcrash_gpadl_header(u32 relid, u32 gpadl, u32 pages, const u64 *hv_pfn,
			  u32 fit)
{
	const struct hvcrash_owner owner = { .kind = HVCRASH_KIND_GPADL,
					     .gpadl = gpadl,
					     .relid = relid };
	u32 n = min(pages, fit);
	unsigned long irq;
	struct slot *s;

	raw_spin_lock_irqsave(&slots_lock, irq);
	s = find_or_take(gpadl);
	if (s) {
		s->relid = relid;
		s->pages = pages;
		s->named = 0;
	}
	raw_spin_unlock_irqrestore(&slots_lock, irq);
	hvcrash_vmbus_publish_pfns(relid, gpadl, hv_pfn, n);
	if (s)
		settle(gpadl, n);
	else if (n < pages)
		hvcrash_registry_gap_of(&hvcrash_registry, &owner,
					HVCRASH_GAP_DROPPED, 1);
}

/**
 * hvcrash_gpadl_body - a body message was posted
 * @gpadl: handle
 * @hv_pfn: the page numbers in the body
 * @fit: number of pages that fit into a body
 *
 * A body identifies its GPADL, but does not say how many pages it names; each message is
 * filled before the next one begins (create_gpadl_header(), drivers/hv/channel.c).
 *
 * Context: any but NMI.
 */
void hvcrash_gpadl_body(u32 gpadl, const u64 *hv_pfn, u32 fit)
{
	u32 relid = HVCRASH_NO_RELID;
	u32 n = expect(gpadl, fit, &relid);

	if (!n)
		return;
	hvcrash_vmbus_publish_pfns(relid, gpadl, hv_pfn, n);
	settle(gpadl, n);
}

/* Returns whether there was such a slot */
static bool drop_slot(u32 gpadl)
{
	unsigned long irq;
	struct slot *s;

	raw_spin_lock_irqsave(&slots_lock, irq);
	s = find(gpadl);
	if (s)
		s->is_used = false;
	raw_spin_unlock_irqrestore(&slots_lock, irq);
	return s;
}

/**
 * hvcrash_gpadl_abandoned - a body could not be posted, and no other will be
 * @gpadl: handle
 *
 * The kernel gives up without telling the host, which keeps the part of the list that it
 * has received: those pages stay in the registry.
 *
 * Context: any but NMI.
 */
void hvcrash_gpadl_abandoned(u32 gpadl)
{
	drop_slot(gpadl);
}

/**
 * hvcrash_gpadl_answered - the host has accepted or refused a GPADL
 * @gpadl: handle
 * @is_refused: it was refused
 *
 * Context: any but NMI.
 */
void hvcrash_gpadl_answered(u32 gpadl, bool is_refused)
{
	const struct hvcrash_owner owner = owner_of(gpadl);
	unsigned long irq;
	struct slot *s;

	raw_spin_lock_irqsave(&slots_lock, irq);
	s = find_or_take(gpadl);
	if (s) {
		s->answer = is_refused ? REFUSED : ACCEPTED;
		if (is_complete(s))
			s->is_used = false;
	}
	raw_spin_unlock_irqrestore(&slots_lock, irq);
	if (is_refused)
		retire(gpadl, HVCRASH_EV_NONE);
	else
		hvcrash_registry_prove(&hvcrash_registry, &owner,
				       HVCRASH_EV_GPADL_CREATED);
}

/**
 * hvcrash_gpadl_torndown - the host has released a GPADL
 * @gpadl: handle
 *
 * Context: any but NMI.
 */
void hvcrash_gpadl_torndown(u32 gpadl)
{
	drop_slot(gpadl);
	retire(gpadl, HVCRASH_EV_GPADL_TORNDOWN);
}

static void drop_slots(u32 relid, bool all)
{
	unsigned long irq;
	struct slot *s;

	raw_spin_lock_irqsave(&slots_lock, irq);
	for (s = slots; s < slots + MAX_SLOTS; s++)
		if (s->is_used && (all || (s->pages && s->relid == relid)))
			s->is_used = false;
	raw_spin_unlock_irqrestore(&slots_lock, irq);
}

/**
 * hvcrash_gpadl_relid_released - a channel is gone, with all its GPADLs
 * @relid: the channel
 *
 * Context: any but NMI.
 */
void hvcrash_gpadl_relid_released(u32 relid)
{
	drop_slots(relid, false);
	hvcrash_registry_retire_relid(&hvcrash_registry, relid,
				      HVCRASH_EV_RELID_RELEASED);
}

/**
 * hvcrash_gpadl_forget_all - the host has released all GPADLs
 *
 * Context: any but NMI.
 */
void hvcrash_gpadl_forget_all(void)
{
	drop_slots(0, true);
	hvcrash_registry_retire_kind(&hvcrash_registry, HVCRASH_KIND_GPADL,
				     HVCRASH_EV_NONE);
}

/**
 * hvcrash_gpadl_to_come - number of pages that body messages will still name
 *
 * Context: any but NMI.
 */
u32 hvcrash_gpadl_to_come(void)
{
	const struct slot *s;
	unsigned long irq;
	u32 n = 0;

	raw_spin_lock_irqsave(&slots_lock, irq);
	for (s = slots; s < slots + MAX_SLOTS; s++)
		if (s->is_used)
			n += s->pages - s->named;
	raw_spin_unlock_irqrestore(&slots_lock, irq);
	return n;
}

/**
 * hvcrash_gpadl_incomplete - number of GPADLs of which not every page has been seen
 *
 * Context: crash path, NMI too; all others have stopped, perhaps inside this file.
 */
u32 hvcrash_gpadl_incomplete(void)
{
	const struct slot *s;
	u32 n = 0;

	for (s = slots; s < slots + MAX_SLOTS; s++)
		if (READ_ONCE(s->is_used) && !is_complete(s) &&
		    READ_ONCE(s->answer) != REFUSED)
			n++;
	return n;
}
