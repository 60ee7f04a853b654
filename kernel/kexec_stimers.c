// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec_stimers.c - x86: synthetic timers tick until their CPU is stopped for a kexec
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
 * is running. Where kprobes are not to be had a kexec goes the kernel's way.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/printk.h>
#include "kexec_stimers.h"

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
	regs->ip = (unsigned long)do_nothing;
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
 * hvcrash_kexec_stimers_init - from now on a kexec leaves the timers alone
 *
 * Context: process, may sleep.
 */
void hvcrash_kexec_stimers_init(void)
{
	int ret = register_kprobe(&cleanup_probe);

	has_probe = !ret;
	if (ret)
		pr_notice(
			"no kprobe on hv_stimer_global_cleanup (%d): a kexec stops timers the kernel's way\n",
			ret);
}

/**
 * hvcrash_kexec_stimers_deinit - and from now on it does not
 *
 * Context: process, may sleep.
 */
void hvcrash_kexec_stimers_deinit(void)
{
	if (has_probe)
		unregister_kprobe(&cleanup_probe);
}
