// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry.c - the set of pages shared with the hypervisor: who writes
 *
 * Written in the living kernel by the sources (regs.c, vmbus.c)
 * under reg->lock, and in the crash path by the one CPU that panics, without any
 * lock. Read in the crash path and, from memory, by hvcrashctl.
 *
 * Invariant: a reader that may have interrupted or stopped a writer at any
 * instruction sees each extent whole, or sees that it is cut (HVCRASH_BUSY), or
 * sees the one before it. The crash path counts the cut ones, and the audit then
 * says "cannot tell": a page that went to the host at that very moment may be
 * missing from the registry, and nothing can mend that.
 *
 * Memory ordering, all pairs:
 *
 *	LMM(fill:A)  state = BUSY before any other field changes
 *	LMM(fill:B)  all fields before state = SHARED
 *	LMM(read:A)  state before the other fields; pairs with both
 *	LMM(grow:A)  chunk complete before nr_chunks counts it (chunk.c)
 *	LMM(walk:A)  nr_chunks before the chunk; pairs with grow:A
 *	LMM(finish:A) checksums before phase = FINISHED; the reader is another
 *	             kernel, long after
 *
 * Leaves out: memory (chunk.c), who owns a channel (registry_channels.c), reading
 * (registry_read.c), what a page is to Hyper-V, when to revoke it, and contents.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/string.h>
#include "chunk.h"
#include "place.h"
#include "registry.h"

/* Extent and record numbers: chunk index in the high half, slot in the low */
#define NR(chunk, slot) ((u32)(chunk) << 16 | (u32)(slot))
#define NR_CHUNK(nr) ((nr) >> 16)
#define NR_SLOT(nr) ((u16)(nr))

/* By what is compiled in: the crash path takes no number from memory on trust */
#define RECORDS_PER_CHUNK(type)                                       \
	((u32)((HVCRASH_CHUNK_BYTES - sizeof(struct hvcrash_chunk)) / \
	       sizeof(type)))
#define VPS_PER_CHUNK RECORDS_PER_CHUNK(struct hvcrash_vp)
#define EXTENTS_PER_CHUNK RECORDS_PER_CHUNK(struct hvcrash_extent)

static struct hvcrash_extent *extent_at(struct hvcrash_registry *reg, u32 nr)
{
	struct hvcrash_extent *e =
		hvcrash_chunk_records(reg->chunk[NR_CHUNK(nr)]);

	return e + NR_SLOT(nr);
}

static u32 *owner_bucket(struct hvcrash_registry *reg,
			 const struct hvcrash_owner *owner)
{
	/* Fibonacci hashing: handles are counted up from one start value */
	u32 hash = (owner->gpadl ^ owner->kind) * 2654435769U;

	return &reg->bucket[hash >> (32 - reg->bucket_bits)];
}

static void free_push(struct hvcrash_registry *reg, u32 nr)
{
	extent_at(reg, nr)->link = reg->free_head;
	reg->free_head = nr;
	reg->nr_free++;
}

/* Puts the slots from @first on onto the free list, lowest slot on top */
static void free_fill(struct hvcrash_registry *reg, u32 chunk, u32 first)
{
	u32 slot;

	for (slot = reg->chunk[chunk]->nr_records; slot > first; slot--)
		free_push(reg, NR(chunk, slot - 1));
}

/* As hvcrash_chunk_insert(); the slots from @fixed on become free */
static int extents_insert(struct hvcrash_registry *reg, struct hvcrash_chunk *c,
			  u32 fixed)
{
	int i = hvcrash_chunk_insert(reg, c);

	if (i < 0)
		return i;
	if (fixed)
		hvcrash_chunk_use(c, fixed - 1);
	free_fill(reg, i, fixed);
	return 0;
}

static int extents_add(struct hvcrash_registry *reg, u32 fixed, gfp_t gfp)
{
	struct hvcrash_chunk *c;
	int ret;

	c = hvcrash_chunk_alloc(HVCRASH_CHUNK_EXTENTS,
				sizeof(struct hvcrash_extent), gfp);
	if (!c)
		return -ENOMEM;
	ret = extents_insert(reg, c, fixed);
	if (ret)
		hvcrash_chunk_free(c);
	return ret;
}

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
		ret = extents_add(reg, n, GFP_KERNEL);
		if (ret)
			return ret;
		left -= n;
	}
	ret = hvcrash_chunk_add(reg, HVCRASH_CHUNK_CHANNELS,
				sizeof(struct hvcrash_channel));
	return ret < 0 ? ret : 0;
}

/* Who owns each fixed extent never changes; its state starts as EMPTY */
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

/*
 * A bucket for every 16 pages of RAM: an owner has a page at least, so that not
 * even a guest that shared all it has, page by page, would make long chains of
 * them. 256 KiB from 4 GiB of RAM on, as much as a chunk; where that much is not
 * to be had in one piece less does, and the chains are longer.
 */
static int buckets_alloc(struct hvcrash_registry *reg, u64 ram_pages)
{
	u32 bits = HVCRASH_MIN_BUCKET_BITS;
	u32 i;

	while (bits < HVCRASH_MAX_BUCKET_BITS && ram_pages >> 4 >> bits)
		bits++;
	for (; bits >= HVCRASH_MIN_BUCKET_BITS && !reg->bucket; bits--) {
		reg->bucket = alloc_pages_exact(sizeof(u32) << bits,
						GFP_KERNEL | __GFP_NOWARN);
		reg->bucket_bits = bits;
	}
	if (!reg->bucket)
		return -ENOMEM;
	for (i = 0; i < 1U << reg->bucket_bits; i++)
		reg->bucket[i] = HVCRASH_NIL;
	return 0;
}

/**
 * hvcrash_registry_init - allocate the header and the first chunks
 * @reg: to be set up
 * @nr_vps: possible CPUs, at least 1
 * @ram_pages: 4 KiB pages of RAM, by which the owners' hash is as large as it is
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

	ret = buckets_alloc(reg, ram_pages);
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
 * The magic goes first: an old address that somebody kept finds no registry.
 *
 * Context: process; no reader or writer is left.
 */
void hvcrash_registry_deinit(struct hvcrash_registry *reg)
{
	u32 i;

	if (!reg->header)
		return;
	reg->header->magic = 0;
	for (i = 0; i < reg->header->nr_chunks; i++)
		hvcrash_chunk_free(reg->chunk[i]);
	if (reg->bucket)
		free_pages_exact(reg->bucket, sizeof(u32) << reg->bucket_bits);
	reg->bucket = NULL;
	hvcrash_place_free(reg->header, sizeof(*reg->header));
	reg->header = NULL;
}

/**
 * hvcrash_registry_vp - record of a CPU
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
	return extent_at(reg, NR(vp_chunks(reg) + n / EXTENTS_PER_CHUNK,
				 n % EXTENTS_PER_CHUNK));
}

/**
 * hvcrash_registry_vp_extent - the extent that a CPU's register owns
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
 * hvcrash_registry_vm_extent - the extent that a partition-wide register owns
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
 * hvcrash_registry_set_fixed - one page, seen in or taken out of a register
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

/* Takes a free extent, growing the registry if it must. Under reg->lock. */
static u32 extent_take(struct hvcrash_registry *reg)
{
	u32 nr;

	if (reg->free_head == HVCRASH_NIL &&
	    extents_add(reg, 0, GFP_NOWAIT | __GFP_NOWARN))
		return HVCRASH_NIL;
	nr = reg->free_head;
	reg->free_head = extent_at(reg, nr)->link;
	reg->nr_free--;
	return nr;
}

/* One extent more. Under reg->lock. Returns 0 or -ENOSPC, which is counted. */
static int publish_locked(struct hvcrash_registry *reg,
			  const struct hvcrash_owner *owner, u64 gpa, u32 pages,
			  u16 evidence, u32 flags)
{
	u32 *bucket = owner_bucket(reg, owner);
	struct hvcrash_extent *e;
	u32 nr = extent_take(reg);

	if (nr == HVCRASH_NIL) {
		reg->header->extents_dropped++;
		reg->header->coverage |= HVCRASH_GAP_DROPPED;
		return -ENOSPC;
	}
	e = extent_at(reg, nr);
	WRITE_ONCE(e->state, HVCRASH_BUSY);
	smp_wmb(); /* LMM(fill:A), pairs with read:A */
	e->kind = owner->kind;
	e->evidence = evidence;
	e->gpa = gpa;
	e->pages = pages;
	e->vp_index = HVCRASH_NO_VP;
	e->relid = owner->relid;
	e->gpadl = owner->gpadl;
	e->flags = flags;
	e->hash = 0;
	e->link = *bucket;
	WRITE_ONCE(*bucket, nr);
	hvcrash_chunk_use(reg->chunk[NR_CHUNK(nr)], NR_SLOT(nr));
	/* LMM(fill:B), pairs with read:A */
	smp_store_release(&e->state, HVCRASH_SHARED);
	WRITE_ONCE(reg->header->published, reg->header->published + 1);
	return 0;
}

/**
 * hvcrash_registry_publish - pages are shared from now on
 * @reg: the registry
 * @owner: whose
 * @gpa: first byte, page-aligned
 * @pages: 4 KiB pages, not 0
 * @evidence: HVCRASH_EV_*
 * @flags: HVCRASH_EXTENT_*
 *
 * Publish before the host learns of the pages where the source allows it.
 *
 * Context: any but NMI; takes reg->lock, may allocate without sleeping.
 * Return: 0, -EINVAL, or -ENOSPC; the last one is counted as a gap.
 */
int hvcrash_registry_publish(struct hvcrash_registry *reg,
			     const struct hvcrash_owner *owner, u64 gpa,
			     u32 pages, u16 evidence, u32 flags)
{
	unsigned long irq;
	int ret;

	if (!pages || gpa % HVCRASH_PAGE_BYTES)
		return -EINVAL;
	raw_spin_lock_irqsave(&reg->lock, irq);
	ret = publish_locked(reg, owner, gpa, pages, evidence, flags);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
	return ret;
}

static bool owner_has_extents(struct hvcrash_registry *reg,
			      const struct hvcrash_owner *owner)
{
	u32 nr = *owner_bucket(reg, owner);
	struct hvcrash_extent *e;

	for (; nr != HVCRASH_NIL; nr = e->link) {
		e = extent_at(reg, nr);
		if (e->kind == owner->kind && e->gpadl == owner->gpadl)
			return true;
	}
	return false;
}

/**
 * hvcrash_registry_publish_found - pages that were shared before anybody looked
 * @reg: the registry
 * @owner: whose
 * @gpas: first byte of each range, page-aligned
 * @nr_gpas: how many ranges
 * @pages: 4 KiB pages of each range, not 0
 * @flags: HVCRASH_EXTENT_*
 *
 * All ranges or none: an owner that has extents was published by who saw its
 * message, and that one knows better. Looking and publishing happen under one
 * lock, so that no page is listed twice.
 *
 * Context: any but NMI; takes reg->lock, may allocate without sleeping.
 * Return: 0, -EEXIST, -EINVAL, or -ENOSPC; the last one is counted as a gap.
 */
int hvcrash_registry_publish_found(struct hvcrash_registry *reg,
				   const struct hvcrash_owner *owner,
				   const u64 *gpas, u32 nr_gpas, u32 pages,
				   u32 flags)
{
	unsigned long irq;
	int ret = 0;
	u32 i;

	for (i = 0; i < nr_gpas; i++)
		if (!pages || gpas[i] % HVCRASH_PAGE_BYTES)
			return -EINVAL;
	raw_spin_lock_irqsave(&reg->lock, irq);
	if (owner_has_extents(reg, owner))
		ret = -EEXIST;
	for (i = 0; i < nr_gpas && !ret; i++)
		ret = publish_locked(reg, owner, gpas[i], pages,
				     HVCRASH_EV_FOUND, flags);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
	return ret;
}

/* What to retire: an owner's, a channel's, what was found, or all */
struct match {
	const struct hvcrash_owner *owner;
	u32 relid;
	bool found;
	bool all;
};

static bool matches(const struct hvcrash_extent *e, const struct match *m)
{
	if (m->owner)
		return e->kind == m->owner->kind && e->gpadl == m->owner->gpadl;
	if (m->found)
		return e->evidence == HVCRASH_EV_FOUND;
	return m->all || e->relid == m->relid;
}

/* Retires what matches in one bucket. Under reg->lock. */
static u32 bucket_retire(struct hvcrash_registry *reg, u32 *bucket,
			 const struct match *m, u16 evidence)
{
	u32 *link = bucket;
	struct hvcrash_extent *e;
	u32 n = 0;
	u32 nr;

	while (*link != HVCRASH_NIL) {
		nr = *link;
		e = extent_at(reg, nr);
		if (!matches(e, m)) {
			link = &e->link;
			continue;
		}
		WRITE_ONCE(*link, e->link);
		e->evidence = evidence;
		WRITE_ONCE(e->state, HVCRASH_TORN_DOWN);
		free_push(reg, nr);
		n++;
	}
	reg->header->retired += n;
	return n;
}

/**
 * hvcrash_registry_retire - the host gave an owner's pages back
 * @reg: the registry
 * @owner: whose; kind and gpadl count
 * @evidence: what says so
 *
 * Context: any but NMI; takes reg->lock.
 * Return: extents retired, 0 if the owner has none.
 */
u32 hvcrash_registry_retire(struct hvcrash_registry *reg,
			    const struct hvcrash_owner *owner, u16 evidence)
{
	u32 *bucket = owner_bucket(reg, owner);
	struct match m = { .owner = owner };
	unsigned long irq;
	u32 n;

	raw_spin_lock_irqsave(&reg->lock, irq);
	n = bucket_retire(reg, bucket, &m, evidence);
	raw_spin_unlock_irqrestore(&reg->lock, irq);
	return n;
}

static u32 retire_walk(struct hvcrash_registry *reg, const struct match *m,
		       u16 evidence)
{
	unsigned long irq;
	u32 i, n = 0;

	for (i = 0; i < 1U << reg->bucket_bits; i++) {
		/* Most are. One that fills now holds what came after the question */
		if (READ_ONCE(reg->bucket[i]) == HVCRASH_NIL)
			continue;
		raw_spin_lock_irqsave(&reg->lock, irq);
		n += bucket_retire(reg, &reg->bucket[i], m, evidence);
		raw_spin_unlock_irqrestore(&reg->lock, irq);
	}
	return n;
}

/**
 * hvcrash_registry_retire_relid - a channel is gone, with all its GPADLs
 * @reg: the registry
 * @relid: the channel
 * @evidence: what says so
 *
 * Walks every owner: channels go rarely.
 *
 * Context: any but NMI; takes reg->lock once per bucket in use.
 * Return: extents retired.
 */
u32 hvcrash_registry_retire_relid(struct hvcrash_registry *reg, u32 relid,
				  u16 evidence)
{
	struct match m = { .relid = relid };

	return retire_walk(reg, &m, evidence);
}

/**
 * hvcrash_registry_retire_all - every owner is gone, fixed extents apart
 * @reg: the registry
 * @evidence: what says so
 *
 * Context: any but NMI; takes reg->lock once per bucket in use.
 * Return: extents retired.
 */
u32 hvcrash_registry_retire_all(struct hvcrash_registry *reg, u16 evidence)
{
	struct match m = { .all = true };

	return retire_walk(reg, &m, evidence);
}

/**
 * hvcrash_registry_retire_found - drop what hvcrash_registry_publish_found() made
 * @reg: the registry
 *
 * To look again: the pages may be shared all the same, so a gap must say so until
 * the next look is over.
 *
 * Context: any but NMI; takes reg->lock once per bucket in use.
 * Return: extents retired.
 */
u32 hvcrash_registry_retire_found(struct hvcrash_registry *reg)
{
	struct match m = { .found = true };

	return retire_walk(reg, &m, HVCRASH_EV_NONE);
}

/**
 * hvcrash_registry_prove - better evidence for an owner's shared pages
 * @reg: the registry
 * @owner: whose; kind and gpadl count
 * @evidence: the new evidence
 *
 * Context: any but NMI; takes reg->lock.
 */
void hvcrash_registry_prove(struct hvcrash_registry *reg,
			    const struct hvcrash_owner *owner, u16 evidence)
{
	struct match m = { .owner = owner };
	struct hvcrash_extent *e;
	unsigned long irq;
	u32 nr;

	raw_spin_lock_irqsave(&reg->lock, irq);
	nr = *owner_bucket(reg, owner);
	for (; nr != HVCRASH_NIL; nr = e->link) {
		e = extent_at(reg, nr);
		if (matches(e, &m))
			WRITE_ONCE(e->evidence, evidence);
	}
	raw_spin_unlock_irqrestore(&reg->lock, irq);
}

/**
 * hvcrash_registry_reserve - have room for @extents more without allocating
 * @reg: the registry
 * @extents: how many
 *
 * Publishing happens where sleeping is forbidden, and large allocations may
 * fail there: this makes room ahead.
 *
 * Context: process, may sleep.
 * Return: 0, -ENOMEM or -ENOSPC.
 */
int hvcrash_registry_reserve(struct hvcrash_registry *reg, u32 extents)
{
	struct hvcrash_chunk *c;
	unsigned long irq;
	int ret;

	while (READ_ONCE(reg->nr_free) < extents) {
		c = hvcrash_chunk_alloc(HVCRASH_CHUNK_EXTENTS,
					sizeof(struct hvcrash_extent),
					GFP_KERNEL);
		if (!c)
			return -ENOMEM;
		raw_spin_lock_irqsave(&reg->lock, irq);
		ret = extents_insert(reg, c, 0);
		raw_spin_unlock_irqrestore(&reg->lock, irq);
		if (ret) {
			hvcrash_chunk_free(c);
			return ret;
		}
	}
	return 0;
}

/**
 * hvcrash_registry_gap - admit that something shared is not known
 * @reg: the registry
 * @gap: HVCRASH_GAP_* bits to add
 * @untracked: how many more things are known to exist without their pages
 *
 * Context: any but NMI; takes reg->lock.
 */
void hvcrash_registry_gap(struct hvcrash_registry *reg, u32 gap, u32 untracked)
{
	unsigned long irq;

	raw_spin_lock_irqsave(&reg->lock, irq);
	reg->header->coverage |= gap;
	reg->header->untracked += untracked;
	raw_spin_unlock_irqrestore(&reg->lock, irq);
}

/**
 * hvcrash_registry_gap_closed - what was missing has been found
 * @reg: the registry
 * @gap: HVCRASH_GAP_* bits to take away
 *
 * Context: any but NMI; takes reg->lock.
 */
void hvcrash_registry_gap_closed(struct hvcrash_registry *reg, u32 gap)
{
	unsigned long irq;

	raw_spin_lock_irqsave(&reg->lock, irq);
	reg->header->coverage &= ~gap;
	raw_spin_unlock_irqrestore(&reg->lock, irq);
}
