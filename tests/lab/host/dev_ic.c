// SPDX-License-Identifier: GPL-2.0-only
/*
 * dev_ic.c - integration services: heartbeat, time synchronization, shutdown,
 * key-value pairs
 *
 * Each begins with a version negotiation, which the host opens; the guest
 * answers in the same message (struct icmsg_hdr and icmsg_negotiate of Linux's
 * include/linux/hyperv.h). After that the host sends heartbeat requests from
 * time to time, and nothing to the other services.
 */
#include "device.h"
#include "vmbus.h"

enum ic_type {
	IC_NEGOTIATE = 0,
	IC_HEARTBEAT = 1,
	IC_SHUTDOWN = 3,
	IC_TIMESYNC = 4,
};

#define IC_TRANSACTION 1
#define IC_REQUEST 2

/* struct vmbuspipe_hdr, struct icmsg_hdr */
#define IC_PIPE 8
#define IC_HEADER (IC_PIPE + 20)
#define HEARTBEAT_BYTES 40
#define HEARTBEAT_EVERY (2 * HV_SECOND)

struct ic {
	bool negotiated;
	u64 due, beats;
};

static void put16(u8 *at, u32 value)
{
	at[0] = (u8)value;
	at[1] = (u8)(value >> 8);
}

/* Sends m, whose payload after the header has this many bytes. */
static bool ic_send(struct channel *c, u8 *m, enum ic_type type, u32 bytes)
{
	put32(m, 1);
	put32(m + 4, IC_HEADER - IC_PIPE + bytes);
	put16(m + IC_PIPE, 3);
	put16(m + IC_PIPE + 4, type);
	put16(m + IC_PIPE + 6, 3);
	put16(m + IC_PIPE + 10, bytes);
	m[IC_PIPE + 17] = IC_TRANSACTION | IC_REQUEST;
	return ring_send_payload(c, m, IC_HEADER + bytes);
}

/* Versions of the framework, then those of the service, 4 bytes each */
static void negotiate(struct channel *c, u32 newest, u32 oldest)
{
	u8 m[IC_HEADER + 8 + 4 * 4] = { 0 };
	u8 *at = m + IC_HEADER;

	put16(at, 2);
	put16(at + 2, 2);
	put16(at + 8, 3);
	put16(at + 12, 1);
	put16(at + 16, newest);
	put16(at + 20, oldest);
	ic_send(c, m, IC_NEGOTIATE, sizeof(m) - IC_HEADER);
}

static void heartbeat_opened(struct channel *c)
{
	negotiate(c, 3, 1);
}

static void timesync_opened(struct channel *c)
{
	negotiate(c, 4, 3);
}

static void shutdown_opened(struct channel *c)
{
	negotiate(c, 3, 1);
}

static void kvp_opened(struct channel *c)
{
	negotiate(c, 5, 4);
}

static void ic_packet(struct channel *c, const struct packet *p)
{
	struct ic *ic = c->state;

	if (p->bytes < IC_HEADER)
		return;
	if (get16(p->payload + IC_PIPE + 4) == IC_NEGOTIATE)
		ic->negotiated = true;
	else
		ic->beats++;
}

static u64 heartbeat_run(struct channel *c, u64 now)
{
	u8 m[IC_HEADER + HEARTBEAT_BYTES] = { 0 };
	struct ic *ic = c->state;

	if (!ic->negotiated)
		return HV_NEVER;
	if (ic->due <= now) {
		ic->due = now + HEARTBEAT_EVERY;
		put64(m + IC_HEADER, ic->beats);
		ic_send(c, m, IC_HEARTBEAT, HEARTBEAT_BYTES);
	}
	return ic->due;
}

const struct device heartbeat_device = {
	.name = "heartbeat",
	.type = GUID(0x57164f39, 0x9115, 0x4e78, 0xab, 0x55, 0x38, 0x2f, 0x3b,
		     0xd5, 0x42, 0x2d),
	.flags = CHANNEL_ENUMERATE,
	.state_bytes = sizeof(struct ic),
	.opened = heartbeat_opened,
	.packet = ic_packet,
	.run = heartbeat_run,
};

const struct device timesync_device = {
	.name = "timesync",
	.type = GUID(0x9527e630, 0xd0ae, 0x497b, 0xad, 0xce, 0xe8, 0x0a, 0xb0,
		     0x17, 0x5c, 0xaf),
	.flags = CHANNEL_ENUMERATE,
	.state_bytes = sizeof(struct ic),
	.opened = timesync_opened,
	.packet = ic_packet,
};

const struct device shutdown_device = {
	.name = "shutdown",
	.type = GUID(0x0e0b6031, 0x5213, 0x4934, 0x81, 0x8b, 0x38, 0xd9, 0x0c,
		     0xed, 0x39, 0xdb),
	.flags = CHANNEL_ENUMERATE,
	.state_bytes = sizeof(struct ic),
	.opened = shutdown_opened,
	.packet = ic_packet,
};

const struct device kvp_device = {
	.name = "kvp",
	.type = GUID(0xa9a0f4e7, 0x5a45, 0x4d96, 0xb8, 0x27, 0x8a, 0x84, 0x1e,
		     0x8c, 0x03, 0xe6),
	.flags = CHANNEL_ENUMERATE,
	.state_bytes = sizeof(struct ic),
	.opened = kvp_opened,
	.packet = ic_packet,
};
