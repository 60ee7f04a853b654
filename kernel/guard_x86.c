// SPDX-License-Identifier: GPL-2.0-only
/*
 * guard_x86.c - [NMI] a fault of our own on the way out ends our part, and not the dump
 *
 * A fault inside a panic panics again, and that panic takes no dump: __crash_kexec()
 * (kernel/crash_core.c) only tries the lock that the first one holds. So what hvcrash
 * does there runs under guard: a fault in it, or in what it calls, is printed by the
 * kernel as any other, and goes on where the guarded call returns, which says so.
 *
 * By the die notifier, which the kernel asks when all is printed: told to stop, it
 * does not panic again but returns from the exception (arch/x86/kernel/dumpstack.c,
 * oops_end() without a signal; crash_kexec() in there finds that this CPU panics
 * already). The registers it returns to are ours to set.
 *
 * Invariant: only a fault on the guarded CPU, on the stack of the guarded call and
 * deeper, between its begin and its end. Any other goes the kernel's way.
 *
 * Leaves out: a loop that does not end; each of ours has a bound. Other CPUs: one that
 * faults while it is parked stays away, which has a bound as well.
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

/* Called by guard_enter_x86.S only. Return: 0; what is left from inside returns 1. */
int hvcrash_guard_body(void)
{
	guarded_step();
	return 0;
}

/**
 * hvcrash_guard_run - a step of the way out
 * @step: the step
 *
 * Context: the CPU that panics, interrupts off; NMI too. Not inside another.
 * Return: false if it faulted, and is not done.
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
	/* As the return of hvcrash_guard_body() would */
	regs->ip = ((unsigned long *)sp)[-1];
	regs->sp = sp;
	regs->ax = 1;
	return NOTIFY_STOP;
}

static struct notifier_block die_nb = { .notifier_call = on_die };

/**
 * hvcrash_guard_init - from now on hvcrash_guard_run() can be left
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
 * Context: process, may sleep; no hook of ours is left.
 */
void hvcrash_guard_deinit(void)
{
	unregister_die_notifier(&die_nb);
}
