/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * registry.h - the set of pages shared with the hypervisor
 *
 * Publish, retire, observe, iterate, finish. Knows the format in
 * uapi/hvcrash_abi.h and nothing about Hyper-V's registers or VMBus; also builds in
 * user space (tests/unit).
 */
#ifndef _HVCRASH_REGISTRY_H
#define _HVCRASH_REGISTRY_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include "uapi/hvcrash_abi.h"

#define HVCRASH_CHUNK_BYTES (256 * 1024)

/* Hash buckets of owners: 2 to the power of this, depending on the size of RAM */
#define HVCRASH_MIN_BUCKET_BITS 10
#define HVCRASH_MAX_BUCKET_BITS 16

/*
 * Per VP: SIMP, SIEFP, VP assist; per VM: hypercall page, reference TSC page, and
 * the panic message page, whose register has no bit that says enabled
 */
#define HVCRASH_VP_EXTENTS 3
#define HVCRASH_VM_HYPERCALL 0
#define HVCRASH_VM_TSC 1
#define HVCRASH_VM_REGS 2
#define HVCRASH_VM_PANIC_MESSAGE 2
#define HVCRASH_VM_EXTENTS 3

/**
 * struct hvcrash_owner - owner of pages: identifies them to publish and retire
 * @kind: HVCRASH_KIND_*
 * @gpadl: GPADL handle, unique in the VM (the kernel counts it up), or 0
 * @relid: channel, or HVCRASH_NO_RELID; not part of the identity
 */
struct hvcrash_owner {
	u16 kind;
	u32 gpadl;
	u32 relid;
};

/**
 * struct hvcrash_range - contiguous pages
 * @gpa: first byte, page-aligned
 * @pages: 4 KiB pages, not 0
 */
struct hvcrash_range {
	u64 gpa;
	u32 pages;
};

/* Distinct relids: more than hv_vmbus accepts (MAX_CHANNEL_RELIDS) */
#define HVCRASH_RELIDS 2048

/* Owners with something missing at the same time */
#define HVCRASH_MAX_MISSING 64

/**
 * struct hvcrash_missing - shared pages of an owner that are not listed
 * @owner: the owner
 * @gap: HVCRASH_GAP_*
 * @extents: extents that found no room
 * @untracked: other things whose pages are not known
 */
struct hvcrash_missing {
	struct hvcrash_owner owner;
	u32 gap;
	u32 extents;
	u32 untracked;
};

/**
 * struct hvcrash_registry - the writer's side of the registry
 * @header: the page whose GPA the hand-over gives
 * @chunk: virtual addresses of the chunks in header->chunk_gpa
 * @nr_vps: VP records, one per possible Linux CPU, indexed by CPU number
 * @lock: serializes writers in the living kernel; the crash path never takes it
 * @free_head: first free extent, HVCRASH_NIL if none; under @lock
 * @nr_free: length of that list; under @lock
 * @bucket: first extent of each owner hash, linked by extent.link; under @lock.
 *	    The crash path needs none of it
 * @bucket_bits: number of buckets, as a power of 2
 * @of_relid: extents by the low bits of their relid; under @lock
 * @lasting: what is missing for as long as the registry exists; under @lock
 * @missing: what is missing until its owner is retired; under @lock
 * @nr_missing: entries of @missing in use; under @lock
 */
struct hvcrash_registry {
	struct hvcrash_header *header;
	struct hvcrash_chunk *chunk[HVCRASH_MAX_CHUNKS];
	u32 nr_vps;
	raw_spinlock_t lock;
	u32 free_head;
	u32 nr_free;
	u32 *bucket;
	u32 bucket_bits;
	u32 of_relid[HVCRASH_RELIDS];
	struct hvcrash_missing lasting;
	struct hvcrash_missing missing[HVCRASH_MAX_MISSING];
	u32 nr_missing;
};

#define HVCRASH_NIL 0xffffffffU

int hvcrash_registry_init(struct hvcrash_registry *reg, u32 nr_vps,
			  u64 ram_pages);
void hvcrash_registry_deinit(struct hvcrash_registry *reg);

int hvcrash_registry_publish(struct hvcrash_registry *reg,
			     const struct hvcrash_owner *owner, u64 gpa,
			     u32 pages, u16 evidence, u32 flags);
int hvcrash_registry_publish_found(struct hvcrash_registry *reg,
				   const struct hvcrash_owner *owner,
				   const struct hvcrash_range *ranges, u32 nr);
u32 hvcrash_registry_retire(struct hvcrash_registry *reg,
			    const struct hvcrash_owner *owner, u16 evidence);
u32 hvcrash_registry_retire_relid(struct hvcrash_registry *reg, u32 relid,
				  u16 evidence);
u32 hvcrash_registry_retire_kind(struct hvcrash_registry *reg, u16 kind,
				 u16 evidence);
u32 hvcrash_registry_retire_found(struct hvcrash_registry *reg);
void hvcrash_registry_prove(struct hvcrash_registry *reg,
			    const struct hvcrash_owner *owner, u16 evidence);
int hvcrash_registry_reserve(struct hvcrash_registry *reg, u32 extents);
void hvcrash_registry_gap(struct hvcrash_registry *reg, u32 gap, u32 untracked);
void hvcrash_registry_gap_of(struct hvcrash_registry *reg,
			     const struct hvcrash_owner *owner, u32 gap,
			     u32 untracked);
void hvcrash_registry_gap_gone(struct hvcrash_registry *reg, u32 relid);
void hvcrash_registry_gap_closed(struct hvcrash_registry *reg, u32 gap);
void hvcrash_registry_channel(struct hvcrash_registry *reg, u32 relid,
			      u32 subchannel, const void *device_class,
			      const void *instance);
void hvcrash_registry_channel_gone(struct hvcrash_registry *reg, u32 relid);
void hvcrash_registry_channels_gone(struct hvcrash_registry *reg);

struct hvcrash_vp *hvcrash_registry_vp(struct hvcrash_registry *reg, u32 cpu);
struct hvcrash_extent *hvcrash_registry_vp_extent(struct hvcrash_registry *reg,
						  u32 cpu, u32 which);
struct hvcrash_extent *hvcrash_registry_vm_extent(struct hvcrash_registry *reg,
						  u32 which);
void hvcrash_registry_set_fixed(struct hvcrash_extent *e, u64 gpa, u32 state,
				u16 evidence, u32 flags);

/**
 * typedef hvcrash_extent_fn - called for one extent; return false to stop
 */
typedef bool (*hvcrash_extent_fn)(struct hvcrash_extent *e, void *ctx);
void hvcrash_registry_for_each(struct hvcrash_registry *reg,
			       hvcrash_extent_fn fn, void *ctx);
void hvcrash_registry_finish(struct hvcrash_registry *reg);

#endif /* _HVCRASH_REGISTRY_H */
