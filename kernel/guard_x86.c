// SPDX-License-Identifier: GPL-2.0-only
/*
 * guard_x86.c - [NMI] a fault of our own in the crash path must not cost the dump
 *
 * A fault inside a panic panics again, and that second panic takes no dump:
 * __crash_kexec() (kernel/crash_core.c) only tries the lock that the first one holds.
 * So everything hvcrash does there runs under guard: the kernel prints a fault in it, or
 * in what it calls, like any other, and execution continues where the guarded call
 * returns, which reports the fault.
 *
 * This uses the die notifier, which the kernel calls when everything is printed: if the
 * notifier says stop, the kernel does not panic again but returns from the exception
 * (arch/x86/kernel/dumpstack.c, oops_end() without a signal; crash_kexec() in there
 * finds that this CPU panics already). We may set the registers that it returns to.
 *
 * Invariant: the guard handles only a fault on the guarded CPU, on the stack of the
 * guarded call or deeper, between its begin and its end. The kernel handles any other.
 *
 * Leaves out: endless loops; each of ours has a bound. Other CPUs: one that faults
 * while it is parked does not answer, and the wait for it has a bound as well.
 */
#include <linux/compiler.h>
#include <linux/kdebug.h>
#include <linux/notifier.h>
#include <linux/ptrace.h>
#include <linux/smp.h>
#include <linux/thread_info.h>
#include "guard.h"

/* guard_enter_x86.S */
int hvcrash_guard_enter(unsigned long *sp);
int hvcrash_guard_body(void);

/* One CPU at a time: the one that panics */
static void (*guarded_step)(void);
static unsigned int guarded_cpu;
static unsigned long guarded_sp;

/* Called by guard_enter_x86.S only. Return: 0; after a fault the guarded call returns 1. */
int hvcrash_guard_body(void)
{
	guarded_step();
	return 0;
}

/**
 * hvcrash_guard_run - run one step of the crash path under guard
 * @step: the step
 *
 * Context: the CPU that panics, interrupts off; NMI too. Does not nest.
 * Return: false if the step faulted and was not completed.
 */
bool hvcrash_guard_run(void (*step)(void))
{
	int faulted;

	guarded_step = step;
	guarded_cpu = raw_smp_processor_id();
	faulted = hvcrash_guard_enter(&guarded_sp);
	WRITE_ONCE(guarded_sp, 0);
	return !faulted;
}

static int on_die(struct notifier_block *nb, unsigned long event, void *data)
{
	struct pt_regs *regs = ((struct die_args *)data)->regs;
	unsigned long sp = READ_ONCE(guarded_sp);

	if (!sp || raw_smp_processor_id() != guarded_cpu)
		return NOTIFY_DONE;
	/* DIE_GPF and DIE_TRAP come before anything is printed, and DIE_OOPS follows */
	if (event != DIE_OOPS)
		return NOTIFY_DONE;
	if (user_mode(regs) || regs->sp >= sp || sp - regs->sp > THREAD_SIZE)
		return NOTIFY_DONE;
	WRITE_ONCE(guarded_sp, 0);
	/* As if hvcrash_guard_body() had returned 1 */
	regs->ip = ((unsigned long *)sp)[-1];
	regs->sp = sp;
	regs->ax = 1;
	return NOTIFY_STOP;
}

static struct notifier_block die_nb = { .notifier_call = on_die };

/**
 * hvcrash_guard_init - register the die notifier that hvcrash_guard_run() relies on
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int hvcrash_guard_init(void)
{
	return register_die_notifier(&die_nb);
}

/**
 * hvcrash_guard_deinit - undo hvcrash_guard_init()
 *
 * Context: process, may sleep; all our hooks are removed.
 */
void hvcrash_guard_deinit(void)
{
	unregister_die_notifier(&die_nb);
}
