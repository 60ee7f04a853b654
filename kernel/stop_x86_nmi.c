// SPDX-License-Identifier: GPL-2.0-only
/*
 * stop_x86_nmi.c - [NMI] park the other CPUs in an NMI of our own
 *
 * For kernels before 6.11, whose crash NMI ends in a plain halt. Our NMI comes
 * first: the CPUs park and revoke in its handler, and are then released into the
 * kernel's own NMI, which saves their registers for the dump. These have to be the
 * registers of the interrupted code, so a released CPU stays in our handler until
 * the kernel's NMI has had time to arrive: NMIs do not nest; it is latched, and
 * fires immediately after the return.
 *
 * If two CPUs panic in an NMI, the second does not take our NMI: it waits in
 * nmi_panic_self_stop() for the kernel's stop. So a kprobe on that function makes it
 * park on entry. Without kprobes it is recorded as not reached; the kernel still stops
 * it.
 *
 * The panicking CPU takes NMIs as well: the watchdog's, perf's, an operator's
 * diagnostic NMI while the host has not answered UNLOAD. They are left to their own
 * handlers, as crash_nmi_callback() leaves those of crashing_cpu.
 *
 * Leaves out: what parking does (revoke.c).
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/kexec.h>
#include <linux/kprobes.h>
#include <linux/nmi.h>
#include <linux/smp.h>
#include <asm/apic.h>
#include <asm/nmi.h>
#include "hooks.h"
#include "revoke.h"
#include "hvcrash.h"
#include "stop_x86.h"

/*
 * Between the release and the kernel's NMI there are a few function calls and a write to
 * the APIC for each CPU, which may be an exit to the hypervisor
 */
#define HOLD_US 1000
#define HOLD_US_EACH_CPU 20

const char *const hvcrash_stops_by = "nmi";

static u32 released, hold_us;
static bool has_self_stop_probe;

static int park_nmi(unsigned int type, struct pt_regs *regs)
{
	u32 self = raw_smp_processor_id();

	if (!hvcrash_way() || hvcrash_revoke_is_begun_by(self) ||
	    READ_ONCE(released))
		return NMI_DONE;
	if (!hvcrash_revoke_park(self))
		/* Not told to revoke for ten minutes: this kernel has stopped for good */
		for (;;)
			native_halt();
	/* Bounded by the panicking CPU's own bounds: it releases in any case */
	while (!READ_ONCE(released))
		cpu_relax();
	udelay(hold_us);
	return NMI_HANDLED;
}

/*
 * The first CPU may not have begun yet; then this one just waits longer. Back in
 * nmi_panic_self_stop() the kernel saves the registers of the code that this CPU's NMI
 * interrupted.
 */
static int park_before_self_stop(struct kprobe *p, struct pt_regs *regs)
{
	if (kexec_crash_loaded())
		hvcrash_revoke_park(raw_smp_processor_id());
	return 0;
}

static struct kprobe self_stop_probe = {
	.symbol_name = "nmi_panic_self_stop",
	.pre_handler = park_before_self_stop,
};

/**
 * hvcrash_stop_others - stop them, and let them park
 * @kernel_stop: the kernel's own way; not used yet
 *
 * Context: panicking CPU, interrupts off, once.
 */
void hvcrash_stop_others(void (*kernel_stop)(void))
{
	apic->send_IPI_allbutself(NMI_VECTOR);
}

/**
 * hvcrash_stop_done - let the kernel stop the others for good, now that they have revoked
 * @kernel_stop: the kernel's own way
 *
 * Context: panicking CPU, once.
 */
void hvcrash_stop_done(void (*kernel_stop)(void))
{
	WRITE_ONCE(released, 1);
	kernel_stop();
}

/**
 * hvcrash_stop_init - register the NMI handler, ahead of all others
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int hvcrash_stop_init(void)
{
	int ret;

	hold_us = HOLD_US + HOLD_US_EACH_CPU * nr_cpu_ids;
	ret = register_nmi_handler(NMI_LOCAL, park_nmi, NMI_FLAG_FIRST,
				   HVCRASH_NAME);
	if (!ret)
		has_self_stop_probe = !register_kprobe(&self_stop_probe);
	return ret;
}

/**
 * hvcrash_stop_deinit - undo hvcrash_stop_init()
 *
 * Context: process, may sleep.
 */
void hvcrash_stop_deinit(void)
{
	if (has_self_stop_probe)
		unregister_kprobe(&self_stop_probe);
	unregister_nmi_handler(NMI_LOCAL, HVCRASH_NAME);
}
