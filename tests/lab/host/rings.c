// SPDX-License-Identifier: GPL-2.0-only
/*
 * rings.c - packets through the rings of a channel
 *
 * A ring is a page with the indices, followed by pages with the data (struct
 * hv_ring_buffer of include/linux/hyperv.h). The guest may write anything into
 * either at any time: an index is read once, and checked; a packet is copied
 * before it is examined.
 */
#include "vmbus.h"
#include "device.h"

/* Offsets in the page of indices */
#define WRITE_INDEX 0
#define READ_INDEX 4
#define INTERRUPT_MASK 8
#define PENDING_SEND 12
#define RESERVED 16
#define FEATURE_BITS 64
#define FEATURE_PENDING_SEND 1

#define DESCRIPTOR 16
#define TRAILER 8
#define MAX_PACKET (32 * 1024)
#define NOISE_PAGES 64

static u32 *index_of(const struct ring *r, u32 offset)
{
	u8 *page = ledger_page(r->gpadl, r->first);

	return page ? (u32 *)(page + offset) : NULL;
}

/* False: the index is invalid, or the page does not exist. */
static bool read_index(const struct ring *r, u32 offset, u32 *ret_value)
{
	u32 *at = index_of(r, offset);

	if (!at)
		return false;
	*ret_value = __atomic_load_n(at, __ATOMIC_SEQ_CST);
	return *ret_value < r->size && !(*ret_value % 8);
}

static void write_index(const struct ring *r, u32 offset, u32 value)
{
	u32 *at = index_of(r, offset);

	if (at)
		__atomic_store_n(at, value, __ATOMIC_SEQ_CST);
}

static u32 look_at(const struct ring *r, u32 offset)
{
	u32 *at = index_of(r, offset);

	return at ? __atomic_load_n(at, __ATOMIC_SEQ_CST) : 0;
}

bool ring_open(struct channel *c, struct gpadl *g, u32 downstream)
{
	/* Two pages each, at least: indices and data */
	if (downstream < 2 || downstream >= g->pages ||
	    g->pages - downstream < 2)
		return false;
	c->out = (struct ring){ g, 0, (downstream - 1) * (u32)HV_PAGE };
	c->in = (struct ring){ g, downstream,
			       (g->pages - downstream - 1) * (u32)HV_PAGE };
	g->is_ring = true;
	write_index(&c->in, FEATURE_BITS, FEATURE_PENDING_SEND);
	return true;
}

static bool copy(const struct ring *r, u32 at, u8 *own, u32 bytes, bool to_ring)
{
	u32 part;
	u8 *page;

	for (; bytes; bytes -= part, own += part, at += part) {
		at %= r->size;
		part = (u32)earlier(bytes, HV_PAGE - at % HV_PAGE);
		page = ledger_page(r->gpadl, r->first + 1 + at / (u32)HV_PAGE);
		if (!page)
			return false;
		if (to_ring)
			memcpy(page + at % HV_PAGE, own, part);
		else
			memcpy(own, page + at % HV_PAGE, part);
	}
	return true;
}

static bool broken(struct channel *c, const char *what)
{
	c->broken = true;
	violation("vmbus: %s (channel %u): %s", c->device->name, c->relid,
		  what);
	return false;
}

/* The guest waits for room: wake it, since there is room now. */
static void tell_of_room(struct channel *c, u32 free_before, u32 free_now)
{
	u32 wanted = look_at(&c->out, PENDING_SEND);

	if (wanted && free_before <= wanted && free_now > wanted)
		channel_signal_guest(c);
}

/* Descriptor: type, offset and length in units of 8 bytes, flags, number */
static bool take_apart(const u8 *from, u32 bytes, struct packet *ret)
{
	u32 offset = get16(from + 2) * 8;

	if (offset < DESCRIPTOR || offset > bytes)
		return false;
	*ret = (struct packet){
		.type = get16(from),
		.flags = get16(from + 6),
		.transaction = get64(from + 8),
		.head = from + DESCRIPTOR,
		.head_bytes = offset - DESCRIPTOR,
		.payload = from + offset,
		.bytes = bytes - offset,
	};
	return true;
}

bool ring_receive(struct channel *c, struct packet *ret)
{
	static u8 packet[MAX_PACKET];
	u32 read, write, used, bytes;

	if (c->broken)
		return false;
	if (!read_index(&c->out, READ_INDEX, &read) ||
	    !read_index(&c->out, WRITE_INDEX, &write))
		return broken(c, "an index of its ring is invalid");
	if (read == write)
		return false;
	used = write > read ? write - read : c->out.size - read + write;
	if (used < DESCRIPTOR ||
	    !copy(&c->out, read, packet, DESCRIPTOR, false))
		return broken(c, "half a packet");
	bytes = get16(packet + 4) * 8;
	if (bytes < DESCRIPTOR || bytes > MAX_PACKET || bytes + TRAILER > used)
		return broken(c, "a packet longer than the data written");
	/* Read again as a whole; use the length that was checked */
	if (!copy(&c->out, read + DESCRIPTOR, packet + DESCRIPTOR,
		  bytes - DESCRIPTOR, false) ||
	    !take_apart(packet, bytes, ret))
		return broken(c, "an invalid packet");
	write_index(&c->out, READ_INDEX,
		    (read + bytes + TRAILER) % c->out.size);
	tell_of_room(c, c->out.size - used,
		     c->out.size - used + bytes + TRAILER);
	return true;
}

static bool write_packet(struct channel *c, const struct packet *p, u32 write)
{
	u32 head = (p->head_bytes + 7) & ~7u, body = (p->bytes + 7) & ~7u;
	u8 descriptor[DESCRIPTOR] = { 0 }, zero[8] = { 0 }, trailer[TRAILER];
	u32 at = write;

	put32(descriptor, p->type | (DESCRIPTOR + head) / 8 << 16);
	put32(descriptor + 4, (DESCRIPTOR + head + body) / 8 | p->flags << 16);
	put64(descriptor + 8, p->transaction);
	put64(trailer, (u64)write << 32);
	return copy(&c->in, at, descriptor, DESCRIPTOR, true) &&
	       copy(&c->in, at += DESCRIPTOR, (u8 *)(uintptr_t)p->head,
		    p->head_bytes, true) &&
	       copy(&c->in, at += p->head_bytes, zero, head - p->head_bytes,
		    true) &&
	       copy(&c->in, at += head - p->head_bytes,
		    (u8 *)(uintptr_t)p->payload, p->bytes, true) &&
	       copy(&c->in, at += p->bytes, zero, body - p->bytes, true) &&
	       copy(&c->in, at + body - p->bytes, trailer, TRAILER, true);
}

bool ring_has_room(struct channel *c, u32 bytes)
{
	u32 read, write, used;

	if (!read_index(&c->in, READ_INDEX, &read) ||
	    !read_index(&c->in, WRITE_INDEX, &write))
		return true; /* the next read detects and reports that */
	used = write >= read ? write - read : c->in.size - read + write;
	if (c->in.size - used > bytes)
		return true;
	write_index(&c->in, PENDING_SEND, bytes);
	return false;
}

bool ring_send(struct channel *c, const struct packet *p)
{
	u32 total = DESCRIPTOR + ((p->head_bytes + 7) & ~7u) +
		    ((p->bytes + 7) & ~7u) + TRAILER;
	u32 read, write, used;

	if (!c->open || c->broken)
		return false;
	if (!read_index(&c->in, READ_INDEX, &read) ||
	    !read_index(&c->in, WRITE_INDEX, &write))
		return broken(c, "an index of its ring is invalid");
	used = write >= read ? write - read : c->in.size - read + write;
	if (c->in.size - used <= total) {
		write_index(&c->in, PENDING_SEND, total);
		return false;
	}
	if (!write_packet(c, p, write))
		return broken(c, "a page of its ring no longer exists");
	write_index(&c->in, PENDING_SEND, 0);
	write_index(&c->in, WRITE_INDEX, (write + total) % c->in.size);
	c->packets_out++;
	if (!look_at(&c->in, INTERRUPT_MASK))
		channel_signal_guest(c);
	return true;
}

bool ring_send_payload(struct channel *c, const void *payload, u32 bytes)
{
	return ring_send(c, &(struct packet){ .type = PACKET_INBAND,
					      .payload = payload,
					      .bytes = bytes });
}

bool ring_complete(struct channel *c, u64 transaction, const void *payload,
		   u32 bytes)
{
	return ring_send(c, &(struct packet){ .type = PACKET_COMPLETION,
					      .transaction = transaction,
					      .payload = payload,
					      .bytes = bytes });
}

/*
 * Where the host may write at any time: reserved fields of its own index page,
 * and the data that the guest has read already. In the ring that the guest
 * writes, the host owns only the index page.
 */
void ring_noise(struct channel *c, u64 mark)
{
	u32 read, write, page, pages = c->in.size / (u32)HV_PAGE;
	u8 *at;

	write_index(&c->in, RESERVED, (u32)mark);
	write_index(&c->out, RESERVED, (u32)mark);
	if (!read_index(&c->in, READ_INDEX, &read) ||
	    !read_index(&c->in, WRITE_INDEX, &write) || read != write)
		return;
	/*
	 * The ring is empty: any page except the one that is written next. Only
	 * some of them each time, since a guest can make rings of thousands of
	 * pages.
	 */
	for (u32 i = 0; i < NOISE_PAGES && i < pages; i++) {
		page = c->noise_page++ % pages;
		if (page == write / HV_PAGE)
			continue;
		at = ledger_page(c->in.gpadl, c->in.first + 1 + page);
		if (at)
			put64(at + HV_PAGE - 8, mark);
	}
}
