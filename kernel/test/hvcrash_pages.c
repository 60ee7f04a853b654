// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvcrash_pages.c - a driver that shares pages in its own way, for the lab
 *
 * Also the example of a driver that registers pages with hvcrash but works without
 * it. Nothing is really shared: the tests look at the registry and the audit.
 *
 * Loading fails if hvcrash accepts what it must refuse, or refuses what it must accept.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include "../include/hvcrash_pages.h"

#define NR_PAGES 4
#define PAGES_BYTES (NR_PAGES * 4096)

static bool fails;
module_param(fails, bool, 0444);
MODULE_PARM_DESC(fails, "the pages cannot be revoked when the kernel ends");

static bool forgets;
module_param(forgets, bool, 0444);
MODULE_PARM_DESC(forgets, "does not unregister the pages when it is unloaded");

/*
 * Range for the pages, for memory of crashkernel=SIZE,cma: the kernel gives that to
 * movable pages only, which a driver's never are. These claim to be movable, but stay.
 */
static unsigned long within_first, within_last;
module_param(within_first, ulong, 0444);
MODULE_PARM_DESC(within_first,
		 "the pages lie in memory from here on, if not 0");
module_param(within_last, ulong, 0444);
MODULE_PARM_DESC(within_last, "and end no later than here");

#define MAX_TRIES 65536

static void *pages;
static int handle;

/* [NMI] As the header requires: no lock, no printk, and 0 only if it is done */
static int take_back(void *context)
{
	return fails ? -EIO : 0;
}

/* Each of these is a mistake that a driver may make */
static int refuses_mistakes(int (*reg)(const struct hvcrash_pages *pages),
			    int (*unreg)(int handle),
			    const struct hvcrash_pages *good)
{
	struct hvcrash_pages bad = *good;

	if (reg(good) != -EEXIST || reg(NULL) != -EINVAL)
		return -EBADE;
	bad.gpa = good->gpa + PAGES_BYTES / 2;
	if (reg(&bad) != -EEXIST)
		return -EBADE;
	bad.gpa = good->gpa + 1;
	if (reg(&bad) != -EINVAL)
		return -EBADE;
	bad = *good;
	bad.nr_pages = 0;
	if (reg(&bad) != -EINVAL)
		return -EBADE;
	bad = *good;
	bad.owner = NULL;
	if (reg(&bad) != -EINVAL)
		return -EBADE;
	if (unreg(0) != -ENOENT || unreg(-1) != -ENOENT ||
	    unreg(handle + 1) != -ENOENT)
		return -EBADE;
	return 0;
}

static int share(void)
{
	const struct hvcrash_pages mine = {
		.owner = THIS_MODULE,
		.gpa = virt_to_phys(pages),
		.nr_pages = NR_PAGES,
		.revoke = take_back,
	};
	int (*reg)(const struct hvcrash_pages *pages) =
		symbol_get(hvcrash_register_pages);
	int (*unreg)(int handle) = symbol_get(hvcrash_unregister_pages);
	int ret = -ENOENT;

	if (reg && unreg) {
		handle = reg(&mine);
		ret = handle > 0 ? refuses_mistakes(reg, unreg, &mine) : handle;
		if (ret && handle > 0)
			unreg(handle);
	}
	if (unreg)
		symbol_put(hvcrash_unregister_pages);
	if (reg)
		symbol_put(hvcrash_register_pages);
	return ret;
}

static bool is_within(struct page *page)
{
	u64 gpa = page_to_phys(page);

	return gpa >= within_first && gpa + PAGES_BYTES - 1 <= within_last;
}

/* Allocates until a page lies in the range, and keeps the others meanwhile */
static void *get_pages_within(void)
{
	struct page *page, *found = NULL;
	LIST_HEAD(others);
	int i;

	for (i = 0; i < MAX_TRIES && !found; i++) {
		page = alloc_pages(GFP_HIGHUSER_MOVABLE | __GFP_ZERO |
					   __GFP_NORETRY | __GFP_NOWARN,
				   get_order(PAGES_BYTES));
		if (!page)
			break;
		if (is_within(page))
			found = page;
		else
			list_add(&page->lru, &others);
	}
	while ((page = list_first_entry_or_null(&others, struct page, lru))) {
		list_del(&page->lru);
		__free_pages(page, get_order(PAGES_BYTES));
	}
	return found ? page_address(found) : NULL;
}

static void *get_pages(void)
{
	return within_first ?
		       get_pages_within() :
		       alloc_pages_exact(PAGES_BYTES, GFP_KERNEL | __GFP_ZERO);
}

static void put_pages(void)
{
	if (within_first)
		free_pages((unsigned long)pages, get_order(PAGES_BYTES));
	else
		free_pages_exact(pages, PAGES_BYTES);
}

static int __init pages_init(void)
{
	int ret;

	pages = get_pages();
	if (!pages)
		return -ENOMEM;
	ret = share();
	if (ret)
		put_pages();
	return ret;
}
module_init(pages_init);

static void __exit pages_exit(void)
{
	int (*unreg)(int handle) = symbol_get(hvcrash_unregister_pages);

	if (unreg && !forgets && unreg(handle))
		pr_err("the pages were no longer registered\n");
	if (unreg)
		symbol_put(hvcrash_unregister_pages);
	put_pages();
}
module_exit(pages_exit);

MODULE_DESCRIPTION("Registers pages with hvcrash, for tests of it");
MODULE_AUTHOR("the hvcrash authors");
MODULE_LICENSE("GPL");
