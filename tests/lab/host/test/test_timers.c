// SPDX-License-Identifier: GPL-2.0-only
/* test_timers.c - synthetic timers, by message and direct */
#include "test.h"

#define CONFIG(n) (HV_REG_TIMER_CONFIG + (n))
#define COUNT(n) (HV_REG_TIMER_COUNT + (n))
#define ON 1ull
#define PERIODIC 2ull
#define AUTO 8ull
#define DIRECT(vector) (1ull << 12 | (vector) << 4)
#define TO_SINT(n) ((u64)(n) << 16)

#define TIMER_SLOT(vp) fake_at(SIMP_GPA(vp) + 4 * 256)

static void with_timer_sint(const char *words)
{
	fake_start(words);
	guest_synic_on(0);
	hv_write_register(0, HV_REG_SINT + 4, 0xf4);
}

static void once(void **state)
{
	(void)state;
	with_timer_sint("noise=0");
	hv_write_register(0, CONFIG(1), AUTO | TO_SINT(4));
	hv_write_register(0, COUNT(1), fake.now + 5 * HV_MILLISECOND);
	assert_int_equal(read_reg(0, CONFIG(1)), ON | AUTO | TO_SINT(4));
	fake_run(4);
	assert_int_equal(get32(TIMER_SLOT(0)), 0);
	fake_run(2);
	assert_int_equal(get32(TIMER_SLOT(0)), 0x80000010);
	assert_int_equal(get32(TIMER_SLOT(0) + 16), 1);
	assert_int_equal(get64(TIMER_SLOT(0) + 24), fake.now - HV_MILLISECOND);
	assert_int_equal(fake.interrupts[0][0xf4], 1);
	assert_int_equal(read_reg(0, CONFIG(1)), AUTO | TO_SINT(4));
	fake_run(50);
	assert_int_equal(fake.interrupts[0][0xf4], 1);
}

static void periodic_and_never_two_at_once(void **state)
{
	(void)state;
	with_timer_sint("noise=0");
	hv_write_register(0, CONFIG(0), ON | PERIODIC | TO_SINT(4));
	hv_write_register(0, COUNT(0), HV_MILLISECOND);
	fake_run(10);
	/* The guest does not take them: one is in its slot, one in the queue */
	assert_int_equal(host.vp[0].queue[4].length, 1);
	put32(TIMER_SLOT(0), 0);
	hv_write_register(0, HV_REG_EOM, 0);
	assert_int_equal(get32(TIMER_SLOT(0)), 0x80000010);
	fake_run(1);
	assert_int_equal(host.vp[0].queue[4].length, 1);
	hv_write_register(0, COUNT(0), 0);
	assert_false(read_reg(0, CONFIG(0)) & ON);
}

static void a_period_of_nothing_is_bounded(void **state)
{
	(void)state;
	with_timer_sint("noise=0");
	hv_write_register(0, COUNT(0), 1);
	hv_write_register(0, CONFIG(0), ON | PERIODIC | TO_SINT(4));
	assert_true(hv_run(fake.now + 5) >= fake.now + 1000);
}

static void without_a_sint_it_is_off(void **state)
{
	(void)state;
	with_timer_sint("noise=0");
	hv_write_register(0, CONFIG(0), ON);
	assert_int_equal(read_reg(0, CONFIG(0)), 0);
}

static void direct(void **state)
{
	u64 due, period;
	u8 vector;

	(void)state;
	with_timer_sint("noise=0");
	hv_write_register(2, CONFIG(0), AUTO | DIRECT(0xedull));
	assert_false(hv_direct_timer(2, 0, &vector, &due, &period));
	hv_write_register(2, COUNT(0), fake.now + 100);
	assert_true(hv_direct_timer(2, 0, &vector, &due, &period));
	assert_int_equal(vector, 0xed);
	assert_int_equal(due, fake.now + 100);
	assert_int_equal(period, 0);
	assert_int_equal(fake.direct, 2);
	/* The back end serves it, not hv_run() */
	fake_run(10);
	assert_true(hv_direct_timer(2, 0, &vector, &due, &period));
	hv_direct_timer_fired(2, 0);
	assert_false(hv_direct_timer(2, 0, &vector, &due, &period));
	assert_false(read_reg(2, CONFIG(0)) & ON);
	hv_write_register(2, CONFIG(0), AUTO | PERIODIC | DIRECT(0xedull));
	hv_write_register(2, COUNT(0), 5000);
	assert_true(hv_direct_timer(2, 0, &vector, &due, &period));
	assert_int_equal(period, 5000);
	hv_start_vp(2, true);
	assert_false(hv_direct_timer(2, 0, &vector, &due, &period));
}

static void not_offered(void **state)
{
	struct hv_features features;
	u64 value;

	(void)state;
	fake_start("timers=0");
	hv_features(&features);
	assert_false(features.privileges_low & 1 << 3);
	assert_false(hv_read_register(0, CONFIG(0), &value));
	assert_false(hv_write_register(0, COUNT(3), 1));
	fake_start("direct-timers=0");
	hv_features(&features);
	assert_false(features.misc & 1 << 19);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(once),
		TEST(periodic_and_never_two_at_once),
		TEST(a_period_of_nothing_is_bounded),
		TEST(without_a_sint_it_is_off),
		TEST(direct),
		TEST(not_offered),
	};

	return RUN(tests);
}
