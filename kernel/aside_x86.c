// SPDX-License-Identifier: GPL-2.0-only
/*
 * aside_x86.c - [NMI] check what a kernel that revokes on a panic itself has done
 *
 * With kernel/upstream each CPU that a crash stops waits for VMBus to be unloaded and
 * turns off its own registers in hv_crash_stop_cpu(); the panicking CPU sends UNLOAD,
 * turns off its own, and waits for the others in hv_crash_release_cpus(). hvcrash
 * leaves all of that to the kernel. It does its usual work of a parking CPU when that
 * CPU returns from the first function, and its usual work in place of VMBus's crash
 * handler when the panicking CPU returns from the second: each finds its registers
 * off, and the registry records what was read back.
 *
 * It turns off a register that is still on, as usual.
 *
 * Invariant: if either function does not exist, or allows no probe, hvcrash does not
 * stand aside at all.
 *
 * Leaves out: kexec, where such a kernel does the same as others.
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
 * hvcrash_is_aside - whether the kernel revokes on a panic and hvcrash only checks
 *
 * Context: any, NMI too.
 */
bool hvcrash_is_aside(void)
{
	return is_aside;
}

/**
 * hvcrash_aside_init - stand aside if the kernel revokes by itself
 * @finish: called on the panicking CPU when the kernel has revoked
 *
 * Context: process, may sleep.
 * Return: true if it does; hvcrash then takes no hook that is called earlier.
 */
bool hvcrash_aside_init(void (*finish)(void))
{
	finish_crash = finish;
	/* All CPUs may be in the function at the same time */
	stop_probe.maxactive = nr_cpu_ids;
	if (register_kretprobe(&stop_probe))
		return false;
	if (register_kretprobe(&release_probe)) {
		unregister_kretprobe(&stop_probe);
		return false;
	}
	is_aside = true;
	pr_info("this kernel revokes on a panic itself: hvcrash only checks the result\n");
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
