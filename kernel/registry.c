// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry.c - the set of pages shared with the hypervisor: header and register pages
 *
 * Written in the living kernel by the sources (regs.c; vmbus.c by way of
 * registry_owners.c) under reg->lock, and in the crash path by the one CPU that
 * panics, without any lock. Read in the crash path and, from memory, by hvcrashctl.
 *
 * Invariant: a reader that may have interrupted or stopped a writer at any
 * instruction sees each extent either complete, or as it was before, or marked as
 * being written (HVCRASH_BUSY). The crash path counts the latter, and the audit then
 * says "cannot tell": a page that was given to the host at that very moment may be
 * missing from the registry, which cannot be repaired.
 *
 * Memory ordering, all pairs:
 *
 *	LMM(fill:A)  state = BUSY before any other field changes
 *	LMM(fill:B)  all fields before state = SHARED
 *	LMM(read:A)  state before the other fields; pairs with both
 *	LMM(grow:A)  chunk complete before nr_chunks includes it (registry_alloc.c)
 *	LMM(walk:A)  nr_chunks before the chunk; pairs with grow:A
 *	LMM(finish:A) checksums before phase = FINISHED; the reader is another
 *	             kernel, long after
 *
 * Leaves out: memory (registry_alloc.c), pages that a message shares
 * (registry_owners.c), who owns a channel (registry_channels.c), what is missing
 * (registry_gaps.c), reading (registry_walk.c), what Hyper-V uses a page for, when to
 * revoke it, and contents.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/string.h>
#include "registry_alloc.h"
#include "registry_place.h"
#include "registry.h"
#include "registry_owners.h"

/* Compile-time constants: the crash path trusts no number in memory */
#define RECORDS_PER_CHUNK(type)                                       \
	((u32)((HVCRASH_CHUNK_BYTES - sizeof(struct hvcrash_chunk)) / \
	       sizeof(type)))
#define VPS_PER_CHUNK RECORDS_PER_CHUNK(struct hvcrash_vp)
#define EXTENTS_PER_CHUNK RECORDS_PER_CHUNK(struct hvcrash_extent)

/*
 * The first chunks have a fixed order, so that the crash path finds a CPU's
 * records by arithmetic: VPs, then the extents that registers own, then channels.
 */
static u32 vp_chunks(const struct hvcrash_registry *reg)
{
	return (reg->nr_vps + VPS_PER_CHUNK - 1) / VPS_PER_CHUNK;
}

static int add_fixed(struct hvcrash_registry *reg)
{
	u32 left = reg->nr_vps;
	u32 i, n;
	int ret;

	for (i = 0; i < vp_chunks(reg); i++) {
		ret = hvcrash_chunk_add(reg, HVCRASH_CHUNK_VPS,
					sizeof(struct hvcrash_vp));
		if (ret < 0)
			return ret;
		n = min(left, reg->chunk[ret]->nr_records);
		hvcrash_chunk_use(reg->chunk[ret], n - 1);
		left -= n;
	}
	left = reg->nr_vps * HVCRASH_VP_EXTENTS + HVCRASH_VM_EXTENTS;
	while (left) {
		n = min(left, EXTENTS_PER_CHUNK);
		ret = hvcrash_extents_add(reg, n);
		if (ret)
			return ret;
		left -= n;
	}
	ret = hvcrash_chunk_add(reg, HVCRASH_CHUNK_CHANNELS,
				sizeof(struct hvcrash_channel));
	return ret < 0 ? ret : 0;
}

/* The owner of a fixed extent never changes; its state starts as EMPTY */
static void name_fixed(struct hvcrash_registry *reg)
{
	static const u16 vp_kind[HVCRASH_VP_EXTENTS] = {
		HVCRASH_KIND_SIMP, HVCRASH_KIND_SIEFP, HVCRASH_KIND_VP_ASSIST
	};
	static const u16 vm_kind[HVCRASH_VM_EXTENTS] = {
		HVCRASH_KIND_HYPERCALL, HVCRASH_KIND_REFERENCE_TSC,
		HVCRASH_KIND_PANIC_MESSAGE
	};
	struct hvcrash_extent *e;
	u32 cpu, i;

	for (cpu = 0; cpu < reg->nr_vps; cpu++) {
		hvcrash_registry_vp(reg, cpu)->cpu = cpu;
		hvcrash_registry_vp(reg, cpu)->vp_index = HVCRASH_NO_VP;
		for (i = 0; i < HVCRASH_VP_EXTENTS; i++) {
			e = hvcrash_registry_vp_extent(reg, cpu, i);
			e->kind = vp_kind[i];
			e->vp_index = HVCRASH_NO_VP;
			e->relid = HVCRASH_NO_RELID;
		}
	}
	for (i = 0; i < HVCRASH_VM_EXTENTS; i++) {
		e = hvcrash_registry_vm_extent(reg, i);
		e->kind = vm_kind[i];
		e->vp_index = HVCRASH_NO_VP;
		e->relid = HVCRASH_NO_RELID;
	}
}

/**
 * hvcrash_registry_init - allocate the header and the first chunks
 * @reg: to be set up
 * @nr_vps: possible CPUs, at least 1
 * @ram_pages: 4 KiB pages of RAM, which decide the size of the owners' hash
 *
 * Context: process.
 * Return: 0, -EINVAL, -ENOMEM or -ENOSPC; on error nothing stays allocated.
 */
int hvcrash_registry_init(struct hvcrash_registry *reg, u32 nr_vps,
			  u64 ram_pages)
{
	struct hvcrash_header *h;
	int ret;

	if (!nr_vps)
		return -EINVAL;
	memset(reg, 0, sizeof(*reg));
	raw_spin_lock_init(&reg->lock);
	reg->nr_vps = nr_vps;
	reg->free_head = HVCRASH_NIL;

	h = hvcrash_place_alloc(sizeof(*h), GFP_KERNEL);
	if (!h)
		return -ENOMEM;
	h->magic = HVCRASH_MAGIC;
	h->major = HVCRASH_ABI_MAJOR;
	h->minor = HVCRASH_ABI_MINOR;
	h->header_bytes = sizeof(*h);
	h->gpa = virt_to_phys(h);
	h->phase = HVCRASH_PHASE_LIVE;
	h->chunk_bytes = HVCRASH_CHUNK_BYTES;
	reg->header = h;

	ret = hvcrash_owners_init(reg, ram_pages);
	if (ret)
		goto deinit;
	ret = add_fixed(reg);
	if (ret)
		goto deinit;
	name_fixed(reg);
	return 0;

deinit:
	hvcrash_registry_deinit(reg);
	return ret;
}

/**
 * hvcrash_registry_deinit - free everything
 * @reg: may be half set up
 *
 * The magic is cleared first, so that a stale address finds no registry.
 *
 * Context: process; no reader or writer remains.
 */
void hvcrash_registry_deinit(struct hvcrash_registry *reg)
{
	u32 i;

	if (!reg->header)
		return;
	reg->header->magic = 0;
	for (i = 0; i < reg->header->nr_chunks; i++)
		hvcrash_chunk_free(reg->chunk[i]);
	hvcrash_owners_deinit(reg);
	hvcrash_place_free(reg->header, sizeof(*reg->header));
	reg->header = NULL;
}

/**
 * hvcrash_registry_vp - get the record of a CPU
 * @reg: the registry
 * @cpu: Linux CPU number, below nr_vps
 *
 * Context: any, NMI too.
 */
struct hvcrash_vp *hvcrash_registry_vp(struct hvcrash_registry *reg, u32 cpu)
{
	struct hvcrash_vp *vp =
		hvcrash_chunk_records(reg->chunk[cpu / VPS_PER_CHUNK]);

	return vp + cpu % VPS_PER_CHUNK;
}

static struct hvcrash_extent *fixed_extent(struct hvcrash_registry *reg, u32 n)
{
	return hvcrash_extent_at(
		reg, HVCRASH_NR(vp_chunks(reg) + n / EXTENTS_PER_CHUNK,
				n % EXTENTS_PER_CHUNK));
}

/**
 * hvcrash_registry_vp_extent - get the extent that a CPU's register owns
 * @reg: the registry
 * @cpu: Linux CPU number, below nr_vps
 * @which: HVCRASH_REG_SIMP, _SIEFP or _VP_ASSIST
 *
 * Context: any, NMI too.
 */
struct hvcrash_extent *hvcrash_registry_vp_extent(struct hvcrash_registry *reg,
						  u32 cpu, u32 which)
{
	return fixed_extent(reg, cpu * HVCRASH_VP_EXTENTS + which);
}

/**
 * hvcrash_registry_vm_extent - get the extent that a partition-wide register owns
 * @reg: the registry
 * @which: HVCRASH_VM_HYPERCALL, _TSC or _PANIC_MESSAGE
 *
 * Context: any, NMI too.
 */
struct hvcrash_extent *hvcrash_registry_vm_extent(struct hvcrash_registry *reg,
						  u32 which)
{
	return fixed_extent(reg, reg->nr_vps * HVCRASH_VP_EXTENTS + which);
}

/**
 * hvcrash_registry_set_fixed - record a page that a register names, or no longer names
 * @e: from hvcrash_registry_vp_extent() or hvcrash_registry_vm_extent()
 * @gpa: bytes, page-aligned; ignored for HVCRASH_EMPTY
 * @state: HVCRASH_*
 * @evidence: HVCRASH_EV_*
 * @flags: HVCRASH_EXTENT_*
 *
 * Context: any, NMI too; one writer at a time (a CPU writes its own, the
 * panicking CPU all of them once the others have parked).
 */
void hvcrash_registry_set_fixed(struct hvcrash_extent *e, u64 gpa, u32 state,
				u16 evidence, u32 flags)
{
	WRITE_ONCE(e->state, HVCRASH_BUSY);
	smp_wmb(); /* LMM(fill:A), pairs with read:A */
	e->gpa = gpa;
	e->pages = 1;
	e->evidence = evidence;
	e->flags = flags;
	e->hash = 0;
	/* LMM(fill:B), pairs with read:A */
	smp_store_release(&e->state, state);
}
