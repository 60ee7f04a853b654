// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_hv.c - a hypervisor with one VP, for tests of registers
 *
 * An access that a real hypervisor would refuse fails the test.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include <asm/msr.h>
#include <asm/processor.h>
#ifdef CONFIG_ARM64
#include <linux/arm-smccc.h>
#endif
#include "fake_hv.h"

struct fake_register fake_registers[HVCRASH_NR_ALL_REGS];
u32 fake_written[FAKE_MAX_WRITES];
u32 fake_writes;

/* Name of each register, as in the TLFS; for an array of registers the first, and the step */
static const struct {
	u32 reg, count, name, step;
} names[] = {
#ifdef CONFIG_ARM64
	{ HVCRASH_REG_SIMP, 1, 0x000a0013, 0 },
	{ HVCRASH_REG_SIEFP, 1, 0x000a0012, 0 },
	{ HVCRASH_REG_SCONTROL, 1, 0x000a0010, 0 },
	{ HVCRASH_REG_REFERENCE_TSC, 1, 0x00090017, 0 },
	{ HVCRASH_REG_EOM, 1, 0x000a0014, 0 },
	{ HVCRASH_REG_CRASH_P0, 5, 0x00000210, 1 },
	{ HVCRASH_REG_SINT0, HVCRASH_NR_SINTS, 0x000a0000, 1 },
	{ HVCRASH_REG_STIMER0, HVCRASH_NR_STIMERS, 0x000b0000, 2 },
#else
	{ HVCRASH_REG_SIMP, 1, 0x40000083, 0 },
	{ HVCRASH_REG_SIEFP, 1, 0x40000082, 0 },
	{ HVCRASH_REG_VP_ASSIST, 1, 0x40000073, 0 },
	{ HVCRASH_REG_SCONTROL, 1, 0x40000080, 0 },
	{ HVCRASH_REG_HYPERCALL, 1, 0x40000001, 0 },
	{ HVCRASH_REG_REFERENCE_TSC, 1, 0x40000021, 0 },
	{ HVCRASH_REG_EOM, 1, 0x40000084, 0 },
	{ HVCRASH_REG_CRASH_P0, 5, 0x40000100, 1 },
	{ HVCRASH_REG_SINT0, HVCRASH_NR_SINTS, 0x40000090, 1 },
	{ HVCRASH_REG_STIMER0, HVCRASH_NR_STIMERS, 0x400000b0, 2 },
#endif
};

static u32 reg_named(u32 name)
{
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		for (n = 0; n < names[i].count; n++)
			if (names[i].name + n * names[i].step == name)
				return names[i].reg + n;
	fail_msg("no register has the name 0x%x", name);
	return 0;
}

void fake_hv_reset(void)
{
	memset(fake_registers, 0, sizeof(fake_registers));
	fake_writes = 0;
}

/* Each returns nonzero if the hypervisor refuses */
static int fake_read(u32 name, u64 *value)
{
	struct fake_register *r = &fake_registers[reg_named(name)];
	u32 i;

	r->reads++;
	if (r->is_missing)
		return 1;
	for (i = 0; i < fake_writes; i++)
		if (r->is_mute && &fake_registers[fake_written[i]] == r)
			return 1;
	*value = r->value;
	return 0;
}

static int fake_write(u32 name, u64 value)
{
	u32 reg = reg_named(name);
	struct fake_register *r = &fake_registers[reg];

	if (r->is_missing)
		return 1;
	assert_in_range(fake_writes, 0, FAKE_MAX_WRITES - 1);
	fake_written[fake_writes++] = reg;
	r->value = r->is_stuck ? (value & ~1ULL) | (r->value & 1) : value;
	return 0;
}

#ifdef CONFIG_ARM64
/* HV_STATUS_INVALID_PARAMETER; the repetition count is in the bits above it */
#define REFUSED 0x0000000000000005UL
#define DONE_1 (1UL << 32)

void arm_smccc_1_2_hvc(const struct arm_smccc_1_2_regs *args,
		       struct arm_smccc_1_2_regs *res)
{
	const u64 fast_one = 1UL << 32 | 1UL << 16;
	u64 value = 0;
	int ret;

	/* HvRegisterHypervisorVersion: 128 bits, and read-only */
	if (args->a4 == 0x100) {
		*res = (struct arm_smccc_1_2_regs){
			.a0 = DONE_1,
			.a6 = 0x000a00000000ULL << 16 | 20348,
			.a7 = 0x0700000900000003ULL,
		};
		return;
	}
	assert_int_equal(args->a0, 0xc6000001);
	assert_int_equal(args->a2, ~0UL);
	assert_int_equal(args->a3, 0xfffffffe);
	memset(res, 0xee, sizeof(*res));
	if (args->a1 == (0x50 | fast_one)) {
		ret = fake_read(args->a4, &value);
		if (!ret)
			*res = (struct arm_smccc_1_2_regs){ .a6 = value };
	} else {
		assert_int_equal(args->a1, 0x51 | fast_one);
		/* The rest of the register's name, and the high half of the value */
		assert_int_equal(args->a5, 0);
		assert_int_equal(args->a7, 0);
		ret = fake_write(args->a4, args->a6);
	}
	res->a0 = ret ? REFUSED : DONE_1;
}
#else
void cpuid(u32 leaf, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	assert_int_equal(leaf, 0x40000002);
	*eax = 20348;
	*ebx = 0x000a0000;
	*ecx = 3;
	*edx = 0x07000009;
}

int rdmsrl_safe(u32 msr, u64 *value)
{
	return fake_read(msr, value);
}

int wrmsrl_safe(u32 msr, u64 value)
{
	return fake_write(msr, value);
}
#endif
