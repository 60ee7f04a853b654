// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_driver_pages.c - kernel/driver_pages.c: pages that other drivers register
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include "driver_pages.h"
#include "hvcrash.h"

int shim_allocations_left = -1;
u64 shim_freed_word;
struct hvcrash_registry hvcrash_registry;

static struct module module_a = { .name = "a" };
static struct module module_b = { .name = "b" };
static u32 asked;
static struct notifier_block *module_nb;
static u32 printed;

int register_module_notifier(struct notifier_block *nb)
{
	module_nb = nb;
	return 0;
}

int unregister_module_notifier(struct notifier_block *nb)
{
	assert_ptr_equal(nb, module_nb);
	module_nb = NULL;
	return 0;
}

void shim_print(const char *format, ...)
{
	(void)format;
	printed++;
}

static int give_back(void *context)
{
	asked++;
	return *(int *)context;
}

static int answer_yes, answer_no = -EIO;

static struct hvcrash_pages pages_at(u64 gpa, u32 nr_pages)
{
	return (struct hvcrash_pages){ .owner = &module_a,
				       .gpa = gpa,
				       .nr_pages = nr_pages,
				       .revoke = give_back,
				       .context = &answer_yes };
}

static int reg(u64 gpa, u32 nr_pages)
{
	struct hvcrash_pages p = pages_at(gpa, nr_pages);

	return hvcrash_register_pages(&p);
}

static void goes(unsigned long event, struct module *mod)
{
	assert_int_equal(module_nb->notifier_call(module_nb, event, mod),
			 NOTIFY_OK);
}

static int setup(void **state)
{
	(void)state;
	asked = 0;
	printed = 0;
	hvcrash_driver_pages_init();
	return hvcrash_registry_init(&hvcrash_registry, 1, 0);
}

static int teardown(void **state)
{
	int handle;

	(void)state;
	for (handle = 1; handle < 2000; handle++)
		hvcrash_unregister_pages(handle);
	hvcrash_driver_pages_deinit();
	hvcrash_registry_deinit(&hvcrash_registry);
	return 0;
}

struct look {
	u32 of[HVCRASH_REVOKED_LATE + 1];
	u32 proven;
};

static bool look_at(struct hvcrash_extent *e, void *ctx)
{
	struct look *look = ctx;

	if (e->kind != HVCRASH_KIND_DRIVER)
		return true;
	look->of[e->state]++;
	look->proven += e->evidence == HVCRASH_EV_DRIVER;
	return true;
}

static struct look look(void)
{
	struct look look = { 0 };

	hvcrash_registry_for_each(&hvcrash_registry, look_at, &look);
	return look;
}

static void what_is_registered_is_shared_until_it_is_unregistered(void **s)
{
	int handle = reg(0x10000, 4);

	(void)s;
	assert_in_range(handle, 1, INT32_MAX);
	assert_int_equal(look().of[HVCRASH_SHARED], 1);
	assert_int_equal(hvcrash_unregister_pages(handle), 0);
	assert_int_equal(look().of[HVCRASH_SHARED], 0);
	assert_int_equal(look().of[HVCRASH_TORN_DOWN], 1);
	assert_int_equal(hvcrash_unregister_pages(handle), -ENOENT);
}

static void mistakes_are_refused_and_leave_nothing(void **s)
{
	struct hvcrash_pages p;

	(void)s;
	assert_int_equal(hvcrash_register_pages(NULL), -EINVAL);
	assert_int_equal(reg(0x10001, 4), -EINVAL);
	assert_int_equal(reg(0x10000, 0), -EINVAL);
	assert_int_equal(reg(UINT64_MAX - 0xfff, 2), -EINVAL);
	p = pages_at(0x10000, 4);
	p.owner = NULL;
	assert_int_equal(hvcrash_register_pages(&p), -EINVAL);
	assert_int_equal(hvcrash_unregister_pages(0), -ENOENT);
	assert_int_equal(hvcrash_unregister_pages(-1), -ENOENT);
	assert_int_equal(look().of[HVCRASH_SHARED], 0);
	assert_int_equal(hvcrash_registry.header->coverage, 0);
}

static void no_page_is_registered_twice(void **s)
{
	(void)s;
	assert_true(reg(0x10000, 4) > 0);
	assert_int_equal(reg(0x10000, 4), -EEXIST);
	assert_int_equal(reg(0x13000, 4), -EEXIST);
	assert_int_equal(reg(0xf000, 2), -EEXIST);
	assert_int_equal(reg(0x8000, 64), -EEXIST);
	assert_true(reg(0x14000, 4) > 0);
	assert_true(reg(0xf000, 1) > 0);
	assert_int_equal(look().of[HVCRASH_SHARED], 3);
}

static void each_driver_is_asked_once_and_its_answer_counts(void **s)
{
	struct hvcrash_pages p = pages_at(0x20000, 1);
	struct look seen;

	(void)s;
	assert_true(reg(0x10000, 4) > 0);
	p.context = &answer_no;
	assert_true(hvcrash_register_pages(&p) > 0);
	/* Nothing can revoke these, so they are not reported as revoked */
	p = pages_at(0x30000, 1);
	p.revoke = NULL;
	assert_true(hvcrash_register_pages(&p) > 0);
	hvcrash_driver_pages_revoke();
	assert_int_equal(asked, 2);
	seen = look();
	assert_int_equal(seen.of[HVCRASH_REVOKED], 1);
	assert_int_equal(seen.of[HVCRASH_FAILED], 1);
	assert_int_equal(seen.of[HVCRASH_SHARED], 1);
	assert_int_equal(seen.proven, 3);
}

static void a_module_that_goes_is_not_asked_and_its_pages_stay(void **s)
{
	struct hvcrash_pages p = pages_at(0x20000, 1);

	(void)s;
	assert_true(reg(0x10000, 4) > 0);
	p.owner = &module_b;
	assert_true(hvcrash_register_pages(&p) > 0);
	goes(MODULE_STATE_LIVE, &module_a);
	assert_int_equal(printed, 0);
	goes(MODULE_STATE_GOING, &module_a);
	goes(MODULE_STATE_GOING, &module_a);
	assert_int_equal(printed, 1);
	hvcrash_driver_pages_revoke();
	assert_int_equal(asked, 1);
	assert_int_equal(look().of[HVCRASH_SHARED], 1);
	assert_int_equal(look().of[HVCRASH_REVOKED], 1);
}

static void what_finds_no_room_is_a_gap(void **s)
{
	u32 i;

	(void)s;
	for (i = 0; i < HVCRASH_MAX_DRIVER_PAGES; i++)
		assert_true(reg(0x1000 * (i + 1), 1) > 0);
	assert_int_equal(hvcrash_registry.header->coverage, 0);
	assert_int_equal(reg(0x9990000, 1), -ENOSPC);
	assert_int_equal(hvcrash_registry.header->coverage,
			 HVCRASH_GAP_DROPPED);
	assert_int_equal(hvcrash_registry.header->untracked, 1);
}

static void in_a_crash_kernel_there_is_no_registry_to_enter_them(void **s)
{
	(void)s;
	hvcrash_registry_deinit(&hvcrash_registry);
	assert_int_equal(reg(0x10000, 1), -ENODEV);
}

static void ten_thousand_registrations_leave_nothing_behind(void **s)
{
	u32 free_before, i;
	int handle, kept;

	(void)s;
	kept = reg(0x90000, 1);
	handle = reg(0x10000, 1);
	assert_int_equal(hvcrash_unregister_pages(handle), 0);
	free_before = hvcrash_registry.nr_free;
	for (i = 0; i < 10000; i++) {
		handle = reg(0x10000, 1);
		assert_true(handle > 0 && handle != kept);
		assert_int_equal(hvcrash_unregister_pages(handle), 0);
	}
	assert_int_equal(hvcrash_registry.nr_free, free_before);
	assert_int_equal(hvcrash_unregister_pages(kept), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_registered_is_shared_until_it_is_unregistered),
		TEST(mistakes_are_refused_and_leave_nothing),
		TEST(no_page_is_registered_twice),
		TEST(each_driver_is_asked_once_and_its_answer_counts),
		TEST(a_module_that_goes_is_not_asked_and_its_pages_stay),
		TEST(what_finds_no_room_is_a_gap),
		TEST(in_a_crash_kernel_there_is_no_registry_to_enter_them),
		TEST(ten_thousand_registrations_leave_nothing_behind),
	};

	return cmocka_run_group_tests_name("pages of other drivers", tests,
					   NULL, NULL);
}
