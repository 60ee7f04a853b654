// SPDX-License-Identifier: GPL-2.0-only
/*
 * kick.c - gets VPs out of the guest, and handles the guest's own NMIs
 *
 * A kick is an intercepted NMI: an interrupt would not reach a VP that has
 * interrupts off. The guest uses NMIs, too, and a CPU can hold only one pending
 * NMI, so two may become one. To lose none and invent none:
 *  - an NMI for the guest, from a VP or the oracle, is a flag, nmi, and a kick;
 *  - NMIs that made a VP exit are taken in here (nmi_exit());
 *  - the VP sends the guest's NMI to itself, right before it enters without the
 *    intercept: the APIC's own NMI, with everything that a CPU does for it;
 *  - until the guest's IRET, which is intercepted for that, NMIs wait as on any CPU,
 *    including kicks. An NMI that came meanwhile may be either; if a kick was sent,
 *    another one is sent, and causes an exit after IRET.
 * A VP that stays in an NMI, as parked CPUs of a crash do, does not exit: every
 * wait for one is bounded.
 */
#include "x86.h"

/*
 * QEMU's time slice is 100 ms if one thread emulates all CPUs, so this is
 * enough except for a VP in an NMI, or on a busy machine; such a VP takes the
 * NMI before it continues.
 */
static u64 kick_bound(void)
{
	return SECONDS(1) + vps * SECONDS(1) / 5;
}

/* A snapshot is useless while a VP is in the guest, so it may wait longer. */
#define FREEZE_BOUND SECONDS(60)

void kick(struct vp_cpu *v)
{
	/* Pairs with vp_run(): it sets "inside", then checks for work */
	barrier_full();
	if (!__atomic_load_n(&v->inside, __ATOMIC_SEQ_CST))
		return;
	if (!__atomic_exchange_n(&v->kicked, true, __ATOMIC_SEQ_CST))
		apic_send(v->number, ICR_ASSERT | ICR_NMI);
}

static bool is_in(struct vp_cpu *v, u32 outs)
{
	return __atomic_load_n(&v->inside, __ATOMIC_SEQ_CST) &&
	       __atomic_load_n(&v->outs, __ATOMIC_SEQ_CST) == outs;
}

/*
 * All VPs whose bit is set exit once; the caller holds the lock, which then
 * keeps them out. Returns those that did not exit. A VP that did not exit the
 * last time, and has not since, is not waited for again.
 */
static u64 kick_out(u64 mask, u64 bound)
{
	u64 until = platform_time() + bound, left = mask;
	u32 outs[HV_MAX_VPS];

	for (u32 i = 0; i < vps; i++) {
		outs[i] = __atomic_load_n(&vp_cpus[i].outs, __ATOMIC_SEQ_CST);
		if (mask >> i & 1)
			kick(&vp_cpus[i]);
	}
	for (u32 i = 0; i < vps; i++) {
		struct vp_cpu *v = &vp_cpus[i];

		if (!(mask >> i & 1))
			continue;
		while (is_in(v, outs[i]) && !v->deaf && platform_time() < until)
			cpu_relax();
		v->deaf = is_in(v, outs[i]);
		if (!v->deaf)
			left &= ~(1ull << i);
	}
	return left;
}

static u64 all_but(u32 cpu)
{
	u64 mask = 0;

	for (u32 i = 0; i < vps; i++)
		if (i != cpu && vp_cpus[i].started)
			mask |= 1ull << i;
	return mask;
}

/*
 * VMRUN of QEMU's TCG loads CR3 and thereby flushes; elsewhere tlb_control
 * requests it. A VP in an NMI keeps its entries until it leaves the NMI: a
 * kernel does not unmap pages that it runs in an NMI.
 */
void platform_flush_tlb(void)
{
	u64 left;

	for (u32 i = 0; i < vps; i++)
		vp_cpus[i].vmcb->tlb_control = 1;
	left = kick_out(all_but(this_cpu()), kick_bound());
	if (left)
		log_line("a TLB flush did not wait for VPs in an NMI: %#llx",
			 (unsigned long long)left);
}

static void hold(u64 mask, u32 why, bool on)
{
	for (u32 i = 0; i < vps; i++) {
		if (!(mask >> i & 1))
			continue;
		if (on)
			__atomic_fetch_or(&vp_cpus[i].held, why,
					  __ATOMIC_SEQ_CST);
		else
			__atomic_fetch_and(&vp_cpus[i].held, ~why,
					   __ATOMIC_SEQ_CST);
	}
}

void platform_freeze(bool frozen)
{
	u64 left;

	hold(UINT64_MAX, HELD_FROZEN, frozen);
	if (!frozen)
		return;
	left = kick_out(all_but(vps), FREEZE_BOUND);
	if (left)
		log_line(
			"freeze: VPs that are in an NMI stay in the guest: %#llx",
			(unsigned long long)left);
}

void platform_freeze_vp(u32 vp, bool frozen)
{
	hold(1ull << vp, HELD_FAULT, frozen);
	if (frozen && vp != this_cpu())
		kick(&vp_cpus[vp]);
}

void nmi_send(struct vp_cpu *v)
{
	__atomic_store_n(&v->nmi, true, __ATOMIC_SEQ_CST);
	kick(v);
}

void platform_nmi(u32 vp)
{
	if (vp < vps && vp_cpus[vp].started)
		nmi_send(&vp_cpus[vp]);
}

/*
 * Taken in here, by nmi_entry. If it was not a kick, it came from the machine.
 */
void nmi_exit(struct vp_cpu *v)
{
	asm volatile("stgi; nop; nop; clgi" ::: "memory");
	if (!take_flag(&v->kicked))
		v->nmi = true;
}

/* Before the guest is entered: delivers its NMI, unless it is in one. */
void nmi_enter(struct vp_cpu *v)
{
	if (!(v->vmcb->intercepts & INTERCEPT_NMI) || !take_flag(&v->nmi))
		return;
	v->vmcb->intercepts &= ~INTERCEPT_NMI;
	v->vmcb->intercepts |= INTERCEPT_IRET;
	apic_send(v->number, ICR_ASSERT | ICR_NMI);
}

/* The IRET itself has not executed yet; NMIs wait until it has. */
void nmi_iret_exit(struct vp_cpu *v)
{
	v->vmcb->intercepts |= INTERCEPT_NMI;
	v->vmcb->intercepts &= ~INTERCEPT_IRET;
	if (__atomic_load_n(&v->kicked, __ATOMIC_SEQ_CST))
		apic_send(v->number, ICR_ASSERT | ICR_NMI);
}

static void put_text(const char *text)
{
	while (*text)
		platform_oracle_put(*text++);
}

static void put_register(const char *name, u64 value)
{
	char text[48];

	format_line(text, sizeof(text), "\"%s\":\"%#llx\"", name,
		    (unsigned long long)value);
	put_text(text);
}

void platform_registers_json(u32 vp)
{
	static const char *const names[16] = { "rax", "rcx", "rdx", "rbx",
					       "rsp", "rbp", "rsi", "rdi",
					       "r8",  "r9",  "r10", "r11",
					       "r12", "r13", "r14", "r15" };
	struct vp_cpu *v = &vp_cpus[vp];
	struct vmcb *b = v->vmcb;
	u64 left = 0;

	if (vp >= vps || !v->started)
		return;
	hold(1ull << vp, HELD_LOOK, true);
	if (vp != this_cpu())
		left = kick_out(1ull << vp, kick_bound());
	for (u32 i = 0; !left && i < 16; i++) {
		put_register(names[i], i == 0 ? b->rax :
				       i == 4 ? b->rsp :
						v->gpr[i]);
		put_text(",");
	}
	if (!left) {
		put_register("rip", b->rip);
		put_text(",");
		put_register("rflags", b->rflags);
		put_text(",");
		put_register("cr0", b->cr0);
		put_text(",");
		put_register("cr2", b->cr2);
		put_text(",");
		put_register("cr3", b->cr3);
		put_text(",");
		put_register("cr4", b->cr4);
	}
	hold(1ull << vp, HELD_LOOK, false);
}
