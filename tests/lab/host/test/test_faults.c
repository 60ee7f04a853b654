// SPDX-License-Identifier: GPL-2.0-only
/* test_faults.c - a host that keeps writing, and injected faults */
#include "test.h"

#define RINGS 0x50000ull
#define BUFFER 0x60000ull
#define BALLOON 1u
#define V5_3 VMBUS_VERSION(5, 3)

static void connect_with(const char *words)
{
	fake_start(words);
	guest_connect(V5_3);
	assert_true(guest_open(BALLOON, 0x11, RINGS, 4));
	guest_gpadl(BALLOON, 0x12, BUFFER, 3);
	assert_true(guest_wait(0, GPADL_CREATED, NULL));
}

static u64 mark_in(u64 gpa)
{
	return get64(fake_at(gpa));
}

#define END(gpa) ((gpa) + HV_PAGE - 8)

/* Asserts that the host's mark is there and changes, while it holds the page */
static const u64 places[] = {
	END(MONITOR_GPA),
	END(MONITOR_GPA + HV_PAGE),
	SIMP_GPA(2) + 15 * 256 + 16,
	SIEFP_GPA(3) + 15 * 256,
	RINGS + 16,
	RINGS + 4 * HV_PAGE + 16,
	END(RINGS + 6 * HV_PAGE),
	END(BUFFER + 2 * HV_PAGE),
};

static void it_writes_until_it_lets_go(void **state)
{
	u64 before[ARRAY_SIZE(places)];

	(void)state;
	connect_with("unload-ms=100 noise-ms=5");
	fake_run(50);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		before[i] = mark_in(places[i]);
	guest_send(UNLOAD, NULL, 0);
	fake_run(50);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		assert_true(mark_in(places[i]) > before[i]);
	assert_true(guest_wait(0, UNLOAD_RESPONSE, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		before[i] = mark_in(places[i]);
	fake_run(100);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i] >= MONITOR_GPA)
			assert_int_equal(mark_in(places[i]), before[i]);
	/* The guest's own pages contain nothing of the overlays */
	hv_write_register(2, HV_REG_SIMP, 0);
	hv_write_register(3, HV_REG_SIEFP, 0);
	fake_run(100);
	assert_int_equal(mark_in(places[2]), 0);
	assert_int_equal(mark_in(places[3]), 0);
}

static void it_can_be_still(void **state)
{
	(void)state;
	connect_with("noise=0");
	fake_run(100);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		assert_int_equal(mark_in(places[i]), 0);
	assert_string_equal(fake_ask("option noise=1"), "{}\n");
	fake_run(100);
	assert_true(mark_in(places[0]) > 0);
}

static void its_writes_do_no_harm(void **state)
{
	struct guest_ring ring;
	u8 m[16] = { 1, 0, 16, 0 }, packet[64];

	(void)state;
	connect_with("noise-ms=1");
	ring = guest_ring(BALLOON, RINGS, 4);
	for (u32 i = 0; i < 2000; i++) {
		put32(m + 4, i);
		guest_ring_send(&ring, 6, 0, NULL, 0, m, sizeof(m));
		fake_run(2);
		assert_int_equal(guest_ring_receive(&ring, packet, 64), 32);
		assert_int_equal(get32(packet + 20), i);
	}
}

static void chatter(void **state)
{
	u32 others = 0, type;

	(void)state;
	connect_with("chatter=7");
	guest_send(UNLOAD, NULL, 0);
	for (u32 ms = 0; ms < 100; ms++, fake_run(1))
		while ((type = guest_take(0, NULL)) && type != UNLOAD_RESPONSE)
			others++;
	assert_int_equal(others, 7);
}

static void fast_and_slow_answers(void **state)
{
	(void)state;
	connect_with("fast=1");
	guest_gpadl(BALLOON, 0x13, BUFFER, 1);
	assert_int_equal(guest_take(0, NULL), GPADL_CREATED);
	guest_send(UNLOAD, NULL, 0);
	assert_int_equal(guest_take(0, NULL), UNLOAD_RESPONSE);
	connect_with("answer-ms=40");
	guest_gpadl(BALLOON, 0x13, BUFFER, 1);
	fake_run(39);
	assert_int_equal(guest_take(0, NULL), 0);
	fake_run(2);
	assert_int_equal(guest_take(0, NULL), GPADL_CREATED);
}

static void a_gpadl_refused(void **state)
{
	u8 m[240];

	(void)state;
	connect_with("");
	assert_string_equal(fake_ask("option refuse-gpadl=2"), "{}\n");
	guest_gpadl(BALLOON, 0x13, BUFFER, 1);
	assert_true(guest_wait(0, GPADL_CREATED, m));
	assert_int_equal(get32(m + 16), 0);
	guest_gpadl(BALLOON, 0x14, BUFFER, 1);
	assert_true(guest_wait(0, GPADL_CREATED, m));
	assert_int_equal(get32(m + 16), NTSTATUS_NO_RESOURCES);
	assert_null(find_gpadl(0x14));
	guest_gpadl(BALLOON, 0x15, BUFFER, 1);
	assert_true(guest_wait(0, GPADL_CREATED, m));
	assert_int_equal(get32(m + 16), 0);
	assert_int_equal(host.violations, 0);
}

static void a_write_after_the_revoke(void **state)
{
	(void)state;
	connect_with("write-after=simp:1");
	hv_write_register(0, HV_REG_SIMP, 0);
	fake_run(100);
	assert_int_equal(mark_in(END(SIMP_GPA(0))), 0);
	hv_write_register(1, HV_REG_SIMP, 0);
	assert_int_equal(mark_in(END(SIMP_GPA(1))), 0);
	fake_run(100);
	assert_true(mark_in(END(SIMP_GPA(1))) > 0);
	connect_with("write-after=0x70008");
	fake_run(100);
	assert_int_equal(mark_in(0x70008), 0);
	guest_send(UNLOAD, NULL, 0);
	fake_run(100);
	assert_true(mark_in(0x70008) > 0);
}

static void nmi_at(const char *words, u32 expected_vp)
{
	connect_with(words);
	hv_write_register(1, HV_REG_SIMP, 0);
	for (u32 vp = 0; vp < FAKE_VPS; vp++)
		assert_int_equal(fake.nmis[vp], 0);
	hv_write_register(0, HV_REG_CRASH_CTL, 1ull << 63);
	hv_write_register(1, HV_REG_SIEFP, 0);
	guest_send(UNLOAD, NULL, 0);
	fake_run(100);
	for (u32 vp = 0; vp < FAKE_VPS; vp++)
		assert_int_equal(fake.nmis[vp],
				 expected_vp == ALL_VPS || expected_vp == vp);
}

static void nmis(void **state)
{
	(void)state;
	nmi_at("nmi-at=crash-notify", ALL_VPS);
	nmi_at("nmi-at=unload nmi-vp=0", 0);
	nmi_at("nmi-at=unload-answer nmi-vp=3", 3);
	nmi_at("nmi-at=register-off nmi-vp=2", 2);
	nmi_at("nmi-at=register-off nmi-vp=that", 1);
	nmi_at("nmi-at=unload nmi-vp=that", 0);
	nmi_at("nmi-at=unload nmi-ms=50 nmi-vp=1", 1);
	assert_non_null(strstr(fake.log, "NMI to VP 1"));
	/* Once, until it is requested again */
	guest_contact(V5_3);
	guest_send(UNLOAD, NULL, 0);
	fake_run(100);
	assert_int_equal(fake.nmis[1], 1);
	fake_ask("option nmi-at=unload");
	guest_contact(V5_3);
	guest_send(UNLOAD, NULL, 0);
	fake_run(100);
	assert_int_equal(fake.nmis[1], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_writes_until_it_lets_go), TEST(it_can_be_still),
		TEST(its_writes_do_no_harm),	  TEST(chatter),
		TEST(fast_and_slow_answers),	  TEST(a_gpadl_refused),
		TEST(a_write_after_the_revoke),	  TEST(nmis),
	};

	return RUN(tests);
}
