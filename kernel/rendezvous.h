/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rendezvous.h - other CPUs park, wait, revoke, and report it; all of it bounded
 *
 * Knows nothing about Hyper-V: the caller supplies what to do on arrival, while waiting
 * and at the revoke. Builds in user space with threads as CPUs.
 *
 * NMI rules for this file and rendezvous.c: memory allocated before, atomics,
 * bounded loops. No lock, no allocation, no printk.
 *
 *	panicking CPU               another CPU's slot
 *
 *	IDLE                        ABSENT
 *	  | begin                     | join: arrive()
 *	PARK                        PARKED      tick() until the phase moves
 *	  | revoke                    | phase REVOKE or CLOSED seen
 *	REVOKE                      REVOKING    revoke()
 *	  | close                     | finished
 *	CLOSED                      DONE        the result counts
 *	                            LOST        set by close: whatever that CPU
 *	                                        does from here on is ignored
 */
#ifndef _HVCRASH_RENDEZVOUS_H
#define _HVCRASH_RENDEZVOUS_H

#include <linux/cache.h>
#include <linux/types.h>

enum hvcrash_rdv_phase {
	HVCRASH_RDV_IDLE,
	HVCRASH_RDV_PARK,
	HVCRASH_RDV_REVOKE,
	HVCRASH_RDV_CLOSED,
};

enum hvcrash_rdv_state {
	HVCRASH_RDV_ABSENT,
	HVCRASH_RDV_PARKED,
	HVCRASH_RDV_REVOKING,
	HVCRASH_RDV_DONE,
	HVCRASH_RDV_LOST,
};

/**
 * struct hvcrash_rdv_ops - what a joining CPU does; each [NMI], on that CPU
 * @arrive: once, before it counts as parked
 * @tick: repeatedly while parked
 * @tick_every_us: interval between two ticks on that CPU; 0: as often as possible
 * @revoke: once, after the phase moved to REVOKE
 * @now_us: a monotonic clock in microseconds, any CPU
 * @pause: a short pause between two reads of a word that another CPU writes
 */
struct hvcrash_rdv_ops {
	void (*arrive)(u32 cpu);
	void (*tick)(u32 cpu);
	u64 (*tick_every_us)(u32 cpu);
	void (*revoke)(u32 cpu);
	u64 (*now_us)(void);
	void (*pause)(void);
};

/**
 * struct hvcrash_rdv_slot - one CPU, on a cache line of its own
 * @state: enum hvcrash_rdv_state
 * @expected: the panicking CPU waits for this one
 */
struct hvcrash_rdv_slot {
	u32 state;
	u32 expected;
} ____cacheline_aligned;

/**
 * struct hvcrash_rdv - one rendezvous; there is one in a kernel's life
 * @begun_by: 1 + number of the CPU that began, 0 if none did
 * @phase: enum hvcrash_rdv_phase, written by the panicking CPU only
 * @nr_cpus: entries of @slot
 * @park_bound_us: after this time a parked CPU gives up and halts
 * @slot: by Linux CPU number
 * @ops: callbacks
 */
struct hvcrash_rdv {
	u32 begun_by;
	u32 phase;
	u32 nr_cpus;
	u64 park_bound_us;
	struct hvcrash_rdv_slot *slot;
	const struct hvcrash_rdv_ops *ops;
};

bool hvcrash_rdv_begin(struct hvcrash_rdv *rdv, u32 cpu);
bool hvcrash_rdv_is_begun_by(const struct hvcrash_rdv *rdv, u32 cpu);
void hvcrash_rdv_expect(struct hvcrash_rdv *rdv, u32 cpu);
u32 hvcrash_rdv_wait_parked(struct hvcrash_rdv *rdv, u64 bound_us);
u32 hvcrash_rdv_revoke(struct hvcrash_rdv *rdv, u64 bound_us);
void hvcrash_rdv_close(struct hvcrash_rdv *rdv);
bool hvcrash_rdv_is_done(const struct hvcrash_rdv *rdv, u32 cpu);
bool hvcrash_rdv_join(struct hvcrash_rdv *rdv, u32 cpu);
bool hvcrash_rdv_is_expected(const struct hvcrash_rdv *rdv, u32 cpu);

#endif /* _HVCRASH_RENDEZVOUS_H */
