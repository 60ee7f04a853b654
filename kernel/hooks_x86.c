// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_x86.c - where the kernel calls us on x86
 *
 *	smp_ops.crash_stop_other_cpus	panicking CPU, stops the others: begin
 *	(stop_x86_*.c)			each other CPU, in NMI: park, revoke
 *	hv_setup_crash_handler()	panicking CPU, first thing in
 *					hv_machine_crash_shutdown(): finish
 *	smp_ops.cpu_disable		a CPU that goes offline, at the very end
 *
 * With crash_kexec_post_notifiers=Y the kernel stops the CPUs before it calls the
 * panic notifiers, one of which unloads VMBus; with =N the crash handler comes
 * first and stops them itself. A second shootdown would warn, so ours happens
 * once.
 *
 * Invariant: without a loaded crash kernel each hook does what was there before
 * and nothing else. All hooks are put back when the module goes.
 *
 * The crash handler has one slot without a getter, and hv_vmbus fills it when it
 * comes up: ours replaces it there and does its work (unload; timers, SynIC of
 * this CPU). To put it back its address is looked up by name; where that fails
 * the module stays.
 *
 * Leaves out: what is done at each of these moments (crash_path.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/hyperv.h>
#include <linux/irqflags.h>
#include <linux/kexec.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/smp.h>
#include <asm/smp.h>
#include "compat/compat.h"
#include "crash_path.h"
#include "hooks.h"
#include "hvcrash.h"
#include "leave.h"
#include "regs.h"
#include "stop_x86.h"
#include "vmbus_layout.h"

static void (*orig_crash_stop)(void);
static int (*orig_cpu_disable)(void);

/* Of hv_vmbus, while it is there */
static void (*vmbus_unload)(bool crash);
static notifier_fn_t vmbus_panic_unload;
static void (*vmbus_crash_handler)(struct pt_regs *regs);

/* Panicking CPU, interrupts off, NMI too */
static void crash_stop_other_cpus(void)
{
	if (!kexec_crash_loaded()) {
		orig_crash_stop();
		return;
	}
	if (hvcrash_leave_begin(HVCRASH_WAY_CRASH))
		hvcrash_stop_others(orig_crash_stop);
}

static enum hvcrash_answer unload_vmbus(void)
{
	if (vmbus_unload)
		vmbus_unload(true);
	else
		vmbus_panic_unload(NULL, 0, NULL);
	return HVCRASH_ANSWER_UNKNOWN;
}

/* Panicking CPU; a crash kernel is loaded, or the kernel would not come here */
static void crash_handler(struct pt_regs *regs)
{
	local_irq_disable();
	crash_stop_other_cpus();
	hvcrash_crash_finish(vmbus_unload || vmbus_panic_unload ? unload_vmbus :
								  NULL);
	hvcrash_stop_done(orig_crash_stop);
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
	hvcrash_regs_observe_later();
	return 0;
}

static int cpuhp_state;

static void *lookup_callable(const char *name)
{
	void *fn = hvcrash_compat_lookup(name);

	return hvcrash_compat_is_callable(fn) ? fn : NULL;
}

/* hv_vmbus is up and has filled the slot. Process context. */
static void take_crash_handler(void)
{
	vmbus_unload = lookup_callable("vmbus_initiate_unload");
	if (!vmbus_unload)
		vmbus_panic_unload = lookup_callable("hv_panic_vmbus_unload");
	if (!vmbus_unload && !vmbus_panic_unload) {
		pr_err("found no way to unload VMBus in a panic\n");
		hvcrash_registry_gap(&hvcrash_registry, HVCRASH_GAP_NO_VMBUS,
				     0);
	}
	vmbus_crash_handler = lookup_callable("hv_vmbus:hv_crash_handler");
	if (!vmbus_crash_handler && try_module_get(THIS_MODULE))
		pr_warn("cannot find hv_vmbus's crash handler to put it back: hvcrash stays loaded\n");
	hvcrash_vmbus_learn_unload();
	hv_setup_crash_handler(crash_handler);
}

/* hv_vmbus is gone, and emptied the slot. Process context. */
static void forget_vmbus(void)
{
	hvcrash_vmbus_forget_unload();
	vmbus_unload = NULL;
	vmbus_panic_unload = NULL;
	vmbus_crash_handler = NULL;
	hv_setup_crash_handler(crash_handler);
}

static int on_module(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *mod = data;

	if (strcmp(mod->name, "hv_vmbus"))
		return NOTIFY_OK;
	if (event == MODULE_STATE_LIVE)
		take_crash_handler();
	else if (event == MODULE_STATE_GOING)
		forget_vmbus();
	return NOTIFY_OK;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

static void take_smp_ops(void)
{
	cpus_read_lock();
	orig_crash_stop = smp_ops.crash_stop_other_cpus;
	orig_cpu_disable = smp_ops.cpu_disable;
	WRITE_ONCE(smp_ops.crash_stop_other_cpus, crash_stop_other_cpus);
	WRITE_ONCE(smp_ops.cpu_disable, cpu_disable_hook);
	cpus_read_unlock();
}

static void restore_smp_ops(void)
{
	/* No CPU is going offline inside this lock, so nobody is in our hook */
	cpus_read_lock();
	WRITE_ONCE(smp_ops.cpu_disable, orig_cpu_disable);
	WRITE_ONCE(smp_ops.crash_stop_other_cpus, orig_crash_stop);
	cpus_read_unlock();
}

/**
 * hvcrash_hooks_init - take all hooks
 *
 * Context: process, may sleep; everything that the hooks use is set up.
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
	ret = register_module_notifier(&module_nb);
	if (ret)
		goto stop_deinit;
	take_smp_ops();
	/* Loaded late: the address is there; else it comes with hv_vmbus */
	if (hvcrash_compat_lookup("vmbus_initiate_unload"))
		take_crash_handler();
	else
		hv_setup_crash_handler(crash_handler);
	return 0;

stop_deinit:
	hvcrash_stop_deinit();
remove_cpuhp:
	cpuhp_remove_state_nocalls(cpuhp_state);
	return ret;
}

/**
 * hvcrash_hooks_deinit - put back what was there
 *
 * Context: process, may sleep.
 */
void hvcrash_hooks_deinit(void)
{
	/* First, or an hv_vmbus that comes up meanwhile would be given our handler */
	unregister_module_notifier(&module_nb);
	if (vmbus_crash_handler)
		hv_setup_crash_handler(vmbus_crash_handler);
	else
		hv_remove_crash_handler();
	restore_smp_ops();
	hvcrash_stop_deinit();
	cpuhp_remove_state_nocalls(cpuhp_state);
}
