// SPDX-License-Identifier: GPL-2.0-only
/*
 * msr.c - registers of Hyper-V, and intercepted registers of the CPU
 *
 * All others belong to the guest. Synthetic registers are outside of SVM's map
 * and therefore always exit.
 */
#include "x86.h"

#define LENGTH_MSR \
	2 /* RDMSR and WRMSR; emulated SVM does not save the next RIP */
#define VECTOR_PROTECTION 13

#define MSR_EOI 0x40000070u
#define MSR_ICR 0x40000071u
#define MSR_TPR 0x40000072u

#define EFER_ALLOWED 0x5d01ull /* SCE, LME, LMA, NXE, SVME, FFXSR */

/* Two bits for each register, read and write, in three ranges of 2 KiB */
static u8 map[8192] __attribute__((aligned(4096)));

static const struct {
	u32 msr;
	u16 registers;
	enum hv_register first;
} synthetic[] = {
	{ 0x40000000, 4, HV_REG_GUEST_OS_ID },
	{ 0x40000010, 1, HV_REG_VP_RUNTIME },
	{ 0x40000020, 4, HV_REG_REFERENCE_COUNT },
	{ 0x40000073, 1, HV_REG_VP_ASSIST },
	{ 0x40000080, 2, HV_REG_SCONTROL },
	{ 0x40000082, 1, HV_REG_SIEFP },
	{ 0x40000083, 1, HV_REG_SIMP },
	{ 0x40000084, 1, HV_REG_EOM },
	{ 0x40000085, 1, HV_REG_SIRBP },
	{ 0x40000090, HV_SINTS, HV_REG_SINT },
	{ 0x40000100, 5, HV_REG_CRASH_P0 },
	{ 0x40000105, 1, HV_REG_CRASH_CTL },
	{ 0x40000106, 3, HV_REG_REENLIGHTENMENT },
};

_Static_assert(HV_REG_RESET == HV_REG_GUEST_OS_ID + 3, "a row of registers");
_Static_assert(HV_REG_APIC_FREQUENCY == HV_REG_REFERENCE_COUNT + 3, "a row");
_Static_assert(HV_REG_SVERSION == HV_REG_SCONTROL + 1, "a row of registers");
_Static_assert(HV_REG_TSC_EMULATION_STATUS == HV_REG_REENLIGHTENMENT + 2,
	       "a row of registers");

static enum hv_register register_of(u32 msr)
{
	u32 timer = msr - 0x400000b0;

	if (timer < 2 * HV_TIMERS)
		return timer & 1 ? HV_REG_TIMER_COUNT + timer / 2 :
				   HV_REG_TIMER_CONFIG + timer / 2;
	for (u32 i = 0; i < ARRAY_SIZE(synthetic); i++)
		if (msr - synthetic[i].msr < synthetic[i].registers)
			return synthetic[i].first + (msr - synthetic[i].msr);
	return HV_REG_NONE;
}

static void catch (u32 msr, bool reads)
{
	u32 bit = msr < 0x2000	   ? msr * 2 :
		  msr < 0xc0010000 ? (0x2000 + msr - 0xc0000000) * 2 :
				     (0x4000 + msr - 0xc0010000) * 2;

	map[bit / 8] |= (reads ? 3 : 2) << bit % 8;
}

u64 msr_map(void)
{
	catch (MSR_APIC_BASE, false);
	catch (MSR_X2APIC + APIC_ICR / 16, false);
	catch (MSR_X2APIC + APIC_LVT_TIMER / 16, false);
	catch (MSR_X2APIC + APIC_TIMER_COUNT / 16, false);
	catch (MSR_X2APIC + APIC_TIMER_DIVIDE / 16, false);
	catch (MSR_EFER, true);
	catch (MSR_VM_CR, true);
	catch (MSR_VM_HSAVE, true);
	return (u64)map;
}

/*
 * The APIC cannot move. Mode changes follow the CPU's rules (Intel SDM 3,
 * figure 10-27; QEMU faults on any other change), except that an APIC in memory
 * cannot be turned off: the host could no longer reach its CPU.
 */
static bool write_apic_base(u64 value)
{
	u64 now = rdmsr(MSR_APIC_BASE), modes = APIC_BASE_ON | APIC_BASE_X2;
	bool was_x2 = now & APIC_BASE_X2, x2 = value & APIC_BASE_X2;
	bool was_on = now & APIC_BASE_ON, on = value & APIC_BASE_ON;
	if ((value ^ now) & ~modes || (x2 && !on) ||
	    (x2 && !(cpuid(1, 0).c >> 21 & 1)) || (was_x2 && on && !x2) ||
	    (!was_on && x2))
		return false;
	if (on || was_x2)
		wrmsr(MSR_APIC_BASE, value);
	return true;
}

static bool write_efer(struct vp_cpu *v, u64 value)
{
	struct vmcb *b = v->vmcb;

	if (value & ~EFER_ALLOWED ||
	    (b->cr0 & CR0_PG && (value ^ b->efer) & EFER_LME))
		return false;
	b->efer = (value & ~EFER_LMA) | (b->efer & EFER_LMA) | EFER_SVME;
	return true;
}

static bool write_msr(struct vp_cpu *v, u32 msr, u64 value)
{
	enum hv_register reg;

	switch (msr) {
	case MSR_APIC_BASE:
		return write_apic_base(value);
	case MSR_EFER:
		return write_efer(v, value);
	case MSR_VM_CR:
	case MSR_VM_HSAVE:
		return false;
	case MSR_X2APIC + APIC_ICR / 16:
		if (!apic_is_x2())
			return false;
		apic_command(v, value >> 32, (u32)value);
		return true;
	case MSR_ICR:
		apic_command(v, value >> 56, (u32)value);
		return true;
	case MSR_EOI:
		apic_write(APIC_EOI, 0);
		return true;
	case MSR_TPR:
		apic_write(APIC_TPR, (u8)value);
		return true;
	}
	if (msr >> 8 == MSR_X2APIC >> 8) {
		if (!apic_is_x2() || value >> 32)
			return false;
		apic_guest_write(v, (msr & 0xff) * 16, (u32)value);
		return true;
	}
	reg = register_of(msr);
	return reg == HV_REG_NONE ? msr >> 28 != 4 :
				    hv_write_register(v->number, reg, value);
}

/* QEMU reads unknown registers as 0; so do those outside of the map. */
static bool read_msr(struct vp_cpu *v, u32 msr, u64 *ret_value)
{
	enum hv_register reg = register_of(msr);

	*ret_value = 0;
	switch (msr) {
	case MSR_EFER:
		*ret_value = v->vmcb->efer & ~EFER_SVME;
		return true;
	case MSR_VM_CR:
	case MSR_VM_HSAVE:
	case MSR_EOI:
		return false;
	case MSR_ICR:
		*ret_value = apic_read_icr();
		return true;
	case MSR_TPR:
		*ret_value = apic_read(APIC_TPR);
		return true;
	}
	return reg == HV_REG_NONE ? msr >> 28 != 4 :
				    hv_read_register(v->number, reg, ret_value);
}

void msr_exit(struct vp_cpu *v)
{
	struct vmcb *b = v->vmcb;
	u64 value = v->gpr[2] << 32 | (u32)b->rax;
	u32 msr = (u32)v->gpr[1];
	bool is_write = b->exit_info_1 & 1;

	if (!(is_write ? write_msr(v, msr, value) : read_msr(v, msr, &value))) {
		vp_fault(v, VECTOR_PROTECTION, true);
		return;
	}
	if (!is_write) {
		b->rax = (u32)value;
		v->gpr[2] = value >> 32;
	}
	b->rip += LENGTH_MSR;
}
