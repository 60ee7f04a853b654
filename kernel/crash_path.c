// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_path.c - [NMI] what happens between the panic and the second kernel
 *
 * Called by hooks_x86.c, in this order, on the panicking CPU: begin, (the kernel
 * stops the other CPUs), stopped, finish; and park on each other CPU, from the
 * NMI that stops it. Design: park, unload VMBus, revoke, hash, hand over.
 *
 * Why parking: the host delivers its answer to UNLOAD into the message page of
 * the VP that made first contact. Revoke that page first and every panic waits
 * the kernel's full 100 s for it.
 *
 * Invariant: whatever fails here is recorded and the dump goes on. No lock, no
 * allocation, every wait bounded, one line of printk.
 *
 * Leaves out: registers (regs.c), VMBus (vmbus.c), who calls.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/hyperv.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/xxhash.h>
#include "arch.h"
#include "compat/compat.h"
#include "crash_path.h"
#include "handoff.h"
#include "hvcrash.h"
#include "rendezvous.h"
#include "regs.h"
#include "vmbus.h"
#include "vmbus_layout.h"

/* A parked CPU only halts after this: the unload, notifiers and dumpers are over */
#define PARK_BOUND_US (600 * USEC_PER_SEC)

static u64 now_us(void)
{
	/* Of unknown speed: then bounds count cycles */
	return hvcrash_cycles() / max(hvcrash_cycles_khz() / 1000, 1U);
}

static void pause_cpu(void)
{
	cpu_relax();
}

static const struct hvcrash_rdv_ops rdv_ops = {
	.arrive = hvcrash_regs_arrive,
	.tick = hvcrash_regs_tick,
	.revoke = hvcrash_regs_revoke,
	.now_us = now_us,
	.pause = pause_cpu,
};

static struct hvcrash_rdv rdv = {
	.park_bound_us = PARK_BOUND_US,
	.ops = &rdv_ops,
};

static struct hvcrash_crash *report(void)
{
	return &hvcrash_registry.header->crash;
}

/**
 * hvcrash_crash_begin - the panic has reached us; expect the other CPUs
 *
 * Context: panicking CPU, interrupts off.
 * Return: true for the first call only.
 */
bool hvcrash_crash_begin(void)
{
	struct hvcrash_crash *r = report();
	u32 self = raw_smp_processor_id();
	u32 cpu;

	if (!hvcrash_rdv_begin(&rdv))
		return false;
	r->tsc_begin = hvcrash_cycles();
	r->tsc_khz = hvcrash_cycles_khz();
	r->cpu = self;
	r->vp_index = hv_vp_index[self];
	WRITE_ONCE(hvcrash_registry.header->phase, HVCRASH_PHASE_CRASHING);
	for_each_online_cpu(cpu) {
		if (cpu == self)
			continue;
		hvcrash_rdv_expect(&rdv, cpu);
		r->vps_expected++;
	}
	return true;
}

/**
 * hvcrash_crash_has_begun - is this the crash path already
 *
 * Context: any, NMI too.
 */
bool hvcrash_crash_has_begun(void)
{
	return !hvcrash_rdv_is_idle(&rdv);
}

/**
 * hvcrash_crash_stopped - the kernel has stopped the others; let them arrive
 *
 * Context: panicking CPU. Bounded by the parameter stop_bound_ms.
 */
void hvcrash_crash_stopped(void)
{
	struct hvcrash_crash *r = report();

	r->vps_parked = hvcrash_rdv_wait_parked(&rdv, hvcrash_stop_bound_ms *
							      USEC_PER_MSEC);
	r->tsc_parked = hvcrash_cycles();
}

/**
 * hvcrash_crash_park - this CPU waits until it may revoke, and revokes
 * @cpu: this CPU
 *
 * Context: NMI. Bounded by PARK_BOUND_US.
 * Return: false if it was never asked to.
 */
bool hvcrash_crash_park(u32 cpu)
{
	if ((int)hv_vp_index[cpu] == hvcrash_debug_deaf_vp)
		return false;
	return hvcrash_rdv_join(&rdv, cpu);
}

/*
 * vmbus_wait_for_unload() polls 10,000 times with mdelay(10) in between, prints
 * how it ended, and does not return it (drivers/hv/channel_mgmt.c). hv_vmbus's
 * own note of the answer tells; where its place is not known, the time from the
 * stop of the other CPUs to the end of our own request has to: a wait in vain
 * lasts 100 s of mdelay(). Those are not 100 s of any clock: on an emulated
 * machine they were seen to pass in 43, which is why udelay() is measured here.
 * Half of the wait is the bound, so that a poor measurement errs towards "not
 * answered", which the audit reports, and never the other way.
 */
static u64 unload_bound_tsc(void)
{
	const u32 waits_of_10us = 100 * USEC_PER_SEC / 10;
	u64 shortest = U64_MAX;
	u64 start;
	u32 i;

	for (i = 0; i < 10; i++) {
		start = hvcrash_cycles();
		udelay(10);
		shortest = min(shortest, hvcrash_cycles() - start);
	}
	return shortest * (waits_of_10us / 2);
}

static u32 unload_outcome(const struct hvcrash_crash *r, bool have_unload)
{
	enum hvcrash_answer answer = hvcrash_vmbus_unload_answer();

	if (!hvcrash_vmbus_was_connected())
		return HVCRASH_UNLOAD_NONE;
	/* A panic notifier may have had the answer before us: no matter who asked */
	if (answer == HVCRASH_ANSWER_YES)
		return HVCRASH_UNLOAD_ANSWERED;
	if (!have_unload)
		return HVCRASH_UNLOAD_NO_WAY;
	if (answer == HVCRASH_ANSWER_NO)
		return HVCRASH_UNLOAD_TIMEOUT;
	return r->tsc_unload_end - r->tsc_begin < unload_bound_tsc() ?
		       HVCRASH_UNLOAD_ANSWERED :
		       HVCRASH_UNLOAD_TIMEOUT;
}

static void unload_vmbus(void (*unload)(void))
{
	struct hvcrash_crash *r = report();

	r->tsc_unload_begin = hvcrash_cycles();
	if (unload)
		unload();
	r->tsc_unload_end = hvcrash_cycles();
	r->unload = unload_outcome(r, unload);
}

static void revoke_all(void)
{
	struct hvcrash_crash *r = report();
	u32 self = raw_smp_processor_id();

	r->tsc_revoke_begin = hvcrash_cycles();
	hvcrash_rdv_revoke(&rdv, hvcrash_revoke_bound_ms * USEC_PER_MSEC);
	/* The panicking CPU last: until here its own pages may still be needed */
	hvcrash_regs_arrive(self);
	hvcrash_regs_revoke(self);
	hvcrash_rdv_close(&rdv);
	r->tsc_revoke_end = hvcrash_cycles();
}

static void record_all(void)
{
	struct hvcrash_crash *r = report();
	u32 self = raw_smp_processor_id();
	u32 cpu;

	for_each_online_cpu(cpu) {
		if (cpu == self) {
			r->registers_failed += hvcrash_regs_record(cpu);
		} else if (hvcrash_rdv_is_done(&rdv, cpu)) {
			r->registers_failed += hvcrash_regs_record(cpu);
			r->vps_revoked++;
		} else {
			hvcrash_regs_record_not_reached(cpu);
		}
	}
	r->registers_failed += hvcrash_regs_revoke_vm();
	hvcrash_vmbus_record_unload(r->unload);
}

/**
 * struct hashing - state of the walk over contents
 * @deadline: TSC
 * @gpadls: this round takes GPADLs, else everything else
 */
struct hashing {
	u64 deadline;
	bool gpadls;
};

static bool hash_one(struct hvcrash_extent *e, void *ctx)
{
	struct hashing *h = ctx;
	struct xxh64_state x;
	u32 i;

	if (e->state != HVCRASH_REVOKED && e->state != HVCRASH_UNLOADED)
		return true;
	if ((e->kind == HVCRASH_KIND_GPADL) != h->gpadls ||
	    (e->flags & HVCRASH_EXTENT_NOT_RAM))
		return true;
	xxh64_reset(&x, 0);
	for (i = 0; i < e->pages && hvcrash_cycles() < h->deadline; i++)
		xxh64_update(&x, phys_to_virt(e->gpa) + i * HVCRASH_PAGE_BYTES,
			     HVCRASH_PAGE_BYTES);
	if (i < e->pages) {
		report()->pages_not_hashed += e->pages;
		return true;
	}
	e->hash = xxh64_digest(&x);
	e->flags |= HVCRASH_EXTENT_HASHED;
	report()->pages_hashed += e->pages;
	return true;
}

/* Overlays and monitor pages first: the hypervisor writes those unasked */
static void hash_all(void)
{
	struct hashing h = {
		.deadline = hvcrash_cycles() +
			    (u64)hvcrash_cycles_khz() * hvcrash_hash_budget_ms,
	};

	hvcrash_registry_for_each(&hvcrash_registry, hash_one, &h);
	h.gpadls = true;
	hvcrash_registry_for_each(&hvcrash_registry, hash_one, &h);
	report()->tsc_hash_end = hvcrash_cycles();
}

/**
 * hvcrash_crash_finish - unload, revoke, record, hash, hand over
 * @unload: asks the host to unload VMBus and waits for it, bounded; or NULL
 *
 * Context: panicking CPU, after hvcrash_crash_stopped().
 */
void hvcrash_crash_finish(void (*unload)(void))
{
	struct hvcrash_crash *r = report();

	if (hvcrash_debug_revoke_first)
		revoke_all();
	unload_vmbus(unload);
	if (!hvcrash_debug_revoke_first)
		revoke_all();
	record_all();
	hash_all();
	r->tsc_end = hvcrash_cycles();
	hvcrash_registry_finish(&hvcrash_registry);
	hvcrash_handoff_vmcoreinfo(hvcrash_registry.header->gpa);
	pr_emerg(
		"%u of %u other VPs revoked, %u registers failed, VMBus unload %s, %llu pages hashed\n",
		r->vps_revoked, r->vps_expected, r->registers_failed,
		r->unload == HVCRASH_UNLOAD_ANSWERED ? "answered" :
		r->unload == HVCRASH_UNLOAD_NONE     ? "not needed" :
						       "NOT ANSWERED",
		r->pages_hashed);
}

/**
 * hvcrash_crash_init - allocate what the crash path may not
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int hvcrash_crash_init(void)
{
	rdv.slot = kvcalloc(nr_cpu_ids, sizeof(*rdv.slot), GFP_KERNEL);
	if (!rdv.slot)
		return -ENOMEM;
	rdv.nr_cpus = nr_cpu_ids;
	return 0;
}

/**
 * hvcrash_crash_deinit - undo hvcrash_crash_init()
 *
 * Context: process; no hook of ours is left.
 */
void hvcrash_crash_deinit(void)
{
	kvfree(rdv.slot);
	rdv.slot = NULL;
}
