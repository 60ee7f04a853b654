// SPDX-License-Identifier: GPL-2.0-only
/*
 * regs_x86.c - [NMI] synthetic registers are MSRs
 *
 * Called by regs.c and regs_live.c, on the CPU whose register it is. The kernel's
 * exception table catches an access that the hypervisor refuses, in an NMI too
 * (arch/x86/mm/extable.c, ex_handler_msr()).
 *
 * Leaves out: which registers to access, and when.
 */
#include <linux/errno.h>
#include <asm/processor.h>
#include "compat/compat.h"
#include "regs_access.h"

/* TLFS, "Hypervisor Discovery"; its name in the kernel changed (v6.14) */
#define CPUID_VERSION 0x40000002

/*
 * TLFS, "Synthetic MSRs". SINTs are consecutive; each timer has two registers, of which
 * this is the first.
 */
static u32 msr_of(u32 reg)
{
	static const u32 msr[HVCRASH_REG_SINT0] = {
		[HVCRASH_REG_SIMP] = HV_X64_MSR_SIMP,
		[HVCRASH_REG_SIEFP] = HV_X64_MSR_SIEFP,
		[HVCRASH_REG_VP_ASSIST] = HV_X64_MSR_VP_ASSIST_PAGE,
		[HVCRASH_REG_SCONTROL] = HV_X64_MSR_SCONTROL,
		[HVCRASH_REG_HYPERCALL] = HV_X64_MSR_HYPERCALL,
		[HVCRASH_REG_REFERENCE_TSC] = HV_X64_MSR_REFERENCE_TSC,
		[HVCRASH_REG_EOM] = HV_X64_MSR_EOM,
		[HVCRASH_REG_CRASH_P0] = HV_X64_MSR_CRASH_P0,
		[HVCRASH_REG_CRASH_P1] = HV_X64_MSR_CRASH_P1,
		[HVCRASH_REG_CRASH_P2] = HV_X64_MSR_CRASH_P2,
		[HVCRASH_REG_CRASH_P3] = HV_X64_MSR_CRASH_P3,
		[HVCRASH_REG_CRASH_P4] = HV_X64_MSR_CRASH_P4,
	};

	if (reg < HVCRASH_REG_SINT0)
		return msr[reg];
	if (reg < HVCRASH_REG_STIMER0)
		return HV_X64_MSR_SINT0 + (reg - HVCRASH_REG_SINT0);
	return HV_X64_MSR_STIMER0_CONFIG + 2 * (reg - HVCRASH_REG_STIMER0);
}

/**
 * hvcrash_reg_read - read a register of this VP
 * @reg: HVCRASH_REG_*
 * @ret_value: its value; unchanged on error
 *
 * Context: any, NMI too; does not migrate.
 * Return: 0, or a negative errno if the hypervisor has no such register.
 */
int hvcrash_reg_read(u32 reg, u64 *ret_value)
{
	u64 value;

	if (hvcrash_rdmsr_safe(msr_of(reg), &value))
		return -EIO;
	*ret_value = value;
	return 0;
}

/**
 * hvcrash_reg_write - write a register of this VP
 * @reg: HVCRASH_REG_*
 * @value: what to write
 *
 * Context: any, NMI too; does not migrate.
 * Return: 0 or a negative errno.
 */
int hvcrash_reg_write(u32 reg, u64 value)
{
	return hvcrash_wrmsr_safe(msr_of(reg), value) ? -EIO : 0;
}

/**
 * hvcrash_reg_host_version - read the hypervisor's version
 * @ret_version: build; major << 16 | minor; service pack; service branch << 24 |
 *		 number
 *
 * Context: any.
 * Return: 0 or a negative errno.
 */
int hvcrash_reg_host_version(u32 ret_version[4])
{
	cpuid(CPUID_VERSION, &ret_version[0], &ret_version[1], &ret_version[2],
	      &ret_version[3]);
	return 0;
}

/**
 * hvcrash_reg_fail_hypercalls - make all later hypercalls fail
 *
 * Called before the hypercall page is revoked: a call into it afterwards would execute
 * whatever the memory beneath holds.
 *
 * Context: crash path, panicking CPU.
 */
void hvcrash_reg_fail_hypercalls(void)
{
	hvcrash_fail_hypercalls();
}
