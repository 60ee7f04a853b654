// SPDX-License-Identifier: GPL-2.0-only
/*
 * dev_net.c - a network adapter, up to a ping
 *
 * NVSP as in Linux's drivers/net/hyperv/netvsc.c and hyperv_net.h, up to
 * version 5: the guest shares a receive and a send buffer, megabytes of pages
 * that the host holds until they are torn down or the channel is released, and
 * may ask for more channels.
 */
#include "device.h"
#include "dev_net.h"

enum {
	NVSP_INIT = 1,
	NVSP_INIT_COMPLETE = 2,
	NVSP_NDIS_VERSION = 100,
	NVSP_RECEIVE_BUFFER = 101,
	NVSP_RECEIVE_BUFFER_COMPLETE = 102,
	NVSP_REVOKE_RECEIVE_BUFFER = 103,
	NVSP_SEND_BUFFER = 104,
	NVSP_SEND_BUFFER_COMPLETE = 105,
	NVSP_REVOKE_SEND_BUFFER = 106,
	NVSP_RNDIS = 107,
	NVSP_RNDIS_COMPLETE = 108,
	NVSP_NDIS_CONFIG = 125,
	NVSP_SUBCHANNELS = 133,
};

#define NVSP_BYTES 40
#define NVSP_SUCCESS 1
#define NVSP_FAIL 2
#define NVSP_NEWEST 0x50000

/* Not a divisor of a page's size, so the end of a buffer is unused. */
#define SEND_SECTION 6136u
#define NO_SECTION UINT32_MAX
#define RECEIVE_BUFFER_ID 0xcafe

/* The most that a guest may send at once; only the beginning is examined */
#define MAX_MESSAGE (NET_SECTION * 4)

#define NOISE_PAGES 64

static struct channel *primary_of(const struct channel *c)
{
	struct channel *p = vmbus.channel;

	for (; p < vmbus.channel + MAX_CHANNELS; p++)
		if (p->relid && p->device == c->device && !p->sub_channel)
			return p;
	return NULL;
}

struct net *net_of(const struct channel *c)
{
	struct channel *p = primary_of(c);

	return p && p->open ? p->state : NULL;
}

static const struct gpadl *buffer(const struct channel *c, u32 id)
{
	const struct channel *p = primary_of(c);
	const struct gpadl *g = p && id ? ledger_find(p->relid, id) : NULL;

	return g && !g->raw && !g->is_ring ? g : NULL;
}

/* Copies between own and a buffer at an offset; false: not all of it exists */
static bool buffer_copy(const struct gpadl *g, u64 offset, u8 *own, u32 bytes,
			bool to_guest)
{
	u32 part;
	u8 *page;

	for (; bytes; bytes -= part, own += part, offset += part) {
		part = (u32)earlier(bytes, HV_PAGE - offset % HV_PAGE);
		page = offset / HV_PAGE < g->pages ?
			       ledger_page(g, (u32)(offset / HV_PAGE)) :
			       NULL;
		if (!page)
			return false;
		if (to_guest)
			memcpy(page + offset % HV_PAGE, own, part);
		else
			memcpy(own, page + offset % HV_PAGE, part);
	}
	return true;
}

static u32 free_section(struct net *net)
{
	u32 section;

	for (u32 i = 0; i < net->sections; i++) {
		section = (net->next_section + i) % net->sections;
		if (net->in_flight[section])
			continue;
		net->next_section = (section + 1) % net->sections;
		return section;
	}
	return NO_SECTION;
}

/*
 * Sends one range of the receive buffer, which the guest returns by a
 * completion.
 */
bool net_send(struct channel *c, bool data, const u8 *m, u32 bytes)
{
	u8 nvsp[NVSP_BYTES] = { NVSP_RNDIS }, head[16] = { 0 };
	struct net *net = net_of(c);
	const struct gpadl *g = net ? buffer(c, net->receive_gpadl) : NULL;
	u32 section =
		g && bytes <= NET_SECTION ? free_section(net) : NO_SECTION;

	if (section == NO_SECTION ||
	    !buffer_copy(g, (u64)section * NET_SECTION, (u8 *)(uintptr_t)m,
			 bytes, true)) {
		if (net)
			net->dropped++;
		return false;
	}
	put32(nvsp + 4, data ? 0 : 1);
	put32(nvsp + 8, NO_SECTION);
	put32(head, RECEIVE_BUFFER_ID);
	put32(head + 4, 1);
	put32(head + 8, bytes);
	put32(head + 12, section * NET_SECTION);
	net->in_flight[section] = 1;
	if (ring_send(c, &(struct packet){ .type = PACKET_TRANSFER_PAGES,
					   .flags = PACKET_WANTS_COMPLETION,
					   .transaction = section + 1,
					   .head = head,
					   .head_bytes = sizeof(head),
					   .payload = nvsp,
					   .bytes = sizeof(nvsp) }))
		return true;
	net->in_flight[section] = 0;
	net->dropped++;
	return false;
}

static void complete(struct channel *c, const struct packet *p, u32 type,
		     const u32 *words, u32 n)
{
	u8 m[NVSP_BYTES] = { 0 };

	if (!(p->flags & PACKET_WANTS_COMPLETION))
		return;
	put32(m, type);
	for (u32 i = 0; i < n; i++)
		put32(m + 4 + 4 * i, words[i]);
	ring_complete(c, p->transaction, m, sizeof(m));
}
#define COMPLETE(c, p, type, ...)                                 \
	do {                                                      \
		const u32 words_[] = { __VA_ARGS__ };             \
		complete(c, p, type, words_, ARRAY_SIZE(words_)); \
	} while (0)

static void init(struct channel *c, const struct packet *p, struct net *net)
{
	u32 version = get32(p->payload + 8);
	bool known = version <= NVSP_NEWEST;

	if (known)
		net->version = version;
	COMPLETE(c, p, NVSP_INIT_COMPLETE, version, 34,
		 known ? NVSP_SUCCESS : NVSP_FAIL);
}

static void receive_buffer(struct channel *c, const struct packet *p,
			   struct net *net)
{
	const struct gpadl *g = buffer(c, get32(p->payload + 4));
	u64 sections = g ? g->pages * HV_PAGE / NET_SECTION : 0;

	if (!sections) {
		violation("net: an invalid receive buffer: GPADL %#x",
			  get32(p->payload + 4));
		COMPLETE(c, p, NVSP_RECEIVE_BUFFER_COMPLETE, NVSP_FAIL);
		return;
	}
	net->receive_gpadl = g->id;
	net->sections = (u32)earlier(sections, NET_SECTIONS);
	memset(net->in_flight, 0, sizeof(net->in_flight));
	COMPLETE(c, p, NVSP_RECEIVE_BUFFER_COMPLETE, NVSP_SUCCESS, 1, 0,
		 NET_SECTION, (u32)sections, (u32)sections * NET_SECTION);
}

static void send_buffer(struct channel *c, const struct packet *p,
			struct net *net)
{
	const struct gpadl *g = buffer(c, get32(p->payload + 4));

	if (!g) {
		violation("net: an invalid send buffer: GPADL %#x",
			  get32(p->payload + 4));
		COMPLETE(c, p, NVSP_SEND_BUFFER_COMPLETE, NVSP_FAIL);
		return;
	}
	net->send_gpadl = g->id;
	COMPLETE(c, p, NVSP_SEND_BUFFER_COMPLETE, NVSP_SUCCESS, SEND_SECTION);
}

/* The offers follow the answer, as the driver expects. */
static void subchannels(struct channel *c, const struct packet *p)
{
	u32 wanted = get32(p->payload + 8);
	u32 n = (u32)earlier(wanted, options.subchannels);

	COMPLETE(c, p, NVSP_SUBCHANNELS, n ? NVSP_SUCCESS : NVSP_FAIL, n);
	channel_offer_subchannels(c, n);
}

/* From a section of the send buffer, from memory that the packet names, or the
 * beginning from the former and the rest from the latter */
static void rndis(struct channel *c, const struct packet *p, struct net *net)
{
	static u8 m[MAX_MESSAGE];
	const struct gpadl *g = buffer(c, net->send_gpadl);
	u32 section = get32(p->payload + 8), bytes = 0;

	if (section != NO_SECTION) {
		bytes = get32(p->payload + 12);
		if (!g || bytes > SEND_SECTION ||
		    !buffer_copy(g, (u64)section * SEND_SECTION, m, bytes,
				 false)) {
			violation(
				"net: section %u of the send buffer does not exist",
				section);
			bytes = 0;
		}
	}
	bytes += packet_read(p, 0, m + bytes, sizeof(m) - bytes);
	COMPLETE(c, p, NVSP_RNDIS_COMPLETE, NVSP_SUCCESS);
	net_rndis(c, m, bytes);
}

/* Only the first channel of a device negotiates. */
static void control(struct channel *c, const struct packet *p, struct net *net)
{
	switch (get32(p->payload)) {
	case NVSP_INIT:
		init(c, p, net);
		break;
	case NVSP_RECEIVE_BUFFER:
		receive_buffer(c, p, net);
		break;
	case NVSP_REVOKE_RECEIVE_BUFFER:
		net->receive_gpadl = net->sections = 0;
		break;
	case NVSP_SEND_BUFFER:
		send_buffer(c, p, net);
		break;
	case NVSP_REVOKE_SEND_BUFFER:
		net->send_gpadl = 0;
		break;
	case NVSP_SUBCHANNELS:
		subchannels(c, p);
		break;
	}
}

static void net_packet(struct channel *c, const struct packet *p)
{
	struct net *net = net_of(c);

	if (!net)
		return;
	if (p->type == PACKET_COMPLETION) {
		if (p->transaction && p->transaction <= NET_SECTIONS)
			net->in_flight[p->transaction - 1] = 0;
		return;
	}
	if (p->bytes < 16)
		return;
	if (get32(p->payload) == NVSP_RNDIS)
		rndis(c, p, net);
	else if (!c->sub_channel)
		control(c, p, net);
}

/*
 * A section in flight belongs to the guest until it returns it; the rest of the
 * receive buffer is the host's. Some pages each time, to keep the call short.
 */
static bool net_noise(struct channel *c, const struct gpadl *g, u64 mark)
{
	struct net *net = net_of(c);
	u32 page, section;
	u8 *at;

	if (!net || g->id != net->receive_gpadl)
		return false;
	for (u32 i = 0; i < NOISE_PAGES && i < g->pages; i++) {
		page = net->noise_page++ % g->pages;
		section = page * (u32)(HV_PAGE / NET_SECTION) + 1;
		at = section < NET_SECTIONS && net->in_flight[section] ?
			     NULL :
			     ledger_page(g, page);
		if (at)
			put64(at + HV_PAGE - 8, mark);
	}
	return true;
}

const struct device net_device = {
	.name = "netvsc",
	.type = GUID(0xf8615163, 0xdf3e, 0x46c5, 0x91, 0x3f, 0xf2, 0xd2, 0xf9,
		     0x65, 0xed, 0x0e),
	.flags = CHANNEL_ENUMERATE,
	.state_bytes = sizeof(struct net),
	.packet = net_packet,
	.noise = net_noise,
};
