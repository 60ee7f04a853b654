// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec_path.c - what happens between "kexec -e" and the next kernel
 *
 * Called by hooks_x86.c. First in hv_machine_shutdown(), when devices are shut
 * down and all CPUs still run: VMBus is unloaded. Then, when the kernel stops the
 * other CPUs for good: they park, all revoke at once, it is recorded. As in a
 * panic, and for the same reason: the answer to UNLOAD needs a message page.
 *
 * What hv_vmbus does here instead (hv_kexec_handler() of drivers/hv/vmbus_drv.c)
 * is not done. It frees hv_clock_event while other CPUs still take timer
 * messages, and one that comes then makes __vmbus_isr() call through a NULL
 * pointer (seen on 6.12; in 7.2 see kexec_stimers.c). Ours leaves timers alone
 * until their CPU has interrupts off, and needs no CPU hotplug, which wants timers
 * that tick.
 *
 * Invariant: a kexec is never stopped, only ever made to wait, for a bound.
 *
 * Leaves out: contents, since all of this memory is the next kernel's.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/time.h>
#include "cycles.h"
#include "driver_pages.h"
#include "hvcrash.h"
#include "kexec_path.h"
#include "revoke.h"

/* As often as vmbus_wait_for_unload() says that it still waits */
#define SAY_EVERY_MS (5 * MSEC_PER_SEC)

static bool is_under_way;
static bool is_answered;

static int ask_thread(void *ask)
{
	((void (*)(void))ask)();
	WRITE_ONCE(is_answered, true);
	return 0;
}

/**
 * hvcrash_kexec_wait_unload - ask the host to unload VMBus, and wait for a bound
 * @ask: asks, and waits for ever: vmbus_initiate_unload(false)
 *
 * That wait has no bound and is not ours to change, so a thread does it, which
 * the kexec simply leaves behind. Waiting counts milliseconds by mdelay() and
 * sets no timer: without a kprobe (kexec_stimers.c) 7.2 has taken them down before.
 *
 * Context: process, may sleep. Bounded by the parameter kexec_unload_bound_ms.
 * Return: HVCRASH_ANSWER_YES or _NO, _UNKNOWN if there could be no thread.
 */
enum hvcrash_answer hvcrash_kexec_wait_unload(void (*ask)(void))
{
	u32 waited;

	if (IS_ERR(kthread_run(ask_thread, ask, "hvcrash_unload")))
		return HVCRASH_ANSWER_UNKNOWN;
	for (waited = 0; waited < hvcrash_kexec_unload_bound_ms; waited++) {
		/* The second is enough where the thread had no chance to run yet */
		if (READ_ONCE(is_answered) ||
		    hvcrash_vmbus_unload_answer() == HVCRASH_ANSWER_YES)
			return HVCRASH_ANSWER_YES;
		if (waited && !(waited % SAY_EVERY_MS))
			pr_notice("waiting for VMBus UNLOAD, %u of %u s\n",
				  waited / (u32)MSEC_PER_SEC,
				  hvcrash_kexec_unload_bound_ms /
					  (u32)MSEC_PER_SEC);
		mdelay(1);
		schedule();
	}
	pr_err("no answer to VMBus UNLOAD: the kexec goes on without\n");
	return HVCRASH_ANSWER_NO;
}

/**
 * hvcrash_kexec_unload - a kexec has begun: unload VMBus
 * @unload: or NULL, where there is no way to ask
 *
 * Context: process, may sleep; all CPUs run.
 */
void hvcrash_kexec_unload(hvcrash_unload_fn unload)
{
	hvcrash_report()->tsc_begin = hvcrash_cycles();
	hvcrash_unload_vmbus(unload);
	WRITE_ONCE(is_under_way, true);
}

/**
 * hvcrash_kexec_is_under_way - has hvcrash_kexec_unload() been called
 *
 * Context: any.
 */
bool hvcrash_kexec_is_under_way(void)
{
	return READ_ONCE(is_under_way);
}

/**
 * hvcrash_kexec_finish - revoke, record, seal
 *
 * Context: the CPU that goes on, interrupts off, after hvcrash_revoke_wait_parked().
 */
void hvcrash_kexec_finish(void)
{
	struct hvcrash_crash *r = hvcrash_report();

	hvcrash_driver_pages_revoke();
	hvcrash_revoke_all();
	hvcrash_revoke_record();
	r->tsc_hash_end = hvcrash_cycles();
	r->tsc_end = r->tsc_hash_end;
	hvcrash_registry_finish(&hvcrash_registry);
	hvcrash_revoke_complain();
}
