// SPDX-License-Identifier: GPL-2.0-only
/*
 * dev_balloon.c - dynamic memory, as far as its driver binds
 *
 * The protocol is that of Linux's drivers/hv/hv_balloon.c: struct dm_header and
 * what follows it. Every version and every capability is accepted.
 */
#include "device.h"
#include "vmbus.h"

enum {
	DM_VERSION_REQUEST = 1,
	DM_VERSION_RESPONSE = 2,
	DM_CAPABILITIES_REPORT = 3,
	DM_CAPABILITIES_RESPONSE = 4,
};

#define DM_HEADER 8

static void balloon_packet(struct channel *c, const struct packet *p)
{
	u8 answer[16] = { 0 };
	u32 type;

	if (p->type != PACKET_INBAND || p->bytes < DM_HEADER)
		return;
	type = get16(p->payload);
	if (type != DM_VERSION_REQUEST && type != DM_CAPABILITIES_REPORT)
		return;
	put32(answer, (type + 1) | sizeof(answer) << 16);
	put32(answer + 4, get32(p->payload + 4));
	answer[8] = 1;
	ring_send_payload(c, answer, sizeof(answer));
}

const struct device balloon_device = {
	.name = "balloon",
	.type = GUID(0x525074dc, 0x8985, 0x46e2, 0x80, 0x57, 0xa3, 0x07, 0xdc,
		     0x18, 0xa5, 0x02),
	.flags = CHANNEL_ENUMERATE,
	.packet = balloon_packet,
};
