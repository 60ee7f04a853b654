// SPDX-License-Identifier: GPL-2.0-only
/*
 * regs_live.c - which pages synthetic registers share, in the living kernel
 *
 * Called at load, when a CPU or VMBus comes up or goes down, and before the registry is
 * read: reads the registers of online CPUs, so that the registry can name the
 * pages of a VP that no longer answers in a crash. This interrupts the CPU and costs an
 * exit to the hypervisor for each register, so only CPUs whose registers may have changed
 * since the last time are read.
 *
 * Invariant: the registry is written by one observer at a time; a CPU that goes
 * offline writes its own records, with the observer shut out. A possible CPU that
 * never comes online costs its records in the registry and is never looked at.
 *
 * Leaves out: the crash path (regs.c).
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include "compat/compat.h"
#include "inject.h"
#include "hvcrash.h"
#include "regs.h"
#include "regs_state.h"

struct hvcrash_result *hvcrash_results;
bool hvcrash_has_reg[HVCRASH_NR_REGS];
bool hvcrash_has_vm[HVCRASH_VM_REGS];
bool hvcrash_has_crash_regs;
static bool has_synic, has_stimers;

/*
 * VMBUS_MESSAGE_SINT (drivers/hv/hyperv_vmbus.h) is 2; Linux has one timer a VP, and
 * that is stimer 0 (drivers/clocksource/hyperv_timer.c).
 */
#define VMBUS_SINT BIT(2)
#define CLOCK_STIMER BIT(0)

u32 hvcrash_used_sints, hvcrash_used_stimers;

/* CPUs to read. Any context may set a bit; only the observer clears it */
static struct cpumask is_due;

static u32 ram_flag(u64 gpa)
{
	return page_is_ram(PHYS_PFN(gpa)) ? 0 : HVCRASH_EXTENT_NOT_RAM;
}

/* The extent follows the register. */
static void observe(struct hvcrash_extent *e, u64 value, u32 vp_index)
{
	u64 gpa = value & HVCRASH_REG_GPA_MASK;

	if (value & HVCRASH_REG_ENABLED) {
		if (e->state == HVCRASH_SHARED && e->gpa == gpa)
			return;
		e->vp_index = vp_index;
		hvcrash_registry_set_fixed(
			e, gpa, HVCRASH_SHARED, HVCRASH_EV_REGISTER_ON,
			HVCRASH_EXTENT_OVERLAY | ram_flag(gpa));
	} else if (e->state == HVCRASH_SHARED) {
		hvcrash_registry_set_fixed(e, e->gpa, HVCRASH_TORN_DOWN,
					   HVCRASH_EV_FOUND_OFF, e->flags);
	}
}

/* In an interrupt: only reads. Finding out whether a page is RAM takes a lock. */
static void read_this_cpu(void *unused)
{
	struct hvcrash_result *r = &hvcrash_results[smp_processor_id()];
	u32 i;

	for (i = 0; i < HVCRASH_VP_EXTENTS; i++)
		if (hvcrash_has_reg[i])
			r->seen[i] = hvcrash_reg_get(i);
	r->seen_sints = 0;
	for (i = 0; has_synic && i < HVCRASH_NR_SINTS; i++)
		if (!(hvcrash_reg_get(HVCRASH_REG_SINT0 + i) &
		      HVCRASH_SINT_MASKED))
			r->seen_sints |= 1U << i;
	r->seen_stimers = 0;
	/* Any bit counts: a timer with auto-enable that is not armed is not enabled */
	for (i = 0; has_stimers && i < HVCRASH_NR_STIMERS; i++)
		if (hvcrash_reg_get(HVCRASH_REG_STIMER0 + i))
			r->seen_stimers |= 1U << i;
}

static void observe_cpu(u32 cpu)
{
	struct hvcrash_registry *reg = &hvcrash_registry;
	struct hvcrash_vp *vp = hvcrash_registry_vp(reg, cpu);
	u32 i;

	vp->vp_index = hv_vp_index[cpu];
	WRITE_ONCE(vp->state, HVCRASH_VP_ONLINE);
	WRITE_ONCE(hvcrash_used_sints,
		   hvcrash_used_sints | hvcrash_results[cpu].seen_sints);
	WRITE_ONCE(hvcrash_used_stimers,
		   hvcrash_used_stimers | hvcrash_results[cpu].seen_stimers);
	for (i = 0; i < HVCRASH_VP_EXTENTS; i++)
		if (hvcrash_has_reg[i])
			observe(hvcrash_registry_vp_extent(reg, cpu, i),
				hvcrash_results[cpu].seen[i], vp->vp_index);
}

/**
 * hvcrash_regs_observe - read the registers of each online CPU that is due
 *
 * Context: process, may sleep.
 */
void hvcrash_regs_observe(void)
{
	static DEFINE_MUTEX(one_at_a_time);
	static struct cpumask now;
	u32 cpu, i;

	/* No CPU goes offline in here, so what was read stays valid */
	cpus_read_lock();
	mutex_lock(&one_at_a_time);
	cpumask_clear(&now);
	for_each_online_cpu(cpu)
		/* Cleared before reading, so that a change meanwhile is not missed */
		if (cpumask_test_and_clear_cpu(cpu, &is_due))
			cpumask_set_cpu(cpu, &now);
	on_each_cpu_mask(&now, read_this_cpu, NULL, 1);
	for_each_cpu(cpu, &now) observe_cpu(cpu);
	for (i = 0; i < HVCRASH_VM_REGS; i++)
		if (hvcrash_has_vm[i])
			observe(hvcrash_registry_vm_extent(&hvcrash_registry,
							   i),
				hvcrash_reg_get(hvcrash_vm_reg[i]),
				HVCRASH_NO_VP);
	mutex_unlock(&one_at_a_time);
	cpus_read_unlock();
}

static void observe_work(struct work_struct *work)
{
	hvcrash_regs_observe();
}

static DECLARE_WORK(observe_later, observe_work);

/**
 * hvcrash_regs_observe_cpu_later - read the registers of a CPU that came up soon
 * @cpu: Linux CPU number
 *
 * Context: any but NMI.
 */
void hvcrash_regs_observe_cpu_later(u32 cpu)
{
	cpumask_set_cpu(cpu, &is_due);
	schedule_work(&observe_later);
}

/**
 * hvcrash_regs_observe_later - read the registers of all CPUs soon: VMBus came or went
 *
 * Context: any but NMI.
 */
void hvcrash_regs_observe_later(void)
{
	u32 cpu;

	for_each_online_cpu(cpu)
		cpumask_set_cpu(cpu, &is_due);
	schedule_work(&observe_later);
}

static void note_offline(struct hvcrash_extent *e, u64 before, u64 after)
{
	u64 gpa = before & HVCRASH_REG_GPA_MASK;

	if (after & HVCRASH_REG_ENABLED)
		hvcrash_registry_set_fixed(e, gpa, HVCRASH_FAILED,
					   HVCRASH_EV_REGISTER_ON, e->flags);
	else if (before & HVCRASH_REG_ENABLED)
		hvcrash_registry_set_fixed(e, gpa, HVCRASH_TORN_DOWN,
					   HVCRASH_EV_READ_BACK, e->flags);
	else if (e->state == HVCRASH_SHARED)
		hvcrash_registry_set_fixed(e, e->gpa, HVCRASH_TORN_DOWN,
					   HVCRASH_EV_FOUND_OFF, e->flags);
}

/**
 * hvcrash_regs_cpu_dying - revoke what a CPU that goes offline still shares
 * @cpu: this CPU
 *
 * The kernel has cleaned up before (hv_synic_cleanup(), hv_cpu_die()): usually
 * this only confirms it. The VP's record has the registers before and after, and
 * a page that could not be revoked is recorded as failed.
 *
 * Context: stop_machine on the dying CPU, interrupts off.
 */
void hvcrash_regs_cpu_dying(u32 cpu)
{
	struct hvcrash_vp *vp = hvcrash_registry_vp(&hvcrash_registry, cpu);
	u32 i;

	for (i = 0; i < HVCRASH_VP_EXTENTS; i++) {
		if (!hvcrash_has_reg[i])
			continue;
		vp->before[i] = hvcrash_reg_get(i);
		if (vp->before[i] & HVCRASH_REG_ENABLED)
			hvcrash_reg_write(i, 0);
		vp->after[i] = hvcrash_reg_get(i);
		note_offline(
			hvcrash_registry_vp_extent(&hvcrash_registry, cpu, i),
			vp->before[i], vp->after[i]);
	}
	WRITE_ONCE(vp->state, HVCRASH_VP_OFFLINE);
}

static bool probe(u32 reg)
{
	u64 value;

	return !hvcrash_reg_read(reg, &value);
}

/**
 * hvcrash_regs_init - find out which registers exist, and read them
 *
 * Context: process, may sleep; the registry is set up.
 * Return: 0 or -ENOMEM.
 */
int hvcrash_regs_init(void)
{
	u32 i;

	hvcrash_results = NULL;
	if (!hvcrash_inject_alloc_fails())
		hvcrash_results = kvcalloc(nr_cpu_ids, sizeof(*hvcrash_results),
					   GFP_KERNEL);
	if (!hvcrash_results)
		return -ENOMEM;
	has_synic = ms_hyperv.features & HV_MSR_SYNIC_AVAILABLE;
	hvcrash_has_crash_regs =
		ms_hyperv.misc_features & HV_FEATURE_GUEST_CRASH_MSR_AVAILABLE;
	has_stimers = ms_hyperv.features & HV_MSR_SYNTIMER_AVAILABLE;
	hvcrash_used_sints = has_synic ? VMBUS_SINT : 0;
	hvcrash_used_stimers = has_stimers ? CLOCK_STIMER : 0;
	for (i = 0; i < HVCRASH_NR_REGS; i++)
		hvcrash_has_reg[i] =
			(has_synic || i == HVCRASH_REG_VP_ASSIST) && probe(i);
	for (i = 0; i < HVCRASH_VM_REGS; i++)
		hvcrash_has_vm[i] = probe(hvcrash_vm_reg[i]);
	cpumask_setall(&is_due);
	hvcrash_regs_observe();
	return 0;
}

/**
 * hvcrash_regs_deinit - undo hvcrash_regs_init()
 *
 * Context: process, may sleep; all our hooks and probes are removed.
 */
void hvcrash_regs_deinit(void)
{
	cancel_work_sync(&observe_later);
	kvfree(hvcrash_results);
	hvcrash_results = NULL;
}
