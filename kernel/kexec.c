// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec.c - what happens between "kexec -e" and the next kernel
 *
 * Called by the hooks. First in hv_machine_shutdown(), on arm64 in
 * machine_shutdown(), when devices are shut down and all CPUs still run: VMBus is
 * unloaded. Then, when the kernel stops the other CPUs for good: they park, all
 * revoke at once, it is recorded. As in a panic, and for the same reason: the answer
 * to UNLOAD needs a message page. On arm64 the others have been taken offline, and
 * revoked on their way.
 *
 * What hv_vmbus does here instead (hv_kexec_handler() of drivers/hv/vmbus_drv.c)
 * is not done. It frees hv_clock_event while other CPUs still take timer
 * messages, and one that comes then makes __vmbus_isr() call through a NULL
 * pointer (seen on 6.12; in 7.2 see below). Ours leaves timers alone
 * until their CPU has interrupts off, and needs no CPU hotplug, which wants timers
 * that tick.
 *
 * Invariant: a kexec is never stopped, only ever made to wait, for a bound.
 *
 * Leaves out: contents, since all of this memory is the next kernel's.
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
 * hvcrash_kexec_unload_atomic - the same, by polling
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
 * hvcrash_kexec_is_under_way - has one of the two above been called
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
 * @release: lets the other CPUs go on from where they parked into the kernel's own
 *	     stop, and returns when they have stopped for good
 *
 * Nothing is printed before: a parked CPU may hold the console's lock. For the rest
 * of the order see hvcrash_crash_finish(). A fault of ours ends our part: the kexec
 * goes on, and the registry has no end to it.
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
 * its handler, hv_stimer0_isr() or by way of a timer message __vmbus_isr(), then
 * takes the NULL pointer for per-CPU data (seen on 7.2 with message-mode timers and
 * a CPU that writes to a slow console). Up to 6.x hv_vmbus's kexec handler calls it,
 * and ours stands there instead; in 7.2 hv_machine_shutdown() does, before that
 * handler (arch/x86/kernel/cpu/mshyperv.c; "x86/hyperv: move stimer cleanup to
 * hv_machine_shutdown()"). So a kprobe lets a kexec skip it: the timers go where all
 * registers go, on their CPU with interrupts off (regs.c).
 *
 * Skips nothing else: hv_vmbus calls it, too, when it is removed, and then the system
 * is running. Without kprobes a kexec goes the kernel's way.
 */
static bool has_probe;

/*
 * Run in place of the function. It returns, and nothing else: a kprobe by way of
 * ftrace can set where to go on, and not the stack pointer (arch/x86/lib/error-inject.c
 * does it alike).
 */
static noinline notrace void do_nothing(void)
{
	barrier();
}

/*
 * Process context, at the first instruction. Of those that set this state only a
 * kexec goes through hv_stimer_global_cleanup().
 */
static int skip_in_kexec(struct kprobe *p, struct pt_regs *regs)
{
	if (system_state != SYSTEM_RESTART)
		return 0;
	instruction_pointer_set(regs, (unsigned long)do_nothing);
	return 1;
}

/* Keeps the probe from being optimized, which would not let it skip (kprobes.rst) */
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
 * hvcrash_kexec_init - from now on a kexec leaves the timers alone
 *
 * Context: process, may sleep.
 */
void hvcrash_kexec_init(void)
{
	int ret = register_kprobe(&cleanup_probe);

	has_probe = !ret;
	if (ret)
		pr_notice(
			"no kprobe on hv_stimer_global_cleanup (%d): a kexec stops timers the kernel's way\n",
			ret);
}

/**
 * hvcrash_kexec_deinit - and from now on it does not
 *
 * Context: process, may sleep.
 */
void hvcrash_kexec_deinit(void)
{
	if (has_probe)
		unregister_kprobe(&cleanup_probe);
}
