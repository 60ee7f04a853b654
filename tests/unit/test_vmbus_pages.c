// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_vmbus_pages.c - kernel/vmbus_pages.c where a Linux page is one, four or
 * sixteen pages of Hyper-V
 *
 * Compiled once for each page size of Linux.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/mm.h>
#include "hvcrash.h"
#include "vmbus_pages.h"

#define HV_PER_LINUX (PAGE_SIZE / 4096)
#define GPADL 0xe1e10
#define RELID 7

int shim_allocations_left = -1;
u64 shim_freed_word;
struct hvcrash_registry hvcrash_registry;

/* RAM is all below 1 GiB */
bool pfn_valid(u64 pfn)
{
	return pfn < (1UL << 30) / PAGE_SIZE;
}

static int setup(void **state)
{
	(void)state;
	return hvcrash_registry_init(&hvcrash_registry, 1, 0);
}

static int teardown(void **state)
{
	(void)state;
	hvcrash_registry_deinit(&hvcrash_registry);
	return 0;
}

#define MAX_SEEN 64

struct seen {
	struct hvcrash_extent e[MAX_SEEN];
	u32 n, pages;
};

static bool take(struct hvcrash_extent *e, void *ctx)
{
	struct seen *seen = ctx;

	if (e->state != HVCRASH_SHARED)
		return true;
	assert_in_range(seen->n, 0, MAX_SEEN - 1);
	seen->e[seen->n++] = *e;
	seen->pages += e->pages;
	return true;
}

static struct seen publish(const u64 *hv_pfn, u32 n)
{
	static struct seen seen;

	hvcrash_vmbus_publish_pfns(RELID, GPADL, hv_pfn, n);
	seen = (struct seen){ .n = 0 };
	hvcrash_registry_for_each(&hvcrash_registry, take, &seen);
	return seen;
}

static void a_linux_page_is_one_extent_of_all_its_hyper_v_pages(void **s)
{
	const u64 linux_pfn = 0x123;
	u64 hv_pfn[HV_PER_LINUX];
	struct seen seen;
	u32 i;

	(void)s;
	for (i = 0; i < HV_PER_LINUX; i++)
		hv_pfn[i] = linux_pfn * HV_PER_LINUX + i;
	seen = publish(hv_pfn, HV_PER_LINUX);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.e[0].gpa, linux_pfn * PAGE_SIZE);
	assert_int_equal(seen.e[0].pages, HV_PER_LINUX);
	assert_int_equal(seen.e[0].relid, RELID);
	assert_int_equal(seen.e[0].gpadl, GPADL);
	assert_int_equal(seen.e[0].flags, 0);
}

static void scattered_pages_are_an_extent_each(void **s)
{
	const u64 hv_pfn[] = { 5, 7, 8, 9, 3, 2, 1, 100 };
	const u64 gpa[] = { 0x5000, 0x7000, 0x3000, 0x2000, 0x1000, 0x64000 };
	const u32 pages[] = { 1, 3, 1, 1, 1, 1 };
	struct seen seen = publish(hv_pfn, ARRAY_SIZE(hv_pfn));
	u32 i;

	(void)s;
	assert_int_equal(seen.n, ARRAY_SIZE(gpa));
	for (i = 0; i < seen.n; i++) {
		assert_int_equal(seen.e[i].gpa, gpa[i]);
		assert_int_equal(seen.e[i].pages, pages[i]);
	}
	assert_int_equal(seen.pages, ARRAY_SIZE(hv_pfn));
}

static void a_part_of_a_linux_page_is_looked_up_by_that_page(void **s)
{
	const u64 limit = (1UL << 30) / 4096;
	/* The last page of RAM, and the first page after it */
	const u64 hv_pfn[] = { limit - 1, limit + 1 };
	struct seen seen = publish(hv_pfn, 2);

	(void)s;
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.e[0].flags, 0);
	assert_int_equal(seen.e[1].flags, HVCRASH_EXTENT_NOT_RAM);
}

static void a_ring_of_linux_pages_is_counted_in_hyper_v_pages(void **s)
{
	(void)s;
	assert_int_equal(hvcrash_vmbus_hv_pages(0), 0);
	assert_int_equal(hvcrash_vmbus_hv_pages(3), 3 * PAGE_SIZE / 4096);
}

/* A buffer that vmalloc() mapped: where each of its Linux pages is */
#define MAPPED ((const char *)0x7000000000UL)
static u64 mapped_to[4];

bool is_vmalloc_addr(const void *p)
{
	return (const char *)p >= MAPPED &&
	       (const char *)p < MAPPED + ARRAY_SIZE(mapped_to) * PAGE_SIZE;
}

struct page *vmalloc_to_page(const void *p)
{
	return (void *)mapped_to[((const char *)p - MAPPED) / PAGE_SIZE];
}

static void a_buffer_in_one_piece_is_one_range(void **s)
{
	struct hvcrash_range r[8];

	assert_int_equal(hvcrash_vmbus_ranges((void *)0x40000, 8, r), 1);
	assert_int_equal(r[0].gpa, 0x40000);
	assert_int_equal(r[0].pages, 8);
}

static void a_mapped_buffer_is_where_its_pages_are(void **s)
{
	struct hvcrash_range r[4 * HV_PER_LINUX];

	mapped_to[0] = 0x200000;
	mapped_to[1] = 0x200000 + PAGE_SIZE;
	mapped_to[2] = 0x900000;
	mapped_to[3] = 0x100000;
	assert_int_equal(hvcrash_vmbus_ranges(MAPPED, 4 * HV_PER_LINUX, r), 3);
	assert_int_equal(r[0].gpa, 0x200000);
	assert_int_equal(r[0].pages, 2 * HV_PER_LINUX);
	assert_int_equal(r[1].gpa, 0x900000);
	assert_int_equal(r[1].pages, HV_PER_LINUX);
	assert_int_equal(r[2].gpa, 0x100000);
	/* Not up to its end */
	assert_int_equal(hvcrash_vmbus_ranges(MAPPED, 3 * HV_PER_LINUX - 1, r),
			 HV_PER_LINUX > 1 ? 2 : 1);
}

static void a_buffer_with_a_hole_is_not_known(void **s)
{
	struct hvcrash_range r[4 * HV_PER_LINUX];

	mapped_to[2] = 0;
	assert_int_equal(hvcrash_vmbus_ranges(MAPPED, 4 * HV_PER_LINUX, r), 0);
}

static void the_interrupt_page_is_shared_before_version_5_only(void **s)
{
	static const struct {
		u32 major, minor;
		bool has_page;
	} hosts[] = {
		{ 0, 13, true },		  /* Windows Server 2008 */
		{ 1, 1, true },			  /* 2008 R2 */
		{ 2, 4, true },			  /* 2012 */
		{ 3, 0, true },			  /* 2012 R2 */
		{ 4, 0, true },			  /* 2016 */
		{ 4, 1, true },	 { 5, 0, false }, /* 2016, 1803 and later */
		{ 5, 1, false }, { 5, 2, false }, /* 2019 */
		{ 5, 3, false },		  /* 2022 */
		{ 6, 0, false },		  /* Confidential VMBus */
	};
	u32 i;

	(void)s;
	for (i = 0; i < ARRAY_SIZE(hosts); i++)
		assert_int_equal(hvcrash_vmbus_has_interrupt_page(
					 hosts[i].major << 16 | hosts[i].minor),
				 hosts[i].has_page);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_linux_page_is_one_extent_of_all_its_hyper_v_pages),
		TEST(scattered_pages_are_an_extent_each),
		TEST(a_part_of_a_linux_page_is_looked_up_by_that_page),
		TEST(a_ring_of_linux_pages_is_counted_in_hyper_v_pages),
		TEST(a_buffer_in_one_piece_is_one_range),
		TEST(a_mapped_buffer_is_where_its_pages_are),
		TEST(a_buffer_with_a_hole_is_not_known),
		TEST(the_interrupt_page_is_shared_before_version_5_only),
	};

	return cmocka_run_group_tests_name(
		PAGE_SHIFT == 12 ? "VMBus pages, 4 KiB" :
		PAGE_SHIFT == 14 ? "VMBus pages, 16 KiB" :
				   "VMBus pages, 64 KiB",
		tests, NULL, NULL);
}
