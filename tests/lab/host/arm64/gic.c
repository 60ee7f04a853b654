// SPDX-License-Identifier: GPL-2.0-only
/*
 * gic.c - interrupts: the guest owns the GIC, the host makes some pending
 *
 * QEMU's GICv3 without the security extension (Arm IHI 0069). The guest's
 * interrupts reach it directly at EL1. The host makes an interrupt pending in
 * the VP's redistributor, as a device would. The host's own CPU handles none:
 * an interrupt ends its wait, and is acknowledged.
 */
#include "arm64.h"

#define GICD_CTLR 0x0000
#define GICD_CTLR_GROUP1_ARE 0x12u
#define GICD_ISPENDR 0x0200
#define GICR_TYPER 0x0008
#define GICR_TYPER_LAST 0x10u
#define GICR_WAKER 0x0014
#define GICR_SGI 0x10000ul
#define GICR_IGROUPR0 (GICR_SGI + 0x080)
#define GICR_ISENABLER0 (GICR_SGI + 0x100)
#define GICR_ICENABLER0 (GICR_SGI + 0x180)
#define GICR_ISPENDR0 (GICR_SGI + 0x200)
#define GICR_ICPENDR0 (GICR_SGI + 0x280)
#define GICR_IPRIORITYR (GICR_SGI + 0x400)

#define WAKE_SGI 0
#define TIMER_PPI 26 /* the timer of EL2 */
#define HOLD_PPI 20  /* no device uses it; ends the wait of a frozen VP */
#define SPURIOUS 1020

#define PRIORITY_ALL 0xff
#define PRIORITY_HOLD 0x10 /* lets only HOLD_PPI pass, at priority 0 */

static u64 redistributor(u32 cpu)
{
	return GICR + cpu * GICR_STRIDE;
}

u32 gic_count_cpus(void)
{
	u32 cpu = 0;

	while (!(mmio_read32(redistributor(cpu) + GICR_TYPER) &
		 GICR_TYPER_LAST))
		cpu++;
	return cpu + 1;
}

static void set_priority(u32 cpu, u32 intid, u8 priority)
{
	*(volatile u8 *)(redistributor(cpu) + GICR_IPRIORITYR + intid) =
		priority;
}

/*
 * On the host's CPU. The guest's driver turns the distributor off for a moment
 * when it starts, so no wait here may depend on an interrupt for long.
 */
void gic_init_host_cpu(void)
{
	u32 cpu = machine.vps;
	u64 at = redistributor(cpu);

	mmio_write32(GICD + GICD_CTLR, GICD_CTLR_GROUP1_ARE);
	mmio_write32(at + GICR_WAKER, 0);
	mmio_write32(at + GICR_IGROUPR0, ~0u);
	set_priority(cpu, WAKE_SGI, 0);
	set_priority(cpu, TIMER_PPI, 0);
	mmio_write32(at + GICR_ISENABLER0, 1u << WAKE_SGI | 1u << TIMER_PPI);
	write_icc(ICC_SRE_EL2, 0xf);
	barrier_all();
	write_icc(ICC_PMR_EL1, PRIORITY_ALL);
	write_icc(ICC_IGRPEN1_EL1, 1);
	barrier_all();
}

/* Waits until an interrupt is pending on the host's CPU, or the time is up */
void gic_sleep_host_cpu(u64 ticks)
{
	u64 intid;

	write_sysreg(cnthp_cval_el2, read_sysreg(cntpct_el0) + ticks);
	write_sysreg(cnthp_ctl_el2, 1);
	asm volatile("dsb sy; wfi");
	write_sysreg(cnthp_ctl_el2, 0);
	barrier_all();
	while ((intid = read_icc(ICC_IAR1_EL1)) < SPURIOUS)
		write_icc(ICC_EOIR1_EL1, intid);
}

void platform_wake(void)
{
	mmio_write32(redistributor(machine.vps) + GICR_ISPENDR0,
		     1u << WAKE_SGI);
}

void platform_interrupt(u32 vp, u32 vector)
{
	if (vector < 32)
		mmio_write32(redistributor(vp) + GICR_ISPENDR0, 1u << vector);
	else if (vector < SPURIOUS)
		mmio_write32(GICD + GICD_ISPENDR + vector / 32 * 4,
			     1u << vector % 32);
}

/* arm64 has no external NMI. */
void platform_nmi(u32 vp)
{
	(void)vp;
}

/*
 * Ends a VP's wait for an interrupt by one of the host's. The VP is already in
 * the guest's vector when it reads the interrupt's number; the guest then finds
 * none pending, as after one that was withdrawn.
 */
void gic_kick(u32 vp)
{
	u64 at = redistributor(vp);

	set_priority(vp, HOLD_PPI, 0);
	mmio_write32(at + GICR_ISENABLER0, 1u << HOLD_PPI);
	mmio_write32(at + GICR_ISPENDR0, 1u << HOLD_PPI);
}

void gic_unkick(u32 vp)
{
	u64 at = redistributor(vp);

	mmio_write32(at + GICR_ICENABLER0, 1u << HOLD_PPI);
	mmio_write32(at + GICR_ICPENDR0, 1u << HOLD_PPI);
}

/*
 * A frozen VP waits here, in its exit. Interrupts that are pending for the
 * guest must not end the wait, or it would burn one of this machine's CPUs: a
 * priority mask blocks all interrupts but one, which is the host's.
 */
void gic_hold(u32 vp)
{
	u64 priority = read_icc(ICC_PMR_EL1), on = read_icc(ICC_IGRPEN1_EL1);
	u64 groups = redistributor(vp) + GICR_IGROUPR0;

	gic_unkick(vp);
	/* The guest may not have set up its CPU interface yet */
	mmio_write32(groups, mmio_read32(groups) | 1u << HOLD_PPI);
	write_icc(ICC_IGRPEN1_EL1, 1);
	set_priority(vp, HOLD_PPI, 0);
	mmio_write32(redistributor(vp) + GICR_ISENABLER0, 1u << HOLD_PPI);
	write_icc(ICC_PMR_EL1, PRIORITY_HOLD);
	barrier_all();
	while (stage2_is_frozen(vp))
		asm volatile("dsb sy; wfi");
	gic_unkick(vp);
	write_icc(ICC_PMR_EL1, priority);
	write_icc(ICC_IGRPEN1_EL1, on);
	barrier_all();
}
