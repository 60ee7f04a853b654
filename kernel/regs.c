// SPDX-License-Identifier: GPL-2.0-only
/*
 * regs.c - pages that synthetic registers give to the hypervisor
 *
 * Per VP: message page (SIMP), event flags page (SIEFP) and VP assist page; per
 * VM: hypercall page and reference TSC page. In the living kernel it observes
 * them, so that the registry can name the pages of a VP that no longer answers.
 * In the crash path each VP reads its own registers again, and what it reads then
 * is what counts.
 *
 * Invariant: the registry is written by one observer at a time while the kernel
 * lives (a CPU that goes offline writes its own records, with the observer shut
 * out), and by the panicking CPU alone in the crash path; there a VP writes its
 * results only into its own entry of the results array.
 *
 * Contents of a page are touched only where the living kernel found the page to
 * be RAM at exactly that address.
 *
 * Leaves out: when any of this happens (crash_path.c, hooks_x86.c).
 */
#include <linux/cpu.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include "compat/compat.h"
#include "hvcrash.h"
#include "regs.h"

#define REG_ENABLED 1ULL
#define REG_GPA_MASK (~(u64)(HVCRASH_PAGE_BYTES - 1))
#define NR_SINTS 16
#define NR_STIMERS 4
#define SINT_MASKED BIT_ULL(16)

/* TLFS, "Synthetic MSRs"; the order is HVCRASH_REG_* */
static const u32 reg_msr[HVCRASH_NR_REGS] = { HV_X64_MSR_SIMP, HV_X64_MSR_SIEFP,
					      HV_X64_MSR_VP_ASSIST_PAGE,
					      HV_X64_MSR_SCONTROL };
static const u32 vm_msr[HVCRASH_VM_EXTENTS] = { HV_X64_MSR_HYPERCALL,
						HV_X64_MSR_REFERENCE_TSC };

/* Which of them this host has; found out by reading once, at load */
static bool has_reg[HVCRASH_NR_REGS];
static bool has_vm[HVCRASH_VM_EXTENTS];
static bool has_synic, has_stimers;

/**
 * struct result - what one VP found and did, written by that VP only
 * @vp: as it goes into the registry
 * @simp: its message page where it may be touched, else NULL
 * @siefp: its event flags page likewise
 * @seen: its registers when the living kernel last looked
 */
struct result {
	struct hvcrash_vp vp;
	struct hv_message *simp;
	void *siefp;
	u64 seen[HVCRASH_VP_EXTENTS];
} ____cacheline_aligned;

static struct result *results;

static u64 reg_read(u32 msr)
{
	u64 value = 0;

	hvcrash_rdmsr_safe(msr, &value);
	return value;
}

static void reg_write(u32 msr, u64 value)
{
	hvcrash_wrmsr_safe(msr, value);
}

static u32 ram_flag(u64 gpa)
{
	return page_is_ram(PHYS_PFN(gpa)) ? 0 : HVCRASH_EXTENT_NOT_RAM;
}

/* The extent follows the register. */
static void observe(struct hvcrash_extent *e, u64 value, u32 vp_index)
{
	u64 gpa = value & REG_GPA_MASK;

	if (value & REG_ENABLED) {
		if (e->state == HVCRASH_SHARED && e->gpa == gpa)
			return;
		e->vp_index = vp_index;
		hvcrash_registry_set_fixed(
			e, gpa, HVCRASH_SHARED, HVCRASH_EV_REGISTER_ON,
			HVCRASH_EXTENT_OVERLAY | ram_flag(gpa));
	} else if (e->state == HVCRASH_SHARED) {
		hvcrash_registry_set_fixed(e, e->gpa, HVCRASH_TORN_DOWN,
					   HVCRASH_EV_FOUND_OFF, e->flags);
	}
}

/* In an interrupt: reads only. Whether a page is RAM takes a lock to find out. */
static void read_this_cpu(void *unused)
{
	struct result *r = &results[smp_processor_id()];
	u32 i;

	for (i = 0; i < HVCRASH_VP_EXTENTS; i++)
		if (has_reg[i])
			r->seen[i] = reg_read(reg_msr[i]);
}

static void observe_cpu(u32 cpu)
{
	struct hvcrash_registry *reg = &hvcrash_registry;
	struct hvcrash_vp *vp = hvcrash_registry_vp(reg, cpu);
	u32 i;

	vp->vp_index = hv_vp_index[cpu];
	WRITE_ONCE(vp->state, HVCRASH_VP_ONLINE);
	for (i = 0; i < HVCRASH_VP_EXTENTS; i++)
		if (has_reg[i])
			observe(hvcrash_registry_vp_extent(reg, cpu, i),
				results[cpu].seen[i], vp->vp_index);
}

/**
 * hvcrash_regs_observe_all - look at the registers of every online CPU
 *
 * Context: process, may sleep.
 */
void hvcrash_regs_observe_all(void)
{
	static DEFINE_MUTEX(one_at_a_time);
	u32 cpu, i;

	/* No CPU goes offline in here, so what was read is not overtaken */
	cpus_read_lock();
	mutex_lock(&one_at_a_time);
	on_each_cpu(read_this_cpu, NULL, 1);
	for_each_online_cpu(cpu)
		observe_cpu(cpu);
	for (i = 0; i < HVCRASH_VM_EXTENTS; i++)
		if (has_vm[i])
			observe(hvcrash_registry_vm_extent(&hvcrash_registry,
							   i),
				reg_read(vm_msr[i]), HVCRASH_NO_VP);
	mutex_unlock(&one_at_a_time);
	cpus_read_unlock();
}

static void observe_work(struct work_struct *work)
{
	hvcrash_regs_observe_all();
}

static DECLARE_WORK(observe_later, observe_work);

/**
 * hvcrash_regs_observe_later - the same, soon
 *
 * Context: any but NMI.
 */
void hvcrash_regs_observe_later(void)
{
	schedule_work(&observe_later);
}

/**
 * hvcrash_regs_cpu_dying - a CPU goes offline; what it still shares is taken back
 * @cpu: this CPU
 *
 * The kernel has cleaned up before (hv_synic_cleanup(), hv_cpu_die()): usually
 * this only sees that it did.
 *
 * Context: stop_machine on the dying CPU, interrupts off.
 */
void hvcrash_regs_cpu_dying(u32 cpu)
{
	struct hvcrash_extent *e;
	u32 i;

	for (i = 0; i < HVCRASH_VP_EXTENTS; i++) {
		if (!has_reg[i])
			continue;
		e = hvcrash_registry_vp_extent(&hvcrash_registry, cpu, i);
		if (reg_read(reg_msr[i]) & REG_ENABLED)
			reg_write(reg_msr[i], 0);
		if (e->state == HVCRASH_SHARED &&
		    !(reg_read(reg_msr[i]) & REG_ENABLED))
			hvcrash_registry_set_fixed(e, e->gpa, HVCRASH_TORN_DOWN,
						   HVCRASH_EV_FOUND_OFF,
						   e->flags);
	}
	WRITE_ONCE(hvcrash_registry_vp(&hvcrash_registry, cpu)->state,
		   HVCRASH_VP_OFFLINE);
}

/* The page of a fixed extent, if the living kernel found it to be RAM there */
static void *known_page(const struct hvcrash_extent *e, u64 value)
{
	/* LMM(read:A) of registry.c */
	if (!(value & REG_ENABLED) ||
	    smp_load_acquire(&e->state) != HVCRASH_SHARED ||
	    e->gpa != (value & REG_GPA_MASK) ||
	    (e->flags & HVCRASH_EXTENT_NOT_RAM))
		return NULL;
	return phys_to_virt(e->gpa);
}

static u32 stop_stimers(void)
{
	u32 running = 0;
	u32 i, msr;

	for (i = 0; has_stimers && i < NR_STIMERS; i++) {
		msr = HV_X64_MSR_STIMER0_CONFIG + 2 * i;
		if (!(reg_read(msr) & REG_ENABLED))
			continue;
		running |= 1U << i;
		/* TLFS: a zero count does not stop a timer with auto-enable */
		reg_write(msr, 0);
	}
	return running;
}

/**
 * hvcrash_regs_arrive - [NMI] a VP has been stopped: note what it shares
 * @cpu: this CPU
 *
 * The timers stop now and not at the revoke: in message mode each expiry posts
 * into slot 0 or, worse, into the slot that the answer to UNLOAD needs.
 *
 * A timer left running also costs the second kernel its speed. KVM takes a VP out
 * of HLT for a pending synthetic timer even with interrupts off
 * (kvm_hv_has_stimer_pending()), and crash_nmi_callback() (arch/x86/kernel/reboot.c)
 * halts once and then spins: every VP whose timer fires eats a processor of the
 * host until the machine is reset. Measured: docs/second-kernel-crawl.md.
 *
 * Context: NMI, or the panicking CPU; once.
 */
void hvcrash_regs_arrive(u32 cpu)
{
	struct result *r = &results[cpu];
	u32 i;

	r->vp.tsc_parked = rdtsc();
	r->vp.cpu = cpu;
	r->vp.vp_index = hv_vp_index[cpu];
	for (i = 0; i < HVCRASH_NR_REGS; i++)
		if (has_reg[i])
			r->vp.before[i] = reg_read(reg_msr[i]);
	r->simp = known_page(hvcrash_registry_vp_extent(&hvcrash_registry, cpu,
							HVCRASH_REG_SIMP),
			     r->vp.before[HVCRASH_REG_SIMP]);
	r->siefp = known_page(hvcrash_registry_vp_extent(&hvcrash_registry, cpu,
							 HVCRASH_REG_SIEFP),
			      r->vp.before[HVCRASH_REG_SIEFP]);
	r->vp.stimers_stopped = stop_stimers();
}

/**
 * hvcrash_regs_tick - [NMI] keep the way free for the answer to UNLOAD
 * @cpu: this CPU
 *
 * The answer arrives in the message slot of the VP that made first contact. A
 * timer message in that slot holds it back until the slot is cleared and EOM is
 * written on this very VP; the panicking CPU can do the first but not the second
 * (drivers/hv/channel_mgmt.c, vmbus_wait_for_unload()). So a parked VP clears
 * timer messages and writes its own EOM; VMBus messages it leaves alone.
 *
 * Context: NMI, again and again while parked.
 */
void hvcrash_regs_tick(u32 cpu)
{
	struct hv_message *msg = results[cpu].simp;
	u32 i;

	if (!msg)
		return;
	for (i = 0; i < NR_SINTS; i++, msg++) {
		u32 type = READ_ONCE(msg->header.message_type);

		if (type == HVMSG_TIMER_EXPIRED)
			cmpxchg(&msg->header.message_type, type, HVMSG_NONE);
		else if (type != HVMSG_NONE)
			continue;
		if (!READ_ONCE(msg->header.message_flags.asu8))
			continue;
		/* The host has more for this slot and waits for EOM */
		WRITE_ONCE(msg->header.message_flags.asu8, 0);
		reg_write(HV_X64_MSR_EOM, 0);
	}
}

static u32 mask_sints(void)
{
	u32 open = 0;
	u64 value;
	u32 i;

	for (i = 0; has_synic && i < NR_SINTS; i++) {
		value = reg_read(HV_X64_MSR_SINT0 + i);
		if (value & SINT_MASKED)
			continue;
		open |= 1U << i;
		reg_write(HV_X64_MSR_SINT0 + i, value | SINT_MASKED);
	}
	return open;
}

/*
 * An overlay keeps its contents over off and on, even at another address, until
 * the VP is reset (QEMU commit 267e071bd6d6, citing the TLFS): what stays in a
 * slot or among the flags now would appear in the next kernel.
 */
static u32 clear_contents(struct result *r)
{
	u32 held = 0;
	u32 i;

	if (r->simp) {
		for (i = 0; i < NR_SINTS; i++)
			if (r->simp[i].header.message_type != HVMSG_NONE)
				held |= 1U << i;
		memset(r->simp, 0, HVCRASH_PAGE_BYTES);
	}
	if (r->siefp)
		memset(r->siefp, 0, HVCRASH_PAGE_BYTES);
	return held;
}

/**
 * hvcrash_regs_revoke - [NMI] take every page of this VP back, and read back
 * @cpu: this CPU, after hvcrash_regs_arrive()
 *
 * The order: nothing new may be posted (timers, SINTs, SynIC), then the contents,
 * then the overlays. The VP assist page is not cleared: with its overlay on, the
 * hypervisor may be writing it at this moment.
 *
 * Context: NMI, or the panicking CPU; once.
 */
void hvcrash_regs_revoke(u32 cpu)
{
	struct result *r = &results[cpu];
	u32 i;

	r->vp.sints_masked = mask_sints();
	if (has_reg[HVCRASH_REG_SCONTROL])
		reg_write(HV_X64_MSR_SCONTROL,
			  r->vp.before[HVCRASH_REG_SCONTROL] & ~REG_ENABLED);
	r->vp.slots_cleared = clear_contents(r);
	for (i = 0; i < HVCRASH_VP_EXTENTS; i++)
		if (has_reg[i] && (r->vp.before[i] & REG_ENABLED))
			reg_write(reg_msr[i], 0);
	for (i = 0; i < HVCRASH_NR_REGS; i++)
		if (has_reg[i])
			r->vp.after[i] = reg_read(reg_msr[i]);
	r->vp.tsc_revoked = rdtsc();
}

/* Enters one page's fate. Returns 1 if the register did not go off. */
static u32 record_page(struct hvcrash_extent *e, u64 before, u64 after,
		       u32 vp_index)
{
	u64 gpa = before & REG_GPA_MASK;
	u32 flags = HVCRASH_EXTENT_OVERLAY;

	if (!(before & REG_ENABLED)) {
		if (e->state == HVCRASH_SHARED)
			hvcrash_registry_set_fixed(e, e->gpa, HVCRASH_REVOKED,
						   HVCRASH_EV_FOUND_OFF,
						   e->flags);
		return 0;
	}
	/* Without having looked in the living kernel: not proven to be RAM */
	if (!known_page(e, before))
		flags |= HVCRASH_EXTENT_NOT_RAM;
	e->vp_index = vp_index;
	if (after & REG_ENABLED) {
		hvcrash_registry_set_fixed(e, gpa, HVCRASH_FAILED,
					   HVCRASH_EV_REGISTER_ON, flags);
		return 1;
	}
	hvcrash_registry_set_fixed(e, gpa, HVCRASH_REVOKED,
				   HVCRASH_EV_READ_BACK, flags);
	return 0;
}

/**
 * hvcrash_regs_record - enter a VP's results into the registry
 * @cpu: a CPU whose results may be read: done, or this one
 *
 * Context: crash path, panicking CPU.
 * Return: registers that did not go off.
 */
u32 hvcrash_regs_record(u32 cpu)
{
	struct hvcrash_registry *reg = &hvcrash_registry;
	const struct hvcrash_vp *vp = &results[cpu].vp;
	u32 failed = 0;
	u32 i;

	*hvcrash_registry_vp(reg, cpu) = *vp;
	hvcrash_registry_vp(reg, cpu)->state = HVCRASH_VP_REVOKED;
	for (i = 0; i < HVCRASH_VP_EXTENTS; i++)
		failed +=
			record_page(hvcrash_registry_vp_extent(reg, cpu, i),
				    vp->before[i], vp->after[i], vp->vp_index);
	return failed;
}

/**
 * hvcrash_regs_record_not_reached - a VP did not answer; its pages stay shared
 * @cpu: Linux CPU number
 *
 * The addresses are those last observed.
 *
 * Context: crash path, panicking CPU.
 */
void hvcrash_regs_record_not_reached(u32 cpu)
{
	struct hvcrash_registry *reg = &hvcrash_registry;
	struct hvcrash_extent *e;
	u32 i;

	hvcrash_registry_vp(reg, cpu)->state = HVCRASH_VP_NOT_REACHED;
	for (i = 0; i < HVCRASH_VP_EXTENTS; i++) {
		e = hvcrash_registry_vp_extent(reg, cpu, i);
		if (e->state == HVCRASH_SHARED)
			hvcrash_registry_set_fixed(
				e, e->gpa, HVCRASH_NOT_REACHED,
				HVCRASH_EV_NO_ANSWER, e->flags);
	}
}

/**
 * hvcrash_regs_revoke_vm - take the hypercall page and reference TSC page back
 *
 * What hyperv_cleanup() does a moment later (arch/x86/hyperv/hv_init.c), done
 * here because nothing of ours runs after it to read back and to hash. Reading the clock falls back to
 * the register once the page says nothing.
 *
 * Context: crash path, panicking CPU, nobody else makes hypercalls.
 * Return: registers that did not go off.
 */
u32 hvcrash_regs_revoke_vm(void)
{
	struct hvcrash_extent *e;
	u32 failed = 0;
	u64 before;
	u32 i;

	hvcrash_fail_hypercalls();
	for (i = 0; i < HVCRASH_VM_EXTENTS; i++) {
		if (!has_vm[i])
			continue;
		e = hvcrash_registry_vm_extent(&hvcrash_registry, i);
		before = reg_read(vm_msr[i]);
		if (before & REG_ENABLED)
			reg_write(vm_msr[i], before & ~REG_ENABLED);
		failed += record_page(e, before, reg_read(vm_msr[i]),
				      HVCRASH_NO_VP);
	}
	return failed;
}

static bool probe(u32 msr)
{
	u64 value;

	return !hvcrash_rdmsr_safe(msr, &value);
}

/**
 * hvcrash_regs_init - find out which registers exist, and look at them
 *
 * Context: process, may sleep; the registry is set up.
 * Return: 0 or -ENOMEM.
 */
int hvcrash_regs_init(void)
{
	u32 i;

	results = kvcalloc(nr_cpu_ids, sizeof(*results), GFP_KERNEL);
	if (!results)
		return -ENOMEM;
	has_synic = ms_hyperv.features & HV_MSR_SYNIC_AVAILABLE;
	has_stimers = ms_hyperv.features & HV_MSR_SYNTIMER_AVAILABLE;
	for (i = 0; i < HVCRASH_NR_REGS; i++)
		has_reg[i] = (has_synic || i == HVCRASH_REG_VP_ASSIST) &&
			     probe(reg_msr[i]);
	for (i = 0; i < HVCRASH_VM_EXTENTS; i++)
		has_vm[i] = probe(vm_msr[i]);
	hvcrash_regs_observe_all();
	return 0;
}

/**
 * hvcrash_regs_deinit - undo hvcrash_regs_init()
 *
 * Context: process, may sleep; no hook and no probe of ours is left.
 */
void hvcrash_regs_deinit(void)
{
	cancel_work_sync(&observe_later);
	kvfree(results);
	results = NULL;
}
