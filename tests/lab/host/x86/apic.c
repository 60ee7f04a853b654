// SPDX-License-Identifier: GPL-2.0-only
/*
 * apic.c - local APICs: the host's use, and the guest's requests to other CPUs
 *
 * The APICs belong to the guest. Intercepted are writes of the ICR, so that
 * nothing reaches the host's CPU and a started CPU begins in the host, and, if
 * the guest uses the APIC in memory, all other writes with it.
 */
#include "x86.h"

/* Vector, mode, kind of destination, level, trigger */
#define ICR_PLAIN_BITS 0xcfffu

#define BROADCAST 0xffu
#define BROADCAST_X2 0xffffffffu

/* The mode of this CPU now */
bool apic_is_x2(void)
{
	return rdmsr(MSR_APIC_BASE) & APIC_BASE_X2;
}

static volatile u32 *apic_memory(u32 at)
{
	return (volatile u32 *)(u64)(APIC_AT + at);
}

u32 apic_read(u32 at)
{
	return apic_is_x2() ? (u32)rdmsr(MSR_X2APIC + at / 16) :
			      *apic_memory(at);
}

void apic_write(u32 at, u32 value)
{
	if (apic_is_x2())
		wrmsr(MSR_X2APIC + at / 16, value);
	else
		*apic_memory(at) = value;
}

/* As in Hyper-V's ICR MSR: the destination is in the upper byte */
u64 apic_read_icr(void)
{
	u64 icr;

	if (!apic_is_x2())
		return (u64)apic_read(APIC_ICR_HIGH) << 32 |
		       apic_read(APIC_ICR);
	icr = rdmsr(MSR_X2APIC + APIC_ICR / 16);
	return icr >> 32 << 56 | (u32)icr;
}

/* The guest may be between its writes of the ICR's two halves. */
static void send_xapic(u32 destination, u32 low)
{
	u32 before = *apic_memory(APIC_ICR_HIGH);

	*apic_memory(APIC_ICR_HIGH) = destination << 24;
	*apic_memory(APIC_ICR) = low;
	*apic_memory(APIC_ICR_HIGH) = before;
}

void apic_send(u32 id, u32 low)
{
	if (apic_is_x2())
		wrmsr(MSR_X2APIC + APIC_ICR / 16, (u64)id << 32 | low);
	else
		send_xapic(id, low);
}

void platform_interrupt(u32 vp, u32 vector)
{
	if (vector >= 16 && vector <= 255 && vp < vps)
		apic_send(vp, ICR_ASSERT | ICR_FIXED | vector);
}

void platform_wake(void)
{
	if (this_cpu() != vps)
		apic_send(vps, ICR_ASSERT | ICR_FIXED | HOST_VECTOR);
}

static bool is_logical_target(struct vp_cpu *v, u32 destination, bool x2)
{
	u32 bits = v->ldr >> 24;

	if (x2) /* the ID's upper bits are the cluster (x2APIC specification) */
		return destination >> 16 == v->number >> 4 &&
		       (destination & 1u << (v->number & 15));
	if (v->dfr >> 28 == 0xf)
		return bits & destination;
	return bits >> 4 == destination >> 4 && (bits & destination & 0xf);
}

/* The VPs that an ICR names, as bits. They never include the host's CPU. */
static u64 targets(struct vp_cpu *v, u32 destination, u32 low)
{
	u64 all = vps == 64 ? UINT64_MAX : (1ull << vps) - 1, mask = 0;
	u64 self = 1ull << v->number;
	bool x2 = apic_is_x2();

	switch (ICR_SHORTHAND(low)) {
	case 1:
		return self;
	case 2:
		return all;
	case 3:
		return all & ~self;
	}
	if (destination == (x2 ? BROADCAST_X2 : BROADCAST))
		return all;
	if (!(low & ICR_LOGICAL))
		return destination < vps ? 1ull << destination : 0;
	for (u32 i = 0; i < vps; i++)
		if (is_logical_target(&vp_cpus[i], destination, x2))
			mask |= 1ull << i;
	return mask;
}

/*
 * An INIT is not intercepted: the CPU is reset wherever it is. The lock is held
 * here, so that the target is not in the middle of host code. If it gets the
 * lock later, it touches nothing: see vp_lock().
 */
static void send_init(struct vp_cpu *from, struct vp_cpu *v)
{
	/*
	 * It would start in the firmware instead of the host. No kernel does
	 * this
	 */
	if (!v->number)
		vp_guest_failed(from, "sends an INIT to the boot VP");
	__atomic_store_n(&v->resetting, true, __ATOMIC_SEQ_CST);
	v->started = v->inside = v->kicked = v->nmi = false;
	v->timer_ours = false;
	v->outs++;
	if (v == from)
		platform_unlock();
	apic_send(v->number, ICR_ASSERT | ICR_INIT);
	while (v == from)
		cpu_relax();
}

static void send_to(struct vp_cpu *from, struct vp_cpu *v, u32 low)
{
	switch (ICR_MODE(low) << 8) {
	case ICR_FIXED:
	case ICR_LOWEST:
		apic_send(v->number, ICR_ASSERT | ICR_FIXED | (u8)low);
		break;
	case ICR_NMI:
		nmi_send(v);
		break;
	case ICR_INIT:
		/* Today's APICs ignore a level deassert */
		if (low & ICR_ASSERT || !(low & ICR_LEVEL))
			send_init(from, v);
		break;
	case ICR_SIPI:
		/* A CPU that does not wait for a SIPI ignores it */
		v->start_vector = (u8)low;
		apic_send(v->number,
			  ICR_ASSERT | ICR_SIPI | TRAMPOLINE / HV_PAGE);
		break;
	default: /* SMIs, and reserved modes */
		break;
	}
}

/* Handles the ICR of the VP on this CPU */
void apic_command(struct vp_cpu *v, u32 destination, u32 low)
{
	bool x2 = apic_is_x2();
	u32 mode = ICR_MODE(low) << 8;
	u64 mask;

	if ((mode == ICR_FIXED || mode == ICR_LOWEST) && !ICR_SHORTHAND(low) &&
	    (low & ICR_LOGICAL || destination < vps) &&
	    destination != (x2 ? BROADCAST_X2 : BROADCAST)) {
		apic_send(destination, low & ICR_PLAIN_BITS);
		return;
	}
	mask = targets(v, destination, low);
	for (u32 i = 0; i < vps; i++)
		if (mask >> i & 1 && i != v->number)
			send_to(v, &vp_cpus[i], low);
	if (mask >> v->number & 1)
		send_to(v, v, low);
}

/*
 * Handles a write of any of the guest's APIC registers, in memory or by
 * Hyper-V's MSRs
 */
void apic_guest_write(struct vp_cpu *v, u32 at, u32 value)
{
	switch (at) {
	case APIC_ICR:
		apic_command(v, apic_read(APIC_ICR_HIGH) >> 24, value);
		return;
	case APIC_ID: /* as on most CPUs it cannot be changed */
		return;
	case APIC_LVT_TIMER:
	case APIC_TIMER_COUNT:
	case APIC_TIMER_DIVIDE:
		if (v->timer_ours)
			return;
		break;
	case APIC_LDR:
		v->ldr = value;
		break;
	case APIC_DFR:
		v->dfr = value;
		break;
	}
	apic_write(at, value);
}
