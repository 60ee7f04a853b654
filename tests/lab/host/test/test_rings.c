// SPDX-License-Identifier: GPL-2.0-only
/* test_rings.c - packets through rings, and hostile contents */
#include "test.h"

#define RINGS 0x50000ull
#define PAGES 4u
#define BALLOON 1u
#define V5_3 VMBUS_VERSION(5, 3)

static struct guest_ring ring;

static void open_balloon(const char *words)
{
	fake_start(words);
	guest_connect(V5_3);
	assert_true(guest_open(BALLOON, 0x11, RINGS, PAGES));
	ring = guest_ring(BALLOON, RINGS, PAGES);
}

/* The first word of the balloon's driver; the host accepts the version. */
static void ask(u32 number)
{
	u8 m[16] = { 1, 0, 16, 0 };

	put32(m + 4, number);
	assert_int_equal(guest_ring_send(&ring, 6, 0, NULL, 0, m, sizeof(m)),
			 0);
}

static void expect_answer(u32 number)
{
	u8 packet[256];

	assert_int_equal(guest_ring_receive(&ring, packet, sizeof(packet)), 32);
	assert_int_equal(get16(packet), 6);
	assert_int_equal(get16(packet + 16), 2);
	assert_int_equal(get32(packet + 20), number);
	assert_int_equal(packet[24], 1);
}

static void answers_in_the_call_and_after_it(void **state)
{
	(void)state;
	open_balloon("fast=1 noise=0");
	ask(7);
	expect_answer(7);
	open_balloon("noise=0");
	ask(8);
	assert_int_equal(guest_ring_receive(&ring, (u8[64]){ 0 }, 64), 0);
	fake_run(1);
	expect_answer(8);
	/* The channel's interrupt is a flag on the VP that it was opened for */
	assert_int_equal(fake_at(SIEFP_GPA(1) + 2 * 256)[0], 1 << BALLOON);
}

static void around_the_end(void **state)
{
	(void)state;
	open_balloon("fast=1");
	for (u32 i = 0; i < 3000; i++) {
		ask(i);
		expect_answer(i);
	}
	assert_int_equal(host.violations, 0);
}

/* The host reads no more than it can answer, and later continues from there. */
static void a_ring_that_is_full(void **state)
{
	u32 got = 0;
	u8 packet[64];

	(void)state;
	open_balloon("fast=1 noise=0");
	for (u32 i = 0; i < 300; i++)
		ask(i);
	assert_in_range(channel_of(BALLOON)->packets_in, 100, 299);
	assert_int_equal(channel_of(BALLOON)->packets_in,
			 channel_of(BALLOON)->packets_out);
	/* It says how much room it waits for */
	assert_int_equal(get32(fake_at(ring.in + 12)), 1024);
	for (u32 ms = 0; ms < 20; ms++) {
		while (guest_ring_receive(&ring, packet, sizeof(packet))) {
			assert_int_equal(get32(packet + 20), got);
			got++;
		}
		fake_run(1);
	}
	assert_int_equal(got, 300);
	assert_int_equal(get32(fake_at(ring.in + 12)), 0);
}

static void a_masked_ring_raises_nothing(void **state)
{
	(void)state;
	open_balloon("fast=1 noise=0");
	put32(fake_at(ring.in + 8), 1);
	ask(1);
	assert_int_equal(fake_at(SIEFP_GPA(1) + 2 * 256)[0], 0);
	expect_answer(1);
}

static void a_guest_that_waits_for_room(void **state)
{
	u8 m[2048] = { 0 };

	(void)state;
	open_balloon("noise=0");
	put32(fake_at(ring.out + 12), 6 * 2072);
	for (u32 i = 0; i < 5; i++)
		guest_ring_send(&ring, 6, 0, NULL, 0, m, sizeof(m));
	assert_int_equal(fake_at(SIEFP_GPA(1) + 2 * 256)[0], 0);
	put32(fake_at(ring.out + 12), 4096);
	fake_run(1);
	assert_int_equal(fake_at(SIEFP_GPA(1) + 2 * 256)[0], 1 << BALLOON);
}

/*
 * Writes at the position of the guest's next packet, and sets the write index
 */
static void nonsense(const void *packet, u32 bytes, u32 write, u32 read)
{
	open_balloon("fast=1 noise=0");
	ring_put(ring.out, ring.bytes, 0, packet, bytes);
	put32(fake_at(ring.out), write);
	put32(fake_at(ring.out + 4), read);
	hv_hypercall(0, 0x1005d, 0x10000 + BALLOON, 0);
	assert_true(channel_of(BALLOON)->broken);
	assert_int_equal(channel_of(BALLOON)->packets_in, 0);
	assert_int_equal(host.violations, 1);
	/* The host ignores the channel from then on */
	hv_hypercall(0, 0x1005d, 0x10000 + BALLOON, 0);
	assert_int_equal(host.violations, 1);
}

static void packets_of_nonsense(void **state)
{
	const u8 no_length[16] = { 6, 0, 2, 0, 0, 0 };
	const u8 too_long[16] = { 6, 0, 2, 0, 0xff, 0xff };
	const u8 longer[16] = { 6, 0, 2, 0, 8, 0 };
	const u8 offset[32] = { 6, 0, 5, 0, 4, 0 };
	const u8 no_offset[32] = { 6, 0, 1, 0, 4, 0 };

	(void)state;
	nonsense(no_length, 16, 64, 0);
	nonsense(too_long, 16, 64, 0);
	nonsense(longer, 16, 64, 0);
	nonsense(offset, 32, 64, 0);
	nonsense(no_offset, 32, 64, 0);
	nonsense(no_length, 16, 8, 0);
	nonsense(no_length, 16, 0xfffffff8, 0);
	nonsense(no_length, 16, 3, 0);
	nonsense(no_length, 16, 64, 0xfffffff8);
	nonsense(no_length, 16, 64, (PAGES - 1) * 4096);
}

static void a_bad_index_where_the_host_writes(void **state)
{
	(void)state;
	open_balloon("fast=1 noise=0");
	put32(fake_at(ring.in + 4), 0xffffff00);
	ask(1);
	assert_true(channel_of(BALLOON)->broken);
	assert_int_equal(host.violations, 1);
}

static void signals_of_nonsense(void **state)
{
	(void)state;
	open_balloon("noise=0");
	assert_int_equal(hv_hypercall(0, 0x1005d, 0x10000, 0), 18);
	assert_int_equal(hv_hypercall(0, 0x1005d, 0x10002, 0), 18);
	assert_int_equal(hv_hypercall(0, 0x1005d, 0xffff, 0), 18);
	assert_int_equal(hv_hypercall(0, 0x1005d, 1ull << 32 | 0x10001, 0), 18);
	assert_int_equal(hv_hypercall(0, 0x5d, 3, 0), 4);
	assert_int_equal(hv_hypercall(0, 0x5d, ~0xfffull, 0), 5);
	put32(fake_at(CALL_GPA), 0x10001);
	put32(fake_at(CALL_GPA) + 4, 0);
	assert_int_equal(hv_hypercall(0, 0x5d, CALL_GPA, 0), 0);
}

/* A guest that fills its ring all the time: no call may take forever. */
static void work_is_bounded(void **state)
{
	u8 m[16] = { 99, 0, 16, 0 };

	(void)state;
	open_balloon("noise=0");
	for (u32 i = 0; i < 200; i++)
		guest_ring_send(&ring, 6, 0, NULL, 0, m, sizeof(m));
	assert_true(hv_run(fake.now) <= fake.now);
	assert_int_equal(channel_of(BALLOON)->packets_in, 64);
	fake_run(1);
	assert_int_equal(channel_of(BALLOON)->packets_in, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_in_the_call_and_after_it),
		TEST(around_the_end),
		TEST(a_ring_that_is_full),
		TEST(a_masked_ring_raises_nothing),
		TEST(a_guest_that_waits_for_room),
		TEST(packets_of_nonsense),
		TEST(a_bad_index_where_the_host_writes),
		TEST(signals_of_nonsense),
		TEST(work_is_bounded),
	};

	return RUN(tests);
}
