// SPDX-License-Identifier: GPL-2.0-only
/*
 * contents.c - [NMI] what revoked pages held when the first kernel ended
 *
 * A hash of each extent, for the audit to compare: a difference means that the
 * hypervisor wrote after the revoke. Overlays are off by now, so it is the
 * guest's own page that is read.
 *
 * Invariant: an extent that was damaged, and now names no memory, is not hashed
 * and costs nothing else. Bounded by the parameter hash_budget_ms; what it does
 * not reach is counted, and the audit says so.
 *
 * Leaves out: pages of a kexec, which are the next kernel's memory a moment later.
 */
#include <linux/io.h>
#include <linux/uaccess.h>
#include <linux/xxhash.h>
#include "cycles.h"
#include "contents.h"
#include "hvcrash.h"
#include "revoke.h"

/* The panicking CPU alone hashes */
static u8 page[HVCRASH_PAGE_BYTES];

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
	for (i = 0; i < e->pages && hvcrash_cycles() < h->deadline; i++) {
		if (copy_from_kernel_nofault(
			    page,
			    phys_to_virt(e->gpa) + (u64)i * HVCRASH_PAGE_BYTES,
			    sizeof(page)))
			break;
		xxh64_update(&x, page, sizeof(page));
	}
	if (i < e->pages) {
		hvcrash_report()->pages_not_hashed += e->pages;
		return true;
	}
	e->hash = xxh64_digest(&x);
	e->flags |= HVCRASH_EXTENT_HASHED;
	hvcrash_report()->pages_hashed += e->pages;
	return true;
}

/**
 * hvcrash_contents_hash - hash all revoked pages, as far as time allows
 *
 * Overlays and monitor pages first: the hypervisor writes those unasked.
 *
 * Context: crash path, panicking CPU, after all states are entered.
 */
void hvcrash_contents_hash(void)
{
	struct hashing h = {
		.deadline = hvcrash_cycles() +
			    (u64)hvcrash_cycles_khz() * hvcrash_hash_budget_ms,
	};

	hvcrash_registry_for_each(&hvcrash_registry, hash_one, &h);
	h.gpadls = true;
	hvcrash_registry_for_each(&hvcrash_registry, hash_one, &h);
	hvcrash_report()->tsc_hash_end = hvcrash_cycles();
}
