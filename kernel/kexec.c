// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec.c - what happens between "kexec -e" and the next kernel
 *
 * Called by the hooks. First in hv_machine_shutdown(), on arm64 in
 * machine_shutdown(), when devices are shut down and all CPUs still run: VMBus is
 * unloaded. Then, when the kernel stops the other CPUs for good: they park, all
 * revoke at once, and the outcome is recorded. As in a panic, and for the same reason:
 * the answer to UNLOAD needs a message page. On arm64 the others have been taken
 * offline by then, and revoked on the way.
 *
 * This replaces hv_vmbus's own handler (hv_kexec_handler(), drivers/hv/vmbus_drv.c),
 * which frees hv_clock_event while other CPUs still take timer messages; the next such
 * message makes __vmbus_isr() call through a NULL pointer (seen on 6.12; for 7.2 see
 * below). We leave timers alone until their CPU has interrupts off, and need no CPU
 * hotplug, which requires running timers.
 *
 * Invariant: a kexec is never stopped, only delayed, for a bounded time.
 *
 * Leaves out: contents, since all of this memory becomes the next kernel's.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/printk.h>
#include "cycles.h"
#include "driver_pages.h"
#include "guard.h"
#include "hvcrash.h"
#include "kexec.h"
#include "revoke.h"
#include "unload.h"

static bool is_under_way;
/**
 * hvcrash_kexec_unload - a kexec has begun: unload VMBus
 *
 * Context: process, may sleep; all CPUs run.
 */
void hvcrash_kexec_unload(void)
{
	hvcrash_report()->tsc_begin = hvcrash_cycles();
	hvcrash_unload_in_kexec();
	WRITE_ONCE(is_under_way, true);
}

/**
 * hvcrash_kexec_unload_atomic - unload VMBus by polling
 *
 * Context: process, may not sleep; all CPUs run. Bounded by the kernel's own bound,
 * 100 s.
 */
void hvcrash_kexec_unload_atomic(void)
{
	hvcrash_report()->tsc_begin = hvcrash_cycles();
	hvcrash_unload_in_panic();
	WRITE_ONCE(is_under_way, true);
}

/**
 * hvcrash_kexec_is_under_way - whether a kexec has begun (one of the two above)
 *
 * Context: any.
 */
bool hvcrash_kexec_is_under_way(void)
{
	return READ_ONCE(is_under_way);
}

static void seal(void)
{
	struct hvcrash_crash *r = hvcrash_report();

	hvcrash_revoke_vm();
	r->tsc_hash_end = hvcrash_cycles();
	r->tsc_end = r->tsc_hash_end;
	hvcrash_registry_finish(&hvcrash_registry);
}

/**
 * hvcrash_kexec_finish - revoke, record, seal
 * @release: lets the parked CPUs continue into the kernel's own stop, and returns
 *	     when they have stopped for good
 *
 * Nothing is printed before @release: a parked CPU may hold the console's lock. For the
 * rest of the order see hvcrash_crash_finish(). After a fault of our own the kexec goes
 * on, and the registry stays unfinished.
 *
 * Context: the CPU that goes on, interrupts off, after hvcrash_revoke_wait_parked().
 */
void hvcrash_kexec_finish(void (*release)(void))
{
	bool is_well = hvcrash_guard_run(hvcrash_driver_pages_revoke);

	if (!hvcrash_guard_run(hvcrash_revoke_all))
		is_well = false;
	release();
	if (!is_well || !hvcrash_guard_run(hvcrash_revoke_record))
		return;
	hvcrash_guard_run(hvcrash_revoke_complain);
	hvcrash_guard_run(seal);
}

/*
 * x86: synthetic timers tick until their CPU is stopped for the kexec.
 *
 * hv_stimer_global_cleanup() stops the timers and frees hv_clock_event while all
 * CPUs still run. A CPU that had interrupts off meanwhile may have one pending, and
 * its handler, hv_stimer0_isr() or (for a timer message) __vmbus_isr(), then uses
 * the NULL pointer as per-CPU data (seen on 7.2 with message-mode timers and
 * a CPU that writes to a slow console). Up to 6.x hv_vmbus's kexec handler calls it,
 * which ours replaces; in 7.2 hv_machine_shutdown() does, before that
 * handler (arch/x86/kernel/cpu/mshyperv.c; "x86/hyperv: move stimer cleanup to
 * hv_machine_shutdown()"). So a kprobe makes a kexec skip it: timers are stopped with
 * the other registers, on their own CPU with interrupts off (regs.c).
 *
 * It skips nothing else: hv_vmbus also calls it when it is removed, and then the system
 * goes on running. Without kprobes a kexec does what the stock kernel does.
 */
static bool has_probe;

/*
 * Runs in place of the function and just returns: a kprobe based on ftrace can change
 * where execution continues, but not the stack pointer (arch/x86/lib/error-inject.c
 * does the same).
 */
static noinline notrace void do_nothing(void)
{
	barrier();
}

/*
 * Process context, at the first instruction. Only a kexec calls
 * hv_stimer_global_cleanup() in this state.
 */
static int skip_in_kexec(struct kprobe *p, struct pt_regs *regs)
{
	if (system_state != SYSTEM_RESTART)
		return 0;
	instruction_pointer_set(regs, (unsigned long)do_nothing);
	return 1;
}

/* Prevents optimizing the probe: an optimized one cannot skip (kprobes.rst) */
static void never_after(struct kprobe *p, struct pt_regs *regs,
			unsigned long flags)
{
}

static struct kprobe cleanup_probe = {
	.symbol_name = "hv_stimer_global_cleanup",
	.pre_handler = skip_in_kexec,
	.post_handler = never_after,
};

/**
 * hvcrash_kexec_init - make a kexec skip hv_stimer_global_cleanup()
 *
 * Context: process, may sleep.
 */
void hvcrash_kexec_init(void)
{
	int ret = register_kprobe(&cleanup_probe);

	has_probe = !ret;
	if (ret)
		pr_notice(
			"no kprobe on hv_stimer_global_cleanup (error %d): a kexec stops timers as the stock kernel does\n",
			ret);
}

/**
 * hvcrash_kexec_deinit - undo hvcrash_kexec_init()
 *
 * Context: process, may sleep.
 */
void hvcrash_kexec_deinit(void)
{
	if (has_probe)
		unregister_kprobe(&cleanup_probe);
}
