/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dev_net.h - the parts of the network device
 *
 * dev_net.c has NVSP, the protocol of the channel, and the buffers that the
 * guest shares; net_rndis.c the messages in them; net_frames.c the peer on the
 * network, which answers ARP and pings.
 */
#ifndef DEV_NET_H
#define DEV_NET_H

#include "vmbus.h"

#define FRAME_BYTES 2048
#define NET_SECTION 2048 /* of the receive buffer */
#define NET_SECTIONS \
	256 /* used by the protocol; the host may write into the others */

struct net {
	u32 version;
	u32 receive_gpadl, send_gpadl; /* 0: none */
	u32 sections;
	u8 in_flight[NET_SECTIONS];
	u32 next_section, noise_page;
	u64 frames_in, frames_out, dropped;
};

/* The state of the device, from any of its channels; NULL if it is not open */
struct net *net_of(const struct channel *c);

/* Puts a message into a section of the receive buffer; false: no room */
bool net_send(struct channel *c, bool data, const u8 *m, u32 bytes);

/* Handles a packet of the guest: one or more RNDIS messages */
void net_rndis(struct channel *c, u8 *m, u32 bytes);

/*
 * Replaces a frame by the answer to it. Returns the answer's bytes, or 0
 * without one
 */
u32 net_answer(u8 *frame, u32 bytes);

#endif
