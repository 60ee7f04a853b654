/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvcrash_pages.h - tell hvcrash about pages that your driver shares with the host
 *
 * For drivers that share pages with Hyper-V in their own way, which hvcrash
 * cannot see: not by a synthetic register or a GPADL, which it follows itself.
 *
 * Registered pages are in the registry, and so in the audit, until they are
 * unregistered. When the kernel ends, by a panic with a crash kernel loaded or by
 * kexec, @revoke is called once for each registration that has one, and the audit
 * reports what it returned.
 *
 * Contract of hvcrash_pages.revoke:
 *
 *   - It runs on the CPU that panics, in whatever context that is: NMI too. All
 *     other CPUs have stopped, with whatever locks they held.
 *   - It takes no lock, allocates nothing, never sleeps, prints nothing and never
 *     waits without a bound.
 *   - VMBus has been unloaded. Hypercalls still work.
 *   - It returns 0 only if the host has released the pages and something proves
 *     it: a register read back, a hypercall's status. In doubt it returns an errno,
 *     and the audit says that the pages are still shared.
 *
 * Register before the host learns of the pages; unregister when it has released them
 * and before they are freed. If a module is unloaded without unregistering, its
 * pages stay in the registry as shared, and nothing can revoke them.
 *
 * A driver that must also work without hvcrash finds the two functions by
 * symbol_get(); kernel/test/hvcrash_pages.c is an example. One that links to them
 * is loaded after hvcrash, and keeps it loaded.
 */
#ifndef _HVCRASH_PAGES_H
#define _HVCRASH_PAGES_H

#include <linux/types.h>

struct module;

/**
 * struct hvcrash_pages - contiguous pages that a driver shares with the host
 * @owner: THIS_MODULE, the module that contains @revoke
 * @gpa: guest physical address of the first byte, aligned to 4 KiB
 * @nr_pages: Hyper-V pages of 4 KiB, whatever the page size of Linux is
 * @revoke: [NMI] revokes the pages, see above; NULL if they cannot be revoked
 * @context: passed to @revoke
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
