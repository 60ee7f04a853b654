// SPDX-License-Identifier: GPL-2.0-only
/*
 * dev_balloon.c - dynamic memory: the host takes pages, returns them, adds more
 *
 * The protocol is that of Linux's drivers/hv/hv_balloon.c: struct dm_header and
 * the structures after it. Every version and every capability is accepted. The
 * current values of the options "balloon-mib" and "hot-add" determine what the
 * guest is asked for, one request at a time; it may give less, and is not asked
 * twice.
 *
 * Pages in the balloon belong to the host and are not shared: they are in no
 * ledger. The host writes into them, as one that gave them to another guest
 * would, and keeps them when the driver is unloaded.
 */
#include "device.h"
#include "vmbus.h"

enum {
	DM_VERSION_REQUEST = 1,
	DM_VERSION_RESPONSE = 2,
	DM_CAPABILITIES_REPORT = 3,
	DM_CAPABILITIES_RESPONSE = 4,
	DM_BALLOON_REQUEST = 6,
	DM_BALLOON_RESPONSE = 7,
	DM_UNBALLOON_REQUEST = 8,
	DM_UNBALLOON_RESPONSE = 9,
	DM_HOT_ADD_REQUEST = 10,
	DM_HOT_ADD_RESPONSE = 11,
};

#define DM_HEADER 8
#define PAGES_OF_MIB 256

/* A range of pages: 40 bits of first page, 24 bits of count */
#define RANGE_PAGE(range) ((range) & ((1ull << 40) - 1))
#define RANGE_COUNT(range) ((u32)((range) >> 40))
#define RANGE(page, count) ((page) | (u64)(count) << 40)

#define RANGES_IN_A_MESSAGE 64

struct balloon {
	bool ready; /* it has sent its capabilities */
	bool asked; /* it has a request to answer */
	u32 number;
	u64 due;
};

static void put16(u8 *at, u32 value)
{
	at[0] = (u8)value;
	at[1] = (u8)(value >> 8);
}

static bool request(struct channel *c, u32 type, u8 *m, u32 bytes)
{
	struct balloon *b = c->state;

	put16(m, type);
	put16(m + 2, bytes);
	put32(m + 4, ++b->number);
	return ring_send_payload(c, m, bytes);
}

static void take_range(u64 range)
{
	u64 page = RANGE_PAGE(range);
	u32 count = RANGE_COUNT(range);

	if (vmbus.balloon.nr == MAX_BALLOON_RANGES || !count ||
	    !platform_beneath(page * HV_PAGE, HV_PAGE) ||
	    !platform_beneath((page + count - 1) * HV_PAGE, HV_PAGE)) {
		violation("balloon: %u pages from %#llx cannot be taken", count,
			  (unsigned long long)(page * HV_PAGE));
		return;
	}
	vmbus.balloon.held[vmbus.balloon.nr++] = range;
	vmbus.balloon.pages += count;
}

static void take_pages(struct balloon *b, const struct packet *p)
{
	u32 words, n;

	if (p->bytes < DM_HEADER + 8)
		return;
	words = get32(p->payload + DM_HEADER + 4);
	n = words >> 1;
	if (n > (p->bytes - DM_HEADER - 8) / 8) {
		violation("balloon: %u ranges in %u bytes", n, p->bytes);
		n = 0;
	}
	for (u32 i = 0; i < n; i++)
		take_range(get64(p->payload + DM_HEADER + 8 + 8 * i));
	if (words & 1) /* more follow */
		return;
	b->asked = false;
	say("balloon: %llu pages are now the host's",
	    (unsigned long long)vmbus.balloon.pages);
}

static void greet(struct channel *c, const struct packet *p, u32 type)
{
	u8 answer[16] = { 0 };

	put32(answer, (type + 1) | sizeof(answer) << 16);
	put32(answer + 4, get32(p->payload + 4));
	answer[8] = 1;
	ring_send_payload(c, answer, sizeof(answer));
}

static void balloon_packet(struct channel *c, const struct packet *p)
{
	struct balloon *b = c->state;
	u32 type;

	if (p->type != PACKET_INBAND || p->bytes < DM_HEADER)
		return;
	type = get16(p->payload);
	switch (type) {
	case DM_VERSION_REQUEST:
		greet(c, p, type);
		break;
	case DM_CAPABILITIES_REPORT:
		greet(c, p, type);
		b->ready = true;
		break;
	case DM_BALLOON_RESPONSE:
		take_pages(b, p);
		break;
	case DM_UNBALLOON_RESPONSE:
		b->asked = false;
		say("balloon: %llu pages are still the host's",
		    (unsigned long long)vmbus.balloon.pages);
		break;
	case DM_HOT_ADD_RESPONSE:
		b->asked = false;
		vmbus.balloon.added = p->bytes >= DM_HEADER + 8 &&
				      get32(p->payload + DM_HEADER + 4) == 1;
		say("balloon: memory was %s",
		    vmbus.balloon.added ? "added" : "not added");
		break;
	}
}

static void ask_for_pages(struct channel *c, u64 pages)
{
	u8 m[16] = { 0 };
	struct balloon *b = c->state;

	put32(m + DM_HEADER, (u32)pages);
	b->asked = request(c, DM_BALLOON_REQUEST, m, sizeof(m));
}

/* The most recent first; several messages in one if the guest accepts that */
static void give_back(struct channel *c, u64 pages)
{
	u8 m[DM_HEADER + 8 + 8 * RANGES_IN_A_MESSAGE] = { 0 };
	struct balloon *b = c->state;
	u64 range, left = pages;
	u32 nr = vmbus.balloon.nr, n = 0, count;
	u64 rest = 0;

	while (left && nr && n < RANGES_IN_A_MESSAGE) {
		range = vmbus.balloon.held[--nr];
		count = (u32)earlier(left, RANGE_COUNT(range));
		if (count < RANGE_COUNT(range))
			rest = RANGE(RANGE_PAGE(range),
				     RANGE_COUNT(range) - count);
		put64(m + DM_HEADER + 8 + 8 * n++,
		      RANGE(RANGE_PAGE(range) + RANGE_COUNT(range) - count,
			    count));
		left -= count;
	}
	put32(m + DM_HEADER, left && nr);
	put32(m + DM_HEADER + 4, n);
	if (!request(c, DM_UNBALLOON_REQUEST, m, DM_HEADER + 8 + 8 * n))
		return;
	vmbus.balloon.nr = nr;
	if (rest)
		vmbus.balloon.held[vmbus.balloon.nr++] = rest;
	vmbus.balloon.pages -= pages - left;
	b->asked = !(left && nr);
}

static void add_memory(struct channel *c)
{
	u8 m[16] = { 0 };
	struct balloon *b = c->state;

	put64(m + DM_HEADER, RANGE(hv_memory_to_come() / HV_PAGE,
				   HV_MEMORY_TO_COME / HV_PAGE));
	b->asked = vmbus.balloon.asked_to_add =
		request(c, DM_HOT_ADD_REQUEST, m, sizeof(m));
}

static void write_into(void)
{
	u64 range, *at;

	if (!options.noise || !vmbus.balloon.nr)
		return;
	range = vmbus.balloon.held[++vmbus.balloon.mark % vmbus.balloon.nr];
	at = platform_beneath(
		(RANGE_PAGE(range) +
		 vmbus.balloon.mark / vmbus.balloon.nr % RANGE_COUNT(range)) *
			HV_PAGE,
		sizeof(*at));
	if (at)
		*(volatile u64 *)at = vmbus.balloon.mark;
}

static u64 balloon_run(struct channel *c, u64 now)
{
	struct balloon *b = c->state;
	u64 want = options.balloon_mib * PAGES_OF_MIB;

	if (b->due > now)
		return b->due;
	b->due = now + options.noise_ms * HV_MILLISECOND;
	write_into();
	if (!b->ready || b->asked)
		return b->due;
	if (options.hot_add && hv_memory_to_come() &&
	    !vmbus.balloon.asked_to_add) {
		add_memory(c);
	} else if (want < vmbus.balloon.pages) {
		vmbus.balloon.target = want;
		give_back(c, vmbus.balloon.pages - want);
	} else if (want != vmbus.balloon.target) {
		vmbus.balloon.target = want;
		ask_for_pages(c, want - vmbus.balloon.pages);
	}
	return b->due;
}

const struct device balloon_device = {
	.name = "balloon",
	.type = GUID(0x525074dc, 0x8985, 0x46e2, 0x80, 0x57, 0xa3, 0x07, 0xdc,
		     0x18, 0xa5, 0x02),
	.flags = CHANNEL_ENUMERATE,
	.state_bytes = sizeof(struct balloon),
	.packet = balloon_packet,
	.run = balloon_run,
};
