// SPDX-License-Identifier: GPL-2.0-only
/*
 * regs_arm64.c - [NMI] synthetic registers are set by hypercalls
 *
 * Called by regs.c and regs_live.c, on the CPU whose register it is. Input and
 * output of the two hypercalls go through CPU registers (TLFS, "Fast Hypercall
 * Input (Register-Based)"), so that they share nothing in memory, and the interrupted
 * code may have been in the middle of a hypercall itself.
 *
 * Why not the kernel's hv_set_vpreg() and hv_get_vpreg(), which are exported: they
 * BUG() if the hypervisor refuses (arch/arm64/hyperv/hv_core.c), and a panic
 * inside a panic takes no dump.
 *
 * Leaves out: which registers to access, and when. Also the VP assist and hypercall
 * pages, which Linux on arm64 does not have.
 */
#include <linux/arm-smccc.h>
#include <linux/errno.h>
#include "compat/compat.h"
#include "regs_access.h"

#define NO_REGISTER 0U

/* TLFS, "Register Names": the same on every architecture */
#define REGISTER_HYPERVISOR_VERSION 0x00000100U
#define REGISTER_CRASH_P0 0x00000210U
#define REGISTER_SINT0 0x000a0000U
#define REGISTER_SCONTROL 0x000a0010U
#define REGISTER_SIEFP 0x000a0012U
#define REGISTER_SIMP 0x000a0013U
#define REGISTER_EOM 0x000a0014U
#define REGISTER_STIMER0_CONFIG 0x000b0000U
#define REGISTER_REFERENCE_TSC 0x00090017U

/* SINTs are consecutive; each timer has two registers, of which this is the first */
static u32 register_of(u32 reg)
{
	static const u32 name[HVCRASH_REG_SINT0] = {
		[HVCRASH_REG_SIMP] = REGISTER_SIMP,
		[HVCRASH_REG_SIEFP] = REGISTER_SIEFP,
		[HVCRASH_REG_VP_ASSIST] = NO_REGISTER,
		[HVCRASH_REG_SCONTROL] = REGISTER_SCONTROL,
		[HVCRASH_REG_HYPERCALL] = NO_REGISTER,
		[HVCRASH_REG_REFERENCE_TSC] = REGISTER_REFERENCE_TSC,
		[HVCRASH_REG_EOM] = REGISTER_EOM,
		[HVCRASH_REG_CRASH_P0] = REGISTER_CRASH_P0,
		[HVCRASH_REG_CRASH_P1] = REGISTER_CRASH_P0 + 1,
		[HVCRASH_REG_CRASH_P2] = REGISTER_CRASH_P0 + 2,
		[HVCRASH_REG_CRASH_P3] = REGISTER_CRASH_P0 + 3,
		[HVCRASH_REG_CRASH_P4] = REGISTER_CRASH_P0 + 4,
	};

	if (reg < HVCRASH_REG_SINT0)
		return name[reg];
	if (reg < HVCRASH_REG_STIMER0)
		return REGISTER_SINT0 + (reg - HVCRASH_REG_SINT0);
	return REGISTER_STIMER0_CONFIG + 2 * (reg - HVCRASH_REG_STIMER0);
}

/* One register of this VP, as hv_set_vpreg() and hv_get_vpreg_128() name it */
static void name_register(struct arm_smccc_1_2_regs *args, u64 call, u32 name)
{
	args->a0 = HV_FUNC_ID;
	args->a1 = call | HV_HYPERCALL_FAST_BIT | HV_HYPERCALL_REP_COMP_1;
	args->a2 = HV_PARTITION_ID_SELF;
	args->a3 = HV_VP_INDEX_SELF;
	args->a4 = name;
}

/* All 128 bits of a register, low half first */
static int read_register(u32 name, u64 ret_value[2])
{
	struct arm_smccc_1_2_regs args = {};
	struct arm_smccc_1_2_regs res;

	if (name == NO_REGISTER)
		return -ENXIO;
	name_register(&args, HVCALL_GET_VP_REGISTERS, name);
	arm_smccc_1_2_hvc(&args, &res);
	if (!hv_result_success(res.a0))
		return -EIO;
	/* Output follows the input's registers */
	ret_value[0] = res.a6;
	ret_value[1] = res.a7;
	return 0;
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
	u64 value[2];
	int ret;

	ret = read_register(register_of(reg), value);
	if (!ret)
		*ret_value = value[0];
	return ret;
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
	struct arm_smccc_1_2_regs args = {};
	struct arm_smccc_1_2_regs res;
	u32 name = register_of(reg);

	if (name == NO_REGISTER)
		return -ENXIO;
	name_register(&args, HVCALL_SET_VP_REGISTERS, name);
	args.a6 = value;
	arm_smccc_1_2_hvc(&args, &res);
	return hv_result_success(res.a0) ? 0 : -EIO;
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
	u64 value[2];
	int ret;

	ret = read_register(REGISTER_HYPERVISOR_VERSION, value);
	if (ret)
		return ret;
	ret_version[0] = value[0];
	ret_version[1] = value[0] >> 32;
	ret_version[2] = value[1];
	ret_version[3] = value[1] >> 32;
	return 0;
}

/**
 * hvcrash_reg_fail_hypercalls - does nothing: arm64 has no hypercall page
 *
 * Context: crash path, panicking CPU.
 */
void hvcrash_reg_fail_hypercalls(void)
{
}
