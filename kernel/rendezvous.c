// SPDX-License-Identifier: GPL-2.0-only
/*
 * rendezvous.c - [NMI] other CPUs park, wait, revoke, and report it
 *
 * The panicking CPU calls begin, expect, wait_parked, revoke, close and is_done,
 * in that order; every other CPU calls join, from the NMI that stops it. rendezvous.h
 * draws the states.
 *
 * Invariant: after close() each slot is DONE, with everything that CPU wrote in
 * revoke() visible, or LOST for good. So the panicking CPU may read the results
 * of the DONE ones while a straggler still runs.
 *
 * Memory ordering, all pairs:
 *
 *	LMM(revoke:A)  what the panicking CPU did before (VMBus unload) happens
 *	               before phase = REVOKE
 *	LMM(join:A)    reads the phase; pairs with revoke:A. Without the pair a CPU
 *	               could revoke the page that the unload answer arrives in
 *	LMM(join:B)    results before DONE
 *	LMM(done:A)    DONE before the results; pairs with join:B. Without the pair
 *	               half a result could be recorded as proof
 *
 * Leaves out: how CPUs are stopped, and what revoking means.
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include "rendezvous.h"

/**
 * hvcrash_rdv_begin - open the rendezvous
 * @rdv: set up by the caller, all slots ABSENT
 * @cpu: this CPU's Linux number
 *
 * Context: any, NMI too.
 * Return: true for the first caller only.
 */
bool hvcrash_rdv_begin(struct hvcrash_rdv *rdv, u32 cpu)
{
	if (cmpxchg(&rdv->begun_by, 0, cpu + 1))
		return false;
	WRITE_ONCE(rdv->phase, HVCRASH_RDV_PARK);
	return true;
}

/**
 * hvcrash_rdv_is_begun_by - whether this CPU began, and so moves the phases
 * @rdv: the rendezvous
 * @cpu: Linux CPU number
 *
 * Context: any, NMI too.
 */
bool hvcrash_rdv_is_begun_by(const struct hvcrash_rdv *rdv, u32 cpu)
{
	return READ_ONCE(rdv->begun_by) == cpu + 1;
}

/**
 * hvcrash_rdv_expect - include a CPU in the waits from now on
 * @rdv: the rendezvous
 * @cpu: Linux CPU number
 *
 * Context: panicking CPU.
 */
void hvcrash_rdv_expect(struct hvcrash_rdv *rdv, u32 cpu)
{
	rdv->slot[cpu].expected = 1;
}

static u32 count_from(const struct hvcrash_rdv *rdv, u32 lowest, u32 *missing)
{
	u32 n = 0;
	u32 i;

	*missing = 0;
	for (i = 0; i < rdv->nr_cpus; i++) {
		if (!READ_ONCE(rdv->slot[i].expected))
			continue;
		if (READ_ONCE(rdv->slot[i].state) >= lowest)
			n++;
		else
			(*missing)++;
	}
	return n;
}

static u32 wait_for(struct hvcrash_rdv *rdv, u32 lowest, u64 bound_us)
{
	u64 start = rdv->ops->now_us();
	u32 missing;
	u32 n;

	for (;;) {
		n = count_from(rdv, lowest, &missing);
		if (!missing || rdv->ops->now_us() - start >= bound_us)
			return n;
		rdv->ops->pause();
	}
}

/**
 * hvcrash_rdv_wait_parked - give the expected CPUs time to arrive
 * @rdv: the rendezvous
 * @bound_us: microseconds
 *
 * Context: panicking CPU.
 * Return: number of CPUs that have arrived.
 */
u32 hvcrash_rdv_wait_parked(struct hvcrash_rdv *rdv, u64 bound_us)
{
	return wait_for(rdv, HVCRASH_RDV_PARKED, bound_us);
}

/**
 * hvcrash_rdv_revoke - let all parked CPUs revoke at once, and wait for them
 * @rdv: the rendezvous
 * @bound_us: microseconds to wait for them
 *
 * A CPU that arrives only now also revokes: the bound applies only to the waiting.
 *
 * Context: panicking CPU.
 * Return: number of CPUs that are done.
 */
u32 hvcrash_rdv_revoke(struct hvcrash_rdv *rdv, u64 bound_us)
{
	/* LMM(revoke:A), pairs with join:A */
	smp_store_release(&rdv->phase, HVCRASH_RDV_REVOKE);
	return wait_for(rdv, HVCRASH_RDV_DONE, bound_us);
}

/**
 * hvcrash_rdv_close - end the rendezvous: a CPU that is not done by now does not count
 * @rdv: the rendezvous
 *
 * Context: panicking CPU.
 */
void hvcrash_rdv_close(struct hvcrash_rdv *rdv)
{
	u32 i, old, seen;

	/* LMM(revoke:A), pairs with join:A, where revoke() was never called */
	smp_store_release(&rdv->phase, HVCRASH_RDV_CLOSED);
	for (i = 0; i < rdv->nr_cpus; i++) {
		/* A slot moves three times at most, so this ends */
		old = READ_ONCE(rdv->slot[i].state);
		while (old != HVCRASH_RDV_DONE) {
			seen = cmpxchg(&rdv->slot[i].state, old,
				       HVCRASH_RDV_LOST);
			if (seen == old)
				break;
			old = seen;
		}
	}
}

/**
 * hvcrash_rdv_is_done - whether this CPU's results may be read
 * @rdv: closed
 * @cpu: Linux CPU number
 *
 * Context: any, NMI too.
 */
bool hvcrash_rdv_is_done(const struct hvcrash_rdv *rdv, u32 cpu)
{
	/* LMM(done:A), pairs with join:B */
	return smp_load_acquire(&rdv->slot[cpu].state) == HVCRASH_RDV_DONE;
}

/**
 * hvcrash_rdv_is_expected - whether hvcrash_rdv_expect() was called for this CPU
 * @rdv: the rendezvous
 * @cpu: Linux CPU number
 *
 * Context: any, NMI too.
 */
bool hvcrash_rdv_is_expected(const struct hvcrash_rdv *rdv, u32 cpu)
{
	return READ_ONCE(rdv->slot[cpu].expected);
}

/**
 * hvcrash_rdv_join - park until told to revoke, then revoke
 * @rdv: the rendezvous
 * @cpu: this CPU's Linux number
 *
 * A CPU that comes too late to count still revokes its own registers: recording more as
 * shared than really is, is the safe error. The CPU that began never parks: no other
 * CPU moves the phase, so it would wait for itself.
 *
 * Context: NMI, on that CPU, once; bounded by park_bound_us.
 * Return: false if it was not told to revoke within the bound, or is the CPU that
 * began: nothing was revoked.
 */
bool hvcrash_rdv_join(struct hvcrash_rdv *rdv, u32 cpu)
{
	struct hvcrash_rdv_slot *slot = &rdv->slot[cpu];
	u64 start = rdv->ops->now_us();
	u64 every = rdv->ops->tick_every_us(cpu);
	u64 ticked = start - every;
	u64 now;

	if (hvcrash_rdv_is_begun_by(rdv, cpu))
		return false;
	rdv->ops->arrive(cpu);
	cmpxchg(&slot->state, HVCRASH_RDV_ABSENT, HVCRASH_RDV_PARKED);
	/* LMM(join:A), pairs with revoke:A */
	while (smp_load_acquire(&rdv->phase) < HVCRASH_RDV_REVOKE) {
		now = rdv->ops->now_us();
		if (now - start >= rdv->park_bound_us)
			return false;
		if (now - ticked >= every) {
			rdv->ops->tick(cpu);
			ticked = now;
		}
		rdv->ops->pause();
	}
	cmpxchg(&slot->state, HVCRASH_RDV_PARKED, HVCRASH_RDV_REVOKING);
	rdv->ops->revoke(cpu);
	/* LMM(join:B), pairs with done:A: cmpxchg() orders what stands before */
	cmpxchg(&slot->state, HVCRASH_RDV_REVOKING, HVCRASH_RDV_DONE);
	return true;
}
