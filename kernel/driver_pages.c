// SPDX-License-Identifier: GPL-2.0-only
/*
 * driver_pages.c - pages that other drivers share in their own ways
 *
 * Registered and unregistered in the living kernel under a lock; revoked in the
 * crash path, without it, by the one CPU that panics.
 *
 * Invariant: a slot whose handle is not 0 is complete, and its module is loaded:
 * unregistering clears the handle before it returns, and a module in the middle of
 * its exit is stopped with everything else. The driver's own structure is copied,
 * never referenced later.
 *
 *	LMM(slot:A)  the slot's fields before its handle
 *	LMM(slot:B)  the handle before the fields; pairs with slot:A. Without the
 *	             pair the crash path may call half a pointer
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/spinlock.h>
#include "driver_pages.h"
#include "hvcrash.h"

/**
 * struct slot - one registration
 * @handle: returned to the driver, 0 if the slot is free
 * @pages: copy of the driver's description
 */
struct slot {
	u32 handle;
	struct hvcrash_pages pages;
};

static struct slot slots[HVCRASH_MAX_DRIVER_PAGES];
static u32 last_handle;
static DEFINE_RAW_SPINLOCK(slots_lock);

static struct hvcrash_owner owner_of(const struct slot *s)
{
	return (struct hvcrash_owner){ .kind = HVCRASH_KIND_DRIVER,
				       .gpadl = s->handle,
				       .relid = HVCRASH_NO_RELID };
}

static bool is_sound(const struct hvcrash_pages *p)
{
	return p && p->owner && p->nr_pages &&
	       p->gpa % HVCRASH_PAGE_BYTES == 0 &&
	       p->nr_pages <= (U64_MAX - p->gpa) / HVCRASH_PAGE_BYTES;
}

static bool do_overlap(const struct hvcrash_pages *a,
		       const struct hvcrash_pages *b)
{
	return a->gpa < b->gpa + (u64)b->nr_pages * HVCRASH_PAGE_BYTES &&
	       b->gpa < a->gpa + (u64)a->nr_pages * HVCRASH_PAGE_BYTES;
}

/* A free slot for these pages. Under slots_lock. 0, -EEXIST or -ENOSPC. */
static int find_slot(const struct hvcrash_pages *pages, struct slot **ret)
{
	struct slot *s, *unused = NULL;

	for (s = slots; s < slots + HVCRASH_MAX_DRIVER_PAGES; s++) {
		if (s->handle && do_overlap(&s->pages, pages))
			return -EEXIST;
		if (!s->handle && !unused)
			unused = s;
	}
	*ret = unused;
	return unused ? 0 : -ENOSPC;
}

/* Under slots_lock. A positive number that no slot has. */
static u32 next_handle(void)
{
	const struct slot *s = slots;

	while (s < slots + HVCRASH_MAX_DRIVER_PAGES) {
		if (s == slots)
			last_handle =
				last_handle < S32_MAX ? last_handle + 1 : 1;
		s = s->handle == last_handle ? slots : s + 1;
	}
	return last_handle;
}

static int add(const struct hvcrash_pages *pages)
{
	struct hvcrash_owner owner;
	struct slot *s;
	u32 handle;
	int ret;

	ret = find_slot(pages, &s);
	if (ret)
		return ret;
	handle = next_handle();
	s->pages = *pages;
	owner = owner_of(&(struct slot){ .handle = handle });
	ret = hvcrash_registry_publish(&hvcrash_registry, &owner, pages->gpa,
				       pages->nr_pages, HVCRASH_EV_DRIVER, 0);
	if (ret)
		return ret;
	/* LMM(slot:A), pairs with slot:B */
	smp_store_release(&s->handle, handle);
	return handle;
}

/**
 * hvcrash_register_pages - register pages that a driver shares from now on
 * @pages: the pages and how to revoke them; copied
 *
 * If there is no room the registry gets a gap, and the audit of a crash says that it
 * cannot tell.
 *
 * Context: any but NMI.
 * Return: a handle above 0; -EINVAL; -EEXIST if one of the pages is registered
 * already; -ENOSPC; or -ENODEV in a crash kernel, which has no registry.
 */
int hvcrash_register_pages(const struct hvcrash_pages *pages)
{
	unsigned long irq;
	int ret;

	if (!is_sound(pages))
		return -EINVAL;
	if (!hvcrash_registry.header)
		return -ENODEV;
	raw_spin_lock_irqsave(&slots_lock, irq);
	ret = add(pages);
	raw_spin_unlock_irqrestore(&slots_lock, irq);
	if (ret == -ENOSPC)
		hvcrash_registry_gap(&hvcrash_registry, HVCRASH_GAP_DROPPED, 1);
	return ret;
}
EXPORT_SYMBOL_GPL(hvcrash_register_pages);

/**
 * hvcrash_unregister_pages - the driver's pages are no longer shared
 * @handle: from hvcrash_register_pages()
 *
 * Context: any but NMI.
 * Return: 0, or -ENOENT if there is no such registration.
 */
int hvcrash_unregister_pages(int handle)
{
	struct hvcrash_owner owner;
	unsigned long irq;
	int ret = -ENOENT;
	struct slot *s;

	raw_spin_lock_irqsave(&slots_lock, irq);
	for (s = slots; s < slots + HVCRASH_MAX_DRIVER_PAGES; s++) {
		if (handle <= 0 || s->handle != (u32)handle)
			continue;
		owner = owner_of(s);
		WRITE_ONCE(s->handle, 0);
		hvcrash_registry_retire(&hvcrash_registry, &owner,
					HVCRASH_EV_DRIVER);
		ret = 0;
		break;
	}
	raw_spin_unlock_irqrestore(&slots_lock, irq);
	return ret;
}
EXPORT_SYMBOL_GPL(hvcrash_unregister_pages);

/*
 * A module is being unloaded, so it can no longer be asked to revoke; its memory still
 * exists. The host has not released its pages: they stay shared. Returns the number of
 * registrations that it left behind.
 */
static u32 forget_module(const struct module *owner)
{
	unsigned long irq;
	struct slot *s;
	u32 n = 0;

	raw_spin_lock_irqsave(&slots_lock, irq);
	for (s = slots; s < slots + HVCRASH_MAX_DRIVER_PAGES; s++) {
		if (!s->handle || s->pages.owner != owner)
			continue;
		WRITE_ONCE(s->pages.revoke, NULL);
		s->pages.owner = NULL;
		n++;
	}
	raw_spin_unlock_irqrestore(&slots_lock, irq);
	return n;
}

/* Outcome of a driver's callback */
struct outcome {
	u32 handle;
	bool is_revoked;
};

static bool record_one(struct hvcrash_extent *e, void *ctx)
{
	const struct outcome *o = ctx;
	/* LMM(read:A) of registry.c */
	u32 state = smp_load_acquire(&e->state);

	if (state != HVCRASH_SHARED || e->kind != HVCRASH_KIND_DRIVER ||
	    e->gpadl != o->handle)
		return true;
	e->evidence = HVCRASH_EV_DRIVER;
	WRITE_ONCE(e->state, o->is_revoked ? HVCRASH_REVOKED : HVCRASH_FAILED);
	return true;
}

/**
 * hvcrash_driver_pages_revoke - [NMI] ask each driver to revoke its pages
 *
 * Context: crash path or kexec, the one CPU that goes on; VMBus is unloaded, the others
 * have parked. Bounded only by the drivers' callbacks.
 */
void hvcrash_driver_pages_revoke(void)
{
	int (*revoke)(void *context);
	struct outcome o;
	struct slot *s;

	for (s = slots; s < slots + HVCRASH_MAX_DRIVER_PAGES; s++) {
		/* LMM(slot:B), pairs with slot:A */
		o.handle = smp_load_acquire(&s->handle);
		revoke = READ_ONCE(s->pages.revoke);
		if (!o.handle || !revoke)
			continue;
		o.is_revoked = !revoke(s->pages.context);
		hvcrash_registry_for_each(&hvcrash_registry, record_one, &o);
	}
}

/* GOING follows the module's own exit and precedes the freeing of its memory */
static int on_module(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *mod = data;
	u32 n;

	if (event != MODULE_STATE_GOING)
		return NOTIFY_OK;
	n = forget_module(mod);
	if (n)
		pr_err("%s was unloaded and left %u registrations of shared pages behind\n",
		       mod->name, n);
	return NOTIFY_OK;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

/**
 * hvcrash_driver_pages_init - watch for modules that are unloaded
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int hvcrash_driver_pages_init(void)
{
	return register_module_notifier(&module_nb);
}

/**
 * hvcrash_driver_pages_deinit - undo hvcrash_driver_pages_init()
 *
 * Context: process, may sleep; the exported functions can no longer be called.
 */
void hvcrash_driver_pages_deinit(void)
{
	unregister_module_notifier(&module_nb);
}
