// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_registry.c - kernel/registry.c: publish, retire, capacity, checksums
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <xxhash.h>
#include "registry.h"

int shim_allocations_left = -1;
u64 shim_freed_word;

#define NR_VPS 4
#define PER_CHUNK 4095U

static const struct hvcrash_owner gpadl_a = { HVCRASH_KIND_GPADL, 0xe1e10, 3 };
static const struct hvcrash_owner gpadl_b = { HVCRASH_KIND_GPADL, 0xe1e11, 3 };
static const struct hvcrash_owner gpadl_c = { HVCRASH_KIND_GPADL, 0xe1e12, 5 };

static int setup(void **state)
{
	static struct hvcrash_registry reg;

	shim_allocations_left = -1;
	*state = &reg;
	return hvcrash_registry_init(&reg, NR_VPS, 0);
}

static int teardown(void **state)
{
	shim_allocations_left = -1;
	hvcrash_registry_deinit(*state);
	return 0;
}

struct count {
	u32 of[HVCRASH_REVOKED_LATE + 1];
	u64 pages;
	u32 created;
};

static bool count_one(struct hvcrash_extent *e, void *ctx)
{
	struct count *c = ctx;

	c->of[e->state]++;
	if (e->state == HVCRASH_SHARED) {
		c->pages += e->pages;
		c->created += e->evidence == HVCRASH_EV_GPADL_CREATED;
	}
	return true;
}

static struct count count(struct hvcrash_registry *reg)
{
	struct count c = { 0 };

	hvcrash_registry_for_each(reg, count_one, &c);
	return c;
}

static void publish(struct hvcrash_registry *reg,
		    const struct hvcrash_owner *owner, u64 gpa, u32 pages)
{
	hvcrash_registry_reserve(reg, 1);
	assert_int_equal(hvcrash_registry_publish(reg, owner, gpa, pages,
						  HVCRASH_EV_MESSAGE_SENT, 0),
			 0);
}

static void a_new_registry_names_its_fixed_extents_and_shares_nothing(void **s)
{
	struct hvcrash_registry *reg = *s;
	struct count c = count(reg);

	assert_int_equal(c.of[HVCRASH_EMPTY],
			 NR_VPS * HVCRASH_VP_EXTENTS + HVCRASH_VM_EXTENTS);
	assert_int_equal(c.of[HVCRASH_SHARED], 0);
	assert_int_equal(hvcrash_registry_vp_extent(reg, 3, 1)->kind,
			 HVCRASH_KIND_SIEFP);
	assert_int_equal(hvcrash_registry_vm_extent(reg, 1)->kind,
			 HVCRASH_KIND_REFERENCE_TSC);
	assert_int_equal(hvcrash_registry_vp(reg, 2)->cpu, 2);
	assert_int_equal(reg->header->magic, HVCRASH_MAGIC);
	assert_int_equal(reg->header->phase, HVCRASH_PHASE_LIVE);
}

static void what_is_published_is_found_and_what_is_retired_is_gone(void **s)
{
	struct hvcrash_registry *reg = *s;
	struct count c;

	publish(reg, &gpadl_a, 0x1000, 4);
	publish(reg, &gpadl_a, 0x9000, 2);
	publish(reg, &gpadl_b, 0x20000, 1);
	assert_int_equal(count(reg).pages, 7);

	assert_int_equal(hvcrash_registry_retire(reg, &gpadl_a,
						 HVCRASH_EV_GPADL_TORNDOWN),
			 2);
	c = count(reg);
	assert_int_equal(c.pages, 1);
	assert_int_equal(c.of[HVCRASH_TORN_DOWN], 2);
	assert_int_equal(reg->header->published, 3);
	assert_int_equal(reg->header->retired, 2);
	assert_int_equal(hvcrash_registry_retire(reg, &gpadl_a, 0), 0);
}

static void owners_of_one_hash_bucket_do_not_take_each_others_pages(void **s)
{
	struct hvcrash_registry *reg = *s;
	struct hvcrash_owner o = { HVCRASH_KIND_GPADL, 0, 1 };
	u32 i;

	for (i = 1; i <= 4 * (1U << HVCRASH_MIN_BUCKET_BITS); i++) {
		o.gpadl = i;
		publish(reg, &o, (u64)i << 12, 1);
	}
	for (i = 1; i <= 4 * (1U << HVCRASH_MIN_BUCKET_BITS); i += 2) {
		o.gpadl = i;
		assert_int_equal(hvcrash_registry_retire(reg, &o, 0), 1);
	}
	assert_int_equal(count(reg).pages, 2 * (1U << HVCRASH_MIN_BUCKET_BITS));
}

static void the_more_ram_the_fewer_owners_share_a_bucket(void **s)
{
	struct hvcrash_owner o = { HVCRASH_KIND_GPADL, 0, 1 };
	static struct hvcrash_registry reg;
	u32 used = 0;
	u32 i;

	(void)s;
	assert_int_equal(hvcrash_registry_init(&reg, NR_VPS, 0), 0);
	assert_int_equal(reg.bucket_bits, HVCRASH_MIN_BUCKET_BITS);
	hvcrash_registry_deinit(&reg);
	assert_int_equal(hvcrash_registry_init(&reg, NR_VPS, (1U << 18) - 1),
			 0);
	assert_int_equal(reg.bucket_bits, 14);
	hvcrash_registry_deinit(&reg);
	assert_int_equal(hvcrash_registry_init(&reg, NR_VPS, ~0ULL), 0);
	assert_int_equal(reg.bucket_bits, HVCRASH_MAX_BUCKET_BITS);
	for (i = 0; i < 1U << HVCRASH_MAX_BUCKET_BITS; i++) {
		o.gpadl = 0xe1e10 + i;
		publish(&reg, &o, (u64)i << 12, 1);
	}
	for (i = 0; i < 1U << reg.bucket_bits; i++)
		used += reg.bucket[i] != HVCRASH_NIL;
	assert_true(used > 1U << (HVCRASH_MAX_BUCKET_BITS - 1));
	hvcrash_registry_deinit(&reg);
}

static void a_released_relid_takes_all_its_gpadls_with_it(void **s)
{
	struct hvcrash_registry *reg = *s;

	publish(reg, &gpadl_a, 0x1000, 1);
	publish(reg, &gpadl_b, 0x2000, 1);
	publish(reg, &gpadl_c, 0x3000, 1);
	assert_int_equal(hvcrash_registry_retire_relid(reg, 3, 0), 2);
	assert_int_equal(count(reg).pages, 1);
}

static void a_kind_is_retired_and_no_other_owner(void **s)
{
	static const struct hvcrash_owner driver = { HVCRASH_KIND_DRIVER, 1,
						     HVCRASH_NO_RELID };
	struct hvcrash_registry *reg = *s;

	publish(reg, &gpadl_a, 0x1000, 1);
	publish(reg, &gpadl_c, 0x3000, 1);
	publish(reg, &driver, 0x4000, 16);
	assert_int_equal(
		hvcrash_registry_retire_kind(reg, HVCRASH_KIND_GPADL, 0), 2);
	assert_int_equal(count(reg).pages, 16);
}

static void what_is_found_is_listed_once_whoever_sees_it_first(void **s)
{
	static const struct hvcrash_owner monitor = {
		HVCRASH_KIND_VMBUS_MONITOR, 0, HVCRASH_NO_RELID
	};
	const struct hvcrash_range pages[] = { { 0x30000, 1 }, { 0x50000, 1 } };
	const struct hvcrash_range odd[] = { { 0x30000, 1 }, { 0x50001, 1 } };
	const struct hvcrash_range none[] = { { 0x30000, 0 } };
	struct hvcrash_registry *reg = *s;

	assert_int_equal(hvcrash_registry_publish_found(reg, &monitor, odd, 2),
			 -EINVAL);
	assert_int_equal(hvcrash_registry_publish_found(reg, &monitor, none, 1),
			 -EINVAL);
	assert_int_equal(count(reg).pages, 0);
	assert_int_equal(
		hvcrash_registry_publish_found(reg, &monitor, pages, 2), 0);
	assert_int_equal(count(reg).pages, 2);
	assert_int_equal(
		hvcrash_registry_publish_found(reg, &monitor, pages, 2),
		-EEXIST);
	/* Its message was seen, which is better evidence than the pages' place now */
	publish(reg, &gpadl_a, 0x1000, 4);
	assert_int_equal(
		hvcrash_registry_publish_found(reg, &gpadl_a, pages, 1),
		-EEXIST);
	assert_int_equal(count(reg).pages, 6);
	assert_int_equal(hvcrash_registry_retire(reg, &monitor, 0), 2);
}

static void to_look_again_drops_what_was_found_and_nothing_else(void **s)
{
	const struct hvcrash_range ring = { 0x30000, 8 };
	struct hvcrash_registry *reg = *s;

	hvcrash_registry_gap(reg, HVCRASH_GAP_LATE | HVCRASH_GAP_TORN, 0);
	publish(reg, &gpadl_a, 0x1000, 4);
	hvcrash_registry_publish_found(reg, &gpadl_b, &ring, 1);
	hvcrash_registry_publish_found(reg, &gpadl_c, &ring, 1);
	assert_int_equal(hvcrash_registry_retire_found(reg), 2);
	assert_int_equal(count(reg).pages, 4);
	hvcrash_registry_gap_closed(reg, HVCRASH_GAP_LATE);
	assert_int_equal(reg->header->coverage, HVCRASH_GAP_TORN);
}

static void better_evidence_reaches_the_owner_only(void **s)
{
	struct hvcrash_registry *reg = *s;
	u32 created = 0;

	publish(reg, &gpadl_a, 0x1000, 1);
	publish(reg, &gpadl_b, 0x2000, 1);
	hvcrash_registry_prove(reg, &gpadl_b, HVCRASH_EV_GPADL_CREATED);
	for (u32 nr = 0; nr < 2; nr++) {
		struct hvcrash_extent *e =
			hvcrash_registry_vm_extent(reg, 2) + 1 + nr;

		created += e->evidence == HVCRASH_EV_GPADL_CREATED;
	}
	assert_int_equal(created, 1);
}

static void nothing_grows_over_ten_thousand_bind_and_unbind_cycles(void **s)
{
	struct hvcrash_registry *reg = *s;
	struct hvcrash_owner o = { HVCRASH_KIND_GPADL, 0, 7 };
	u32 before, i;

	publish(reg, &gpadl_a, 0x1000, 1);
	hvcrash_registry_retire(reg, &gpadl_a, 0);
	before = reg->nr_free;
	for (i = 1; i <= 10000; i++) {
		o.gpadl = i;
		publish(reg, &o, 0x10000, 16);
		publish(reg, &o, 0x90000, 16);
		hvcrash_registry_channel(reg, 7, 0, "0123456789abcdef",
					 "fedcba9876543210");
		assert_int_equal(hvcrash_registry_retire(reg, &o, 0), 2);
		hvcrash_registry_channel_gone(reg, 7);
	}
	assert_int_equal(reg->nr_free, before);
	assert_int_equal(reg->header->nr_chunks, 3);
	assert_int_equal(reg->chunk[2]->bytes_used, 64 + 64);
}

static void a_million_single_pages_fit(void **s)
{
	struct hvcrash_registry *reg = *s;
	u32 i;

	for (i = 0; i < 1000000; i++)
		publish(reg, &gpadl_a, (u64)i << 13, 1);
	assert_int_equal(count(reg).pages, 1000000);
	assert_int_equal(reg->header->coverage, 0);
}

static void what_finds_no_room_is_counted_as_a_gap(void **s)
{
	struct hvcrash_registry *reg = *s;
	u32 i, room = reg->nr_free;

	for (i = 0; i < room; i++)
		publish(reg, &gpadl_a, (u64)i << 12, 1);
	shim_allocations_left = 0;
	assert_int_equal(
		hvcrash_registry_publish(reg, &gpadl_a, 0x1000, 1, 0, 0),
		-ENOSPC);
	assert_int_equal(reg->header->extents_dropped, 1);
	assert_int_equal(reg->header->coverage, HVCRASH_GAP_DROPPED);
	assert_int_equal(hvcrash_registry_reserve(reg, 1), -ENOMEM);
	shim_allocations_left = -1;
	assert_int_equal(hvcrash_registry_reserve(reg, 1), 0);
	publish(reg, &gpadl_a, 0x1000, 1);
}

static void beyond_its_limit_the_registry_counts_what_it_cannot_hold(void **s)
{
	/* VPs and channels need one chunk each, registers some extents */
	const u32 room = (HVCRASH_MAX_CHUNKS - 2) * PER_CHUNK -
			 NR_VPS * HVCRASH_VP_EXTENTS - HVCRASH_VM_EXTENTS;
	struct hvcrash_registry *reg = *s;
	struct hvcrash_header *h = reg->header;
	u32 i;

	for (i = 0; i < room; i++) {
		hvcrash_registry_reserve(reg, 1);
		if (hvcrash_registry_publish(reg, &gpadl_a, (u64)i << 13, 1, 0,
					     0))
			break;
	}
	assert_int_equal(i, room);
	assert_int_equal(h->nr_chunks, HVCRASH_MAX_CHUNKS);
	assert_int_equal(h->coverage, 0);
	for (i = 0; i < 1000; i++)
		assert_int_equal(hvcrash_registry_publish(
					 reg, &gpadl_b, (u64)i << 13, 1, 0, 0),
				 -ENOSPC);
	assert_int_equal(h->extents_dropped, 1000);
	assert_int_equal(h->coverage, HVCRASH_GAP_DROPPED);
	assert_int_equal(hvcrash_registry_reserve(reg, 1), -ENOSPC);
	assert_int_equal(count(reg).pages, room);
	/* Freed room is used again, but the gap stays: some extents were missed */
	assert_int_equal(hvcrash_registry_retire(reg, &gpadl_a, 0), room);
	publish(reg, &gpadl_b, 0x1000, 1);
	assert_int_equal(h->coverage, HVCRASH_GAP_DROPPED);
	/* Until their owner is removed */
	assert_int_equal(hvcrash_registry_retire(reg, &gpadl_b, 0), 1);
	assert_int_equal(h->coverage, 0);
	assert_int_equal(h->extents_dropped, 0);
}

static void publishing_allocates_nothing(void **s)
{
	struct hvcrash_registry *reg = *s;
	u32 i, room = reg->nr_free;

	shim_allocations_left = 0;
	for (i = 0; i < room; i++)
		assert_int_equal(hvcrash_registry_publish(
					 reg, &gpadl_a, (u64)i << 13, 1, 0, 0),
				 0);
	shim_allocations_left = -1;
	assert_int_equal(
		hvcrash_registry_publish(reg, &gpadl_a, 0x1000, 1, 0, 0),
		-ENOSPC);
	assert_int_equal(reg->header->nr_chunks, 3);
}

static void a_gap_ends_with_its_owner_and_with_no_other(void **s)
{
	static const struct hvcrash_owner channel = { HVCRASH_KIND_GPADL, 0,
						      5 };
	static const struct hvcrash_owner monitor = {
		HVCRASH_KIND_VMBUS_MONITOR, 0, HVCRASH_NO_RELID
	};
	struct hvcrash_registry *reg = *s;
	struct hvcrash_header *h = reg->header;

	hvcrash_registry_gap_of(reg, &gpadl_a, HVCRASH_GAP_DROPPED, 1);
	hvcrash_registry_gap_of(reg, &gpadl_a, HVCRASH_GAP_DROPPED, 1);
	hvcrash_registry_gap_of(reg, &channel, HVCRASH_GAP_LATE, 1);
	hvcrash_registry_gap_of(reg, &monitor, HVCRASH_GAP_LATE, 2);
	hvcrash_registry_gap(reg, HVCRASH_GAP_ISOLATED, 1);
	assert_int_equal(h->coverage, HVCRASH_GAP_DROPPED | HVCRASH_GAP_LATE |
					      HVCRASH_GAP_ISOLATED);
	assert_int_equal(h->untracked, 6);
	hvcrash_registry_retire(reg, &gpadl_b, 0);
	hvcrash_registry_retire_found(reg);
	hvcrash_registry_gap_closed(reg, HVCRASH_GAP_LATE);
	assert_int_equal(h->untracked, 6);
	hvcrash_registry_retire(reg, &gpadl_a, 0);
	assert_int_equal(h->coverage, HVCRASH_GAP_LATE | HVCRASH_GAP_ISOLATED);
	hvcrash_registry_retire_relid(reg, 5, 0);
	assert_int_equal(h->untracked, 3);
	hvcrash_registry_retire_kind(reg, HVCRASH_KIND_VMBUS_MONITOR, 0);
	assert_int_equal(h->coverage, HVCRASH_GAP_ISOLATED);
	assert_int_equal(h->untracked, 1);
	hvcrash_registry_gap_of(reg, &channel, HVCRASH_GAP_LATE, 1);
	hvcrash_registry_gap_gone(reg, 4);
	assert_int_equal(h->coverage, HVCRASH_GAP_LATE | HVCRASH_GAP_ISOLATED);
	hvcrash_registry_gap_gone(reg, 5);
	assert_int_equal(h->coverage, HVCRASH_GAP_ISOLATED);
}

static void of_more_owners_than_there_is_room_for_a_gap_lasts(void **s)
{
	struct hvcrash_owner o = { HVCRASH_KIND_GPADL, 0, 7 };
	struct hvcrash_registry *reg = *s;

	for (o.gpadl = 1; o.gpadl <= HVCRASH_MAX_MISSING + 2; o.gpadl++)
		hvcrash_registry_gap_of(reg, &o, HVCRASH_GAP_DROPPED, 1);
	assert_int_equal(reg->header->untracked, HVCRASH_MAX_MISSING + 2);
	hvcrash_registry_retire_relid(reg, 7, 0);
	assert_int_equal(reg->header->untracked, 2);
	assert_int_equal(reg->header->coverage, HVCRASH_GAP_DROPPED);
}

static void an_owner_of_many_extents_is_proven_and_retired_whole(void **s)
{
	struct hvcrash_registry *reg = *s;
	u32 i, n;

	for (n = 126; n < 131; n++) {
		for (i = 0; i < n; i++)
			publish(reg, &gpadl_a, (u64)i << 13, 1);
		publish(reg, &gpadl_b, 0x1000, 1);
		hvcrash_registry_prove(reg, &gpadl_a, HVCRASH_EV_GPADL_CREATED);
		assert_int_equal(count(reg).created, n);
		assert_int_equal(hvcrash_registry_retire(reg, &gpadl_a, 0), n);
		assert_int_equal(hvcrash_registry_retire(reg, &gpadl_b, 0), 1);
	}
}

static void a_channel_without_extents_costs_no_walk(void **s)
{
	static const struct hvcrash_owner big = { HVCRASH_KIND_GPADL, 1,
						  7 + HVCRASH_RELIDS };
	struct hvcrash_registry *reg = *s;
	u32 *bucket = reg->bucket;

	publish(reg, &gpadl_a, 0x1000, 1);
	publish(reg, &gpadl_c, 0x3000, 1);
	hvcrash_registry_retire(reg, &gpadl_c, 0);
	/* A walk would fault */
	reg->bucket = NULL;
	assert_int_equal(hvcrash_registry_retire_relid(reg, 5, 0), 0);
	reg->bucket = bucket;
	assert_int_equal(hvcrash_registry_retire_relid(reg, 3, 0), 1);
	/* Beyond the relids that are tracked separately */
	publish(reg, &big, 0x1000, 1);
	assert_int_equal(hvcrash_registry_retire_relid(reg, 7, 0), 0);
	assert_int_equal(hvcrash_registry_retire_relid(reg, big.relid, 0), 1);
}

/* kernel/ABI says so; vmbus.c keeps 7,936 extents ready */
static void what_it_takes_grows_little_with_the_vm(void **s)
{
	static const struct {
		u32 vps;
		u64 ram_pages;
		u32 chunks;
	} vm[] = { { 4, 1ULL << 18, 4 }, { 416, 1ULL << 28, 5 } };
	static struct hvcrash_registry reg;
	u32 i;

	(void)s;
	for (i = 0; i < ARRAY_SIZE(vm); i++) {
		assert_int_equal(
			hvcrash_registry_init(&reg, vm[i].vps, vm[i].ram_pages),
			0);
		assert_int_equal(hvcrash_registry_reserve(&reg, 7936), 0);
		assert_int_equal(reg.header->nr_chunks, vm[i].chunks);
		assert_in_range(sizeof(u32) << reg.bucket_bits, 0, 256 * 1024);
		hvcrash_registry_deinit(&reg);
	}
}

static void all_channels_are_forgotten_at_once(void **s)
{
	struct hvcrash_registry *reg = *s;
	struct hvcrash_channel *ch;
	u32 i;

	for (i = 1; i <= 3; i++)
		hvcrash_registry_channel(reg, i, 0, "0123456789abcdef",
					 "fedcba9876543210");
	hvcrash_registry_channels_gone(reg);
	ch = (void *)(reg->chunk[2] + 1);
	for (i = 0; i < 3; i++)
		assert_int_equal(ch[i].state, HVCRASH_EMPTY);
	hvcrash_registry_channel(reg, 9, 0, "0123456789abcdef",
				 "fedcba9876543210");
	assert_int_equal(ch[0].relid, 9);
}

static void no_pages_and_unaligned_addresses_are_refused(void **s)
{
	struct hvcrash_registry *reg = *s;

	assert_int_equal(
		hvcrash_registry_publish(reg, &gpadl_a, 0x1000, 0, 0, 0),
		-EINVAL);
	assert_int_equal(
		hvcrash_registry_publish(reg, &gpadl_a, 0x1001, 1, 0, 0),
		-EINVAL);
	assert_int_equal(count(reg).pages, 0);
}

static void init_that_runs_out_of_memory_leaves_nothing_allocated(void **s)
{
	struct hvcrash_registry reg;
	int n;

	(void)s;
	for (n = 0; n < 5; n++) {
		shim_allocations_left = n;
		assert_int_equal(hvcrash_registry_init(&reg, NR_VPS, 0),
				 -ENOMEM);
	}
	assert_int_equal(hvcrash_registry_init(&reg, 0, 0), -EINVAL);
}

static void many_vps_spread_over_chunks_without_overlap(void **s)
{
	struct hvcrash_registry reg;
	u32 cpu, i;

	(void)s;
	assert_int_equal(hvcrash_registry_init(&reg, 5000, 0), 0);
	for (cpu = 0; cpu < 5000; cpu++)
		for (i = 0; i < HVCRASH_VP_EXTENTS; i++)
			hvcrash_registry_vp_extent(&reg, cpu, i)->gpa =
				cpu * 8 + i;
	for (cpu = 0; cpu < 5000; cpu++) {
		assert_int_equal(hvcrash_registry_vp(&reg, cpu)->cpu, cpu);
		for (i = 0; i < HVCRASH_VP_EXTENTS; i++)
			assert_int_equal(
				hvcrash_registry_vp_extent(&reg, cpu, i)->gpa,
				cpu * 8 + i);
	}
	/* None of them is handed out */
	publish(&reg, &gpadl_a, 0x1000, 1);
	assert_int_equal(hvcrash_registry_vp_extent(&reg, 4999, 2)->gpa,
			 4999 * 8 + 2);
	hvcrash_registry_deinit(&reg);
}

static u64 checksum_of(void *p, size_t bytes, __u64 *field)
{
	u64 kept = *field, sum;

	*field = 0;
	sum = XXH64(p, bytes, 0);
	*field = kept;
	return sum;
}

static void finish_checksums_the_header_and_every_chunk(void **s)
{
	struct hvcrash_registry *reg = *s;
	struct hvcrash_header *h = reg->header;
	u32 i;

	publish(reg, &gpadl_a, 0x1000, 4);
	h->chunk_gpa[17] = 0xdead000; /* as a cut extents_add() leaves it */
	hvcrash_registry_finish(reg);
	assert_int_equal(h->phase, HVCRASH_PHASE_FINISHED);
	assert_int_equal(h->chunk_gpa[17], 0);
	assert_int_equal(h->checksum, checksum_of(h, sizeof(*h), &h->checksum));
	for (i = 0; i < h->nr_chunks; i++)
		assert_int_equal(reg->chunk[i]->checksum,
				 checksum_of(reg->chunk[i],
					     reg->chunk[i]->bytes_used,
					     &reg->chunk[i]->checksum));
}

static void a_record_cut_in_half_is_counted_when_the_crash_ends(void **s)
{
	struct hvcrash_registry *reg = *s;

	publish(reg, &gpadl_a, 0x1000, 4);
	(hvcrash_registry_vm_extent(reg, 2) + 1)->state = HVCRASH_BUSY;
	hvcrash_registry_finish(reg);
	assert_int_equal(reg->header->extents_torn, 1);
	assert_int_equal(reg->header->coverage, HVCRASH_GAP_TORN);
}

/* The bug behind a panic may have written there: no index leads out of the registry */
static void a_damaged_header_leads_nowhere_and_is_sealed_as_it_is(void **s)
{
	struct hvcrash_registry *reg = *s;
	static const u32 numbers[] = { 0, 251, HVCRASH_MAX_CHUNKS, ~0U };
	struct hvcrash_header *h = reg->header;
	u32 was = h->nr_chunks;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		h->nr_chunks = numbers[i];
		count(reg);
		hvcrash_registry_finish(reg);
		assert_int_equal(h->nr_chunks, numbers[i]);
		assert_int_equal(h->phase, HVCRASH_PHASE_FINISHED);
	}
	h->nr_chunks = was; /* for deinit */
}

static void a_damaged_chunk_leads_nowhere(void **s)
{
	struct hvcrash_registry *reg = *s;
	static const u32 numbers[] = { 0, 1, 63, HVCRASH_CHUNK_BYTES + 1, ~0U };
	u32 i, j;

	for (i = 0; i < reg->header->nr_chunks; i++)
		for (j = 0; j < sizeof(numbers) / sizeof(numbers[0]); j++) {
			reg->chunk[i]->bytes_used = numbers[j];
			reg->chunk[i]->nr_records = 0;
			count(reg);
			hvcrash_registry_vp(reg, NR_VPS - 1)->cpu = 7;
			hvcrash_registry_vp_extent(reg, NR_VPS - 1, 2)->gpa = 0;
			hvcrash_registry_vm_extent(reg, 1)->gpa = 0;
			hvcrash_registry_finish(reg);
		}
}

static void an_old_address_finds_no_registry_after_unload(void **s)
{
	struct hvcrash_registry reg;

	(void)s;
	assert_int_equal(hvcrash_registry_init(&reg, 1, 0), 0);
	shim_freed_word = HVCRASH_MAGIC;
	hvcrash_registry_deinit(&reg);
	assert_int_equal(shim_freed_word, 0);
	assert_null(reg.header);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_new_registry_names_its_fixed_extents_and_shares_nothing),
		TEST(what_is_published_is_found_and_what_is_retired_is_gone),
		TEST(owners_of_one_hash_bucket_do_not_take_each_others_pages),
		TEST(the_more_ram_the_fewer_owners_share_a_bucket),
		TEST(a_released_relid_takes_all_its_gpadls_with_it),
		TEST(a_kind_is_retired_and_no_other_owner),
		TEST(what_is_found_is_listed_once_whoever_sees_it_first),
		TEST(to_look_again_drops_what_was_found_and_nothing_else),
		TEST(better_evidence_reaches_the_owner_only),
		TEST(nothing_grows_over_ten_thousand_bind_and_unbind_cycles),
		TEST(a_million_single_pages_fit),
		TEST(what_finds_no_room_is_counted_as_a_gap),
		TEST(beyond_its_limit_the_registry_counts_what_it_cannot_hold),
		TEST(publishing_allocates_nothing),
		TEST(a_gap_ends_with_its_owner_and_with_no_other),
		TEST(of_more_owners_than_there_is_room_for_a_gap_lasts),
		TEST(an_owner_of_many_extents_is_proven_and_retired_whole),
		TEST(a_channel_without_extents_costs_no_walk),
		TEST(what_it_takes_grows_little_with_the_vm),
		TEST(all_channels_are_forgotten_at_once),
		TEST(no_pages_and_unaligned_addresses_are_refused),
		TEST(init_that_runs_out_of_memory_leaves_nothing_allocated),
		TEST(many_vps_spread_over_chunks_without_overlap),
		TEST(finish_checksums_the_header_and_every_chunk),
		TEST(a_record_cut_in_half_is_counted_when_the_crash_ends),
		TEST(a_damaged_header_leads_nowhere_and_is_sealed_as_it_is),
		TEST(a_damaged_chunk_leads_nowhere),
		TEST(an_old_address_finds_no_registry_after_unload),
	};

	return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
