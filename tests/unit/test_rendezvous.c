// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_rendezvous.c - kernel/rendezvous.c with real threads as CPUs
 *
 * The clock is a counter that the test moves, so that bounds are reached without
 * waiting, and every thread is met by a handshake. Runs under ASan and UBSan,
 * and under TSan.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <linux/atomic.h>
#include "rendezvous.h"

#define NR_CPUS 8

static struct hvcrash_rdv_slot slots[NR_CPUS];
static u64 clock_us;
/* Plain memory on purpose: TSan sees whether DONE really publishes it */
static u64 result[NR_CPUS];
static u32 arrived[NR_CPUS], ticked[NR_CPUS], revoked[NR_CPUS];
/* A CPU in revoke() stays there until this is 0 */
static u32 hold_in_revoke;
static u32 unload_done, revoked_before_unload;

static void arrive(u32 cpu)
{
	__atomic_add_fetch(&arrived[cpu], 1, __ATOMIC_RELAXED);
}

static void tick(u32 cpu)
{
	__atomic_add_fetch(&ticked[cpu], 1, __ATOMIC_RELAXED);
}

static void revoke(u32 cpu)
{
	if (!READ_ONCE(unload_done))
		WRITE_ONCE(revoked_before_unload, 1);
	__atomic_add_fetch(&revoked[cpu], 1, __ATOMIC_RELAXED);
	while (smp_load_acquire(&hold_in_revoke))
		sched_yield();
	result[cpu] = 0x1000 + cpu;
}

static u64 now_us(void)
{
	/* Each read takes a microsecond, so every bounded wait ends */
	return __atomic_add_fetch(&clock_us, 1, __ATOMIC_RELAXED);
}

static void pause_cpu(void)
{
	sched_yield();
}

/* Repeated as often as possible on all but the last */
#define LAZY (NR_CPUS - 1)

static u64 tick_every_us(u32 cpu)
{
	return cpu == LAZY ? 1000 : 0;
}

static const struct hvcrash_rdv_ops ops = {
	.arrive = arrive,
	.tick = tick,
	.tick_every_us = tick_every_us,
	.revoke = revoke,
	.now_us = now_us,
	.pause = pause_cpu,
};
static struct hvcrash_rdv rdv;

static int setup(void **state)
{
	(void)state;
	memset(slots, 0, sizeof(slots));
	memset(result, 0, sizeof(result));
	memset(arrived, 0, sizeof(arrived));
	memset(ticked, 0, sizeof(ticked));
	memset(revoked, 0, sizeof(revoked));
	clock_us = hold_in_revoke = unload_done = revoked_before_unload = 0;
	rdv = (struct hvcrash_rdv){ .nr_cpus = NR_CPUS,
				    .park_bound_us = UINT64_MAX,
				    .slot = slots,
				    .ops = &ops };
	return 0;
}

static void *join_thread(void *arg)
{
	return hvcrash_rdv_join(&rdv, (uintptr_t)arg) ? &rdv : NULL;
}

static pthread_t start(uintptr_t cpu)
{
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, join_thread, (void *)cpu), 0);
	return t;
}

static bool finish(pthread_t t)
{
	void *ret;

	assert_int_equal(pthread_join(t, &ret), 0);
	return ret != NULL;
}

static void expect_all_but(u32 self)
{
	u32 cpu;

	assert_true(hvcrash_rdv_begin(&rdv, self));
	for (cpu = 0; cpu < NR_CPUS; cpu++)
		if (cpu != self)
			hvcrash_rdv_expect(&rdv, cpu);
}

static void all_park_then_all_revoke_and_their_results_count(void **s)
{
	pthread_t t[NR_CPUS];
	u32 cpu;

	(void)s;
	expect_all_but(0);
	for (cpu = 1; cpu < NR_CPUS; cpu++)
		t[cpu] = start(cpu);
	assert_int_equal(hvcrash_rdv_wait_parked(&rdv, UINT64_MAX),
			 NR_CPUS - 1);
	for (cpu = 1; cpu < NR_CPUS; cpu++)
		assert_int_equal(READ_ONCE(revoked[cpu]), 0);
	WRITE_ONCE(unload_done, 1);
	assert_int_equal(hvcrash_rdv_revoke(&rdv, UINT64_MAX), NR_CPUS - 1);
	hvcrash_rdv_close(&rdv);
	/* Read before the threads are joined: only DONE may publish this */
	for (cpu = 1; cpu < NR_CPUS; cpu++) {
		assert_true(hvcrash_rdv_is_done(&rdv, cpu));
		assert_int_equal(result[cpu], 0x1000 + cpu);
	}
	for (cpu = 1; cpu < NR_CPUS; cpu++) {
		assert_true(finish(t[cpu]));
		assert_int_equal(arrived[cpu], 1);
		assert_int_equal(revoked[cpu], 1);
	}
	assert_false(READ_ONCE(revoked_before_unload));
	assert_false(hvcrash_rdv_is_done(&rdv, 0));
}

static void no_cpu_revokes_while_the_unload_is_under_way(void **s)
{
	pthread_t t;

	(void)s;
	expect_all_but(0);
	t = start(3);
	/* Advances the clock and does nothing else */
	while (__atomic_load_n(&ticked[3], __ATOMIC_RELAXED) < 1000)
		sched_yield();
	assert_int_equal(READ_ONCE(revoked[3]), 0);
	WRITE_ONCE(unload_done, 1);
	hvcrash_rdv_revoke(&rdv, 100);
	assert_true(finish(t));
	assert_false(READ_ONCE(revoked_before_unload));
}

static void a_cpu_that_never_comes_costs_the_bound_and_is_lost(void **s)
{
	pthread_t t;
	u64 before;

	(void)s;
	expect_all_but(0);
	t = start(1);
	hvcrash_rdv_wait_parked(&rdv, 1000);
	WRITE_ONCE(unload_done, 1);
	before = READ_ONCE(clock_us);
	hvcrash_rdv_revoke(&rdv, 1000);
	assert_true(READ_ONCE(clock_us) - before >= 1000);
	finish(t);
	hvcrash_rdv_close(&rdv);
	assert_true(hvcrash_rdv_is_done(&rdv, 1));
	assert_false(hvcrash_rdv_is_done(&rdv, 2));
	assert_int_equal(slots[2].state, HVCRASH_RDV_LOST);
}

static void a_cpu_that_comes_after_the_revoke_began_still_counts(void **s)
{
	(void)s;
	expect_all_but(0);
	WRITE_ONCE(unload_done, 1);
	hvcrash_rdv_revoke(&rdv, 10);
	assert_true(finish(start(5)));
	hvcrash_rdv_close(&rdv);
	assert_true(hvcrash_rdv_is_done(&rdv, 5));
	assert_int_equal(result[5], 0x1005);
}

static void
a_cpu_that_comes_after_the_close_revokes_but_does_not_count(void **s)
{
	(void)s;
	expect_all_but(0);
	WRITE_ONCE(unload_done, 1);
	hvcrash_rdv_revoke(&rdv, 10);
	hvcrash_rdv_close(&rdv);
	assert_true(finish(start(5)));
	assert_int_equal(revoked[5], 1);
	assert_false(hvcrash_rdv_is_done(&rdv, 5));
}

static void a_cpu_stuck_in_its_revoke_is_lost_and_stays_lost(void **s)
{
	pthread_t t;

	(void)s;
	expect_all_but(0);
	WRITE_ONCE(hold_in_revoke, 1);
	WRITE_ONCE(unload_done, 1);
	t = start(6);
	hvcrash_rdv_revoke(&rdv, 10);
	while (!__atomic_load_n(&revoked[6], __ATOMIC_RELAXED))
		sched_yield();
	hvcrash_rdv_close(&rdv);
	assert_false(hvcrash_rdv_is_done(&rdv, 6));
	smp_store_release(&hold_in_revoke, 0);
	finish(t);
	assert_false(hvcrash_rdv_is_done(&rdv, 6));
	assert_int_equal(slots[6].state, HVCRASH_RDV_LOST);
}

static void a_parked_cpu_gives_up_after_its_bound_without_revoking(void **s)
{
	(void)s;
	rdv.park_bound_us = 500;
	expect_all_but(0);
	assert_false(finish(start(2)));
	assert_int_equal(revoked[2], 0);
}

static void a_cpu_ticks_at_once_and_then_as_often_as_it_is_to(void **s)
{
	(void)s;
	/* Alone, it advances the clock by a microsecond at each read */
	rdv.park_bound_us = 100000;
	expect_all_but(0);
	assert_false(finish(start(LAZY)));
	assert_int_equal(ticked[LAZY], 100);
	clock_us = 0;
	assert_false(finish(start(1)));
	assert_in_range(ticked[1], 99000, 100000);
}

static void a_rendezvous_begins_once(void **s)
{
	(void)s;
	assert_true(hvcrash_rdv_begin(&rdv, 0));
	assert_false(hvcrash_rdv_begin(&rdv, 0));
	assert_false(hvcrash_rdv_begin(&rdv, 1));
	assert_true(hvcrash_rdv_is_begun_by(&rdv, 0));
	assert_false(hvcrash_rdv_is_begun_by(&rdv, 1));
}

static void the_cpu_that_began_never_parks(void **s)
{
	(void)s;
	/* If this is broken, the test fails after this time */
	rdv.park_bound_us = 1000;
	expect_all_but(3);
	assert_false(hvcrash_rdv_join(&rdv, 3));
	assert_int_equal(arrived[3], 0);
	assert_int_equal(ticked[3], 0);
	assert_int_equal(slots[3].state, HVCRASH_RDV_ABSENT);
}

static void alone_there_is_nothing_to_wait_for(void **s)
{
	(void)s;
	assert_true(hvcrash_rdv_begin(&rdv, 0));
	assert_int_equal(hvcrash_rdv_wait_parked(&rdv, UINT64_MAX), 0);
	assert_int_equal(hvcrash_rdv_revoke(&rdv, UINT64_MAX), 0);
}

static void arrivals_at_any_moment_end_done_or_lost(void **s)
{
	pthread_t t[NR_CPUS];
	u32 round, cpu;

	for (round = 0; round < 500; round++) {
		setup(s);
		expect_all_but(0);
		for (cpu = 1; cpu < NR_CPUS; cpu++)
			t[cpu] = start(cpu);
		hvcrash_rdv_wait_parked(&rdv, round % 16);
		WRITE_ONCE(unload_done, 1);
		hvcrash_rdv_revoke(&rdv, round % 64);
		hvcrash_rdv_close(&rdv);
		for (cpu = 1; cpu < NR_CPUS; cpu++)
			if (hvcrash_rdv_is_done(&rdv, cpu))
				assert_int_equal(result[cpu], 0x1000 + cpu);
		for (cpu = 1; cpu < NR_CPUS; cpu++)
			assert_true(finish(t[cpu]));
		for (cpu = 1; cpu < NR_CPUS; cpu++) {
			assert_int_equal(revoked[cpu], 1);
			assert_in_range(slots[cpu].state, HVCRASH_RDV_DONE,
					HVCRASH_RDV_LOST);
		}
		assert_false(READ_ONCE(revoked_before_unload));
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		TEST(all_park_then_all_revoke_and_their_results_count),
		TEST(no_cpu_revokes_while_the_unload_is_under_way),
		TEST(a_cpu_that_never_comes_costs_the_bound_and_is_lost),
		TEST(a_cpu_that_comes_after_the_revoke_began_still_counts),
		TEST(a_cpu_that_comes_after_the_close_revokes_but_does_not_count),
		TEST(a_cpu_stuck_in_its_revoke_is_lost_and_stays_lost),
		TEST(a_parked_cpu_gives_up_after_its_bound_without_revoking),
		TEST(a_cpu_ticks_at_once_and_then_as_often_as_it_is_to),
		TEST(a_rendezvous_begins_once),
		TEST(the_cpu_that_began_never_parks),
		TEST(alone_there_is_nothing_to_wait_for),
		TEST(arrivals_at_any_moment_end_done_or_lost),
	};

	return cmocka_run_group_tests_name("rendezvous", tests, NULL, NULL);
}
