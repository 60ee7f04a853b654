// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_x86.c - where the kernel calls us on x86
 *
 *	smp_ops.crash_stop_other_cpus	panicking CPU, stops the others: begin
 *	(stop_x86_*.c)			each other CPU, in NMI: park, revoke
 *	hv_setup_crash_handler()	panicking CPU, first thing in
 *					hv_machine_crash_shutdown(): finish
 *	hv_setup_kexec_handler()	a kexec, first thing in
 *					hv_machine_shutdown(): unload VMBus
 *	hv_stimer_global_cleanup()	the same kexec in 7.2, even earlier: skipped
 *					(kexec.c)
 *	smp_ops.stop_other_cpus		the same kexec stops the others for good:
 *					begin, revoke, finish
 *	smp_ops.cpu_disable		a CPU goes offline, at the very end
 *
 * With crash_kexec_post_notifiers=Y the kernel stops the CPUs before it calls the
 * panic notifiers, one of which unloads VMBus; with =N the crash handler comes
 * first and stops them itself. A second shootdown would warn, so we do it once.
 *
 * smp_ops.stop_other_cpus is called for every reboot and by a panic without a
 * crash kernel: it is a kexec only after the kexec handler was called.
 *
 * Invariant: a panic without a loaded crash kernel, and a shutdown without a kexec,
 * do exactly what they did before. All hooks are restored when the module is unloaded.
 *
 * The crash and the kexec handler have one slot each without a getter, and
 * hv_vmbus fills both when it comes up: our handlers replace its own there and do their
 * work (unload; timers, SynIC). To restore them their addresses are looked up by
 * name; if that fails the module stays loaded.
 *
 * If the kernel revokes on a panic itself, hvcrash only checks the result: the crash
 * handler stays hv_vmbus's, and no CPU parks (aside_x86.c).
 *
 * Leaves out: what is done at each of these moments (crash.c, kexec.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/hyperv.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/kexec.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/smp.h>
#include "aside_x86.h"
#include "compat/compat.h"
#include "crash.h"
#include "guard.h"
#include "hooks.h"
#include "hvcrash.h"
#include "kexec.h"
#include "revoke.h"
#include "regs.h"
#include "stop_x86.h"
#include "unload.h"

static void (*orig_crash_stop)(void);
static void (*orig_stop)(int wait);
static int (*orig_cpu_disable)(void);

/* hv_vmbus's own handlers, while it is loaded */
static void (*vmbus_crash_handler)(struct pt_regs *regs);
static void (*vmbus_kexec_handler)(void);

static bool has_begun;

static void begin_crash(void)
{
	has_begun = hvcrash_revoke_begin(HVCRASH_WAY_CRASH);
}

/* Panicking CPU, interrupts off, NMI too */
static void crash_stop_other_cpus(void)
{
	static bool are_stopped;

	if (!kexec_crash_loaded()) {
		orig_crash_stop();
		return;
	}
	if (are_stopped)
		return;
	if (hvcrash_guard_run(begin_crash) && has_begun) {
		hvcrash_stop_others(orig_crash_stop);
		if (!hvcrash_is_aside())
			hvcrash_guard_run(hvcrash_revoke_wait_parked);
	} else {
		/* A fault of our own, or a panic in the last steps of a kexec */
		has_begun = false;
		orig_crash_stop();
	}
	/* Restored here already, so that a panic in this function still stops the others */
	are_stopped = true;
}

static void release_from_crash(void)
{
	hvcrash_stop_done(orig_crash_stop);
}

static void finish(void)
{
	if (has_begun)
		hvcrash_crash_finish(release_from_crash);
	else if (hvcrash_way() == HVCRASH_WAY_KEXEC)
		/* The kexec was cut short: its registry is unfinished, so the audit cannot tell */
		hvcrash_crash_hand_over(hvcrash_registry.header->gpa);
	else
		hvcrash_crash_finish_unprepared();
}

/* Called when the kernel has revoked; its waits are bounded */
static void finish_after_kernel(void)
{
	if (has_begun)
		hvcrash_guard_run(hvcrash_revoke_wait_parked);
	finish();
}

/* Panicking CPU; a crash kernel is loaded, or the kernel would not call this */
static void crash_handler(struct pt_regs *regs)
{
	local_irq_disable();
	crash_stop_other_cpus();
	finish();
}

static int stop_wait;

static void stop_for_kexec(void)
{
	orig_stop(stop_wait);
}

static void release_from_kexec(void)
{
	hvcrash_stop_done(stop_for_kexec);
}

static void begin_kexec(void)
{
	has_begun = hvcrash_revoke_begin(HVCRASH_WAY_KEXEC);
}

/* The CPU that goes on, interrupts off */
static void stop_other_cpus_hook(int wait)
{
	if (!hvcrash_kexec_is_under_way() || !hvcrash_guard_run(begin_kexec) ||
	    !has_begun) {
		orig_stop(wait);
		return;
	}
	has_begun = false;
	stop_wait = wait;
	hvcrash_stop_others(stop_for_kexec);
	hvcrash_guard_run(hvcrash_revoke_wait_parked);
	hvcrash_kexec_finish(release_from_kexec);
}

/* The dying CPU, in stop_machine, interrupts off */
static int cpu_disable_hook(void)
{
	int ret = orig_cpu_disable();

	if (!ret)
		hvcrash_regs_cpu_dying(raw_smp_processor_id());
	return ret;
}

static int on_cpu_online(unsigned int cpu)
{
	/* hv_vmbus enables the SynIC of this CPU after us, if it came after us */
	hvcrash_regs_observe_cpu_later(cpu);
	return 0;
}

static int cpuhp_state;

static void fill_slots(void)
{
	if (!hvcrash_is_aside())
		hv_setup_crash_handler(crash_handler);
	hv_setup_kexec_handler(hvcrash_kexec_unload);
}

/* hv_vmbus is up and has filled the slots. Process context. */
static void take_slots(void)
{
	hvcrash_unload_learn();
	vmbus_crash_handler =
		hvcrash_compat_lookup_callable("hv_vmbus:hv_crash_handler");
	vmbus_kexec_handler =
		hvcrash_compat_lookup_callable("hv_vmbus:hv_kexec_handler");
	if ((!vmbus_crash_handler || !vmbus_kexec_handler) &&
	    try_module_get(THIS_MODULE))
		pr_warn("cannot find hv_vmbus's handlers to put them back: hvcrash stays loaded\n");
	fill_slots();
}

/* hv_vmbus is gone, and emptied the slots. Process context. */
static void forget_vmbus(void)
{
	hvcrash_unload_forget();
	/* Its SynIC pages are off on every CPU */
	hvcrash_regs_observe_later();
	vmbus_crash_handler = NULL;
	vmbus_kexec_handler = NULL;
	fill_slots();
}

static void restore_slots(void)
{
	if (vmbus_crash_handler && !hvcrash_is_aside())
		hv_setup_crash_handler(vmbus_crash_handler);
	else if (!hvcrash_is_aside())
		hv_remove_crash_handler();
	if (vmbus_kexec_handler)
		hv_setup_kexec_handler(vmbus_kexec_handler);
	else
		hv_remove_kexec_handler();
}

static int on_module(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *mod = data;

	if (strcmp(mod->name, "hv_vmbus"))
		return NOTIFY_OK;
	if (event == MODULE_STATE_LIVE)
		take_slots();
	else if (event == MODULE_STATE_GOING)
		forget_vmbus();
	return NOTIFY_OK;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

static void take_smp_ops(void)
{
	cpus_read_lock();
	orig_crash_stop = smp_ops.crash_stop_other_cpus;
	orig_stop = smp_ops.stop_other_cpus;
	orig_cpu_disable = smp_ops.cpu_disable;
	WRITE_ONCE(smp_ops.crash_stop_other_cpus, crash_stop_other_cpus);
	WRITE_ONCE(smp_ops.stop_other_cpus, stop_other_cpus_hook);
	WRITE_ONCE(smp_ops.cpu_disable, cpu_disable_hook);
	cpus_read_unlock();
}

static void restore_smp_ops(void)
{
	/* No CPU goes offline inside this lock, so none is in our hook */
	cpus_read_lock();
	WRITE_ONCE(smp_ops.cpu_disable, orig_cpu_disable);
	WRITE_ONCE(smp_ops.stop_other_cpus, orig_stop);
	WRITE_ONCE(smp_ops.crash_stop_other_cpus, orig_crash_stop);
	cpus_read_unlock();
}

/**
 * hvcrash_hooks_init - take all hooks
 *
 * Context: process, may sleep; everything that the hooks use has been set up.
 * Return: 0 or a negative errno; on error no hook is taken.
 */
int hvcrash_hooks_init(void)
{
	int ret;

	ret = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "hvcrash:online",
					on_cpu_online, NULL);
	if (ret < 0)
		return ret;
	cpuhp_state = ret;
	ret = hvcrash_stop_init();
	if (ret)
		goto remove_cpuhp;
	ret = hvcrash_guard_init();
	if (ret)
		goto stop_deinit;
	ret = register_module_notifier(&module_nb);
	if (ret)
		goto guard_deinit;
	hvcrash_aside_init(finish_after_kernel);
	take_smp_ops();
	/* Known already if loaded late; otherwise hv_vmbus brings it */
	if (hvcrash_compat_lookup("vmbus_initiate_unload"))
		take_slots();
	else
		fill_slots();
	hvcrash_kexec_init();
	return 0;

guard_deinit:
	hvcrash_guard_deinit();
stop_deinit:
	hvcrash_stop_deinit();
remove_cpuhp:
	cpuhp_remove_state_nocalls(cpuhp_state);
	return ret;
}

/**
 * hvcrash_hooks_deinit - undo hvcrash_hooks_init()
 *
 * Context: process, may sleep.
 */
void hvcrash_hooks_deinit(void)
{
	/* First, or an hv_vmbus that comes up meanwhile would get our handlers */
	unregister_module_notifier(&module_nb);
	hvcrash_kexec_deinit();
	restore_slots();
	restore_smp_ops();
	hvcrash_aside_deinit();
	hvcrash_guard_deinit();
	hvcrash_stop_deinit();
	cpuhp_remove_state_nocalls(cpuhp_state);
}
