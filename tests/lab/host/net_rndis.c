// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_rndis.c - RNDIS: the guest's queries of its adapter, and frames
 *
 * As in Linux's drivers/net/hyperv/rndis_filter.c (include/linux/rndis.h
 * has the numbers). Offloads: none. Queues: as many as there are channels.
 */
#include "dev_net.h"

enum {
	RNDIS_PACKET = 1,
	RNDIS_INITIALIZE = 2,
	RNDIS_QUERY = 4,
	RNDIS_SET = 5,
	RNDIS_KEEPALIVE = 8,
};

#define RNDIS_COMPLETION 0x80000000u
#define RNDIS_OK 0u
#define RNDIS_NOT_SUPPORTED 0xc00000bbu

#define RNDIS_HEADER 8
#define RNDIS_PACKET_HEADER 44
#define MAX_AT_ONCE 8

enum {
	OID_MAXIMUM_FRAME = 0x00010106,
	OID_LINK_SPEED = 0x00010107,
	OID_MEDIA_STATUS = 0x00010114,
	OID_RECEIVE_SCALE = 0x00010203,
	OID_PERMANENT_ADDRESS = 0x01010101,
	OID_CURRENT_ADDRESS = 0x01010102,
};
#define OID_OFFLOADS 0xfc01020du

/* Sizes of NDIS 6.0's structures, and their types */
#define OFFLOADS_BYTES 112
#define OFFLOADS_TYPE 0xa7
#define RECEIVE_SCALE_BYTES 18
#define RECEIVE_SCALE_TYPE 0x88

static const u8 address[6] = { 0x00, 0x15, 0x5d, 0x00, 0x00, 0x01 };

/* An object's header: type, revision, size */
static u32 object(u8 *at, u32 type, u32 revision, u32 bytes)
{
	put32(at, type | revision << 8 | bytes << 16);
	return bytes;
}

/* The answer to a query: its bytes, 0 if there is none */
static u32 query(u32 oid, u8 *at)
{
	switch (oid) {
	case OID_MAXIMUM_FRAME:
		put32(at, 1500);
		return 4;
	case OID_LINK_SPEED: /* in units of 100 bit/s */
		put32(at, 10000000);
		return 4;
	case OID_MEDIA_STATUS:
		put32(at, 0);
		return 4;
	case OID_PERMANENT_ADDRESS:
	case OID_CURRENT_ADDRESS:
		memcpy(at, address, sizeof(address));
		return sizeof(address);
	case OID_OFFLOADS:
		return object(at, OFFLOADS_TYPE, 1, OFFLOADS_BYTES);
	case OID_RECEIVE_SCALE:
		put32(at + 8, (u32)options.subchannels + 1);
		put32(at + 12, (u32)options.subchannels + 1);
		put32(at + 16, 128);
		return object(at, RECEIVE_SCALE_TYPE, 2, RECEIVE_SCALE_BYTES);
	default:
		return 0;
	}
}

static void answer_query(struct channel *c, const u8 *m)
{
	u8 answer[24 + 128] = { 0 };
	u32 bytes = query(get32(m + 12), answer + 24);

	put32(answer, RNDIS_QUERY | RNDIS_COMPLETION);
	put32(answer + 4, 24 + bytes);
	put32(answer + 8, get32(m + 8));
	put32(answer + 12, bytes ? RNDIS_OK : RNDIS_NOT_SUPPORTED);
	put32(answer + 16, bytes);
	put32(answer + 20, 16); /* offset from the request's number */
	net_send(c, false, answer, 24 + bytes);
}

static void answer_initialize(struct channel *c, const u8 *m)
{
	const u32 words[] = { RNDIS_INITIALIZE | RNDIS_COMPLETION,
			      52,
			      get32(m + 8),
			      RNDIS_OK,
			      1, /* version 1.0 */
			      0,
			      1, /* connectionless */
			      0, /* 802.3 */
			      MAX_AT_ONCE,
			      0x4000,
			      3, /* packets are aligned to 2^3 */
			      0,
			      0 };
	u8 answer[sizeof(words)];

	for (u32 i = 0; i < ARRAY_SIZE(words); i++)
		put32(answer + 4 * i, words[i]);
	net_send(c, false, answer, sizeof(answer));
}

static void answer_done(struct channel *c, const u8 *m)
{
	u8 answer[16];

	put32(answer, get32(m) | RNDIS_COMPLETION);
	put32(answer + 4, sizeof(answer));
	put32(answer + 8, get32(m + 8));
	put32(answer + 12, RNDIS_OK);
	net_send(c, false, answer, sizeof(answer));
}

static void frame(struct channel *c, const u8 *m, u32 bytes)
{
	u8 answer[RNDIS_PACKET_HEADER + FRAME_BYTES] = { 0 };
	u32 offset = get32(m + 8), length = get32(m + 12), n;
	struct net *net = net_of(c);

	if (bytes < RNDIS_PACKET_HEADER || offset > bytes - RNDIS_HEADER ||
	    length > bytes - RNDIS_HEADER - offset) {
		violation("net: a frame outside its message");
		return;
	}
	net->frames_in++;
	if (length > NET_SECTION - RNDIS_PACKET_HEADER)
		return;
	memcpy(answer + RNDIS_PACKET_HEADER, m + RNDIS_HEADER + offset, length);
	n = net_answer(answer + RNDIS_PACKET_HEADER, length);
	if (!n)
		return;
	put32(answer, RNDIS_PACKET);
	put32(answer + 4, RNDIS_PACKET_HEADER + n);
	put32(answer + 8, RNDIS_PACKET_HEADER - RNDIS_HEADER);
	put32(answer + 12, n);
	if (net_send(c, true, answer, RNDIS_PACKET_HEADER + n))
		net->frames_out++;
}

static void take(struct channel *c, const u8 *m, u32 bytes)
{
	switch (get32(m)) {
	case RNDIS_PACKET:
		frame(c, m, bytes);
		break;
	case RNDIS_INITIALIZE:
		answer_initialize(c, m);
		break;
	case RNDIS_QUERY:
		answer_query(c, m);
		break;
	case RNDIS_SET:
	case RNDIS_KEEPALIVE:
		answer_done(c, m);
		break;
	}
}

/* A packet may contain several frames, each aligned as the host requested. */
void net_rndis(struct channel *c, u8 *m, u32 bytes)
{
	u32 length;

	for (u32 i = 0; i < MAX_AT_ONCE && bytes >= 16; i++) {
		length = get32(m + 4);
		if (length < 16 || length > bytes)
			return;
		take(c, m, length);
		length = (u32)earlier(bytes, (length + 7) & ~7u);
		m += length;
		bytes -= length;
	}
}
