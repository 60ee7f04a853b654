// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_vmbus_gpadl.c - kernel/vmbus_gpadl.c: the registry's extents of a GPADL,
 * for each order in which its messages can be seen
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/mm.h>
#include "hvcrash.h"
#include "vmbus_gpadl.h"

/* What fits into one message: create_gpadl_header(), drivers/hv/channel.c */
#define HEADER_FIT 26
#define BODY_FIT 28

#define GPADL 0xe1e10
#define RELID 7

int shim_allocations_left = -1;
u64 shim_freed_word;
struct hvcrash_registry hvcrash_registry;

bool pfn_valid(u64 pfn)
{
	(void)pfn;
	return true;
}

static u64 pfns[HEADER_FIT + 4 * BODY_FIT];

static int setup(void **state)
{
	u32 i;

	(void)state;
	/* Scattered: an extent each */
	for (i = 0; i < ARRAY_SIZE(pfns); i++)
		pfns[i] = 0x1000 + 2 * i;
	return hvcrash_registry_init(&hvcrash_registry, 1, 0);
}

static int teardown(void **state)
{
	(void)state;
	hvcrash_gpadl_forget_all();
	assert_int_equal(hvcrash_gpadl_incomplete(), 0);
	hvcrash_registry_deinit(&hvcrash_registry);
	return 0;
}

struct seen {
	u32 gpadl;
	u32 pages, proven;
	u32 relid;
};

static bool see(struct hvcrash_extent *e, void *ctx)
{
	struct seen *seen = ctx;

	if (e->state != HVCRASH_SHARED || e->gpadl != seen->gpadl)
		return true;
	seen->pages += e->pages;
	if (e->evidence == HVCRASH_EV_GPADL_CREATED)
		seen->proven += e->pages;
	seen->relid = e->relid;
	return true;
}

static struct seen look(u32 gpadl)
{
	struct seen seen = { .gpadl = gpadl };

	hvcrash_registry_for_each(&hvcrash_registry, see, &seen);
	return seen;
}

static void header(u32 gpadl, u32 pages)
{
	hvcrash_gpadl_header(RELID, gpadl, pages, pfns, HEADER_FIT);
}

/* Body message @i, from 0 on */
static void body(u32 gpadl, u32 i)
{
	hvcrash_gpadl_body(gpadl, pfns + HEADER_FIT + i * BODY_FIT, BODY_FIT);
}

static void assert_all_is_listed(u32 gpadl, u32 pages)
{
	struct seen seen = look(gpadl);

	assert_int_equal(seen.pages, pages);
	assert_int_equal(seen.proven, pages);
	assert_int_equal(seen.relid, RELID);
	assert_int_equal(hvcrash_gpadl_incomplete(), 0);
	assert_int_equal(hvcrash_registry.header->coverage, 0);
}

static void in_order_all_pages_are_listed(void **s)
{
	(void)s;
	header(GPADL, 82);
	assert_int_equal(hvcrash_gpadl_incomplete(), 1);
	body(GPADL, 0);
	body(GPADL, 1);
	assert_int_equal(look(GPADL).pages, 82);
	assert_int_equal(look(GPADL).proven, 0);
	hvcrash_gpadl_answered(GPADL, false);
	assert_all_is_listed(GPADL, 82);
}

static void an_answer_before_the_last_body_loses_no_page(void **s)
{
	(void)s;
	header(GPADL, 82);
	body(GPADL, 0);
	hvcrash_gpadl_answered(GPADL, false);
	assert_int_equal(look(GPADL).pages, 54);
	assert_int_equal(hvcrash_gpadl_incomplete(), 1);
	body(GPADL, 1);
	assert_all_is_listed(GPADL, 82);
}

static void an_answer_before_the_header_loses_no_page(void **s)
{
	(void)s;
	hvcrash_gpadl_answered(GPADL, false);
	assert_int_equal(hvcrash_gpadl_incomplete(), 1);
	header(GPADL, 10);
	assert_all_is_listed(GPADL, 10);
}

static void a_refused_gpadl_is_not_listed(void **s)
{
	(void)s;
	header(GPADL, 82);
	body(GPADL, 0);
	body(GPADL, 1);
	hvcrash_gpadl_answered(GPADL, true);
	assert_int_equal(look(GPADL).pages, 0);
	assert_int_equal(hvcrash_gpadl_incomplete(), 0);
	assert_int_equal(hvcrash_registry.header->coverage, 0);
}

static void a_refusal_before_the_last_body_holds_for_it_too(void **s)
{
	(void)s;
	header(GPADL, 82);
	hvcrash_gpadl_answered(GPADL, true);
	body(GPADL, 0);
	body(GPADL, 1);
	assert_int_equal(look(GPADL).pages, 0);
	assert_int_equal(hvcrash_gpadl_incomplete(), 0);
}

static void a_refusal_before_the_header_holds_for_it_too(void **s)
{
	(void)s;
	hvcrash_gpadl_answered(GPADL, true);
	header(GPADL, 10);
	assert_int_equal(look(GPADL).pages, 0);
	/* It leaves nothing behind: the next one is not refused */
	header(GPADL + 1, 10);
	hvcrash_gpadl_answered(GPADL + 1, false);
	assert_all_is_listed(GPADL + 1, 10);
}

static void a_body_after_the_end_is_not_listed(void **s)
{
	(void)s;
	header(GPADL, 82);
	hvcrash_gpadl_answered(GPADL, false);
	hvcrash_gpadl_torndown(GPADL);
	body(GPADL, 0);
	assert_int_equal(look(GPADL).pages, 0);
	header(GPADL + 1, 82);
	hvcrash_gpadl_relid_released(RELID + 1);
	assert_int_equal(look(GPADL + 1).pages, HEADER_FIT);
	hvcrash_gpadl_relid_released(RELID);
	body(GPADL + 1, 0);
	assert_int_equal(look(GPADL + 1).pages, 0);
	assert_int_equal(hvcrash_gpadl_incomplete(), 0);
}

static void a_body_that_could_not_be_posted_leaves_nothing_behind(void **s)
{
	u32 i;

	(void)s;
	for (i = 0; i < 1000; i++) {
		header(GPADL + i, 82);
		hvcrash_gpadl_abandoned(GPADL + i);
		/* The part of the list that the host has received */
		assert_int_equal(look(GPADL + i).pages, HEADER_FIT);
		hvcrash_gpadl_relid_released(RELID);
	}
	header(GPADL + i, 82);
	body(GPADL + i, 0);
	body(GPADL + i, 1);
	hvcrash_gpadl_answered(GPADL + i, false);
	assert_all_is_listed(GPADL + i, 82);
}

static void answers_to_what_was_posted_before_us_take_no_room(void **s)
{
	u32 i;

	(void)s;
	for (i = 0; i < 1000; i++)
		hvcrash_gpadl_answered(GPADL + i, i & 1);
	header(GPADL + i, 82);
	body(GPADL + i, 0);
	hvcrash_gpadl_answered(GPADL + i, false);
	body(GPADL + i, 1);
	assert_int_equal(look(GPADL + i).pages, 82);
	assert_int_equal(hvcrash_registry.header->coverage, 0);
	/* Only the most recent ones are still known */
	header(GPADL + i - 1, 10);
	assert_int_equal(look(GPADL + i - 1).pages, 0);
}

static void more_at_once_than_there_is_room_for_is_a_gap(void **s)
{
	u32 i;

	(void)s;
	for (i = 0; i < 128; i++)
		header(GPADL + i, 82);
	assert_int_equal(hvcrash_registry.header->coverage, 0);
	/* The header holds all of it: there is no body to wait for */
	header(GPADL + i, 10);
	assert_int_equal(look(GPADL + i).pages, 10);
	assert_int_equal(hvcrash_registry.header->coverage, 0);
	header(GPADL + ++i, 82);
	assert_int_equal(hvcrash_registry.header->coverage,
			 HVCRASH_GAP_DROPPED);
	/* It is kept as long as that GPADL */
	hvcrash_gpadl_torndown(GPADL + i);
	assert_int_equal(hvcrash_registry.header->coverage, 0);
}

static void what_is_still_to_come_is_known(void **s)
{
	(void)s;
	header(GPADL, 82);
	header(GPADL + 1, 30);
	assert_int_equal(hvcrash_gpadl_to_come(), 56 + 4);
	body(GPADL, 0);
	assert_int_equal(hvcrash_gpadl_to_come(), 28 + 4);
	body(GPADL + 1, 0);
	hvcrash_gpadl_torndown(GPADL);
	assert_int_equal(hvcrash_gpadl_to_come(), 0);
}

static void a_new_contact_forgets_everything(void **s)
{
	(void)s;
	header(GPADL, 10);
	hvcrash_gpadl_answered(GPADL, false);
	header(GPADL + 1, 82);
	hvcrash_gpadl_answered(GPADL + 2, false);
	hvcrash_gpadl_forget_all();
	assert_int_equal(hvcrash_gpadl_incomplete(), 0);
	assert_int_equal(look(GPADL).pages, 0);
	assert_int_equal(look(GPADL + 1).pages, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(in_order_all_pages_are_listed),
		TEST(an_answer_before_the_last_body_loses_no_page),
		TEST(an_answer_before_the_header_loses_no_page),
		TEST(a_refused_gpadl_is_not_listed),
		TEST(a_refusal_before_the_last_body_holds_for_it_too),
		TEST(a_refusal_before_the_header_holds_for_it_too),
		TEST(a_body_after_the_end_is_not_listed),
		TEST(a_body_that_could_not_be_posted_leaves_nothing_behind),
		TEST(answers_to_what_was_posted_before_us_take_no_room),
		TEST(more_at_once_than_there_is_room_for_is_a_gap),
		TEST(what_is_still_to_come_is_known),
		TEST(a_new_contact_forgets_everything),
	};

	return cmocka_run_group_tests_name("GPADLs", tests, NULL, NULL);
}
