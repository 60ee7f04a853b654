// SPDX-License-Identifier: GPL-2.0-only
/* fake_guest.c - the tests' guest, which behaves like Linux */
#include <string.h>
#include "fake_guest.h"
#include "core.h"
#include "vmbus.h"

static u32 connection;

void guest_synic_on(u32 vp)
{
	hv_write_register(vp, HV_REG_SIMP, SIMP_GPA(vp) | 1);
	hv_write_register(vp, HV_REG_SIEFP, SIEFP_GPA(vp) | 1);
	hv_write_register(vp, HV_REG_SINT + 2, SINT_VECTOR);
	hv_write_register(vp, HV_REG_SCONTROL, 1);
}

u64 guest_post(u32 to, const void *message, u32 bytes)
{
	u8 *call = fake_at(CALL_GPA);

	put32(call, to);
	put32(call + 4, 0);
	put32(call + 8, 1);
	put32(call + 12, bytes);
	memcpy(call + 16, message, bytes);
	return hv_hypercall(0, 0x5c, CALL_GPA, 0);
}

u64 guest_send(u32 type, const u32 *words, u32 n)
{
	u8 m[240] = { 0 };

	put32(m, type);
	for (u32 i = 0; i < n; i++)
		put32(m + 8 + 4 * i, words[i]);
	return guest_post(connection, m, 8 + 4 * n);
}

u32 guest_take(u32 vp, u8 *ret_payload)
{
	u8 *slot = fake_at(SIMP_GPA(vp) + 2 * 256);
	u32 type;

	if (!get32(slot))
		return 0;
	type = get32(slot + 16);
	if (ret_payload)
		memcpy(ret_payload, slot + 16, 240);
	put32(slot, 0);
	if (slot[5] & 1)
		hv_write_register(vp, HV_REG_EOM, 0);
	return type;
}

bool guest_wait(u32 vp, u32 type, u8 *ret_payload)
{
	u32 got;

	for (u32 ms = 0; ms < 1000; ms++) {
		while ((got = guest_take(vp, ret_payload)))
			if (got == type)
				return true;
		fake_run(1);
	}
	return false;
}

u32 guest_contact(u32 version)
{
	bool five = version >= VMBUS_VERSION(5, 0);
	u8 m[40] = { 0 }, answer[240];

	put32(m, INITIATE_CONTACT);
	put32(m + 8, version);
	put32(m + 12, hv_vp_index(0));
	put64(m + 16, five ? 2 : MONITOR_GPA + 2 * HV_PAGE);
	put64(m + 24, MONITOR_GPA);
	put64(m + 32, MONITOR_GPA + HV_PAGE);
	if (guest_post(five ? 4 : 1, m, sizeof(m)) ||
	    !guest_wait(0, VERSION_RESPONSE, answer) || !answer[8])
		return 0;
	connection = five ? get32(answer + 12) : 1;
	return connection;
}

void guest_connect(u32 version)
{
	for (u32 vp = 0; vp < FAKE_VPS; vp++)
		guest_synic_on(vp);
	guest_contact(version);
	guest_send(REQUEST_OFFERS, NULL, 0);
	guest_wait(0, ALL_OFFERS_DELIVERED, NULL);
}

void guest_gpadl(u32 relid, u32 id, u64 gpa, u32 pages)
{
	u32 words[58], n = 0, page = 0;

	words[n++] = relid;
	words[n++] = id;
	words[n++] = (8 + 8 * pages) | 1 << 16;
	words[n++] = pages * (u32)HV_PAGE;
	words[n++] = 0;
	for (; page < pages && n < 56; page++) {
		words[n++] = (u32)(gpa / HV_PAGE) + page;
		words[n++] = 0;
	}
	guest_send(GPADL_HEADER, words, n);
	for (u32 body = 1; page < pages; body++) {
		n = 0;
		words[n++] = body;
		words[n++] = id;
		for (; page < pages && n < 56; page++) {
			words[n++] = (u32)(gpa / HV_PAGE) + page;
			words[n++] = 0;
		}
		guest_send(GPADL_BODY, words, n);
	}
}

bool guest_open(u32 relid, u32 gpadl, u64 gpa, u32 pages)
{
	u32 words[35] = { relid, relid, gpadl, hv_vp_index(relid % FAKE_VPS),
			  pages };
	u8 answer[240];

	guest_gpadl(relid, gpadl, gpa, 2 * pages);
	if (!guest_wait(0, GPADL_CREATED, answer) || get32(answer + 16))
		return false;
	guest_send(OPEN_CHANNEL, words, 35);
	return guest_wait(0, OPEN_RESULT, answer) && !get32(answer + 16);
}

struct guest_ring guest_ring(u32 relid, u64 gpa, u32 pages)
{
	return (struct guest_ring){ relid, gpa, gpa + pages * HV_PAGE,
				    (pages - 1) * (u32)HV_PAGE };
}

void ring_put(u64 indices, u32 bytes, u32 at, const void *from, u32 n)
{
	for (u32 i = 0; i < n; i++)
		*fake_at(indices + HV_PAGE + (at + i) % bytes) =
			((const u8 *)from)[i];
}

static void ring_get(u64 indices, u32 bytes, u32 at, void *to, u32 n)
{
	for (u32 i = 0; i < n; i++)
		((u8 *)to)[i] = *fake_at(indices + HV_PAGE + (at + i) % bytes);
}

u64 guest_ring_send(const struct guest_ring *r, u32 type, u64 transaction,
		    const void *head, u32 head_bytes, const void *payload,
		    u32 payload_bytes)
{
	u32 padded = (payload_bytes + 7) & ~7u;
	u32 total = 16 + head_bytes + padded + 8;
	u32 write = get32(fake_at(r->out));
	u8 descriptor[16] = { 0 };

	put32(descriptor, type | (16 + head_bytes) / 8 << 16);
	put32(descriptor + 4, (16 + head_bytes + padded) / 8 | 1 << 16);
	put64(descriptor + 8, transaction);
	ring_put(r->out, r->bytes, write, descriptor, 16);
	ring_put(r->out, r->bytes, write + 16, head, head_bytes);
	ring_put(r->out, r->bytes, write + 16 + head_bytes, payload,
		 payload_bytes);
	put32(fake_at(r->out), (write + total) % r->bytes);
	return hv_hypercall(0, 0x1005d, 0x10000 + r->relid, 0);
}

u32 guest_ring_receive(const struct guest_ring *r, u8 *ret_packet, u32 room)
{
	u32 write = get32(fake_at(r->in)), read = get32(fake_at(r->in + 4));
	u8 descriptor[16];
	u32 bytes;

	if (read == write)
		return 0;
	ring_get(r->in, r->bytes, read, descriptor, 16);
	bytes = get16(descriptor + 4) * 8;
	if (bytes > room)
		return 0;
	ring_get(r->in, r->bytes, read, ret_packet, bytes);
	put32(fake_at(r->in + 4), (read + bytes + 8) % r->bytes);
	return bytes;
}
