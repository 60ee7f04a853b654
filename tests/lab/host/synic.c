// SPDX-License-Identifier: GPL-2.0-only
/*
 * synic.c - the synthetic interrupt controller (TLFS, "Virtual Interrupt
 * Controller")
 *
 * Messages wait in a queue of their SINT until its slot is free; events are
 * bits. The guest accesses both pages at the same time, so each access that may
 * race is atomic.
 */
#include "core.h"

#define SCONTROL_ON 1
#define SINT_MASKED (1ull << 16)
#define SINT_POLLING (1ull << 18)
#define SINT_VECTOR 0xffull
#define SINT_RESET SINT_MASKED

#define MESSAGE_PENDING 1
#define EVENT_FLAGS 2048

/* A message slot (TLFS, "HV_MESSAGE") */
struct slot {
	u32 type;
	u8 size, flags;
	u16 reserved;
	u64 origin;
	u8 payload[MESSAGE_BYTES];
};

_Static_assert(sizeof(struct slot) == 256, "16 slots a page");

static void raise_sint(struct vp *vp, u32 sint)
{
	u64 value = vp->sint[sint];

	if (!(value & (SINT_MASKED | SINT_POLLING)))
		platform_interrupt(vp_number(vp), value & SINT_VECTOR);
}

static void empty(struct queue *queue)
{
	struct queued *first;

	while ((first = queue->first)) {
		queue->first = first->next;
		if (first->timer)
			first->timer->queued = false;
		platform_free(first);
	}
	queue->last = &queue->first;
	queue->length = 0;
}

void synic_reset_vp(struct vp *vp)
{
	vp->scontrol = 0;
	for (u32 sint = 0; sint < HV_SINTS; sint++) {
		vp->sint[sint] = SINT_RESET;
		empty(&vp->queue[sint]);
	}
}

static void fill(struct slot *slot, const struct queued *m, bool more)
{
	slot->size = (u8)m->size;
	slot->flags = more ? MESSAGE_PENDING : 0;
	slot->reserved = 0;
	slot->origin = 0;
	memcpy(slot->payload, m->payload, m->size);
	__atomic_store_n(&slot->type, m->type, __ATOMIC_SEQ_CST);
}

/*
 * Delivers the first message of a queue if its slot is free. Otherwise the
 * message in the slot gets the flag that tells the guest to write EOM. The
 * guest may have freed the slot in between without seeing the flag, so the slot
 * is checked once more.
 */
static void deliver(struct vp *vp, u32 sint)
{
	struct queue *queue = &vp->queue[sint];
	struct queued *first = queue->first;
	struct slot *slot;

	if (!first || !(vp->scontrol & SCONTROL_ON) ||
	    (vp->sint[sint] & SINT_MASKED))
		return;
	slot = (struct slot *)overlay_contents(vp_number(vp), OVERLAY_SIMP);
	if (!slot)
		return;
	slot += sint;
	if (__atomic_load_n(&slot->type, __ATOMIC_SEQ_CST)) {
		__atomic_fetch_or(&slot->flags, MESSAGE_PENDING,
				  __ATOMIC_SEQ_CST);
		if (__atomic_load_n(&slot->type, __ATOMIC_SEQ_CST))
			return;
	}
	queue->first = first->next;
	if (!queue->first)
		queue->last = &queue->first;
	queue->length--;
	if (first->timer)
		first->timer->queued = false;
	fill(slot, first, queue->first);
	platform_free(first);
	raise_sint(vp, sint);
}

/* On EOM, or after a change of a register */
void synic_scan(struct vp *vp)
{
	for (u32 sint = 0; sint < HV_SINTS; sint++)
		deliver(vp, sint);
}

/* False: there is no room for it. */
bool synic_post(struct vp *vp, u32 sint, u32 type, const void *payload,
		u32 bytes, struct timer *timer)
{
	struct queue *queue = &vp->queue[sint];
	struct queued *m = NULL;

	if (bytes <= MESSAGE_BYTES && queue->length < MAX_QUEUED)
		m = platform_alloc(sizeof(*m));
	if (!m) {
		if (!host.messages_dropped++)
			say("VP %u: the first dropped message", vp_number(vp));
		return false;
	}
	m->timer = timer;
	m->type = type;
	m->size = bytes;
	memcpy(m->payload, payload, bytes);
	if (timer)
		timer->queued = true;
	*queue->last = m;
	queue->last = &m->next;
	queue->length++;
	deliver(vp, sint);
	return true;
}

void synic_signal(struct vp *vp, u32 sint, u32 flag)
{
	u32 *flags = (u32 *)overlay_contents(vp_number(vp), OVERLAY_SIEFP);
	u32 bit = 1u << flag % 32;

	if (!flags || flag >= EVENT_FLAGS || !(vp->scontrol & SCONTROL_ON) ||
	    (vp->sint[sint] & SINT_MASKED)) {
		host.events_dropped++;
		return;
	}
	flags += sint * EVENT_FLAGS / 32 + flag / 32;
	if (!(__atomic_fetch_or(flags, bit, __ATOMIC_SEQ_CST) & bit))
		raise_sint(vp, sint);
}

/* Refuses vectors below 16 in an unmasked SINT (TLFS,
 * "SINTx Registers"). */
bool synic_write_sint(struct vp *vp, u32 sint, u64 value)
{
	if ((value & SINT_VECTOR) < 16 && !(value & SINT_MASKED))
		return false;
	vp->sint[sint] = value;
	synic_scan(vp);
	return true;
}
