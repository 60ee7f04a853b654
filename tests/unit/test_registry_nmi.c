// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_registry_nmi.c - a crash stops all writers at any instruction
 *
 * Threads are CPUs that publish and retire as fast as they can; a signal is the
 * NMI that stops each of them wherever it is. While they are stopped, the test reads
 * the registry as the crash path does: without a lock. Every record that claims
 * to be complete has to be complete; an interrupted one has to say so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include "registry.h"

int shim_allocations_left = -1;
u64 shim_freed_word;

#define WRITERS 4
#define STOPS 2000

static struct hvcrash_registry reg;
static pthread_t writer[WRITERS];
static u32 parked, phase, quit;

/* Lets the writers make progress between two stops */
static void wait_for_progress(void)
{
	u64 from = READ_ONCE(reg.header->published);

	while (READ_ONCE(reg.header->published) - from < 100)
		sched_yield();
}

/* A record's fields follow from its GPADL, so a mixture of two shows */
static u64 gpa_of(u32 gpadl)
{
	return (u64)gpadl << 16;
}

static u32 pages_of(u32 gpadl)
{
	return gpadl % 13 + 1;
}

static void on_nmi(int sig)
{
	u32 mine = smp_load_acquire(&phase);

	(void)sig;
	__atomic_add_fetch(&parked, 1, __ATOMIC_ACQ_REL);
	while (smp_load_acquire(&phase) == mine)
		sched_yield();
	__atomic_sub_fetch(&parked, 1, __ATOMIC_ACQ_REL);
}

static void *write_on(void *arg)
{
	struct hvcrash_owner o = { .kind = HVCRASH_KIND_GPADL };
	u32 base = (u32)(uintptr_t)arg << 20;
	u32 i;

	for (i = 1; !READ_ONCE(quit); i++) {
		o.gpadl = base + i;
		o.relid = o.gpadl ^ 0x5555;
		hvcrash_registry_publish(&reg, &o, gpa_of(o.gpadl),
					 pages_of(o.gpadl),
					 HVCRASH_EV_MESSAGE_SENT, 0);
		if (i <= 64)
			continue;
		o.gpadl -= 64;
		hvcrash_registry_retire(&reg, &o, HVCRASH_EV_GPADL_TORNDOWN);
	}
	return NULL;
}

struct seen {
	u32 whole, cut, mixed;
};

static bool look(struct hvcrash_extent *e, void *ctx)
{
	struct seen *seen = ctx;

	switch (smp_load_acquire(&e->state)) {
	case HVCRASH_SHARED:
		if (e->gpa == gpa_of(e->gpadl) &&
		    e->pages == pages_of(e->gpadl) &&
		    e->relid == (e->gpadl ^ 0x5555))
			seen->whole++;
		else
			seen->mixed++;
		break;
	case HVCRASH_BUSY:
		seen->cut++;
		break;
	}
	return true;
}

static void a_stop_at_any_instruction_leaves_whole_records_or_cut_ones(void **s)
{
	struct sigaction sa = { .sa_handler = on_nmi };
	struct seen seen;
	u32 i, round, cuts = 0;

	(void)s;
	assert_int_equal(hvcrash_registry_init(&reg, 2, 0), 0);
	assert_int_equal(sigaction(SIGUSR1, &sa, NULL), 0);
	for (i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&writer[i], NULL, write_on,
						(void *)(uintptr_t)(i + 1)),
				 0);
	for (round = 0; round < STOPS; round++) {
		wait_for_progress();
		for (i = 0; i < WRITERS; i++)
			pthread_kill(writer[i], SIGUSR1);
		while (__atomic_load_n(&parked, __ATOMIC_ACQUIRE) < WRITERS)
			sched_yield();
		seen = (struct seen){ 0 };
		hvcrash_registry_for_each(&reg, look, &seen);
		assert_int_equal(seen.mixed, 0);
		/* One lock: no more than one writer can be inside a record */
		assert_in_range(seen.cut, 0, 1);
		cuts += seen.cut;
		__atomic_add_fetch(&phase, 1, __ATOMIC_RELEASE);
		while (__atomic_load_n(&parked, __ATOMIC_ACQUIRE))
			sched_yield();
	}
	WRITE_ONCE(quit, 1);
	for (i = 0; i < WRITERS; i++)
		pthread_join(writer[i], NULL);
	print_message("%u of %u stops cut a record\n", cuts, STOPS);
	hvcrash_registry_deinit(&reg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_stop_at_any_instruction_leaves_whole_records_or_cut_ones),
	};

	return cmocka_run_group_tests_name("registry under NMI", tests, NULL,
					   NULL);
}
