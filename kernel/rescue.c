// SPDX-License-Identifier: GPL-2.0-only
/*
 * rescue.c - in a crash kernel: revoke what the first kernel could not
 *
 * A VP that did not answer in the crash path still shares its overlay pages. A
 * CPU that is brought online starts from INIT, whatever it was doing, and SynIC
 * registers survive that. So each CPU that can be started is started here, revokes what
 * its VP still shares according to the registry, and goes offline again. The result
 * is recorded in the first kernel's registry as "revoked late", before the audit.
 *
 * Invariant: only a finished registry with correct checksums is trusted, and only its
 * extents in state "not reached" change; the contents of a page are never written. What
 * cannot be done is logged and stays "not reached".
 *
 * Leaves out: SINTs and timers of the rescued VP, which this kernel set up anew when it
 * started the CPU; the boot processor of the first kernel, which a crash kernel
 * that runs on another CPU does not start (arch/x86/kernel/cpu/topology.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/smp.h>
#include <linux/slab.h>
#include <linux/xxhash.h>
#include "registry_alloc.h"
#include "compat/compat.h"
#include "regs_access.h"
#include "rescue.h"
#include "rescue_find.h"

/**
 * struct lost - an overlay page whose VP was not reached
 * @gpa: its address
 * @vp_index: its VP
 * @reg: HVCRASH_REG_SIMP, _SIEFP or _VP_ASSIST
 * @chunk: number of the chunk with its extent
 * @slot: number of the extent there
 * @evidence: what proves that it is revoked, or HVCRASH_EV_NONE
 */
struct lost {
	u64 gpa;
	u32 vp_index;
	u32 reg;
	u32 chunk;
	u32 slot;
	u16 evidence;
};

/**
 * struct rescue - the first kernel's registry and the pages to revoke
 * @header: a checked copy of the registry's header
 * @lost: pages that were not reached
 * @nr_lost: entries of @lost in use
 * @room: entries of @lost
 */
struct rescue {
	struct hvcrash_header *header;
	struct lost *lost;
	u32 nr_lost;
	u32 room;
};

typedef void (*extent_fn)(struct rescue *r, struct hvcrash_extent *e, u32 chunk,
			  u32 slot);

static bool is_header_sound(struct hvcrash_header *h, u64 gpa)
{
	u64 checksum = h->checksum;

	h->checksum = 0;
	return h->magic == HVCRASH_MAGIC && h->major == HVCRASH_ABI_MAJOR &&
	       h->gpa == gpa && h->phase == HVCRASH_PHASE_FINISHED &&
	       h->chunk_bytes == HVCRASH_CHUNK_BYTES &&
	       h->nr_chunks <= HVCRASH_MAX_CHUNKS &&
	       xxh64(h, sizeof(*h), 0) == checksum;
}

static int get_header(struct rescue *r, u64 gpa)
{
	void *page;

	if (!gpa || gpa % HVCRASH_PAGE_BYTES)
		return -EINVAL;
	page = memremap(gpa, HVCRASH_PAGE_BYTES, MEMREMAP_WB);
	if (!page)
		return -ENOMEM;
	memcpy(r->header, page, sizeof(*r->header));
	memunmap(page);
	return is_header_sound(r->header, gpa) ? 0 : -EINVAL;
}

static bool is_chunk_sound(struct hvcrash_chunk *c, u32 index)
{
	u64 checksum = c->checksum;
	bool ret;

	if (c->magic != HVCRASH_CHUNK_MAGIC || c->index != index ||
	    c->bytes_used < sizeof(*c) || c->bytes_used > HVCRASH_CHUNK_BYTES)
		return false;
	c->checksum = 0;
	ret = xxh64(c, c->bytes_used, 0) == checksum;
	c->checksum = checksum;
	return ret;
}

/* Chunk @index, to be unmapped with memunmap(), or NULL */
static struct hvcrash_chunk *map_chunk(const struct rescue *r, u32 index)
{
	u64 gpa = r->header->chunk_gpa[index];
	struct hvcrash_chunk *c;

	if (!gpa || gpa % HVCRASH_PAGE_BYTES)
		return NULL;
	c = memremap(gpa, HVCRASH_CHUNK_BYTES, MEMREMAP_WB);
	if (c && !is_chunk_sound(c, index)) {
		memunmap(c);
		c = NULL;
	}
	return c;
}

/* Calls @fn for each extent that was not reached */
static int walk_lost(struct rescue *r, extent_fn fn)
{
	struct hvcrash_extent *e;
	struct hvcrash_chunk *c;
	u32 i, slot, n;

	for (i = 0; i < r->header->nr_chunks; i++) {
		c = map_chunk(r, i);
		if (!c)
			return -EINVAL;
		e = hvcrash_chunk_records(c);
		n = (c->bytes_used - sizeof(*c)) / sizeof(*e);
		if (c->type != HVCRASH_CHUNK_EXTENTS ||
		    c->record_bytes != sizeof(*e))
			n = 0;
		for (slot = 0; slot < n; slot++, e++)
			if (e->state == HVCRASH_NOT_REACHED)
				fn(r, e, i, slot);
		memunmap(c);
	}
	return 0;
}

static void count_lost(struct rescue *r, struct hvcrash_extent *e, u32 chunk,
		       u32 slot)
{
	r->room++;
}

static int reg_of_kind(u16 kind)
{
	switch (kind) {
	case HVCRASH_KIND_SIMP:
		return HVCRASH_REG_SIMP;
	case HVCRASH_KIND_SIEFP:
		return HVCRASH_REG_SIEFP;
	case HVCRASH_KIND_VP_ASSIST:
		return HVCRASH_REG_VP_ASSIST;
	}
	return -EINVAL;
}

static void add_lost(struct rescue *r, struct hvcrash_extent *e, u32 chunk,
		     u32 slot)
{
	int reg = reg_of_kind(e->kind);

	if (reg < 0 || e->pages != 1 || r->nr_lost == r->room)
		return;
	r->lost[r->nr_lost++] = (struct lost){
		.gpa = e->gpa,
		.vp_index = e->vp_index,
		.reg = reg,
		.chunk = chunk,
		.slot = slot,
	};
}

static int find_lost(struct rescue *r)
{
	int ret = walk_lost(r, count_lost);

	if (ret || !r->room)
		return ret;
	r->lost = kvcalloc(r->room, sizeof(*r->lost), GFP_KERNEL);
	if (!r->lost)
		return -ENOMEM;
	return walk_lost(r, add_lost);
}

static void take_back(struct lost *l)
{
	u64 value = 0;

	if (hvcrash_reg_read(l->reg, &value))
		return;
	/* Off, or moved to a page of this kernel: the old one is free again */
	if (!(value & HVCRASH_REG_ENABLED) ||
	    (value & HVCRASH_REG_GPA_MASK) != l->gpa) {
		l->evidence = HVCRASH_EV_FOUND_OFF;
		return;
	}
	hvcrash_reg_write(l->reg, 0);
	if (!hvcrash_reg_read(l->reg, &value) && !(value & HVCRASH_REG_ENABLED))
		l->evidence = HVCRASH_EV_READ_BACK;
}

/* On each CPU in turn, in an interrupt */
static void take_back_own(void *ctx)
{
	u32 self = hv_vp_index[smp_processor_id()];
	struct rescue *r = ctx;
	u32 i;

	for (i = 0; i < r->nr_lost; i++)
		if (r->lost[i].vp_index == self && !r->lost[i].evidence)
			take_back(&r->lost[i]);
}

static u32 count_back(const struct rescue *r)
{
	u32 n = 0;
	u32 i;

	for (i = 0; i < r->nr_lost; i++)
		n += r->lost[i].evidence != HVCRASH_EV_NONE;
	return n;
}

/* Only a running CPU can tell which VP it is: so try one after the other, until done */
static void visit_cpus(struct rescue *r)
{
	u32 cpu;
	int ret;

	for_each_present_cpu(cpu) {
		bool was_online = cpu_online(cpu);

		if (count_back(r) == r->nr_lost)
			return;
		ret = was_online ? 0 : add_cpu(cpu);
		if (ret) {
			pr_warn("CPU %u cannot be started (error %d)\n", cpu,
				ret);
			continue;
		}
		smp_call_function_single(cpu, take_back_own, r, 1);
		if (!was_online)
			remove_cpu(cpu);
	}
}

/* Hashes the page as it is now: the audit then sees what is written from here on */
static bool hash_page(u64 gpa, u64 *ret_hash)
{
	void *page = memremap(gpa, HVCRASH_PAGE_BYTES, MEMREMAP_WB);

	if (!page)
		return false;
	*ret_hash = xxh64(page, HVCRASH_PAGE_BYTES, 0);
	memunmap(page);
	return true;
}

static int enter_one(const struct rescue *r, const struct lost *l)
{
	struct hvcrash_chunk *c = map_chunk(r, l->chunk);
	struct hvcrash_extent *e;

	if (!c)
		return -EINVAL;
	e = (struct hvcrash_extent *)hvcrash_chunk_records(c) + l->slot;
	e->state = HVCRASH_REVOKED_LATE;
	e->evidence = l->evidence;
	if (!(e->flags & HVCRASH_EXTENT_NOT_RAM) && hash_page(e->gpa, &e->hash))
		e->flags |= HVCRASH_EXTENT_HASHED;
	c->checksum = 0;
	c->checksum = xxh64(c, c->bytes_used, 0);
	memunmap(c);
	return 0;
}

static void say_why_not(const struct rescue *r)
{
	u32 missing = r->nr_lost - count_back(r);

	if (!missing)
		return;
	if (IS_ENABLED(CONFIG_ARM64))
		pr_warn("%u pages of VPs that were not reached stay shared: such a VP still runs, and PSCI can start only VPs that are off\n",
			missing);
	else if (num_present_cpus() == 1)
		pr_warn("%u pages of VPs that were not reached stay shared: this crash kernel runs one CPU only; give it maxcpus=1 instead of nr_cpus=1\n",
			missing);
	else
		pr_warn("%u pages of VPs that were not reached stay shared: no CPU that this crash kernel can start is that VP\n",
			missing);
}

static int rescue_all(struct rescue *r)
{
	int ret = find_lost(r);
	u32 i;

	if (ret)
		return ret;
	if (!r->nr_lost) {
		pr_info("crash kernel: every VP was reached, nothing to revoke\n");
		return 0;
	}
	visit_cpus(r);
	for (i = 0; i < r->nr_lost && !ret; i++)
		if (r->lost[i].evidence)
			ret = enter_one(r, &r->lost[i]);
	if (!ret)
		pr_info("crash kernel: %u of %u pages of VPs that were not reached are revoked now\n",
			count_back(r), r->nr_lost);
	say_why_not(r);
	return ret;
}

/**
 * hvcrash_rescue - revoke what the first kernel could not
 *
 * Context: process, may sleep; in a crash kernel.
 * Return: 0, also if there was nothing to do or not all could be done, which is
 * logged; -ENODEV if the first kernel left no registry; -EINVAL if it is damaged; or
 * another errno.
 */
int hvcrash_rescue(void)
{
	struct rescue r = {};
	u64 gpa;
	int ret;

	ret = hvcrash_rescue_find(&gpa);
	if (ret) {
		pr_info("crash kernel: the first kernel left no registry: nothing to do\n");
		return -ENODEV;
	}
	r.header = kmalloc(sizeof(*r.header), GFP_KERNEL);
	if (!r.header)
		return -ENOMEM;
	ret = get_header(&r, gpa);
	if (!ret)
		ret = rescue_all(&r);
	if (ret)
		pr_err("crash kernel: the registry at 0x%llx is damaged or out of reach (error %d): nothing was revoked\n",
		       gpa, ret);
	kvfree(r.lost);
	kfree(r.header);
	return ret;
}
