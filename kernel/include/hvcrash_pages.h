/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvcrash_pages.h - tell hvcrash of pages that your driver shares with the host
 *
 * For drivers that give pages to Hyper-V by means of their own, which hvcrash
 * cannot see: neither a synthetic register, nor a GPADL. GPADLs it follows itself.
 *
 * What is registered is in the registry, and so in the audit, until it is
 * unregistered. When the kernel ends, by a panic with a crash kernel loaded or by
 * kexec, @revoke is called once for each registration that has one, and what it
 * says is what the audit says.
 *
 * Contract of hvcrash_pages.revoke:
 *
 *   - It runs on the CPU that panics, in whatever context that is: NMI too. All
 *     other CPUs stand still, with whatever locks they held.
 *   - It takes no lock, allocates nothing, sleeps never, prints nothing and waits
 *     for nothing without a bound.
 *   - VMBus has been unloaded. Hypercalls still work.
 *   - It returns 0 only if the host has given the pages back and something proves
 *     it: a register read back, a hypercall's status. In doubt it returns an errno,
 *     and the audit says that the pages are still shared.
 *
 * Register before the host learns of the pages, unregister when it has given them
 * back, before they are freed. A module that goes without unregistering leaves its
 * pages in the registry, as shared, without anybody who could take them back.
 *
 * A driver that shall work without hvcrash finds the two functions by
 * symbol_get(); kernel/test/hvcrash_pages.c is an example. One that links to them
 * is loaded after hvcrash, and keeps it loaded.
 */
#ifndef _HVCRASH_PAGES_H
#define _HVCRASH_PAGES_H

#include <linux/types.h>

struct module;

/**
 * struct hvcrash_pages - contiguous pages that a driver shares with the host
 * @owner: THIS_MODULE, in which @revoke lies
 * @gpa: guest physical address of the first byte, aligned to 4 KiB
 * @nr_pages: Hyper-V pages of 4 KiB, whatever the page size of Linux is
 * @revoke: [NMI] take them back, see above; NULL if there is no way to
 * @context: handed to @revoke
 */
struct hvcrash_pages {
	struct module *owner;
	u64 gpa;
	u32 nr_pages;
	int (*revoke)(void *context);
	void *context;
};

int hvcrash_register_pages(const struct hvcrash_pages *pages);
int hvcrash_unregister_pages(int handle);

#endif /* _HVCRASH_PAGES_H */
