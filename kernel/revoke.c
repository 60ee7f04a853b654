// SPDX-License-Identifier: GPL-2.0-only
/*
 * revoke.c - [NMI] every VP revokes what it shares, once, when this kernel ends
 *
 * What a panic and a kexec have in common. The other CPUs park where they are
 * stopped, all revoke at once when told to, the CPU that stopped them goes last,
 * and the outcome is recorded in the registry.
 *
 * Invariant: whatever fails here is recorded, and the panic or kexec goes on. No lock,
 * no allocation, every wait bounded.
 *
 * Leaves out: the order of the steps around it (crash.c, kexec.c), registers
 * (regs.c), how CPUs wait for each other (rendezvous.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include "cycles.h"
#include "compat/compat.h"
#include "inject.h"
#include "hvcrash.h"
#include "revoke.h"
#include "rendezvous.h"
#include "regs.h"
#include "vmbus.h"

/* A parked CPU gives up and halts after this; unload, notifiers and dumpers take less */
#define PARK_BOUND_US (600 * USEC_PER_SEC)

/* Upper limit of a bound that grows with the number of CPUs */
#define MAX_GROWN_MS 10000

static u64 now_us(void)
{
	/* If the speed is unknown, bounds count cycles */
	return hvcrash_cycles() / max(hvcrash_cycles_khz() / 1000, 1U);
}

static void pause_cpu(void)
{
	cpu_relax();
}

static const struct hvcrash_rdv_ops rdv_ops = {
	.arrive = hvcrash_regs_arrive,
	.tick = hvcrash_regs_tick,
	.tick_every_us = hvcrash_regs_tick_every_us,
	.revoke = hvcrash_regs_revoke,
	.now_us = now_us,
	.pause = pause_cpu,
};

static struct hvcrash_rdv rdv = {
	.park_bound_us = PARK_BOUND_US,
	.ops = &rdv_ops,
};

/*
 * Its pages may still be shared: none has been reported revoked. arm64 removes a CPU
 * from the online mask while it stops it, so the mask alone would miss it; the
 * registry alone would miss a CPU that came up a moment ago. A possible CPU
 * that never came up is in neither, and is not waited for.
 */
static bool is_running(u32 cpu)
{
	return cpu_online(cpu) ||
	       READ_ONCE(hvcrash_registry_vp(&hvcrash_registry, cpu)->state) ==
		       HVCRASH_VP_ONLINE;
}

/**
 * hvcrash_revoke_begin - prepare for the other CPUs, which this one is about to stop
 * @way: HVCRASH_WAY_*
 *
 * Context: the CPU that stops the others, interrupts off; NMI too.
 * Return: true for the first call only.
 */
bool hvcrash_revoke_begin(u32 way)
{
	struct hvcrash_crash *r = hvcrash_report();
	u32 self = raw_smp_processor_id();
	u32 cpu;

	/* Before the way is set: from then on an NMI on this CPU checks who began */
	if (!hvcrash_rdv_begin(&rdv, self))
		return false;
	/* A kexec began before, when it unloaded VMBus */
	if (!r->tsc_begin)
		r->tsc_begin = hvcrash_cycles();
	r->tsc_khz = hvcrash_cycles_khz();
	r->cpu = self;
	r->vp_index = hv_vp_index[self];
	WRITE_ONCE(hvcrash_registry.header->phase, HVCRASH_PHASE_CRASHING);
	for_each_possible_cpu(cpu) {
		if (cpu == self || !is_running(cpu))
			continue;
		hvcrash_rdv_expect(&rdv, cpu);
		r->vps_expected++;
	}
	hvcrash_inject_fault_at(5);
	/* Last: from now on an NMI parks the CPU that it stops */
	WRITE_ONCE(hvcrash_registry.header->way, way);
	return true;
}

/**
 * hvcrash_revoke_is_begun_by - whether this is the CPU that stops the others
 * @cpu: Linux CPU number
 *
 * Context: any, NMI too.
 */
bool hvcrash_revoke_is_begun_by(u32 cpu)
{
	return hvcrash_rdv_is_begun_by(&rdv, cpu);
}

/*
 * On a busy host virtual CPUs take turns, so they arrive one after the other: the bound
 * grows by its own length for every two of them. It costs time only if one does not come.
 *
 * In a kexec the next kernel is copied over this one as soon as the wait is over. In a
 * panic the crash kernel has memory of its own, so a straggler does less harm.
 */
static u64 bound_us(u32 bound_ms)
{
	u64 others = hvcrash_report()->vps_expected;
	u64 ms = min((u64)bound_ms * (1 + others / 2),
		     max((u64)bound_ms, (u64)MAX_GROWN_MS));

	if (hvcrash_way() == HVCRASH_WAY_KEXEC)
		ms = max(ms, (u64)hvcrash_kexec_stop_bound_ms);
	return ms * USEC_PER_MSEC;
}

/**
 * hvcrash_revoke_wait_parked - wait for the other CPUs, which the kernel has stopped
 *
 * Context: after hvcrash_revoke_begin(). Bounded by bound_us().
 */
void hvcrash_revoke_wait_parked(void)
{
	struct hvcrash_crash *r = hvcrash_report();

	r->vps_parked =
		hvcrash_rdv_wait_parked(&rdv, bound_us(hvcrash_stop_bound_ms));
	r->tsc_parked = hvcrash_cycles();
}

/**
 * hvcrash_revoke_park - park this CPU until it is told to revoke, then revoke
 * @cpu: this CPU
 *
 * Context: NMI, or the interrupt that stops this CPU. Bounded by PARK_BOUND_US.
 * Return: false if it was never told to.
 */
bool hvcrash_revoke_park(u32 cpu)
{
	if (hvcrash_inject_is_deaf(hv_vp_index[cpu]))
		return false;
	return hvcrash_rdv_join(&rdv, cpu);
}

/**
 * hvcrash_revoke_all - let all VPs revoke their pages
 *
 * Context: after hvcrash_revoke_wait_parked(). Bounded by bound_us().
 */
void hvcrash_revoke_all(void)
{
	struct hvcrash_crash *r = hvcrash_report();
	u32 self = raw_smp_processor_id();

	r->tsc_revoke_begin = hvcrash_cycles();
	hvcrash_rdv_revoke(&rdv, bound_us(hvcrash_revoke_bound_ms));
	/* This CPU last: until now its own pages may have been needed */
	hvcrash_regs_arrive(self);
	hvcrash_regs_revoke(self);
	hvcrash_rdv_close(&rdv);
}

/**
 * hvcrash_revoke_record - record the outcome in the registry
 *
 * For VMBus's pages it is what unload.c found out before.
 *
 * Context: after hvcrash_revoke_all().
 */
void hvcrash_revoke_record(void)
{
	struct hvcrash_crash *r = hvcrash_report();
	u32 cpu;

	for (cpu = 0; cpu < rdv.nr_cpus; cpu++) {
		/* Not by the online mask: in a kexec a stopped CPU is not online */
		if (!hvcrash_rdv_is_expected(&rdv, cpu))
			continue;
		if (hvcrash_rdv_is_done(&rdv, cpu)) {
			r->registers_failed += hvcrash_regs_record(cpu);
			r->vps_revoked++;
		} else {
			hvcrash_regs_record_not_reached(cpu);
		}
	}
	r->registers_failed += hvcrash_regs_record(raw_smp_processor_id());
	hvcrash_vmbus_record_unload(r->unload);
}

/**
 * hvcrash_revoke_vm - revoke the pages that the whole VM shares
 *
 * Context: when no CPU can make a hypercall any more: the others are stopped for
 * good, and nothing is printed afterwards.
 */
void hvcrash_revoke_vm(void)
{
	struct hvcrash_crash *r = hvcrash_report();

	r->registers_failed += hvcrash_regs_revoke_vm();
	/* The last register is off; the rest is bookkeeping */
	r->tsc_revoke_end = hvcrash_cycles();
}

static const char *unload_words(u32 unload)
{
	switch (unload) {
	case HVCRASH_UNLOAD_ANSWERED:
		return "answered";
	case HVCRASH_UNLOAD_NONE:
		return "not needed";
	case HVCRASH_UNLOAD_UNKNOWN:
		return "not known to be answered";
	}
	return "NOT ANSWERED";
}

static bool is_all_well(const struct hvcrash_crash *r)
{
	return r->vps_revoked == r->vps_expected && !r->registers_failed &&
	       (r->unload == HVCRASH_UNLOAD_ANSWERED ||
		r->unload == HVCRASH_UNLOAD_NONE);
}

/**
 * hvcrash_revoke_complain - log one line if something went wrong
 *
 * Each character on an emulated serial port is an exit to the host, plus one to ask
 * whether the port is ready: 200 exits for the line, while all registers of a VP take
 * 16. So if all went well only the registry records it, and nothing is printed.
 *
 * Context: after hvcrash_revoke_record(), before hvcrash_revoke_vm(): a network
 * console may make a hypercall. NMI too.
 */
void hvcrash_revoke_complain(void)
{
	const struct hvcrash_crash *r = hvcrash_report();

	if (is_all_well(r))
		return;
	pr_emerg(
		"%u of %u other VPs revoked, %u registers failed, VMBus unload %s\n",
		r->vps_revoked, r->vps_expected, r->registers_failed,
		unload_words(r->unload));
}

/**
 * hvcrash_revoke_init - allocate what the crash path needs but may not allocate
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int hvcrash_revoke_init(void)
{
	rdv.slot = NULL;
	if (!hvcrash_inject_alloc_fails())
		rdv.slot = kvcalloc(nr_cpu_ids, sizeof(*rdv.slot), GFP_KERNEL);
	if (!rdv.slot)
		return -ENOMEM;
	rdv.nr_cpus = nr_cpu_ids;
	return 0;
}

/**
 * hvcrash_revoke_deinit - undo hvcrash_revoke_init()
 *
 * Context: process; all our hooks are removed.
 */
void hvcrash_revoke_deinit(void)
{
	kvfree(rdv.slot);
	rdv.slot = NULL;
}
