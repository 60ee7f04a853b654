/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_guest.h - what a guest of the tests does: hypercalls, messages, rings
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

/* Registers of a VP as Linux sets them */
void guest_synic_on(u32 vp);

u64 guest_post(u32 connection, const void *message, u32 bytes);
/* A message of words behind the header, by the connection for messages */
u64 guest_send(u32 type, const u32 *words, u32 n);

/* Takes the message out of the slot of SINT 2: its type, 0 if there is none */
u32 guest_take(u32 vp, u8 *ret_payload);

/* Until a message of that type has come, throwing away others */
bool guest_wait(u32 vp, u32 type, u8 *ret_payload);

/* Contact; the answer's connection, 0 if it was refused */
u32 guest_contact(u32 version);
/* Contact, and all that is offered */
void guest_connect(u32 version);

/* A GPADL of pages from there on, in as many messages as it takes */
void guest_gpadl(u32 relid, u32 id, u64 gpa, u32 pages);
/* A channel is opened with rings of so many pages each; false: refused */
bool guest_open(u32 relid, u32 gpadl, u64 gpa, u32 pages);

/* The rings of a channel that was opened by guest_open() */
struct guest_ring {
	u32 relid;
	u64 out, in; /* pages of indices */
	u32 bytes;   /* of data, in each */
};

struct guest_ring guest_ring(u32 relid, u64 gpa, u32 pages);
void ring_put(u64 indices, u32 bytes, u32 at, const void *from, u32 n);
/* A packet, head and payload each in units of 8 bytes; the host is signalled. */
u64 guest_ring_send(const struct guest_ring *r, u32 type, u64 transaction,
		    const void *head, u32 head_bytes, const void *payload,
		    u32 payload_bytes);
/* The next packet, with its descriptor: its bytes, 0 if there is none */
u32 guest_ring_receive(const struct guest_ring *r, u8 *ret_packet, u32 room);

#endif
