/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_guest.h - the tests' guest: hypercalls, messages, rings
 */
#ifndef FAKE_GUEST_H
#define FAKE_GUEST_H

#include "fake_platform.h"

#define SINT_VECTOR 0xf3u

/* Pages of the guest: a SIMP and a SIEFP of each VP, and one for hypercalls */
#define SIMP_GPA(vp) (0x10000ull + (vp)*HV_PAGE)
#define SIEFP_GPA(vp) (0x20000ull + (vp)*HV_PAGE)
#define CALL_GPA 0x30000ull
#define MONITOR_GPA 0x40000ull

/* Sets the registers of a VP as Linux does */
void guest_synic_on(u32 vp);

u64 guest_post(u32 connection, const void *message, u32 bytes);
/* Sends a message of words after the header, on the connection for messages */
u64 guest_send(u32 type, const u32 *words, u32 n);

/* Takes the message out of the slot of SINT 2: its type, 0 if there is none */
u32 guest_take(u32 vp, u8 *ret_payload);

/* Waits for a message of that type and discards others */
bool guest_wait(u32 vp, u32 type, u8 *ret_payload);

/* Makes contact; returns the answer's connection, 0 if refused */
u32 guest_contact(u32 version);
/* Makes contact and takes all offers */
void guest_connect(u32 version);

/* Sends a GPADL of pages from there on, in as many messages as needed */
void guest_gpadl(u32 relid, u32 id, u64 gpa, u32 pages);
/* Opens a channel with rings of that many pages each; false: refused */
bool guest_open(u32 relid, u32 gpadl, u64 gpa, u32 pages);

/* The rings of a channel that was opened by guest_open() */
struct guest_ring {
	u32 relid;
	u64 out, in; /* pages of indices */
	u32 bytes;   /* of data, in each */
};

struct guest_ring guest_ring(u32 relid, u64 gpa, u32 pages);
void ring_put(u64 indices, u32 bytes, u32 at, const void *from, u32 n);
/*
 * Sends a packet, head and payload each in units of 8 bytes, and signals the
 * host.
 */
u64 guest_ring_send(const struct guest_ring *r, u32 type, u64 transaction,
		    const void *head, u32 head_bytes, const void *payload,
		    u32 payload_bytes);
/*
 * Takes the next packet with its descriptor. Returns its bytes, 0 if there is
 * none
 */
u32 guest_ring_receive(const struct guest_ring *r, u8 *ret_packet, u32 room);

#endif
