// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvcrash_crash.c - crashes this kernel, in the requested context
 *
 * For the lab and for hvcrashctl crash: built and shipped separately, loaded in a guest
 * that is meant to crash. Parameters say how and where; the crash happens when
 * something is written to the parameter "fire", from a thread bound to the named CPU.
 *
 * Invariant: no kind is an imitation. If a kind is about a context, the code
 * that panics checks its context first, and refuses to panic in another.
 *
 * Leaves out: sysrq and the diagnostic NMI of the hypervisor, which do not need this
 * module. An oops becomes a panic only with panic_on_oops, a lockup and a hung
 * task only with softlockup_panic and the like: set them before loading the module.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/hyperv.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>
#ifdef CONFIG_X86
#include <asm/apic.h>
#include <asm/mshyperv.h>
#include <asm/msr.h>
#include <asm/nmi.h>
#endif

/* How long to wait for the second CPU to get ready */
#define MEET_BOUND_MS 5000

/*
 * How long a lockup or a hang lasts if no detector ends it. The longest default
 * is that of a soft lockup, twice watchdog_thresh, 20 s; a hung task takes 120 s,
 * unless hung_task_timeout_secs says less.
 */
#define LOCKUP_BOUND_MS (120 * 1000)

#define NR_STIMERS 4

static char *how = "";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "kind of crash, see kinds[] in the source");

static unsigned int cpu;
module_param(cpu, uint, 0444);
MODULE_PARM_DESC(cpu, "the CPU that crashes");

static unsigned int other = 1;
module_param(other, uint, 0444);
MODULE_PARM_DESC(other, "the second CPU, for the kinds that have one");

static bool stimers_off;
module_param(stimers_off, bool, 0444);
MODULE_PARM_DESC(
	stimers_off,
	"just before the crash stop the synthetic timers of every CPU, and nothing else, to see how they affect the second kernel");

/* How many CPUs are ready, for kinds that need two at the same time */
static atomic_t ready;

static void crash_null(void)
{
	WRITE_ONCE(*(int *)NULL, 0);
}

static void crash_bug(void)
{
	BUG();
}

static void crash_irqsoff(void)
{
	local_irq_disable();
	if (irqs_disabled() && !in_interrupt())
		panic("hvcrash_crash: with interrupts off");
}

static void panic_in_irq(struct irq_work *work)
{
	if (in_hardirq() && raw_smp_processor_id() == cpu)
		panic("hvcrash_crash: in a hard interrupt");
	pr_err("not in a hard interrupt of CPU %u\n", cpu);
}

static struct irq_work irq_panic = IRQ_WORK_INIT_HARD(panic_in_irq);

static void crash_irq(void)
{
	irq_work_queue(&irq_panic);
}

/* Before any other probe, and so before hvcrash sees the pages that the host now has */
static void panic_after_post(void *data,
			     const struct vmbus_channel_gpadl_header *msg,
			     int ret)
{
	if (!ret && raw_smp_processor_id() == cpu)
		panic("hvcrash_crash: a GPADL was posted and not seen");
}

static void probe_post(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, "vmbus_establish_gpadl_header"))
		tracepoint_probe_register_prio(tp, panic_after_post, NULL,
					       INT_MAX);
}

static int probe_post_in_module(struct notifier_block *nb, unsigned long event,
				void *data)
{
	struct module *mod = ((struct tp_module *)data)->mod;
	unsigned int i;

	for (i = 0; event == MODULE_STATE_COMING && i < mod->num_tracepoints;
	     i++)
		probe_post(tracepoint_ptr_deref(&mod->tracepoints_ptrs[i]),
			   NULL);
	return NOTIFY_OK;
}

static struct notifier_block tracepoint_modules = {
	.notifier_call = probe_post_in_module,
};

/* With the next GPADL that is created on this CPU: something has to open channels */
static void crash_gpadl(void)
{
	for_each_kernel_tracepoint(probe_post, NULL);
	/* Also called for modules that are already loaded */
	register_tracepoint_module_notifier(&tracepoint_modules);
}

static void panic_when_both_are_ready(void)
{
	/* Interrupts on: until the second CPU is ready, this one may be needed */
	atomic_inc(&ready);
	while (atomic_read(&ready) < 2)
		cpu_relax();
	panic("hvcrash_crash: two CPUs at once, this is %u",
	      raw_smp_processor_id());
}

static int panic_in_notifier(struct notifier_block *nb, unsigned long event,
			     void *message)
{
	static bool again;

	if (!again) {
		again = true;
		panic("hvcrash_crash: inside a panic notifier");
	}
	return NOTIFY_DONE;
}

/* Before those of Hyper-V: VMBus is not unloaded yet */
static struct notifier_block notifier = {
	.notifier_call = panic_in_notifier,
	.priority = INT_MAX,
};

static void crash_notifier(void)
{
	atomic_notifier_chain_register(&panic_notifier_list, &notifier);
	panic("hvcrash_crash: the panic that calls the notifiers");
}

static void spin_with_interrupts_off(void)
{
	local_irq_disable();
	atomic_inc(&ready);
	for (;;)
		cpu_relax();
}

static void panic_when_other_is_ready(void)
{
	unsigned int ms = MEET_BOUND_MS;

	while (!atomic_read(&ready) && ms--)
		mdelay(1);
	if (atomic_read(&ready))
		panic("hvcrash_crash: while CPU %u is stuck", other);
	pr_err("CPU %u did not get stuck\n", other);
}

/*
 * Uses the detectors' clock: on an emulated CPU 120 s of mdelay() took only 23 s of
 * it. It keeps running with interrupts off.
 */
static void spin_for_a_while(void)
{
	u64 end =
		ktime_get_mono_fast_ns() + (u64)LOCKUP_BOUND_MS * NSEC_PER_MSEC;

	while (ktime_get_mono_fast_ns() < end)
		cpu_relax();
}

/* Interrupts stay on: it is the watchdog's timer on this CPU that notices */
static void crash_softlockup(void)
{
	preempt_disable();
	spin_for_a_while();
	preempt_enable();
	pr_err("no soft lockup was detected in %d ms\n", LOCKUP_BOUND_MS);
}

static void crash_hardlockup(void)
{
	local_irq_disable();
	spin_for_a_while();
	local_irq_enable();
	pr_err("no hard lockup was detected in %d ms\n", LOCKUP_BOUND_MS);
}

/* Like a task that waits for a disk that does not answer */
static void crash_hung_task(void)
{
	schedule_timeout_uninterruptible(msecs_to_jiffies(LOCKUP_BOUND_MS));
	pr_err("no hung task was detected in %d ms\n", LOCKUP_BOUND_MS);
}

#ifdef CONFIG_X86

/* An NMI that we did not send belongs to another handler */
static bool nmi_expected;

static void send_nmi(unsigned int to)
{
	apic->send_IPI_mask(cpumask_of(to), NMI_VECTOR);
}

static int panic_in_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!READ_ONCE(nmi_expected) || raw_smp_processor_id() != cpu)
		return NMI_DONE;
	if (in_nmi())
		nmi_panic(regs, "hvcrash_crash: in an NMI handler");
	return NMI_HANDLED;
}

static void crash_nmi_handler(void)
{
	if (register_nmi_handler(NMI_LOCAL, panic_in_nmi, NMI_FLAG_FIRST,
				 "hvcrash_crash"))
		return;
	WRITE_ONCE(nmi_expected, true);
	send_nmi(cpu);
}

/* Both in an NMI: the second waits in nmi_panic_self_stop() */
static int panic_in_two_nmis(unsigned int type, struct pt_regs *regs)
{
	unsigned int self = raw_smp_processor_id();

	if (!READ_ONCE(nmi_expected) || (self != cpu && self != other))
		return NMI_DONE;
	/* The kernel's own NMI to the second CPU: do not enter the barrier again */
	if (atomic_inc_return(&ready) > 2)
		return NMI_DONE;
	while (atomic_read(&ready) < 2)
		cpu_relax();
	nmi_panic(regs, "hvcrash_crash: two CPUs at once, in NMI handlers");
	return NMI_HANDLED;
}

static void crash_double_nmi(void)
{
	if (register_nmi_handler(NMI_LOCAL, panic_in_two_nmis, NMI_FLAG_FIRST,
				 "hvcrash_crash"))
		return;
	WRITE_ONCE(nmi_expected, true);
	send_nmi(other);
	send_nmi(cpu);
}

/* Never returns, so no further NMI reaches this CPU */
static int stay_in_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!READ_ONCE(nmi_expected) || raw_smp_processor_id() != other)
		return NMI_DONE;
	atomic_inc(&ready);
	for (;;)
		cpu_relax();
}

static void crash_stuck_nmi(void)
{
	if (register_nmi_handler(NMI_LOCAL, stay_in_nmi, NMI_FLAG_FIRST,
				 "hvcrash_crash"))
		return;
	WRITE_ONCE(nmi_expected, true);
	send_nmi(other);
	panic_when_other_is_ready();
}

static void stop_stimers(void *unused)
{
	u32 i;

	for (i = 0; i < NR_STIMERS; i++)
		wrmsr(HV_X64_MSR_STIMER0_CONFIG + 2 * i, 0, 0);
}

#else /* no NMIs that a module can send, and no timers of the hypervisor */

static void stop_stimers(void *unused)
{
}

#endif

/**
 * struct kind - one way to crash
 * @name: as in the parameter "how"
 * @crash: on the CPU named by "cpu"
 * @with: on the CPU named by "other" at the same time, or NULL
 * @needs_other: there must be a second CPU
 */
struct kind {
	const char *name;
	void (*crash)(void);
	void (*with)(void);
	bool needs_other;
};

static const struct kind kinds[] = {
	{ "null", crash_null },
	{ "bug", crash_bug },
	{ "irqsoff", crash_irqsoff },
	{ "irq", crash_irq },
	{ "double", panic_when_both_are_ready, panic_when_both_are_ready,
	  true },
	{ "notifier", crash_notifier },
	{ "gpadl", crash_gpadl },
	{ "softlockup", crash_softlockup },
	{ "hardlockup", crash_hardlockup },
	{ "hung-task", crash_hung_task },
	{ "spin", panic_when_other_is_ready, spin_with_interrupts_off, true },
#ifdef CONFIG_X86
	{ "nmi-handler", crash_nmi_handler },
	{ "double-nmi", crash_double_nmi, NULL, true },
	{ "stuck-nmi", crash_stuck_nmi, NULL, true },
#endif
};

static const struct kind *kind;

/* The thread on the CPU named by "other", or NULL */
static struct task_struct *partner;

static int run_thread(void *fn)
{
	((void (*)(void))fn)();
	return 0;
}

/*
 * The partner starts when this CPU can run nothing else. Otherwise a worker here could
 * wait for an answer from the other CPU, which is stuck by then, and keep this CPU from
 * crashing forever.
 */
static int run_with_partner(void *fn)
{
	preempt_disable();
	wake_up_process(partner);
	run_thread(fn);
	preempt_enable();
	return 0;
}

static struct task_struct *prepare_on(unsigned int target, int (*run)(void *),
				      void (*fn)(void))
{
	struct task_struct *task;

	task = kthread_create(run, fn, "hvcrash_crash/%u", target);
	if (!IS_ERR(task))
		kthread_bind(task, target);
	return task;
}

static int fire_set(const char *value, const struct kernel_param *kp)
{
	struct task_struct *task;

	if (!kind)
		return -EINVAL;
	/* Create both first: creating one waits for CPUs, and the other may be stuck */
	task = prepare_on(cpu, kind->with ? run_with_partner : run_thread,
			  kind->crash);
	if (IS_ERR(task))
		return PTR_ERR(task);
	if (kind->with)
		partner = prepare_on(other, run_thread, kind->with);
	if (IS_ERR(partner)) {
		kthread_stop(task);
		return PTR_ERR(partner);
	}
	/* The crash follows within about a tick, without any further timer */
	if (stimers_off)
		on_each_cpu(stop_stimers, NULL, 1);
	wake_up_process(task);
	return 0;
}

static const struct kernel_param_ops fire_ops = { .set = fire_set };
module_param_cb(fire, &fire_ops, NULL, 0200);
MODULE_PARM_DESC(fire, "write anything here to crash");

static int __init crash_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(how, kinds[i].name))
			kind = &kinds[i];
	if (!kind || cpu >= nr_cpu_ids || !cpu_online(cpu))
		return -EINVAL;
	if (kind->needs_other &&
	    (other == cpu || other >= nr_cpu_ids || !cpu_online(other)))
		return -EINVAL;
	return 0;
}

/* No exit: what it has registered stays, so the module must stay too */
module_init(crash_init);

MODULE_DESCRIPTION("Crashes this kernel, for tests of hvcrash");
MODULE_AUTHOR("the hvcrash authors");
MODULE_LICENSE("GPL");
