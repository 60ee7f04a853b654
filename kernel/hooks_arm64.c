// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_arm64.c - where the kernel calls us on arm64
 *
 *	crash_smp_send_stop()	panicking CPU, stops the others: begin
 *	panic_smp_self_stop()	a CPU that panics after another; next it calls
 *				sdei_mask_local_cpu()
 *	sdei_mask_local_cpu()	each other CPU, its registers saved, on its way to
 *				PSCI CPU_OFF: park, revoke. Then the panicking CPU,
 *				when it has stopped them: wait for them
 *	crash_save_cpu()	panicking CPU, next in machine_crash_shutdown():
 *				finish. Each other CPU calls it too, before it parks
 *	machine_shutdown()	a kexec, devices are shut down and all CPUs run:
 *				unload VMBus
 *	machine_kexec()		the same kexec, on the last CPU: begin, finish
 *	__cpu_disable()		a CPU goes offline; in a kexec all but one do
 *
 * arm64 has none of the hooks of x86: no smp_ops, and hv_setup_crash_handler() and
 * hv_setup_kexec_handler() are empty weak functions. Kprobes on the functions above
 * take their place. They need no lock and no scheduler; the breakpoint is taken
 * with every interrupt masked (Documentation/trace/kprobes.rst). If the kernel lacks
 * one of the functions or allows no probe on it, the module refuses to load.
 *
 * With crash_kexec_post_notifiers=Y the kernel stops the CPUs before it calls the
 * panic notifiers, one of which unloads VMBus; with =N the kernel never unloads it:
 * hvcrash asks in both cases. The kernel does not unload it in a kexec either, where
 * the boot CPU's message and event flags pages then stay mapped over the next
 * kernel's memory.
 *
 * A CPU that is stopped by the software NMI of SDEI (arm64_nmi_cpu_stop(), from 7.3
 * on) calls sdei_mask_local_cpu() as well. Known from the source, not seen in a run.
 *
 * Leaves out: what is done at each of these moments (crash.c, kexec.c); a panic
 * inside a kprobe handler, for which the kernel skips the probes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/kexec.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/reboot.h>
#include <linux/smp.h>
#include "compat/compat.h"
#include "crash.h"
#include "hooks.h"
#include "hvcrash.h"
#include "kexec.h"
#include "revoke.h"
#include "regs.h"
#include "unload.h"

const char *const hvcrash_stops_by = "kprobes";

static int on_crash_stop(struct kprobe *p, struct pt_regs *regs)
{
	if (kexec_crash_loaded())
		hvcrash_revoke_begin(HVCRASH_WAY_CRASH);
	return 0;
}

static DEFINE_PER_CPU(bool, came_second);

/*
 * If two CPUs enter panic(), the second stops itself here, often before the first has
 * reached crash_smp_send_stop(), which then finds it offline.
 */
static int on_self_stop(struct kprobe *p, struct pt_regs *regs)
{
	__this_cpu_write(came_second, kexec_crash_loaded());
	return 0;
}

/* The kernel counts this CPU as stopped by now: only hvcrash waits for it */
static int on_cpu_stopped(struct kprobe *p, struct pt_regs *regs)
{
	u32 self = raw_smp_processor_id();

	if (!hvcrash_way() && !__this_cpu_read(came_second))
		return 0;
	if (hvcrash_revoke_is_begun_by(self))
		hvcrash_revoke_wait_parked();
	else
		hvcrash_revoke_park(self);
	return 0;
}

/* Stopped CPUs are on their way to CPU_OFF, where they make no hypercall */
static void stay(void)
{
}

static int on_save_cpu(struct kprobe *p, struct pt_regs *regs)
{
	static bool is_done;

	if (hvcrash_way() != HVCRASH_WAY_CRASH || is_done ||
	    !hvcrash_revoke_is_begun_by(raw_smp_processor_id()))
		return 0;
	is_done = true;
	/* With one CPU there was none to stop, and no probe was hit before */
	if (!hvcrash_report()->tsc_parked)
		hvcrash_revoke_wait_parked();
	hvcrash_crash_finish(stay);
	return 0;
}

static bool is_kexec;

/* The kernel's own flag, kexec_in_progress, is not exported (kernel/kexec_core.c) */
static int on_reboot(struct notifier_block *nb, unsigned long event, void *cmd)
{
	is_kexec = event == SYS_RESTART && cmd && !strcmp(cmd, "kexec reboot");
	return NOTIFY_DONE;
}

static struct notifier_block reboot_nb = { .notifier_call = on_reboot };

/* On every reboot; process context, but a probe must not sleep */
static int on_machine_shutdown(struct kprobe *p, struct pt_regs *regs)
{
	if (is_kexec && !hvcrash_kexec_is_under_way())
		hvcrash_kexec_unload_atomic();
	return 0;
}

/* The last CPU; also called in a panic, when a crash has begun */
static int on_machine_kexec(struct kprobe *p, struct pt_regs *regs)
{
	if (!hvcrash_kexec_is_under_way() ||
	    !hvcrash_revoke_begin(HVCRASH_WAY_KEXEC))
		return 0;
	hvcrash_revoke_wait_parked();
	hvcrash_kexec_finish(stay);
	return 0;
}

/* In stop_machine; hv_synic_cleanup() ran before, in an earlier hotplug state */
static int on_cpu_disable(struct kprobe *p, struct pt_regs *regs)
{
	hvcrash_regs_cpu_dying(raw_smp_processor_id());
	return 0;
}

static struct kprobe probe_stop = {
	.symbol_name = "crash_smp_send_stop",
	.pre_handler = on_crash_stop,
};

static struct kprobe probe_self_stop = {
	.symbol_name = "panic_smp_self_stop",
	.pre_handler = on_self_stop,
};

static struct kprobe probe_stopped_cpu = {
	.symbol_name = "sdei_mask_local_cpu",
	.pre_handler = on_cpu_stopped,
};

static struct kprobe probe_save_cpu = {
	.symbol_name = "crash_save_cpu",
	.pre_handler = on_save_cpu,
};

static struct kprobe probe_shutdown = {
	.symbol_name = "machine_shutdown",
	.pre_handler = on_machine_shutdown,
};

static struct kprobe probe_kexec = {
	.symbol_name = "machine_kexec",
	.pre_handler = on_machine_kexec,
};

static struct kprobe probe_disable = {
	.symbol_name = "__cpu_disable",
	.pre_handler = on_cpu_disable,
};

static struct kprobe *const probes[] = {
	&probe_stop,	 &probe_self_stop, &probe_stopped_cpu, &probe_save_cpu,
	&probe_shutdown, &probe_kexec,	   &probe_disable,
};

static int on_cpu_online(unsigned int cpu)
{
	/* hv_vmbus enables the SynIC of this CPU after us, if it came after us */
	hvcrash_regs_observe_cpu_later(cpu);
	return 0;
}

static int cpuhp_state;

static int on_module(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *mod = data;

	if (strcmp(mod->name, "hv_vmbus"))
		return NOTIFY_OK;
	if (event == MODULE_STATE_LIVE) {
		hvcrash_unload_learn();
	} else if (event == MODULE_STATE_GOING) {
		hvcrash_unload_forget();
		/* Its SynIC pages are off on every CPU */
		hvcrash_regs_observe_later();
	}
	return NOTIFY_OK;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

/**
 * hvcrash_hooks_init - take all hooks
 *
 * Context: process, may sleep; everything that the hooks use has been set up.
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
	ret = register_reboot_notifier(&reboot_nb);
	if (ret)
		goto remove_module_nb;
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
	unregister_reboot_notifier(&reboot_nb);
remove_module_nb:
	unregister_module_notifier(&module_nb);
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
	unregister_kprobes((struct kprobe **)probes, ARRAY_SIZE(probes));
	unregister_reboot_notifier(&reboot_nb);
	unregister_module_notifier(&module_nb);
	cpuhp_remove_state_nocalls(cpuhp_state);
}
