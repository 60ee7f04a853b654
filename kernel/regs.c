// SPDX-License-Identifier: GPL-2.0-only
/*
 * regs.c - [NMI] revoke the pages that synthetic registers share
 *
 * Per VP: message page (SIMP), event flags page (SIEFP) and VP assist page; per
 * VM: hypercall page, reference TSC page, panic message page. Called in the crash path:
 * each VP reads its own registers again, and those values count; what regs_live.c
 * read before names the pages of a VP that no longer answers.
 *
 * Invariant: a VP writes its results only into its own entry of the results; the
 * panicking CPU alone enters them into the registry.
 *
 * The contents of a page are changed only if the living kernel found the page to
 * be RAM at exactly that address. They are read, to be hashed, wherever the kernel
 * has a page of its own: crash.c survives a page that cannot be read.
 *
 * Leaves out: when any of this happens (crash.c), and how a register is read
 * and written (regs_x86.c, regs_arm64.c).
 */
#include <linux/atomic.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/time.h>
#include "cycles.h"
#include "compat/compat.h"
#include "inject.h"
#include "hvcrash.h"
#include "regs.h"
#include "regs_state.h"

const u32 hvcrash_vm_reg[HVCRASH_VM_REGS] = {
	[HVCRASH_VM_HYPERCALL] = HVCRASH_REG_HYPERCALL,
	[HVCRASH_VM_TSC] = HVCRASH_REG_REFERENCE_TSC,
};

/*
 * The page of a fixed extent, if the living kernel found it to be RAM there. The
 * kernel keeps a CPU's pages while the CPU is offline (hv_synic_alloc(),
 * hv_cpu_die()): one that has just come back shares the page that was torn down, before
 * its registers have been read again.
 */
static void *known_page(const struct hvcrash_extent *e, u64 value)
{
	/* LMM(read:A) of registry.c */
	u32 state = smp_load_acquire(&e->state);

	if (!(value & HVCRASH_REG_ENABLED) ||
	    (state != HVCRASH_SHARED && state != HVCRASH_TORN_DOWN) ||
	    e->gpa != (value & HVCRASH_REG_GPA_MASK) ||
	    (e->flags & HVCRASH_EXTENT_NOT_RAM))
		return NULL;
	return phys_to_virt(e->gpa);
}

/* A register that can no longer be read has not been seen to be off */
static u64 read_back(u32 reg, u64 before)
{
	u64 value;

	return hvcrash_reg_read(reg, &value) ? before : value;
}

static u32 stop_stimers(void)
{
	u32 used = READ_ONCE(hvcrash_used_stimers);
	u32 running = 0;
	u32 i;

	for (i = 0; i < HVCRASH_NR_STIMERS; i++) {
		if (!(used & 1U << i))
			continue;
		if (!(hvcrash_reg_get(HVCRASH_REG_STIMER0 + i) &
		      HVCRASH_REG_ENABLED))
			continue;
		running |= 1U << i;
		/* TLFS: a zero count does not stop a timer with auto-enable */
		hvcrash_reg_write(HVCRASH_REG_STIMER0 + i, 0);
	}
	return running;
}

/**
 * hvcrash_regs_arrive - [NMI] record what a stopped VP shares, and stop its timers
 * @cpu: this CPU
 *
 * The timers stop now and not at the revoke: in message mode each expiry posts
 * into slot 0 or, worse, into the slot that the answer to UNLOAD needs.
 *
 * A running timer also slows down the second kernel. KVM takes a VP out
 * of HLT for a pending synthetic timer even with interrupts off
 * (kvm_hv_has_stimer_pending()), and crash_nmi_callback() (arch/x86/kernel/reboot.c)
 * halts once and then spins: every VP whose timer fires uses up a processor of the
 * host until the machine is reset. Measured: docs/dev/second-kernel-crawl.md.
 *
 * Context: NMI, or the panicking CPU; once.
 */
void hvcrash_regs_arrive(u32 cpu)
{
	struct hvcrash_result *r = &hvcrash_results[cpu];
	u32 i;

	r->vp.tsc_parked = hvcrash_cycles();
	r->vp.cpu = cpu;
	r->vp.vp_index = hv_vp_index[cpu];
	for (i = 0; i < HVCRASH_NR_REGS; i++)
		if (hvcrash_has_reg[i])
			r->vp.before[i] = hvcrash_reg_get(i);
	r->simp = known_page(hvcrash_registry_vp_extent(&hvcrash_registry, cpu,
							HVCRASH_REG_SIMP),
			     r->vp.before[HVCRASH_REG_SIMP]);
	r->siefp = known_page(hvcrash_registry_vp_extent(&hvcrash_registry, cpu,
							 HVCRASH_REG_SIEFP),
			      r->vp.before[HVCRASH_REG_SIEFP]);
	r->vp.stimers_stopped = stop_stimers();
}

/**
 * hvcrash_regs_tick - [NMI] keep the message slot free for the answer to UNLOAD
 * @cpu: this CPU
 *
 * The answer arrives in the message slot of the VP that made first contact. A
 * timer message in that slot holds it back until the slot is cleared and EOM is
 * written on this very VP; the panicking CPU can do the first but not the second
 * (drivers/hv/channel_mgmt.c, vmbus_wait_for_unload()). So a parked VP clears
 * timer messages and writes its own EOM, and leaves VMBus messages alone.
 * docs/dev/unload.md shows it.
 *
 * Context: NMI, repeatedly while parked.
 */
void hvcrash_regs_tick(u32 cpu)
{
	struct hv_message *msg = hvcrash_results[cpu].simp;
	u32 i;

	if (!msg)
		return;
	for (i = 0; i < HVCRASH_NR_SINTS; i++, msg++) {
		u32 type = READ_ONCE(msg->header.message_type);

		if (type == HVMSG_TIMER_EXPIRED)
			cmpxchg(&msg->header.message_type, type, HVMSG_NONE);
		else if (type != HVMSG_NONE)
			continue;
		if (!READ_ONCE(msg->header.message_flags.asu8))
			continue;
		/* The host has more for this slot and waits for EOM */
		WRITE_ONCE(msg->header.message_flags.asu8, 0);
		hvcrash_reg_write(HVCRASH_REG_EOM, 0);
	}
}

/*
 * The CPU whose VP makes first contact and gets the answer: VMBUS_CONNECT_CPU
 * (drivers/hv/hyperv_vmbus.h)
 */
#define CONNECT_CPU 0

/**
 * hvcrash_regs_tick_every_us - [NMI] how often a parked CPU calls hvcrash_regs_tick()
 * @cpu: this CPU
 *
 * A tick reads a cache line of the message page for each slot. With hundreds of CPUs
 * parked for as long as the host takes, that memory traffic would slow down the CPU that
 * works; and only one VP gets an answer.
 *
 * Context: any, NMI too.
 */
u64 hvcrash_regs_tick_every_us(u32 cpu)
{
	return cpu == CONNECT_CPU ? 0 : 10 * USEC_PER_MSEC;
}

static u32 mask_sints(void)
{
	u32 used = READ_ONCE(hvcrash_used_sints);
	u32 open = 0;
	u64 value;
	u32 i;

	for (i = 0; i < HVCRASH_NR_SINTS; i++) {
		if (!(used & 1U << i))
			continue;
		value = hvcrash_reg_get(HVCRASH_REG_SINT0 + i);
		if (value & HVCRASH_SINT_MASKED)
			continue;
		open |= 1U << i;
		hvcrash_reg_write(HVCRASH_REG_SINT0 + i,
				  value | HVCRASH_SINT_MASKED);
	}
	return open;
}

/*
 * An overlay keeps its contents when it is turned off and on, even at another address,
 * until the VP is reset (QEMU commit 267e071bd6d6, citing the TLFS): a message or flag
 * that stays now would appear in the next kernel.
 */
static u32 clear_contents(struct hvcrash_result *r)
{
	u32 held = 0;
	u32 i;

	if (r->simp) {
		for (i = 0; i < HVCRASH_NR_SINTS; i++)
			if (r->simp[i].header.message_type != HVMSG_NONE)
				held |= 1U << i;
		memset(r->simp, 0, HVCRASH_PAGE_BYTES);
	}
	if (r->siefp)
		memset(r->siefp, 0, HVCRASH_PAGE_BYTES);
	return held;
}

/**
 * hvcrash_regs_revoke - [NMI] revoke every page of this VP, and read the registers back
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
	struct hvcrash_result *r = &hvcrash_results[cpu];
	u32 i;

	r->vp.sints_masked = mask_sints();
	if (hvcrash_has_reg[HVCRASH_REG_SCONTROL])
		hvcrash_reg_write(HVCRASH_REG_SCONTROL,
				  r->vp.before[HVCRASH_REG_SCONTROL] &
					  ~HVCRASH_REG_ENABLED);
	r->vp.slots_cleared = clear_contents(r);
	for (i = 0; i < HVCRASH_VP_EXTENTS; i++)
		if (hvcrash_has_reg[i] &&
		    !hvcrash_inject_is_stubborn(r->vp.vp_index) &&
		    (r->vp.before[i] & HVCRASH_REG_ENABLED))
			hvcrash_reg_write(i, 0);
	for (i = 0; i < HVCRASH_NR_REGS; i++)
		if (hvcrash_has_reg[i])
			r->vp.after[i] = read_back(i, r->vp.before[i]);
	r->vp.tsc_revoked = hvcrash_cycles();
}

/*
 * For a page that only the crash path has seen: a VP that came up a moment ago, or
 * the panic message. page_is_ram() takes a lock; pfn_valid() takes none and accepts any
 * number.
 */
static u32 ram_flag(u64 gpa)
{
	return pfn_valid(PHYS_PFN(gpa)) ? 0 : HVCRASH_EXTENT_NOT_RAM;
}

/* Records the outcome for one page. Returns 1 if the register stayed on. */
static u32 record_page(struct hvcrash_extent *e, u64 before, u64 after,
		       u32 vp_index)
{
	u64 gpa = before & HVCRASH_REG_GPA_MASK;
	u32 flags = HVCRASH_EXTENT_OVERLAY;

	if (!(before & HVCRASH_REG_ENABLED)) {
		if (e->state == HVCRASH_SHARED)
			hvcrash_registry_set_fixed(e, e->gpa, HVCRASH_REVOKED,
						   HVCRASH_EV_FOUND_OFF,
						   e->flags);
		return 0;
	}
	if (e->state != HVCRASH_EMPTY && e->gpa == gpa)
		flags |= e->flags & HVCRASH_EXTENT_NOT_RAM;
	else
		flags |= ram_flag(gpa);
	e->vp_index = vp_index;
	if (after & HVCRASH_REG_ENABLED) {
		hvcrash_registry_set_fixed(e, gpa, HVCRASH_FAILED,
					   HVCRASH_EV_REGISTER_ON, flags);
		return 1;
	}
	hvcrash_registry_set_fixed(e, gpa, HVCRASH_REVOKED,
				   HVCRASH_EV_READ_BACK, flags);
	return 0;
}

/**
 * hvcrash_regs_record - record a VP's results in the registry
 * @cpu: a CPU whose results may be read: one that is done, or this one
 *
 * Context: crash path, panicking CPU.
 * Return: number of registers that stayed on.
 */
u32 hvcrash_regs_record(u32 cpu)
{
	struct hvcrash_registry *reg = &hvcrash_registry;
	const struct hvcrash_vp *vp = &hvcrash_results[cpu].vp;
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
 * hvcrash_regs_record_not_reached - record that a VP did not answer: its pages stay shared
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

/*
 * hv_kmsg_dump() (drivers/hv/hv_common.c) puts the address of a page with the end of the
 * log into P3, its length into P4 and zeros into the others, and then notifies the host.
 * The older report of a panic writes CPU registers into all five, with the guest's ID,
 * never 0, in P1. Nothing is shared before the notification, and the write that makes
 * it returns when the host has the message: so the address can be cleared, and must be,
 * because the registers outlive this kernel.
 */
static bool find_panic_message(u64 *ret_gpa)
{
	u64 p[5] = {};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(p); i++)
		if (hvcrash_reg_read(HVCRASH_REG_CRASH_P0 + i, &p[i]))
			return false;
	*ret_gpa = p[3];
	return !p[0] && !p[1] && !p[2] && p[3] && p[4] &&
	       p[3] % HVCRASH_PAGE_BYTES == 0 && p[4] <= HVCRASH_PAGE_BYTES;
}

/* Returns 1 if the register still names the page */
static u32 revoke_panic_message(void)
{
	struct hvcrash_extent *e = hvcrash_registry_vm_extent(
		&hvcrash_registry, HVCRASH_VM_PANIC_MESSAGE);
	u64 gpa;

	if (!hvcrash_has_crash_regs || !find_panic_message(&gpa))
		return 0;
	hvcrash_reg_write(HVCRASH_REG_CRASH_P3, 0);
	if (read_back(HVCRASH_REG_CRASH_P3, gpa)) {
		hvcrash_registry_set_fixed(e, gpa, HVCRASH_FAILED,
					   HVCRASH_EV_REGISTER_ON, 0);
		return 1;
	}
	/* hv_panic_page is RAM; an address that another kernel left there need not be */
	hvcrash_registry_set_fixed(e, gpa, HVCRASH_REVOKED,
				   HVCRASH_EV_READ_BACK, ram_flag(gpa));
	return 0;
}

/**
 * hvcrash_regs_revoke_vm - revoke the pages that the whole VM shares
 *
 * hyperv_cleanup() does this a moment later (arch/x86/hyperv/hv_init.c), but then
 * hvcrash no longer runs to read back and to hash. Reading the clock falls back to the
 * register once the TSC page is invalid.
 *
 * Context: crash path, panicking CPU; no other CPU makes hypercalls.
 * Return: number of registers that stayed on.
 */
u32 hvcrash_regs_revoke_vm(void)
{
	struct hvcrash_extent *e;
	u32 failed = revoke_panic_message();
	u64 before;
	u32 i;

	hvcrash_reg_fail_hypercalls();
	for (i = 0; i < HVCRASH_VM_REGS; i++) {
		if (!hvcrash_has_vm[i])
			continue;
		e = hvcrash_registry_vm_extent(&hvcrash_registry, i);
		before = hvcrash_reg_get(hvcrash_vm_reg[i]);
		if (before & HVCRASH_REG_ENABLED)
			hvcrash_reg_write(hvcrash_vm_reg[i],
					  before & ~HVCRASH_REG_ENABLED);
		failed += record_page(e, before,
				      read_back(hvcrash_vm_reg[i], before),
				      HVCRASH_NO_VP);
	}
	return failed;
}
