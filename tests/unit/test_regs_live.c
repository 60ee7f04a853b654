// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_regs_live.c - kernel/regs_live.c: which CPUs are examined, and how often
 *
 * A look costs an interrupt, and each register read an exit to the hypervisor: both
 * are counted. All CPUs have the one VP of fake_hv.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <asm/mshyperv.h>
#include <linux/cpumask.h>
#include <linux/ioport.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include "fake_hv.h"
#include "hvcrash.h"
#include "inject.h"
#include "regs.h"
#include "regs_state.h"

int shim_allocations_left = -1;
u64 shim_freed_word;
u64 shim_tsc;
_Thread_local unsigned int shim_cpu;
unsigned int nr_cpu_ids;
struct hvcrash_registry hvcrash_registry;
struct ms_hyperv_info ms_hyperv = {
	.features = HV_MSR_SYNIC_AVAILABLE | HV_MSR_SYNTIMER_AVAILABLE,
};
void *hv_hypercall_pg;

static u32 vp_index[NR_CPUS];
u32 *hv_vp_index = vp_index;
static bool is_online[NR_CPUS];
static u32 looks[NR_CPUS];
static struct work_struct *scheduled;

bool hvcrash_inject_alloc_fails(void)
{
	return false;
}

bool hvcrash_inject_is_stubborn(u32 vp)
{
	return false;
}

bool pfn_valid(u64 pfn)
{
	return true;
}

bool cpu_online(unsigned int cpu)
{
	return is_online[cpu];
}

int page_is_ram(unsigned long pfn)
{
	return true;
}

void on_each_cpu_mask(const struct cpumask *mask, void (*fn)(void *info),
		      void *info, bool wait)
{
	unsigned int cpu;

	for_each_cpu(cpu, mask)
	{
		looks[cpu]++;
		shim_cpu = cpu;
		fn(info);
	}
	shim_cpu = 0;
}

bool schedule_work(struct work_struct *work)
{
	scheduled = work;
	return true;
}

bool cancel_work_sync(struct work_struct *work)
{
	scheduled = NULL;
	return true;
}

static void run_work(void)
{
	struct work_struct *work = scheduled;

	assert_non_null(work);
	scheduled = NULL;
	work->fn(work);
}

/* Looks, and reads of registers, since the last call */
static u32 count_looks(void)
{
	u32 n = 0;
	u32 i;

	for (i = 0; i < NR_CPUS; i++)
		n += looks[i];
	memset(looks, 0, sizeof(looks));
	return n;
}

static u32 count_reads(void)
{
	u32 n = 0;
	u32 i;

	for (i = 0; i < HVCRASH_NR_ALL_REGS; i++) {
		n += fake_registers[i].reads;
		fake_registers[i].reads = 0;
	}
	return n;
}

/* @cpus are there, and all but the last are online */
static void load(u32 cpus)
{
	u32 cpu;

	fake_hv_reset();
	fake_registers[HVCRASH_REG_SIMP].value = 0x7000 | HVCRASH_REG_ENABLED;
	nr_cpu_ids = cpus;
	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		vp_index[cpu] = cpu;
		is_online[cpu] = cpu < cpus - 1;
	}
	assert_int_equal(hvcrash_registry_init(&hvcrash_registry, cpus, 0), 0);
	assert_int_equal(hvcrash_regs_init(), 0);
	assert_int_equal(count_looks(), cpus - 1);
	count_reads();
}

static void unload(void)
{
	hvcrash_regs_deinit();
	hvcrash_registry_deinit(&hvcrash_registry);
}

static struct hvcrash_extent *simp_of(u32 cpu)
{
	return hvcrash_registry_vp_extent(&hvcrash_registry, cpu,
					  HVCRASH_REG_SIMP);
}

/* Reads of registers when one more CPU comes online beside so many */
static u32 cost_of_one_online(u32 cpus)
{
	u32 reads;

	load(cpus);
	is_online[cpus - 1] = true;
	hvcrash_regs_observe_cpu_later(cpus - 1);
	run_work();
	assert_int_equal(looks[cpus - 1], 1);
	assert_int_equal(count_looks(), 1);
	assert_int_equal(simp_of(cpus - 1)->state, HVCRASH_SHARED);
	reads = count_reads();
	unload();
	return reads;
}

static void a_cpu_that_comes_online_costs_the_same_beside_few_and_many(void **s)
{
	u32 few = cost_of_one_online(4);

	(void)s;
	assert_int_equal(cost_of_one_online(64), few);
	assert_int_equal(cost_of_one_online(416), few);
}

static void reading_the_registry_interrupts_nobody_who_is_known(void **s)
{
	(void)s;
	load(64);
	hvcrash_regs_observe();
	hvcrash_regs_observe();
	assert_int_equal(count_looks(), 0);
	/* The VM's two registers are read each time */
	assert_int_equal(count_reads(), 2 * HVCRASH_VM_REGS);
	unload();
}

static void when_vmbus_comes_or_goes_all_are_looked_at_once(void **s)
{
	(void)s;
	load(8);
	fake_registers[HVCRASH_REG_SIMP].value = 0;
	hvcrash_regs_observe_later();
	/* A reader of the registry sees it even before the work has run */
	hvcrash_regs_observe();
	assert_int_equal(count_looks(), 7);
	assert_int_equal(simp_of(3)->state, HVCRASH_TORN_DOWN);
	run_work();
	assert_int_equal(count_looks(), 0);
	unload();
}

static void
a_cpu_that_went_offline_before_the_look_waits_until_it_is_back(void **s)
{
	(void)s;
	load(4);
	hvcrash_regs_observe_cpu_later(2);
	is_online[2] = false;
	run_work();
	assert_int_equal(count_looks(), 0);
	is_online[2] = true;
	hvcrash_regs_observe();
	assert_int_equal(looks[2], 1);
	assert_int_equal(count_looks(), 1);
	unload();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_cpu_that_comes_online_costs_the_same_beside_few_and_many),
		cmocka_unit_test(
			reading_the_registry_interrupts_nobody_who_is_known),
		cmocka_unit_test(
			when_vmbus_comes_or_goes_all_are_looked_at_once),
		cmocka_unit_test(
			a_cpu_that_went_offline_before_the_look_waits_until_it_is_back),
	};

	return cmocka_run_group_tests_name("registers of the running kernel",
					   tests, NULL, NULL);
}
