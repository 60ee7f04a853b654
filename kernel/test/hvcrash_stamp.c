// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvcrash_stamp.c - how long a panic takes, and how much of it the registers need
 *
 * For bench/run, in a guest of the lab, with hvcrash and without. Two kprobes: on
 * panic(), where the time begins, and on machine_kexec(), the last function of
 * this kernel, where it ends: what follows, mainly the purgatory's checksum of the
 * crash kernel, is the same in every run. All stamps are in one line of the log, and
 * so in the dump.
 *
 * Two more measure the time spent in hvcrash: while it waits for the other CPUs to
 * park, and in its crash handler; in a stock kernel, the time in hv_vmbus's crash
 * handler.
 *
 * With "floor", in a stock kernel: the other CPUs wait where the kernel stops
 * them, hv_vmbus's crash handler is removed, and at machine_kexec() all CPUs write at
 * the same time to the registers that share a page or make the hypervisor write
 * to one. The values to write were read before; nothing is read back, cleared or
 * recorded: no revoke on this machine can be faster.
 *
 * Invariant: without "floor" it changes nothing in the guest. No lock, no
 * allocation and no unbounded wait after the panic began.
 *
 * Leaves out: the panic itself, which may be any that ends in a crash kernel; the
 * registers of the whole VM, which the stock kernel turns off by itself.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <asm/mshyperv.h>
#include <asm/msr.h>
#include <asm/smp.h>
#include <asm/tsc.h>

#define NR_SINTS 16
#define NR_STIMERS 4
#define PAGE_REGS 3
#define ENABLED 1ULL
#define MASKED 0x10000ULL

/* How long to wait for the other CPUs */
#define BOUND_MS 10000

static bool with_floor;
module_param_named(floor, with_floor, bool, 0444);
MODULE_PARM_DESC(floor, "measure the register writes alone, without hvcrash");

/* What one VP has to write, which it determines itself when it is stopped */
struct plan {
	u32 nr;
	u32 msr[NR_STIMERS + NR_SINTS + 1 + PAGE_REGS];
	u64 value[NR_STIMERS + NR_SINTS + 1 + PAGE_REGS];
} ____cacheline_aligned;

static struct plan *plans;
static atomic_t waiting, finished;
static bool go;

static u64 panic_at;

/* Time in hvcrash; the second also in the stock crash handler */
static u64 parking_cycles, finishing_cycles;

static u64 read_reg(u32 msr)
{
	u32 low, high;

	return rdmsr_safe(msr, &low, &high) ? 0 : (u64)high << 32 | low;
}

static void will_write(struct plan *plan, u32 msr, u64 value)
{
	plan->msr[plan->nr] = msr;
	plan->value[plan->nr] = value;
	plan->nr++;
}

/* The same registers, values and order as in hvcrash's regs.c */
static void make_plan(struct plan *plan)
{
	static const u32 page_reg[PAGE_REGS] = { HV_X64_MSR_SIMP,
						 HV_X64_MSR_SIEFP,
						 HV_X64_MSR_VP_ASSIST_PAGE };
	u64 value;
	u32 i;

	plan->nr = 0;
	for (i = 0; i < NR_STIMERS; i++)
		if (read_reg(HV_X64_MSR_STIMER0_CONFIG + 2 * i) & ENABLED)
			will_write(plan, HV_X64_MSR_STIMER0_CONFIG + 2 * i, 0);
	for (i = 0; i < NR_SINTS; i++) {
		value = read_reg(HV_X64_MSR_SINT0 + i);
		if (!(value & MASKED))
			will_write(plan, HV_X64_MSR_SINT0 + i, value | MASKED);
	}
	value = read_reg(HV_X64_MSR_SCONTROL);
	if (value & ENABLED)
		will_write(plan, HV_X64_MSR_SCONTROL, value & ~ENABLED);
	for (i = 0; i < PAGE_REGS; i++)
		if (read_reg(page_reg[i]) & ENABLED)
			will_write(plan, page_reg[i], 0);
}

static void write_plan(const struct plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nr; i++)
		wrmsr_safe(plan->msr[i], (u32)plan->value[i],
			   (u32)(plan->value[i] >> 32));
}

static bool wait_until(const atomic_t *count, u32 enough)
{
	u64 end = rdtsc_ordered() + (u64)tsc_khz * BOUND_MS;

	while ((u32)atomic_read(count) < enough) {
		if (rdtsc_ordered() >= end)
			return false;
		cpu_relax();
	}
	return true;
}

/* Cycles from "all write now" to the last VP's last write, 0 if one was missing */
static u64 write_all(u32 *ret_writes)
{
	u32 self = raw_smp_processor_id();
	u64 begin, end;
	u32 i;

	make_plan(&plans[self]);
	if (!wait_until(&waiting, num_online_cpus() - 1))
		return 0;
	begin = rdtsc_ordered();
	WRITE_ONCE(go, true);
	write_plan(&plans[self]);
	if (!wait_until(&finished, num_online_cpus() - 1))
		return 0;
	end = rdtsc_ordered();
	*ret_writes = 0;
	for (i = 0; i < nr_cpu_ids; i++)
		*ret_writes += plans[i].nr;
	return end - begin;
}

#ifdef HVCRASH_HAVE_STOP_THIS_CPU

/* In the kernel's crash NMI, after it has saved the registers; never returns */
static void stop_here(void)
{
	struct plan *plan = &plans[raw_smp_processor_id()];

	if (READ_ONCE(panic_at)) {
		make_plan(plan);
		atomic_inc(&waiting);
		/* If it never says go, the crash kernel starts soon anyway */
		while (!READ_ONCE(go))
			cpu_relax();
		write_plan(plan);
		atomic_inc(&finished);
	}
	for (;;)
		native_halt();
}

static int take_stop(void)
{
	if (smp_ops.stop_this_cpu)
		return -EBUSY;
	WRITE_ONCE(smp_ops.stop_this_cpu, stop_here);
	/* It would turn off the registers of the CPU that panics */
	hv_remove_crash_handler();
	return 0;
}

#else

/* Its NMI handler halts by itself: a stopped CPU cannot be used */
static int take_stop(void)
{
	return -EOPNOTSUPP;
}

#endif

static int at_panic(struct kprobe *probe, struct pt_regs *regs)
{
	if (!panic_at)
		WRITE_ONCE(panic_at, rdtsc_ordered());
	return 0;
}

/* The time of entry is kept with the call, so another call is not counted */
static int at_entry(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	*(u64 *)instance->data = rdtsc_ordered();
	return 0;
}

static int parking_ends(struct kretprobe_instance *instance,
			struct pt_regs *regs)
{
	parking_cycles = rdtsc_ordered() - *(u64 *)instance->data;
	return 0;
}

static int finishing_ends(struct kretprobe_instance *instance,
			  struct pt_regs *regs)
{
	finishing_cycles = rdtsc_ordered() - *(u64 *)instance->data;
	return 0;
}

static struct kretprobe probe_parking = {
	.kp.symbol_name = "hvcrash:hvcrash_revoke_wait_parked",
	.entry_handler = at_entry,
	.handler = parking_ends,
	.data_size = sizeof(u64),
};

static struct kretprobe probe_finishing = {
	.kp.symbol_name = "hvcrash:hvcrash_crash_finish", /* or the stock one */
	.entry_handler = at_entry,
	.handler = finishing_ends,
	.data_size = sizeof(u64),
};

static int at_jump(struct kprobe *probe, struct pt_regs *regs)
{
	u64 jump_at = rdtsc_ordered();
	u64 cycles = 0;
	u32 writes = 0;

	if (!panic_at)
		return 0;
	if (with_floor)
		cycles = write_all(&writes);
	pr_info("khz %u panic %llu jump %llu parking %llu finishing %llu floor %llu writes %u\n",
		tsc_khz, panic_at, jump_at, parking_cycles, finishing_cycles,
		cycles, writes);
	return 0;
}

static struct kprobe probe_panic = {
	.symbol_name = "panic",
	.pre_handler = at_panic,
};

static struct kprobe probe_jump = {
	.symbol_name = "machine_kexec",
	.pre_handler = at_jump,
};

/* Neither exists if VMBus is built in and hvcrash is not loaded */
static int probe_handlers(void)
{
	int ret = register_kretprobe(&probe_parking);

	if (ret == -ENOENT) {
		probe_finishing.kp.symbol_name = "hv_vmbus:hv_crash_handler";
		ret = register_kretprobe(&probe_finishing);
		return ret == -ENOENT ? 0 : ret;
	}
	if (ret)
		return ret;
	ret = register_kretprobe(&probe_finishing);
	if (ret)
		unregister_kretprobe(&probe_parking);
	return ret;
}

static int __init stamp_init(void)
{
	int ret;

	plans = kcalloc(nr_cpu_ids, sizeof(*plans), GFP_KERNEL);
	if (!plans)
		return -ENOMEM;
	ret = register_kprobe(&probe_panic);
	if (ret)
		goto free_plans;
	ret = register_kprobe(&probe_jump);
	if (ret)
		goto remove_panic;
	ret = with_floor ? take_stop() : probe_handlers();
	if (ret)
		goto remove_jump;
	return 0;

remove_jump:
	unregister_kprobe(&probe_jump);
remove_panic:
	unregister_kprobe(&probe_panic);
free_plans:
	kfree(plans);
	return ret;
}

/* No exit: it is loaded just before the crash */
module_init(stamp_init);

MODULE_DESCRIPTION(
	"Stamps a panic and the jump into the crash kernel, for bench of hvcrash");
MODULE_AUTHOR("the hvcrash authors");
MODULE_LICENSE("GPL");
