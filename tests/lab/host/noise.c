// SPDX-License-Identifier: GPL-2.0-only
/*
 * noise.c - makes the host keep writing into every page that it holds
 *
 * A real host may do that until it releases a page, in ways that do not harm a
 * guest that shares the page. If the guest reused a page too early, the host's
 * mark shows up in it.
 */
#include "vmbus.h"
#include "device.h"

static u64 count, due;

void noise_init(void)
{
	count = due = 0;
}

static void mark_gpa(u64 page, u32 offset)
{
	u8 *at = page ? platform_guest(page, HV_PAGE) : NULL;

	if (at)
		put64(at + offset, count);
}

/*
 * The last SINT of each page, which no guest uses, and reserved fields. The
 * mark comes after a message's type, so that the slot still reads as empty.
 */
static void mark_overlays(u32 vp)
{
	static const struct {
		enum overlay_kind kind;
		u32 offset;
	} places[] = {
		{ OVERLAY_SIMP, 15 * 256 + 16 },
		{ OVERLAY_SIEFP, 15 * 256 },
		{ OVERLAY_SIRBP, HV_PAGE - 8 },
		{ OVERLAY_VP_ASSIST, HV_PAGE - 8 },
	};
	u8 *at;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		at = overlay_contents(vp, places[i].kind);
		if (at)
			put64(at + places[i].offset, count);
	}
}

/* Buffers: the end of the last page, which drivers do not use */
static void mark_gpadl(const struct gpadl *g)
{
	struct channel *c = channel_of(g->relid);
	u8 *at;

	if (g->raw || g->is_ring)
		return;
	if (c && c->open && c->device->noise && c->device->noise(c, g, count))
		return;
	at = ledger_page(g, g->pages - 1);
	if (at)
		put64(at + HV_PAGE - 8, count);
}

u64 noise_run(u64 now)
{
	struct channel *c;

	if (!options.noise)
		return HV_NEVER;
	if (due > now)
		return due;
	count++;
	due = now + (options.noise_ms + !options.noise_ms) * HV_MILLISECOND;
	for (u32 vp = 0; vp < host.vps; vp++)
		mark_overlays(vp);
	mark_gpa(vmbus.monitor[0], HV_PAGE - 8);
	mark_gpa(vmbus.monitor[1], HV_PAGE - 8);
	mark_gpa(vmbus.interrupt_page, HV_PAGE - 8);
	for (c = vmbus.channel; c < vmbus.channel + MAX_CHANNELS; c++)
		if (c->open)
			ring_noise(c, count);
	for (struct gpadl *g = vmbus.gpadls; g; g = g->next)
		mark_gpadl(g);
	return due;
}
