// SPDX-License-Identifier: GPL-2.0-only
/*
 * stop_x86_hook.c - [NMI] park the other CPUs at the end of the kernel's crash NMI
 *
 * crash_nmi_callback() (arch/x86/kernel/reboot.c) saves the registers for the
 * dump and then calls smp_ops.stop_this_cpu, which never returns; a CPU that waits
 * in nmi_panic_self_stop() calls it too. stop_this_cpu() of a reboot or kexec
 * ends in the same hook: then no crash has begun, and it only halts.
 *
 * Leaves out: kernels without that hook (stop_x86_nmi.c).
 */
#include <linux/irqflags.h>
#include <linux/smp.h>
#include <asm/smp.h>
#include "aside_x86.h"
#include "hooks.h"
#include "hvcrash.h"
#include "revoke.h"
#include "stop_x86.h"

const char *const hvcrash_stops_by = "stop_this_cpu";

static void (*orig_stop_this_cpu)(void);

static void stop_this_cpu_hook(void)
{
	/* If hvcrash stands aside, the kernel's own revoke is in there */
	if (hvcrash_way() &&
	    !(hvcrash_is_aside() && hvcrash_way() == HVCRASH_WAY_CRASH))
		hvcrash_revoke_park(raw_smp_processor_id());
	/* TDX guests return the CPU to the firmware here */
	if (orig_stop_this_cpu)
		orig_stop_this_cpu();
	for (;;)
		native_halt();
}

/**
 * hvcrash_stop_others - stop them, and let them park
 * @kernel_stop: the kernel's own way
 *
 * Context: panicking CPU, interrupts off, once.
 */
void hvcrash_stop_others(void (*kernel_stop)(void))
{
	kernel_stop();
}

/**
 * hvcrash_stop_done - nothing to do: the other CPUs have already been stopped for good
 * @kernel_stop: the kernel's own way
 *
 * Context: panicking CPU, once.
 */
void hvcrash_stop_done(void (*kernel_stop)(void))
{
}

/**
 * hvcrash_stop_init - take the hook
 *
 * Context: process.
 * Return: 0.
 */
int hvcrash_stop_init(void)
{
	orig_stop_this_cpu = smp_ops.stop_this_cpu;
	WRITE_ONCE(smp_ops.stop_this_cpu, stop_this_cpu_hook);
	return 0;
}

/**
 * hvcrash_stop_deinit - restore the hook
 *
 * Context: process.
 */
void hvcrash_stop_deinit(void)
{
	WRITE_ONCE(smp_ops.stop_this_cpu, orig_stop_this_cpu);
}
