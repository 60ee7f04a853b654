// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_path.c - [NMI] what happens between the panic and the second kernel
 *
 * Called by hooks_x86.c on the panicking CPU, when the kernel has stopped the
 * others and they have parked. Design: park, unload VMBus, revoke, hash, hand
 * over.
 *
 * Why parking: the host delivers its answer to UNLOAD into the message page of
 * the VP that made first contact. Revoke that page first and every panic waits
 * the kernel's full 100 s for it.
 *
 * Invariant: whatever fails here is recorded and the dump goes on. No lock, no
 * allocation, every wait bounded, one line of printk where something failed. Even a
 * fault of our own: on x86 all this runs under guard (guard_x86.c).
 *
 * Leaves out: what a panic and a kexec have in common (revoke.c), who calls.
 */
#include "cycles.h"
#include "contents.h"
#include "crash_path.h"
#include "inject.h"
#include "driver_pages.h"
#include "handoff.h"
#include "hvcrash.h"
#include "revoke.h"
#include "unload.h"

/**
 * hvcrash_crash_finish - unload, revoke, record, hash, hand over
 * @unload: asks the host to unload VMBus and waits for it, bounded; or NULL
 *
 * Context: panicking CPU, after hvcrash_revoke_wait_parked().
 */
void hvcrash_crash_finish(hvcrash_unload_fn unload)
{
	struct hvcrash_crash *r = hvcrash_report();

	hvcrash_inject_fault_at(1);
	if (hvcrash_inject_revoke_first)
		hvcrash_revoke_all();
	hvcrash_unload_vmbus(unload);
	hvcrash_driver_pages_revoke();
	if (!hvcrash_inject_revoke_first)
		hvcrash_revoke_all();
	hvcrash_inject_fault_at(2);
	hvcrash_revoke_record();
	hvcrash_contents_hash();
	r->tsc_end = hvcrash_cycles();
	hvcrash_registry_finish(&hvcrash_registry);
	hvcrash_handoff_vmcoreinfo(hvcrash_registry.header->gpa);
	hvcrash_revoke_complain();
}

/**
 * hvcrash_crash_give_up - hvcrash_crash_finish() came to no end: what still helps
 *
 * Nothing is recorded any more. The registry is found and has no end to it, so that
 * the audit cannot tell; but the registers go, where they have not gone yet.
 *
 * Context: panicking CPU.
 */
void hvcrash_crash_give_up(void)
{
	hvcrash_revoke_all();
	hvcrash_handoff_vmcoreinfo(hvcrash_registry.header->gpa);
}
