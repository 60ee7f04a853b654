// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_way_out.c - from the hook to the hand-over, on a kernel made of threads
 *
 * kernel/hooks_x86.c, crash.c, kexec.c, revoke.c, rendezvous.c, guard_x86.c and one of
 * the two ways to stop CPUs, unchanged. Each run of a scenario is a process of its
 * own, because a kernel ends only once; it leaves its notes in shared memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fake_kernel.h"
#include "hvcrash.h"

#define NR_CPUS 4
#define SELF (NR_CPUS - 1)
#define ALL_CPUS ((1ULL << NR_CPUS) - 1)

/* Longer than the fake kernel's own waits */
#define BOUND_S 60

/* The results of a run */
static struct seen {
	struct fake_notes notes;
	struct hvcrash_crash report;
	u32 phase;
	u32 way;
} * seen;

static void run_here(const struct fake_scenario *s)
{
	alarm(BOUND_S);
	fake_kernel_run(s);
	seen->notes = fake_notes;
	seen->report = *hvcrash_report();
	seen->phase = hvcrash_registry.header->phase;
	seen->way = hvcrash_way();
	_exit(0);
}

/* Runs a scenario on NR_CPUS CPUs, which has to complete */
static void run(struct fake_scenario s)
{
	int status;
	pid_t pid;

	if (!s.nr_cpus)
		s.nr_cpus = NR_CPUS;
	memset(seen, 0, sizeof(*seen));
	pid = fork();
	if (!pid)
		run_here(&s);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail_msg(
			"%s, notifiers %c, fault %u, NMI phase %u mask 0x%llx: "
			"status 0x%x",
			s.is_kexec ? "kexec" : "panic",
			s.post_notifiers ? 'Y' : 'N', s.fault_at, s.nmi_phase,
			(unsigned long long)s.nmi_mask, status);
}

static void assert_all_is_well(void)
{
	u32 cpu;

	assert_int_equal(seen->phase, HVCRASH_PHASE_FINISHED);
	assert_int_equal(seen->report.vps_expected, NR_CPUS - 1);
	assert_int_equal(seen->report.vps_revoked, NR_CPUS - 1);
	assert_int_equal(seen->notes.stops, 1);
	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		assert_int_equal(seen->notes.arrived[cpu], 1);
		assert_int_equal(seen->notes.revoked[cpu], 1);
		if (cpu != SELF)
			assert_true(seen->notes.is_stopped[cpu]);
	}
}

static void assert_order(const enum fake_phase *phases, u32 n)
{
	u32 i;

	for (i = 1; i < n; i++)
		assert_in_range(seen->notes.at[phases[i]],
				seen->notes.at[phases[i - 1]] + 1, UINT32_MAX);
}

static void panic_in_order(struct fake_scenario s)
{
	static const enum fake_phase order[] = { FAKE_STOP,   FAKE_UNLOAD,
						 FAKE_REVOKE, FAKE_RECORD,
						 FAKE_VM,     FAKE_END };

	run(s);
	assert_all_is_well();
	assert_order(order, sizeof(order) / sizeof(order[0]));
	assert_true(seen->notes.is_handed_over);
	assert_int_equal(seen->way, HVCRASH_WAY_CRASH);
}

static void a_panic_revokes_all_in_order_and_hands_over(void **state)
{
	u32 notifiers;

	(void)state;
	for (notifiers = 0; notifiers < 2; notifiers++) {
		panic_in_order(
			(struct fake_scenario){ .post_notifiers = notifiers });
		assert_int_equal(seen->notes.at[FAKE_PRINT], 0);
	}
}

#ifdef FAKE_STOP_HOOK
/* The fake kernel dies if hvcrash parks a CPU on the kernel's way, or takes the slot */
static void where_the_kernel_revokes_itself_hvcrash_comes_after_it(void **state)
{
	u32 notifiers;

	(void)state;
	for (notifiers = 0; notifiers < 2; notifiers++)
		panic_in_order((struct fake_scenario){
			.post_notifiers = notifiers, .revokes_itself = true });
}
#endif

/* If a CPU returned into a disabled hypercall page, the run would end there */
static void what_went_wrong_is_printed_while_hypercalls_still_work(void **state)
{
	static const enum fake_phase order[] = { FAKE_RECORD, FAKE_PRINT,
						 FAKE_VM };

	(void)state;
	run((struct fake_scenario){ .is_unwell = true });
	assert_all_is_well();
	assert_order(order, sizeof(order) / sizeof(order[0]));
	run((struct fake_scenario){ .is_unwell = true, .is_kexec = true });
	assert_all_is_well();
	assert_order(order, sizeof(order) / sizeof(order[0]));
}

static void
a_kexec_prints_only_when_the_others_are_stopped_for_good(void **state)
{
	(void)state;
	run((struct fake_scenario){ .is_unwell = true, .is_kexec = true });
	assert_all_is_well();
	assert_int_equal(seen->notes.living_at_print, 0);
	assert_int_equal(seen->way, HVCRASH_WAY_KEXEC);
}

/*
 * NMIs of the watchdog, perf or an operator: to the panicking CPU, to one other, to
 * all; before the stop and in each phase after it.
 */
static void an_nmi_at_any_moment_on_any_cpu_changes_nothing(void **state)
{
	static const u64 masks[] = { 1ULL << SELF, 1, ALL_CPUS };
	struct fake_scenario s = { .is_unwell = true };
	u32 phase, i, way;

	(void)state;
	for (way = 0; way < 3; way++) {
		s.is_kexec = way == 2;
		s.post_notifiers = way == 1;
		for (phase = FAKE_LIVING; phase < FAKE_PHASES; phase++) {
			for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
				s.nmi_phase = phase;
				s.nmi_mask = masks[i];
				run(s);
				assert_all_is_well();
			}
		}
	}
}

/* Places as in the parameter debug_fault; after the last one nothing may fault */
#define LAST_PLACE 5

static void a_fault_of_ours_ends_our_part_and_not_the_dump(void **state)
{
	struct fake_scenario s = {};
	u32 cpu, way;

	(void)state;
	for (way = 0; way < 4; way++) {
		s.post_notifiers = way & 1;
		s.is_oops = way & 2;
		s.is_unwell = true;
		for (s.fault_at = 1; s.fault_at <= LAST_PLACE; s.fault_at++) {
			run(s);
			assert_true(seen->notes.is_handed_over);
			assert_int_equal(seen->notes.stops, 1);
			for (cpu = 0; cpu < SELF; cpu++)
				assert_true(seen->notes.is_stopped[cpu]);
			/* None twice, even after a retry */
			for (cpu = 0; cpu < NR_CPUS; cpu++)
				assert_in_range(seen->notes.revoked[cpu],
						s.fault_at != 5, 1);
			assert_true(seen->notes.at[FAKE_UNLOAD] ||
				    s.fault_at == 1);
		}
	}
}

static void a_fault_in_the_message_costs_the_message_only(void **state)
{
	(void)state;
	run((struct fake_scenario){ .fault_at = 3, .is_unwell = true });
	assert_all_is_well();
	assert_int_equal(seen->notes.at[FAKE_PRINT], 0);
}

static void a_fault_of_ours_in_a_kexec_does_not_stop_it(void **state)
{
	(void)state;
	run((struct fake_scenario){ .fault_at = 5, .is_kexec = true });
	assert_int_equal(seen->notes.stops, 1);
	assert_int_equal(seen->phase, HVCRASH_PHASE_CRASHING);
}

static void
a_cpu_that_does_not_come_in_time_is_named_and_left_behind(void **state)
{
	u32 notifiers;

	(void)state;
	for (notifiers = 0; notifiers < 2; notifiers++) {
		run((struct fake_scenario){ .post_notifiers = notifiers,
					    .deaf_mask = 2 });
		assert_int_equal(seen->phase, HVCRASH_PHASE_FINISHED);
		assert_int_equal(seen->report.vps_expected, NR_CPUS - 1);
		assert_in_range(seen->report.vps_revoked, 0, NR_CPUS - 2);
		assert_true(seen->notes.is_not_reached[1]);
		assert_int_not_equal(seen->notes.at[FAKE_PRINT], 0);
	}
}

/* How long the panicking CPU waited for one that did not come, in reads of the clock */
static u64 waited(struct fake_scenario s)
{
	s.deaf_mask = 1;
	run(s);
	return seen->report.tsc_parked - seen->report.tsc_begin;
}

static void with_many_cpus_it_waits_longer(void **state)
{
	(void)state;
	assert_in_range(waited((struct fake_scenario){ .nr_cpus = 2 }), 1000,
			UINT32_MAX);
	assert_in_range(waited((struct fake_scenario){ .nr_cpus = 33 }), 17000,
			UINT32_MAX);
}

#ifndef FAKE_STOP_HOOK
/* With the hook, the kernel itself first waits for all without a bound */
static void a_kexec_has_a_bound_of_its_own(void **state)
{
	(void)state;
	assert_in_range(waited((struct fake_scenario){ .is_kexec = true }),
			50000, UINT32_MAX);
}

static void
with_many_cpus_they_are_held_longer_for_the_kernels_nmi(void **state)
{
	u32 few, many;

	(void)state;
	run((struct fake_scenario){ .nr_cpus = 2 });
	few = seen->notes.udelay_us;
	run((struct fake_scenario){ .nr_cpus = 32 });
	many = seen->notes.udelay_us;
	assert_in_range(few, 1000, UINT32_MAX);
	assert_int_equal(many - few, 30 * 20);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_panic_revokes_all_in_order_and_hands_over),
		cmocka_unit_test(
			what_went_wrong_is_printed_while_hypercalls_still_work),
		cmocka_unit_test(
			a_kexec_prints_only_when_the_others_are_stopped_for_good),
		cmocka_unit_test(
			an_nmi_at_any_moment_on_any_cpu_changes_nothing),
		cmocka_unit_test(
			a_fault_of_ours_ends_our_part_and_not_the_dump),
		cmocka_unit_test(a_fault_in_the_message_costs_the_message_only),
		cmocka_unit_test(a_fault_of_ours_in_a_kexec_does_not_stop_it),
		cmocka_unit_test(
			a_cpu_that_does_not_come_in_time_is_named_and_left_behind),
		cmocka_unit_test(with_many_cpus_it_waits_longer),
#ifdef FAKE_STOP_HOOK
		cmocka_unit_test(
			where_the_kernel_revokes_itself_hvcrash_comes_after_it),
#else
		cmocka_unit_test(a_kexec_has_a_bound_of_its_own),
		cmocka_unit_test(
			with_many_cpus_they_are_held_longer_for_the_kernels_nmi),
#endif
	};

	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests_name("way out", tests, NULL, NULL);
}
