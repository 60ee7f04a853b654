// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_arm64.c - where the kernel calls us on arm64
 *
 *	crash_smp_send_stop()		panicking CPU, stops the others: begin
 *	sdei_mask_local_cpu()		each other CPU, its registers saved, on its
 *					way to PSCI CPU_OFF: park, revoke
 *	machine_kexec_mask_interrupts()	panicking CPU, last thing in
 *					machine_crash_shutdown(): finish
 *	__cpu_disable()			a CPU that goes offline
 *
 * arm64 has none of the hooks of x86: no smp_ops, and hv_setup_crash_handler() is
 * an empty weak function. Kprobes on these four take their place. They need no
 * lock and nothing of the scheduler; the breakpoint is taken with every interrupt
 * masked (Documentation/trace/kprobes.rst; a kernel without one of the functions,
 * or that allows no probe there, is refused at load).
 *
 * With crash_kexec_post_notifiers=Y the kernel stops the CPUs before it calls the
 * panic notifiers, one of which unloads VMBus; with =N nothing of the kernel's own
 * ever does: ours asks in both cases.
 *
 * Never run: there was no Hyper-V on arm64 to run it on. It is built against
 * Debian's kernels, and its registers are tested against an imitated hypervisor.
 *
 * Leaves out: what is done at each of these moments (crash.c); a panic inside
 * a kprobe handler, whose probes the kernel skips; kexec, where the kernel sends no
 * UNLOAD either.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/kexec.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/smp.h>
#include "compat/compat.h"
#include "crash.h"
#include "hooks.h"
#include "hvcrash.h"
#include "revoke.h"
#include "regs.h"
#include "unload.h"

static int on_crash_stop(struct kprobe *p, struct pt_regs *regs)
{
	if (kexec_crash_loaded())
		hvcrash_revoke_begin(HVCRASH_WAY_CRASH);
	return 0;
}

/* The CPU counts as stopped by now, so nobody but us waits for it */
static int on_cpu_stopped(struct kprobe *p, struct pt_regs *regs)
{
	/* The panicking CPU comes here, too, and does not park */
	if (hvcrash_way())
		hvcrash_revoke_park(raw_smp_processor_id());
	return 0;
}

/* They are on their way to CPU_OFF, where they make no hypercall */
static void stay(void)
{
}

static int on_crash_stopped(struct kprobe *p, struct pt_regs *regs)
{
	if (!hvcrash_way())
		return 0;
	hvcrash_revoke_wait_parked();
	hvcrash_crash_finish(stay);
	return 0;
}

/* In stop_machine; hv_synic_cleanup() ran before, in a state of its own */
static int on_cpu_disable(struct kprobe *p, struct pt_regs *regs)
{
	hvcrash_regs_cpu_dying(raw_smp_processor_id());
	return 0;
}

static struct kprobe probe_stop = {
	.symbol_name = "crash_smp_send_stop",
	.pre_handler = on_crash_stop,
};

static struct kprobe probe_stopped_cpu = {
	.symbol_name = "sdei_mask_local_cpu",
	.pre_handler = on_cpu_stopped,
};

static struct kprobe probe_stopped = {
	.symbol_name = "machine_kexec_mask_interrupts",
	.pre_handler = on_crash_stopped,
};

static struct kprobe probe_disable = {
	.symbol_name = "__cpu_disable",
	.pre_handler = on_cpu_disable,
};

static struct kprobe *const probes[] = {
	&probe_stop,
	&probe_stopped_cpu,
	&probe_stopped,
	&probe_disable,
};

static int on_cpu_online(unsigned int cpu)
{
	/* hv_vmbus enables the SynIC of this CPU after us, if it came after us */
	hvcrash_regs_observe_later();
	return 0;
}

static int cpuhp_state;

static int on_module(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *mod = data;

	if (strcmp(mod->name, "hv_vmbus"))
		return NOTIFY_OK;
	if (event == MODULE_STATE_LIVE)
		hvcrash_unload_learn();
	else if (event == MODULE_STATE_GOING)
		hvcrash_unload_forget();
	return NOTIFY_OK;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

/**
 * hvcrash_hooks_init - take all hooks
 *
 * Context: process, may sleep; everything that the hooks use is set up.
 * Return: 0 or a negative errno; on error no hook is taken.
 */
int hvcrash_hooks_init(void)
{
	int ret;
	u32 i;

	ret = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "hvcrash:online",
					on_cpu_online, NULL);
	if (ret < 0)
		return ret;
	cpuhp_state = ret;
	ret = register_module_notifier(&module_nb);
	if (ret)
		goto remove_cpuhp;
	if (hvcrash_compat_lookup("vmbus_initiate_unload"))
		hvcrash_unload_learn();
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		ret = register_kprobe(probes[i]);
		if (!ret)
			continue;
		pr_err("no probe on %s() (error %d)\n", probes[i]->symbol_name,
		       ret);
		goto remove_probes;
	}
	return 0;

remove_probes:
	unregister_kprobes((struct kprobe **)probes, i);
	unregister_module_notifier(&module_nb);
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
	unregister_kprobes((struct kprobe **)probes, ARRAY_SIZE(probes));
	unregister_module_notifier(&module_nb);
	cpuhp_remove_state_nocalls(cpuhp_state);
}
