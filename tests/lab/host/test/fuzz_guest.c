// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_guest.c - a guest controlled by the fuzzer
 *
 * The input is a list of steps: registers, hypercalls, messages, words into
 * memory, time. Many steps are corrected just enough to pass the first check
 * (an existing connection, a valid message size), or the code behind it would
 * never be reached. Whatever the guest does, no call may take long, the oracle
 * answers one line of JSON, and the ledger's counts agree.
 */
#include <stdlib.h>
#include <string.h>
#include "fake_guest.h"
#include "core.h"
#include "vmbus.h"
#include "device.h"

/* Their places in devices.c */
#define NET 6
#define SCSI 7

struct input {
	const u8 *at;
	size_t left;
};

static u32 byte(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

static u32 word32(struct input *in)
{
	u32 value = byte(in);

	value |= byte(in) << 8;
	value |= byte(in) << 16;
	return value | byte(in) << 24;
}

/* Mostly an address in the guest's memory, sometimes any value */
static u64 address(struct input *in)
{
	u32 value = word32(in);

	if (value >> 24 == 0xff)
		return (u64)value << 32 | value;
	return value % (FAKE_PAGES * (u32)HV_PAGE);
}

static u32 relid_of(struct input *in)
{
	return byte(in) % (nr_devices + 4);
}

static void write_register(struct input *in)
{
	u32 vp = byte(in) % FAKE_VPS, reg = byte(in) % (HV_REGISTERS + 2);

	hv_write_register(vp, reg, address(in) | (byte(in) & 1));
}

static void memory(struct input *in)
{
	u64 gpa = address(in) & ~7ull;
	u32 n = byte(in) % 64;

	for (; n; n--, gpa += 4)
		if (platform_guest(gpa, 4))
			put32(platform_guest(gpa, 4), word32(in));
}

/* Writes into the index page or the first data of a channel's rings */
static void ring(struct input *in)
{
	struct channel *c = channel_of(relid_of(in));
	u32 page = byte(in) % 3, at = byte(in) * 4, n = byte(in) % 32;
	u8 *to;

	if (!c || !c->open)
		return;
	to = ledger_page(page == 2 ? c->in.gpadl : c->out.gpadl,
			 page == 2 ? c->in.first : page);
	for (; to && n; n--, at += 4)
		put32(to + at % HV_PAGE, word32(in));
	hv_hypercall(0, 0x1005d, 0x10000 + c->relid, 0);
}

static void packet(struct input *in)
{
	struct channel *c = channel_of(relid_of(in));
	u8 payload[512] = { 0 };
	u32 n = byte(in) * 2, type = byte(in) % 16;
	struct guest_ring r;

	if (!c || !c->open || c->out.size < 4096)
		return;
	r = (struct guest_ring){ c->relid, c->out.gpadl->pfns[0] * HV_PAGE,
				 c->in.gpadl->pfns[c->in.first] * HV_PAGE,
				 c->out.size };
	for (u32 i = 0; i < n; i += 4)
		put32(payload + i % 508, word32(in));
	/* Only if the rings are contiguous, as guest_open() makes them */
	if (r.out + HV_PAGE + r.bytes <= FAKE_PAGES * HV_PAGE &&
	    get32(fake_at(r.out)) < r.bytes)
		guest_ring_send(&r, type, byte(in), payload, byte(in) % 8 * 8,
				payload + 64, n % 448);
	guest_ring_receive(&r, payload, sizeof(payload));
}

/* Messages of the net and scsi drivers, with corrected numbers */
static void driver(struct input *in)
{
	static const u32 words[][4] = {
		{ 1, 0x50000, 0x50000 },   { 101, 0x20, 0xcafe },
		{ 104, 0x20, 0 },	   { 107, 1, 0, 64 },
		{ 107, 0, UINT32_MAX, 0 }, { 133, 1, 2 },
		{ 103, 0xcafe },	   { 106, 0 },
	};
	u32 relid = byte(in) & 1 ? NET : SCSI, which = byte(in);
	struct guest_ring r =
		guest_ring(relid, 0x60000 + (relid - NET) * 0x10000, 8);
	struct channel *c = channel_of(relid);
	u8 m[128] = { 0 }, head[32] = { 0 };

	if (!c || !c->open || get32(fake_at(r.out)) >= r.bytes)
		return;
	for (u32 i = 0; i < 64; i += 4)
		put32(m + i, word32(in));
	if (relid == NET)
		for (u32 i = 0; i < 4; i++)
			put32(m + 4 * i, words[which % 8][i]);
	else
		put32(m, which % 14);
	put32(head + 4, byte(in) % 3);
	put32(head + 8, byte(in) * 8);
	put32(head + 12, byte(in));
	put64(head + 16, address(in) / HV_PAGE);
	put64(head + 24, address(in) / HV_PAGE);
	guest_ring_send(&r, byte(in) & 1 ? 9 : 6, 1, head, sizeof(head), m, 64);
	guest_ring_receive(&r, m, sizeof(m));
}

static void message(struct input *in)
{
	u8 m[240] = { 0 };
	u32 bytes = byte(in) % 241, type = byte(in) % 26;

	put32(m, type);
	for (u32 i = 8; i < bytes && i + 4 <= sizeof(m); i += 4)
		put32(m + i, word32(in));
	guest_post(byte(in) & 7 ? vmbus.connection : byte(in), m, bytes);
}

static void hypercall(struct input *in)
{
	static const u32 codes[] = { 0x02, 0x03, 0x08, 0x0b, 0x13,
				     0x14, 0x15, 0x5c, 0x5d, 0x99 };
	u64 control = codes[byte(in) % ARRAY_SIZE(codes)];

	control |= (u64)word32(in) << 16;
	hv_hypercall(byte(in) % FAKE_VPS, control, address(in), address(in));
}

static void good_gpadl(struct input *in)
{
	u32 relid = relid_of(in), id = byte(in);

	guest_gpadl(relid, id, address(in) & ~0xfffull, 1 + byte(in) % 64);
}

static void good_open(struct input *in)
{
	u32 relid = relid_of(in);

	guest_open(relid, 0x1000 + relid, 0x50000 + relid * 0x10000ull, 8);
}

static void ask(struct input *in)
{
	static const char *const requests[] = {
		"state",
		"options",
		"rescind 1",
		"rescind 2",
		"offer balloon",
		"nmi",
		"option noise-ms=1",
		"option fast=1",
		"option fast=0",
		"option refuse-gpadl=1",
		"option unload-ms=5",
		"poke 0x50000",
		"option write-after=simp:all",
		"peek 0x10000 64",
	};
	const char *answer =
		fake_ask(requests[byte(in) % ARRAY_SIZE(requests)]);
	size_t n = strlen(answer);

	if (n < 3 || answer[0] != '{' || answer[n - 1] != '\n' ||
	    strchr(answer, '\n') != answer + n - 1)
		abort();
}

static void time_passes(struct input *in)
{
	u64 until = fake.now + byte(in) * 5000, next;
	u32 calls = 0;

	do {
		next = hv_run(fake.now);
		if (++calls > 20000)
			abort();
		fake.now = next > fake.now ? next : fake.now + 1;
	} while (fake.now < until && next <= until);
	fake.now = until > fake.now ? until : fake.now;
}

static void take(struct input *in)
{
	u32 vp = byte(in) % FAKE_VPS;

	if (platform_guest(SIMP_GPA(vp), HV_PAGE))
		guest_take(vp, NULL);
}

static void start(struct input *in)
{
	hv_start_vp(byte(in) % FAKE_VPS, byte(in) & 1);
}

static void connect(struct input *in)
{
	guest_connect(byte(in) & 1 ? VMBUS_VERSION(5, 3) : VMBUS_VERSION(4, 0));
}

static void (*const steps[])(struct input *in) = {
	write_register, memory,	   ring,	packet, message, hypercall,
	good_gpadl,	good_open, time_passes, take,	start,	 ask,
	connect,	ring,	   packet,	driver, driver,	 message,
};

/* The counts that limit what the guest may share */
static void check_ledger(void)
{
	u32 gpadls = 0, pages = 0;

	for (struct gpadl *g = vmbus.gpadls; g; g = g->next) {
		gpadls++;
		pages += g->bytes / sizeof(u64);
		if (g->pages > g->bytes / sizeof(u64) || g->filled > g->bytes)
			abort();
	}
	if (gpadls != vmbus.nr_gpadls || pages != vmbus.gpadl_pages ||
	    gpadls > MAX_GPADLS || pages > MAX_GPADL_PAGES)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes);

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	static const char *const words[] = {
		"",
		"fast=1 subchannels=2 devices=netvsc,storvsc,hvsock,balloon,kvp",
		"unload=before chatter=3",
		"vp-offset=3 lying-off=siefp:all",
	};
	struct input in = { data, bytes };
	u32 how = byte(&in);

	fake_start(words[how & 3]);
	if (how & 4)
		guest_connect(VMBUS_VERSION(5, 3));
	if (how & 8)
		guest_open(1, 0x11, 0x50000, 8);
	if (how & 16)
		guest_open(NET, 0x12, 0x60000, 8);
	if (how & 32)
		guest_open(SCSI, 0x13, 0x70000, 8);
	while (in.left)
		steps[byte(&in) % ARRAY_SIZE(steps)](&in);
	check_ledger();
	fake_ask("state");
	fake_stop();
	return 0;
}
