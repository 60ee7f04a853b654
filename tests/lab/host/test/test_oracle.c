// SPDX-License-Identifier: GPL-2.0-only
/* test_oracle.c - requests and options, good and bad */
#include "test.h"

static void expect_error(const char *request, const char *why)
{
	const char *answer = fake_ask(request);
	size_t n = strlen(answer);

	assert_int_equal(strncmp(answer, "{\"error\":\"", 10), 0);
	assert_non_null(strstr(answer, why));
	/* One line of JSON, whatever the request */
	assert_string_equal(answer + n - 3, "\"}\n");
	assert_ptr_equal(strchr(answer, '\n'), answer + n - 1);
}

static void bad_requests(void **state)
{
	(void)state;
	fake_start("");
	expect_error("", "no such request");
	expect_error("stat", "no such request");
	expect_error("state now", "no such request");
	expect_error("a b c d", "too many words");
	expect_error("a \"quote\\ and more than thirty-two characters of it",
		     "too long");
	expect_error("peek", "peek: GPA");
	expect_error("peek 0x", "peek: GPA");
	expect_error("peek 12z", "peek: GPA");
	expect_error("peek 99999999999999999999999", "peek: GPA");
	expect_error("peek 0x200000", "not within one page");
	expect_error("peek 0xff8 16", "not within one page");
	expect_error("peek 0 0", "not within one page");
	expect_error("poke 0xfffffffffffff000", "poke");
	expect_error("poke 0xffc 5", "not within one page");
	expect_error("nmi 4", "no such VP");
	expect_error("nmi x", "no such VP");
	expect_error("freeze", "freeze: 0|1");
	expect_error("freeze 2", "freeze: 0|1");
	expect_error("deaf 1", "deaf: VP");
	expect_error("rescind 1", "no such channel");
	expect_error("offer balloon", "not connected");
}

static void bad_options(void **state)
{
	(void)state;
	fake_start("");
	expect_error("option x", "not of the form");
	expect_error("option x=1", "no such option: x");
	expect_error("option vmbus=", "bad value: vmbus=");
	expect_error("option vmbus=7.0", "bad value");
	expect_error("option vmbus=5", "bad value");
	expect_error("option unload=maybe", "bad value");
	expect_error("option unload-ms=-1", "bad value");
	expect_error("option unload-ms=600001", "bad value");
	expect_error("option stuck-on=simp:64", "bad value");
	expect_error("option stuck-on=simpl:1", "bad value");
	expect_error("option devices=balloon,modem", "bad value");
	expect_error("option nmi-vp=64", "bad value");
	expect_error("option stuck-on=simp:that", "bad value");
	expect_error("option vp-offset=1", "only at the start");
	expect_error("option a\"\\b", "a\\\"\\\\b");
	/* An error in one leaves all options unchanged */
	expect_error("option unload-ms=77 fast=3", "bad value: fast=3");
	assert_int_equal(options.unload_ms, 0);
}

static void options_as_they_are(void **state)
{
	const char *now;

	(void)state;
	fake_start(
		"  vmbus=4.1   devices=heartbeat unload=never stuck-on=simp:1 ");
	fake_ask("option lying-off=hypercall write-after=0x5000 nmi-vp=3 "
		 "nmi-at=eom");
	now = fake_ask("options");
	assert_non_null(strstr(now, "\"vmbus\":\"4.1\""));
	assert_non_null(strstr(now, "\"devices\":\"heartbeat\""));
	assert_non_null(strstr(now, "\"unload\":\"never\""));
	assert_non_null(strstr(now, "\"stuck-on\":\"simp:1\""));
	assert_non_null(strstr(now, "\"lying-off\":\"hypercall\""));
	assert_non_null(strstr(now, "\"write-after\":\"0x5000\""));
	assert_non_null(strstr(now, "\"nmi-vp\":3"));
	assert_non_null(strstr(now, "\"nmi-at\":\"eom\""));
	fake_ask("option stuck-on= devices=");
	now = fake_ask("options");
	assert_non_null(strstr(now, "\"stuck-on\":null"));
	assert_non_null(strstr(now, "\"devices\":\"\""));
	fake_ask("option devices=all");
	assert_non_null(
		strstr(fake_ask("options"), "kvp,netvsc,storvsc,hvsock,uio\""));
}

static void bad_words_at_the_start(void **state)
{
	(void)state;
	fake_start("");
	assert_string_equal(hv_init("fast=1 slow=1", 4),
			    "no such option: slow");
	assert_non_null(hv_init("", 0));
	assert_non_null(hv_init("", 65));
}

static void peek_and_poke(void **state)
{
	(void)state;
	fake_start("noise=0");
	hv_write_register(0, HV_REG_SIMP, 0x50001);
	*fake_at(0x50000) = 0xaa;
	assert_string_equal(fake_ask("poke 0x50000 0x1122334455667788"),
			    "{}\n");
	assert_string_equal(fake_ask("peek 0x50000 4"),
			    "{\"gpa\":\"0x50000\",\"seen\":\"aa000000\","
			    "\"beneath\":\"88776655\"}\n");
	fake_ask("poke 0x50001");
	assert_string_equal(fake_ask("peek 327680 2"),
			    "{\"gpa\":\"0x50000\",\"seen\":\"aa00\","
			    "\"beneath\":\"8888\"}\n");
}

static void what_is_done_to_vps(void **state)
{
	(void)state;
	fake_start("");
	fake_ask("nmi 2");
	fake_ask("nmi");
	assert_int_equal(fake.nmis[1], 1);
	assert_int_equal(fake.nmis[2], 2);
	fake_ask("deaf 3 1");
	assert_true(fake.frozen[3] && !fake.frozen[2]);
	fake_ask("deaf 3 0");
	assert_false(fake.frozen[3]);
	assert_string_equal(fake_ask("freeze 1"), "{}\n");
	assert_true(fake.all_frozen);
	assert_string_equal(fake_ask("quit"), "{}\n");
	assert_string_equal(fake.end, "quit");
}

static void counts(void **state)
{
	const char *now;

	(void)state;
	fake_start("vp-offset=5");
	read_reg(1, HV_REG_SIMP);
	read_reg(1, HV_REG_VP_INDEX);
	hv_hypercall(1, 0x08, 0, 0);
	for (u32 i = 0; i < 3; i++)
		hv_count_exit(1, "msr");
	hv_count_exit(1, "cpuid");
	now = fake_ask("state");
	assert_non_null(strstr(now, "\"vp\":1,\"vp_index\":6,"));
	assert_non_null(strstr(
		now, "\"hypercalls\":1,\"register_exits\":2,"
		     "\"overlay_exits\":1,\"exits\":{\"all\":4,\"msr\":3,"
		     "\"cpuid\":1}}"));
	assert_non_null(strstr(fake_ask("registers"),
			       "{\"vp\":3,\"started\":true,\"registers\":{}}"));
}

static void which_kernel_turned_it_on(void **state)
{
	const char *now;

	(void)state;
	fake_start("");
	hv_write_register(0, HV_REG_VP_ASSIST, 0x1001);
	hv_write_register(0, HV_REG_GUEST_OS_ID, 7);
	hv_write_register(1, HV_REG_SIMP, 0x3001);
	hv_write_register(0, HV_REG_GUEST_OS_ID, 0);
	hv_write_register(0, HV_REG_SIEFP, 0x5001);
	hv_write_register(0, HV_REG_GUEST_OS_ID, 7);
	now = fake_ask("state");
	assert_non_null(strstr(now, "\"kernel\":2,\"guest_os_id\""));
	assert_non_null(strstr(now, "\"register\":\"0x1001\",\"shown\":true,"
				    "\"kernel\":1}"));
	assert_non_null(strstr(now, "\"register\":\"0x3001\",\"shown\":true,"
				    "\"kernel\":1}"));
	assert_non_null(strstr(now, "\"register\":\"0x5001\",\"shown\":true,"
				    "\"kernel\":2}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bad_requests),
		TEST(bad_options),
		TEST(options_as_they_are),
		TEST(bad_words_at_the_start),
		TEST(peek_and_poke),
		TEST(what_is_done_to_vps),
		TEST(counts),
		TEST(which_kernel_turned_it_on),
	};

	return RUN(tests);
}
