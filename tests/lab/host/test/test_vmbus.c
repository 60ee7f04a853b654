// SPDX-License-Identifier: GPL-2.0-only
/* test_vmbus.c - messages of VMBus, the ledger, and the release of all pages */
#include "test.h"

#define RINGS 0x50000ull
#define BALLOON 1u
#define HEARTBEAT 2u

#define V4 VMBUS_VERSION(4, 0)
#define V5_3 VMBUS_VERSION(5, 3)

static void versions(void **state)
{
	static const u32 taken[] = { VMBUS_VERSION(4, 0), VMBUS_VERSION(5, 0),
				     VMBUS_VERSION(5, 2), VMBUS_VERSION(5, 3),
				     VMBUS_VERSION(6, 0) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		fake_start("vmbus=6.0");
		guest_synic_on(0);
		assert_int_not_equal(guest_contact(taken[i]), 0);
		assert_int_equal(vmbus.version, taken[i]);
	}
	fake_start("vmbus=5.0");
	guest_synic_on(0);
	assert_int_equal(guest_contact(V5_3), 0);
	assert_int_equal(guest_contact(VMBUS_VERSION(5, 7)), 0);
	assert_int_not_equal(guest_contact(VMBUS_VERSION(5, 0)), 0);
	assert_int_equal(host.violations, 0);
}

static void a_connection_of_its_own(void **state)
{
	u8 m[8] = { REQUEST_OFFERS };

	(void)state;
	fake_start("");
	guest_synic_on(0);
	assert_int_equal(guest_post(4, m, 8), HV_STATUS_INVALID_CONNECTION_ID);
	guest_contact(V5_3);
	assert_int_equal(guest_post(4, m, 8), HV_STATUS_INVALID_CONNECTION_ID);
	assert_int_equal(guest_post(1, m, 8), HV_STATUS_INVALID_CONNECTION_ID);
	assert_int_equal(guest_post(vmbus.connection, m, 8), 0);
	guest_send(UNLOAD, NULL, 0);
	assert_true(guest_wait(0, UNLOAD_RESPONSE, NULL));
	assert_int_equal(guest_send(REQUEST_OFFERS, NULL, 0),
			 HV_STATUS_INVALID_CONNECTION_ID);
}

static void offers(void **state)
{
	u8 m[240];

	(void)state;
	fake_start("devices=heartbeat,balloon");
	guest_synic_on(0);
	guest_contact(V5_3);
	guest_send(REQUEST_OFFERS, NULL, 0);
	assert_true(guest_wait(0, OFFER_CHANNEL, m));
	assert_int_equal(get32(m + 184), BALLOON);
	assert_int_equal(get32(m + 8), 0x525074dc);
	assert_int_equal(get32(m + 192), 0x10001);
	assert_true(guest_wait(0, OFFER_CHANNEL, m));
	assert_int_equal(get32(m + 184), HEARTBEAT);
	assert_int_equal(guest_take(0, m), ALL_OFFERS_DELIVERED);
	assert_null(channel_of(3));
}

static void the_ledger_has_each_page(void **state)
{
	const char *state_now;

	(void)state;
	fake_start("");
	guest_connect(V4);
	assert_true(guest_open(BALLOON, 0x11, RINGS, 4));
	state_now = fake_ask("state");
	assert_non_null(strstr(state_now,
			       "\"kind\":\"monitor\",\"channel\":0,"
			       "\"gpadl\":0,\"kernel\":1,\"complete\":true,"
			       "\"pages\":[[64,1]]"));
	assert_non_null(strstr(state_now, "\"kind\":\"interrupt\""));
	assert_non_null(strstr(state_now,
			       "\"kind\":\"ring\",\"channel\":1,"
			       "\"gpadl\":17,\"kernel\":1,\"complete\":true,"
			       "\"given_back\":false,\"pages\":[[80,8]]"));
}

static void a_gpadl_in_many_messages(void **state)
{
	u32 body[4] = { 1, 0x77, 1, 0 };
	u8 answer[240];

	(void)state;
	fake_start("");
	guest_connect(V5_3);
	guest_gpadl(BALLOON, 0x77, RINGS, 200);
	assert_true(guest_wait(0, GPADL_CREATED, answer));
	assert_int_equal(get32(answer + 12), 0x77);
	assert_int_equal(get32(answer + 16), 0);
	assert_int_equal(find_gpadl(0x77)->pages, 200);
	assert_int_equal(find_gpadl(0x77)->pfns[199], RINGS / HV_PAGE + 199);
	/* One body too many */
	guest_send(GPADL_BODY, body, 4);
	assert_int_equal(host.violations, 1);
	assert_int_equal(find_gpadl(0x77)->pages, 200);
}

static void a_gpadl_that_is_not_complete(void **state)
{
	u32 words[] = { BALLOON, 0x78, (8 + 8 * 100) | 1 << 16, 100 * 4096, 0,
			80,	 0 };

	(void)state;
	fake_start("");
	guest_connect(V5_3);
	guest_send(GPADL_HEADER, words, ARRAY_SIZE(words));
	fake_run(10);
	assert_int_equal(guest_take(0, NULL), 0);
	assert_non_null(strstr(
		fake_ask("state"),
		"\"gpadl\":120,\"kernel\":1,\"complete\":false,\"given_back\":false,\"pages\":[[80,1]]"));
}

/* Words of a GPADL's header: what is wrong with it */
static void refused_gpadl(const u32 *words, u32 n)
{
	u8 answer[240];

	fake_start("");
	guest_connect(V5_3);
	guest_send(GPADL_HEADER, words, n);
	assert_true(guest_wait(0, GPADL_CREATED, answer));
	assert_int_not_equal(get32(answer + 16), 0);
	assert_null(find_gpadl(words[1]));
	assert_int_equal(vmbus.gpadl_pages, 0);
	assert_true(host.violations > 0);
}

static void gpadls_of_nonsense(void **state)
{
	const u32 no_ram[] = { 1, 5, 16 | 1 << 16, 4096, 0, 0xfffff, 0 };
	const u32 huge_pfn[] = { 1, 5, 16 | 1 << 16, 4096, 0, 1, ~0u };
	const u32 too_few[] = { 1, 5, 16 | 1 << 16, 8192, 0, 80, 0 };
	const u32 too_many[] = { 1, 5, 16 | 1 << 16, 1, 0, 80, 0, 81, 0 };
	u32 too_many_elsewhere[] = { 2, 5, 16 | 1 << 16, 1, 0, 80, 0, 81, 0 };
	const u32 overflow[] = { 1, 5, 16 | 1 << 16, ~0u, ~0u, 80, 0 };
	const u32 no_range[] = { 1, 5, 16, 4096, 0, 80, 0 };
	const u32 two_ranges[] = { 1, 5, 16 | 2 << 16, 4096, 0, 80, 0 };
	const u32 nothing[] = { 1, 5, 8 | 1 << 16, 0, 0 };
	const u32 no_channel[] = { 44, 5, 16 | 1 << 16, 4096, 0, 80, 0 };

	(void)state;
	refused_gpadl(no_ram, ARRAY_SIZE(no_ram));
	refused_gpadl(huge_pfn, ARRAY_SIZE(huge_pfn));
	refused_gpadl(too_few, ARRAY_SIZE(too_few));
	refused_gpadl(overflow, ARRAY_SIZE(overflow));
	refused_gpadl(no_range, ARRAY_SIZE(no_range));
	refused_gpadl(two_ranges, ARRAY_SIZE(two_ranges));
	refused_gpadl(nothing, ARRAY_SIZE(nothing));
	refused_gpadl(no_channel, ARRAY_SIZE(no_channel));
	/* Data beyond the announced size is ignored */
	fake_start("");
	guest_connect(V5_3);
	guest_send(GPADL_HEADER, too_many, ARRAY_SIZE(too_many));
	assert_int_equal(find_gpadl(5)->pages, 1);
	/* A number that is in use by another channel */
	too_many_elsewhere[0] = HEARTBEAT;
	guest_send(GPADL_HEADER, too_many_elsewhere, 9);
	assert_int_equal(vmbus.nr_gpadls, 2);
	guest_send(GPADL_HEADER, too_many, ARRAY_SIZE(too_many));
	assert_int_equal(host.violations, 1);
	assert_int_equal(vmbus.nr_gpadls, 2);
}

static void a_guest_that_hands_over_too_much(void **state)
{
	u32 words[] = { BALLOON, 0, 0xfff8 | 1 << 16, 0x1ffe000, 0, 80, 0 };
	u8 answer[240];
	u32 id;

	(void)state;
	fake_start("noise=0");
	guest_connect(V5_3);
	for (id = 1; vmbus.nr_gpadls == id - 1; id++) {
		assert_true(id < MAX_GPADLS);
		words[1] = id;
		guest_send(GPADL_HEADER, words, ARRAY_SIZE(words));
	}
	assert_true(guest_wait(0, GPADL_CREATED, answer));
	assert_int_equal(get32(answer + 16), NTSTATUS_NO_RESOURCES);
	assert_true(vmbus.gpadl_pages <= MAX_GPADL_PAGES);
}

static void a_guest_that_takes_no_answer(void **state)
{
	u32 words[] = { 44, 5 };
	u64 status;

	(void)state;
	fake_start("noise=0");
	guest_connect(V5_3);
	for (u32 i = 0; i < MAX_ANSWERS; i++)
		guest_send(GPADL_TEARDOWN, words, 2);
	for (u32 i = 0; i < 2 * MAX_ANSWERS; i++) {
		words[1] = i;
		status = guest_send(GPADL_HEADER, (u32[]){ 44, i, 0, 0 }, 4);
		if (status)
			break;
	}
	assert_int_equal(status, HV_STATUS_INSUFFICIENT_BUFFERS);
	assert_int_equal(host.messages_dropped, 0);
	/* There is room again as soon as it takes them */
	for (u32 i = 0; i < 10; i++) {
		fake_run(2);
		guest_take(0, NULL);
	}
	fake_run(2);
	assert_int_equal(guest_send(GPADL_HEADER, (u32[]){ 44, 5, 0, 0 }, 4),
			 0);
}

static void open_and_close(void **state)
{
	u32 relid = BALLOON, words[2] = { BALLOON, 0x11 };

	(void)state;
	fake_start("");
	guest_connect(V5_3);
	assert_true(guest_open(BALLOON, 0x11, RINGS, 4));
	/* The GPADL of an open channel's ring cannot be torn down */
	guest_send(GPADL_TEARDOWN, words, 2);
	assert_non_null(find_gpadl(0x11));
	assert_int_equal(host.violations, 1);
	guest_send(CLOSE_CHANNEL, &relid, 1);
	guest_send(GPADL_TEARDOWN, words, 2);
	assert_true(guest_wait(0, GPADL_TORNDOWN, NULL));
	assert_null(find_gpadl(0x11));
	guest_send(CLOSE_CHANNEL, &relid, 1);
	assert_int_equal(host.violations, 2);
}

/* A channel that cannot be opened so: the words of OPEN_CHANNEL */
static void refused_open(u32 relid, u32 gpadl, u32 vp, u32 downstream)
{
	u32 words[35] = { relid, 9, gpadl, vp, downstream };
	u8 answer[240];

	guest_send(OPEN_CHANNEL, words, 35);
	assert_true(guest_wait(0, OPEN_RESULT, answer));
	assert_int_equal(get32(answer + 12), 9);
	assert_int_not_equal(get32(answer + 16), 0);
}

static void opens_of_nonsense(void **state)
{
	(void)state;
	fake_start("");
	guest_connect(V5_3);
	guest_gpadl(BALLOON, 0x11, RINGS, 8);
	guest_gpadl(HEARTBEAT, 0x12, RINGS, 8);
	refused_open(44, 0x11, 0, 4);
	refused_open(BALLOON, 0x99, 0, 4);
	refused_open(BALLOON, 0x12, 0, 4);
	refused_open(BALLOON, 0x11, 64, 4);
	refused_open(BALLOON, 0x11, 0, 0);
	refused_open(BALLOON, 0x11, 0, 1);
	refused_open(BALLOON, 0x11, 0, 7);
	refused_open(BALLOON, 0x11, 0, ~0u);
	assert_int_equal(host.violations, 8);
}

static void messages_of_nonsense(void **state)
{
	u8 m[240] = { 0 };

	(void)state;
	fake_start("");
	guest_connect(V5_3);
	for (u32 type = 0; type < 300; type++) {
		if (type == INITIATE_CONTACT || type == UNLOAD ||
		    type == REQUEST_OFFERS)
			continue;
		put32(m, type);
		assert_int_equal(guest_post(vmbus.connection, m, 8), 0);
	}
	assert_int_equal(guest_post(vmbus.connection, m, 0), 0);
	assert_int_equal(guest_post(vmbus.connection, m, 7), 0);
	assert_int_equal(host.violations, 299);
	assert_true(vmbus.connected);
	/* HvPostMessage's own rules */
	put32(fake_at(CALL_GPA) + 12, 241);
	assert_int_equal(hv_hypercall(0, 0x5c, CALL_GPA, 0), 5);
	assert_int_equal(hv_hypercall(0, 0x5c, CALL_GPA + 4, 0), 4);
	assert_int_equal(hv_hypercall(0, 0x5c, CALL_GPA + 4000, 0), 4);
	assert_int_equal(hv_hypercall(0, 0x5c, ~0xfffull, 0), 5);
	assert_int_equal(hv_hypercall(0, 0x1005c, 0, 0), 3);
	assert_int_equal(hv_hypercall(0, 0x77, 0, 0), 2);
}

static void rescinded(void **state)
{
	u32 relid = BALLOON;
	u8 m[240];

	(void)state;
	fake_start("");
	guest_connect(V5_3);
	guest_open(BALLOON, 0x11, RINGS, 4);
	assert_string_equal(fake_ask("rescind 1"), "{}\n");
	assert_true(guest_wait(0, RESCIND_OFFER, m));
	assert_int_equal(get32(m + 8), BALLOON);
	assert_non_null(strstr(fake_ask("rescind 1"), "error"));
	/* It is held until the guest has released the channel */
	assert_non_null(find_gpadl(0x11));
	guest_send(RELID_RELEASED, &relid, 1);
	assert_null(find_gpadl(0x11));
	assert_null(channel_of(BALLOON));
	guest_send(RELID_RELEASED, &relid, 1);
	assert_int_equal(host.violations, 1);
	/* It may be offered again */
	assert_string_equal(fake_ask("offer balloon"), "{}\n");
	assert_true(guest_wait(0, OFFER_CHANNEL, m));
	assert_true(guest_open(BALLOON, 0x11, RINGS, 4));
}

static void unload_when_all_is_let_go(void **state)
{
	const char *now;

	(void)state;
	fake_start("unload-ms=300");
	guest_connect(V5_3);
	guest_open(BALLOON, 0x11, RINGS, 4);
	guest_send(UNLOAD, NULL, 0);
	fake_run(250);
	assert_int_equal(guest_take(0, NULL), 0);
	assert_non_null(find_gpadl(0x11));
	assert_true(vmbus.unloading);
	fake_run(60);
	assert_null(vmbus.gpadls);
	assert_int_equal(guest_take(0, NULL), UNLOAD_RESPONSE);
	now = fake_ask("state");
	assert_non_null(strstr(now, "\"ledger\":[],\"overlays_at_unload\":[{"));
	assert_non_null(
		strstr(now, "\"ledger_at_unload\":[{\"kind\":\"monitor"));
	assert_non_null(strstr(
		now, "\"kind\":\"ring\",\"channel\":1,"
		     "\"gpadl\":17,\"kernel\":1,\"complete\":true,"
		     "\"given_back\":false,\"pages\":[[80,8]]}],\"vps\""));
}

static void unload_with_what_is_torn_down_after_it(void **state)
{
	u32 words[2] = { BALLOON, 0x11 };

	(void)state;
	fake_start("unload-ms=300");
	guest_connect(V5_3);
	guest_gpadl(BALLOON, 0x11, RINGS, 4);
	guest_send(UNLOAD, NULL, 0);
	guest_send(GPADL_TEARDOWN, words, 2);
	guest_gpadl(BALLOON, 0x12, RINGS, 4);
	assert_non_null(strstr(
		fake_ask("state"),
		"\"pages\":[[65,1]]},{\"kind\":\"gpadl\","
		"\"channel\":1,\"gpadl\":17,\"kernel\":1,\"complete\":true,"
		"\"given_back\":true,\"pages\":[[80,4]]}],\"vps\""));
}

static void unload_before(void **state)
{
	(void)state;
	fake_start("unload=before unload-ms=100");
	guest_connect(V5_3);
	guest_open(BALLOON, 0x11, RINGS, 4);
	guest_send(UNLOAD, NULL, 0);
	assert_true(guest_wait(0, UNLOAD_RESPONSE, NULL));
	assert_non_null(find_gpadl(0x11));
	fake_run(110);
	assert_null(vmbus.gpadls);
	assert_int_equal(guest_take(0, NULL), 0);
}

static void unload_never_and_a_new_contact(void **state)
{
	(void)state;
	fake_start("unload=never");
	guest_connect(V5_3);
	guest_open(BALLOON, 0x11, RINGS, 4);
	guest_send(UNLOAD, NULL, 0);
	assert_false(guest_wait(0, UNLOAD_RESPONSE, NULL));
	assert_non_null(find_gpadl(0x11));
	assert_int_not_equal(guest_contact(V5_3), 0);
	assert_null(find_gpadl(0x11));
}

static void a_reserved_channel(void **state)
{
	u32 open[] = { BALLOON, 0, 2, 0x11, 4 }, close[] = { BALLOON, 1, 2 };
	u8 m[240] = { CLOSE_RESERVED_CHANNEL };

	(void)state;
	fake_start("noise-ms=5");
	guest_connect(V5_3);
	guest_gpadl(BALLOON, 0x11, RINGS, 8);
	guest_send(OPEN_RESERVED_CHANNEL, open, 5);
	assert_true(guest_wait(0, OPEN_RESULT, m));
	assert_int_equal(get32(m + 16), 0);
	guest_open(HEARTBEAT, 0x12, RINGS + 0x10000, 4);
	guest_send(CLOSE_CHANNEL, close, 1);
	assert_int_equal(host.violations, 1);
	/* It continues after UNLOAD, and the host keeps writing there */
	guest_send(UNLOAD, NULL, 0);
	assert_true(guest_wait(0, UNLOAD_RESPONSE, NULL));
	assert_non_null(find_gpadl(0x11));
	assert_null(find_gpadl(0x12));
	assert_true(channel_of(BALLOON)->open);
	put32(fake_at(RINGS + 16), 0);
	fake_run(50);
	assert_true(get32(fake_at(RINGS + 16)) > 0);
	/* It is not offered to a new connection */
	guest_connect(V5_3);
	assert_non_null(find_gpadl(0x11));
	/* The next kernel uses the same numbers as the first one */
	assert_true(guest_open(HEARTBEAT, 0x11, RINGS + 0x10000, 4));
	put32(m, CLOSE_RESERVED_CHANNEL);
	for (u32 i = 0; i < 3; i++)
		put32(m + 8 + 4 * i, close[i]);
	assert_int_equal(guest_post(1, m, 20), 0);
	assert_int_equal(guest_take(1, m), CLOSE_RESERVED_RESPONSE);
	assert_false(channel_of(BALLOON)->open);
	put32(m, CLOSE_RESERVED_CHANNEL);
	assert_int_equal(guest_post(1, m, 20), HV_STATUS_INVALID_CONNECTION_ID);
}

static void contact_while_connected(void **state)
{
	(void)state;
	fake_start("");
	guest_connect(V5_3);
	guest_open(BALLOON, 0x11, RINGS, 4);
	assert_int_not_equal(guest_contact(V4), 0);
	assert_null(find_gpadl(0x11));
	assert_null(channel_of(BALLOON));
	assert_int_equal(vmbus.interrupt_page, MONITOR_GPA + 2 * HV_PAGE);
}

static void contacts_of_nonsense(void **state)
{
	u8 m[40] = { INITIATE_CONTACT };

	(void)state;
	fake_start("");
	guest_synic_on(0);
	put32(m + 8, V5_3);
	put32(m + 12, 4);
	assert_int_equal(guest_post(4, m, sizeof(m)), 0);
	put32(m + 12, 0);
	put32(m + 16, 16);
	assert_int_equal(guest_post(4, m, sizeof(m)), 0);
	put32(m + 16, 2);
	put64(m + 24, FAKE_PAGES * HV_PAGE);
	assert_int_equal(guest_post(4, m, sizeof(m)), 0);
	put64(m + 24, MONITOR_GPA + 4);
	assert_int_equal(guest_post(4, m, sizeof(m)), 0);
	put64(m + 24, MONITOR_GPA);
	assert_int_equal(guest_post(9, m, sizeof(m)),
			 HV_STATUS_INVALID_CONNECTION_ID);
	assert_int_equal(host.violations, 4);
	assert_false(vmbus.connected);
}

static void another_vp(void **state)
{
	u32 words[2] = { BALLOON, 3 };
	u8 m[240];

	(void)state;
	fake_start("");
	guest_connect(V5_3);
	guest_open(BALLOON, 0x11, RINGS, 4);
	guest_send(MODIFY_CHANNEL, words, 2);
	assert_true(guest_wait(0, MODIFY_CHANNEL_RESPONSE, m));
	assert_int_equal(get32(m + 12), 0);
	assert_int_equal(channel_of(BALLOON)->target_vp, 3);
	words[1] = 4;
	guest_send(MODIFY_CHANNEL, words, 2);
	assert_true(guest_wait(0, MODIFY_CHANNEL_RESPONSE, m));
	assert_int_not_equal(get32(m + 12), 0);
	assert_int_equal(channel_of(BALLOON)->target_vp, 3);
}

static void no_memory(void **state)
{
	(void)state;
	fake_start("noise=0");
	guest_connect(V5_3);
	fake.allocations_left = 1;
	guest_gpadl(BALLOON, 0x11, RINGS, 4);
	guest_send(UNLOAD, NULL, 0);
	fake_run(100);
	fake.allocations_left = 0;
	assert_true(host.messages_dropped > 0);
	assert_int_not_equal(guest_contact(V5_3), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(versions),
		TEST(a_connection_of_its_own),
		TEST(offers),
		TEST(the_ledger_has_each_page),
		TEST(a_gpadl_in_many_messages),
		TEST(a_gpadl_that_is_not_complete),
		TEST(gpadls_of_nonsense),
		TEST(a_guest_that_hands_over_too_much),
		TEST(a_guest_that_takes_no_answer),
		TEST(open_and_close),
		TEST(opens_of_nonsense),
		TEST(messages_of_nonsense),
		TEST(rescinded),
		TEST(unload_when_all_is_let_go),
		TEST(unload_with_what_is_torn_down_after_it),
		TEST(unload_before),
		TEST(unload_never_and_a_new_contact),
		TEST(a_reserved_channel),
		TEST(contact_while_connected),
		TEST(contacts_of_nonsense),
		TEST(another_vp),
		TEST(no_memory),
	};

	return RUN(tests);
}
