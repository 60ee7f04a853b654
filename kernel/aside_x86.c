// SPDX-License-Identifier: GPL-2.0-only
/*
 * aside_x86.c - [NMI] a kernel that revokes on a panic itself: come after it, and look
 *
 * With kernel/upstream each CPU that a crash stops waits for VMBus to be unloaded and
 * turns off its own registers, hv_crash_stop_cpu(); the panicking CPU sends UNLOAD,
 * turns off its own, and waits for the others, hv_crash_release_cpus(). There hvcrash
 * leaves all of that to the kernel. What it does elsewhere when a CPU parks it does
 * here when that CPU comes out of the first function, and what it does instead of
 * VMBus's crash handler, when the panicking CPU comes out of the second: each finds
 * its registers off, and the registry says so, by what was read back.
 *
 * A register that is still on is turned off, as anywhere else.
 *
 * Invariant: where one of the two functions is not there, or allows no probe, hvcrash
 * does not stand aside at all.
 *
 * Leaves out: the kexec, which such a kernel does as others do.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/smp.h>
#include "aside_x86.h"
#include "hvcrash.h"
#include "revoke.h"

static void (*finish_crash)(void);

/* A stopped CPU, in the NMI that stopped it */
static int after_stop_cpu(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (hvcrash_way() == HVCRASH_WAY_CRASH)
		hvcrash_revoke_park(raw_smp_processor_id());
	return 0;
}

/* The panicking CPU, interrupts off */
static int after_release_cpus(struct kretprobe_instance *ri,
			      struct pt_regs *regs)
{
	finish_crash();
	return 0;
}

static struct kretprobe stop_probe = {
	.kp.symbol_name = "hv_crash_stop_cpu",
	.handler = after_stop_cpu,
};

static struct kretprobe release_probe = {
	.kp.symbol_name = "hv_crash_release_cpus",
	.handler = after_release_cpus,
	.maxactive = 1,
};

static bool is_aside;

/**
 * hvcrash_is_aside - does the kernel revoke on a panic, and hvcrash look?
 *
 * Context: any, NMI too.
 */
bool hvcrash_is_aside(void)
{
	return is_aside;
}

/**
 * hvcrash_aside_init - stand aside, if the kernel revokes by itself
 * @finish: called on the panicking CPU when it has
 *
 * Context: process, may sleep.
 * Return: true if it does; hvcrash then takes no hook that is called before.
 */
bool hvcrash_aside_init(void (*finish)(void))
{
	finish_crash = finish;
	/* They may all be in there at the same time */
	stop_probe.maxactive = nr_cpu_ids;
	if (register_kretprobe(&stop_probe))
		return false;
	if (register_kretprobe(&release_probe)) {
		unregister_kretprobe(&stop_probe);
		return false;
	}
	is_aside = true;
	pr_info("this kernel revokes on a panic itself: hvcrash looks at what it did\n");
	return true;
}

/**
 * hvcrash_aside_deinit - undo hvcrash_aside_init()
 *
 * Context: process, may sleep.
 */
void hvcrash_aside_deinit(void)
{
	if (!is_aside)
		return;
	is_aside = false;
	unregister_kretprobe(&release_probe);
	unregister_kretprobe(&stop_probe);
}
