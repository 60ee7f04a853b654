// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_under_way.c - [NMI] messages to the host that a panic cut short
 *
 * Called in the crash path by the one CPU that panics, when all others have
 * stopped. A tracepoint of hv_vmbus fires after its message was posted, and after a
 * panic in between the host has pages that the registry does not name. hv_vmbus
 * itself keeps the message on its list, vmbus_connection.chn_msg_list, from before
 * it is posted until its answer has been processed (drivers/hv/channel.c, connection.c).
 * Whatever is on that list but not in the registry is a gap.
 *
 * A message that is on the list but was not posted yet looks the same: then the
 * audit cannot tell, although nothing was shared.
 *
 * Invariant: nothing on the list is trusted. Each address is read by a function
 * that survives a fault, and only if the kernel has memory there; the
 * walk has a bound. A list that cannot be read to its end is a gap, too.
 *
 * Leaves out: publishing the pages. That would take the registry's lock,
 * which a stopped CPU may hold; UNLOAD revokes them with all others.
 */
#include <linux/compiler.h>
#include <linux/hyperv.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include "hvcrash.h"
#include "vmbus_gpadl.h"
#include "vmbus_layout.h"
#include "vmbus_pages.h"
#include "vmbus_under_way.h"

/* A thread has one at a time: so many threads create GPADLs or open channels at once */
#define MAX_MESSAGES 256
#define MAX_GPADLS 64

/* hv_vmbus's list, while it is loaded; NULL if unknown */
static const struct list_head *messages;

/**
 * struct under_way - GPADLs on the list
 * @nr: number of GPADLs
 * @gpadl: handle of each
 * @pages: number of pages of each, by its header
 * @listed: how many pages of each the registry names
 * @unknown: other things that the registry does not name
 */
struct under_way {
	u32 nr;
	u32 gpadl[MAX_GPADLS];
	u64 pages[MAX_GPADLS];
	u64 listed[MAX_GPADLS];
	u32 unknown;
};

/* Not 0 if the read faults. Members are packed, so they have no pointer of their type */
#define peek(ret, member) \
	copy_from_kernel_nofault(&(ret), &(member), sizeof(ret))

static bool is_readable(const void *p)
{
	return (uintptr_t)p % sizeof(void *) == 0 && virt_addr_valid(p);
}

/* Returns false if the message cannot be read */
static bool take_gpadl(struct under_way *w,
		       const struct vmbus_channel_msginfo *info)
{
	const struct vmbus_channel_gpadl_header *h = (const void *)info->msg;
	u32 gpadl, offset, bytes, refused;

	if (peek(refused, info->response.gpadl_created.creation_status) ||
	    peek(gpadl, h->gpadl) || peek(bytes, h->range[0].byte_count) ||
	    peek(offset, h->range[0].byte_offset) || w->nr == MAX_GPADLS)
		return false;
	if (refused)
		return true;
	w->gpadl[w->nr] = gpadl;
	w->pages[w->nr] = hvcrash_vmbus_gpadl_pages(offset, bytes);
	w->listed[w->nr++] = 0;
	return true;
}

/* Likewise */
static bool take_contact(struct under_way *w,
			 const struct vmbus_channel_msginfo *info)
{
	const struct vmbus_channel_initiate_contact *c =
		(const void *)info->msg;
	u32 version;

	if (peek(version, c->vmbus_version_requested))
		return false;
	if (version != READ_ONCE(hvcrash_registry.header->vmbus_version))
		w->unknown++;
	return true;
}

/* Likewise */
static bool take_message(struct under_way *w, const struct list_head *entry)
{
	const struct vmbus_channel_msginfo *info =
		container_of(entry, struct vmbus_channel_msginfo, msglistentry);
	const struct vmbus_channel_message_header *h = (const void *)info->msg;
	u32 type;

	if (peek(type, h->msgtype))
		return false;
	if (type == CHANNELMSG_GPADL_HEADER)
		return take_gpadl(w, info);
	if (type == CHANNELMSG_INITIATE_CONTACT)
		return take_contact(w, info);
	return true;
}

/* Returns false if the end of the list cannot be reached */
static bool walk_list(struct under_way *w, const struct list_head *head)
{
	struct list_head *at;
	u32 i;

	if (peek(at, head->next))
		return false;
	for (i = 0; i < MAX_MESSAGES && at != head; i++)
		if (!is_readable(at) || !take_message(w, at) ||
		    peek(at, at->next))
			return false;
	return at == head;
}

static bool count_listed(struct hvcrash_extent *e, void *ctx)
{
	struct under_way *w = ctx;
	u32 i;

	/* LMM(read:A) of registry.c */
	if (smp_load_acquire(&e->state) != HVCRASH_SHARED ||
	    e->kind != HVCRASH_KIND_GPADL)
		return true;
	for (i = 0; i < w->nr; i++)
		if (w->gpadl[i] == e->gpadl)
			w->listed[i] += e->pages;
	return true;
}

static u32 count_unknown(const struct list_head *head)
{
	/* Only the panicking CPU uses this */
	static struct under_way w;
	u32 i;

	w.nr = 0;
	w.unknown = 0;
	if (!walk_list(&w, head))
		w.unknown++;
	if (w.nr)
		hvcrash_registry_for_each(&hvcrash_registry, count_listed, &w);
	for (i = 0; i < w.nr; i++)
		if (w.listed[i] < w.pages[i])
			w.unknown++;
	return w.unknown;
}

/**
 * hvcrash_vmbus_learn_messages - find hv_vmbus's list of messages, when it is up
 *
 * Context: process, may sleep.
 */
void hvcrash_vmbus_learn_messages(void)
{
	WRITE_ONCE(messages, hvcrash_vmbus_message_list());
}

/**
 * hvcrash_vmbus_forget_messages - forget the list: hv_vmbus is being unloaded
 *
 * Context: process.
 */
void hvcrash_vmbus_forget_messages(void)
{
	WRITE_ONCE(messages, NULL);
}

/**
 * hvcrash_vmbus_note_under_way - record gaps for messages that the panic cut short
 *
 * Context: crash path, panicking CPU, before the states of VMBus's pages change.
 */
void hvcrash_vmbus_note_under_way(void)
{
	struct hvcrash_header *h = hvcrash_registry.header;
	const struct list_head *head = READ_ONCE(messages);
	/* Without the list, only what our own probes still wait for is known */
	u32 unknown = head ? count_unknown(head) : hvcrash_gpadl_incomplete();

	if (!unknown)
		return;
	h->coverage |= HVCRASH_GAP_UNDER_WAY;
	h->untracked += unknown;
}
