// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpuid.c - the CPU that the guest sees: the machine's, with some features
 * hidden; and Hyper-V
 */
#include "x86.h"

#define LENGTH_CPUID 2

#define HYPERVISOR_LEAVES 4 /* their upper four bits */
#define LAST_HYPERVISOR_LEAF 0x4000000au

#define MISC_ACCESS_APIC_REGISTERS (1u << 4) /* of privileges_low */
#define HINT_APIC_REGISTERS (1u << 3)

static void hyperv(u32 number, struct cpuid *l)
{
	struct hv_features f;

	*l = (struct cpuid){ 0 };
	hv_features(&f);
	switch (number) {
	case 0x40000000: /* "Microsoft Hv" */
		*l = (struct cpuid){ LAST_HYPERVISOR_LEAF, 0x7263694d,
				     0x666f736f, 0x76482074 };
		break;
	case 0x40000001: /* "Hv#1" */
		l->a = 0x31237648;
		break;
	case 0x40000002:
		l->a = f.build;
		l->b = f.version;
		break;
	case 0x40000003:
		*l = (struct cpuid){ f.privileges_low |
					     MISC_ACCESS_APIC_REGISTERS,
				     f.privileges_high, 0, f.misc };
		break;
	case 0x40000004: /* EBX: no limit on spinning */
		l->a = f.hints | HINT_APIC_REGISTERS;
		l->b = UINT32_MAX;
		break;
	case 0x40000005:
		l->a = l->b = HV_MAX_VPS;
		break;
	}
}

/*
 * MONITOR and MWAIT are hidden: an emulated MWAIT does not wait, and Hyper-V
 * has none.
 *
 * The TSC is called constant, which Hyper-V tells only in another way: without
 * this a kernel measures by a timer how long a loop takes, on each CPU. If one
 * thread emulates all CPUs, that goes wrong: mdelay(10) took 15 us. With it all
 * CPUs use the first one's result (calibrate_delay_is_known()).
 *
 * XSAVE and features that need it are hidden: an emulated CPU reports wrong
 * sizes, which stop kernels from 7 on. Leaves 0xb and 0x1f would count the
 * host's CPU; without them guests use the MADT.
 */
static void hide(u32 number, u32 sub, struct cpuid *l)
{
	switch (number) {
	case 1: /* not MONITOR, FMA, XSAVE, OSXSAVE, AVX, F16C; a hypervisor */
		l->c &= ~(1u << 3 | 1u << 12 | 1u << 26 | 1u << 27 | 1u << 28 |
			  1u << 29);
		l->c |= 1u << 31;
		break;
	case 7: /* not AVX2, PKU, OSPKE, VAES, VPCLMULQDQ */
		if (!sub) {
			l->b &= ~(1u << 5);
			l->c &= ~(1u << 3 | 1u << 4 | 1u << 9 | 1u << 10);
		}
		break;
	case 0xb:
	case 0xd:
	case 0x1f:
	case 0x8000000a:
		*l = (struct cpuid){ 0 };
		break;
	case 0x80000001: /* not SVM */
		l->c &= ~(1u << 2);
		break;
	case 0x80000007: /* the TSC's rate is constant, see above */
		l->d |= 1u << 8;
		break;
	}
}

void cpuid_exit(struct vp_cpu *v)
{
	struct vmcb *b = v->vmcb;
	u32 number = (u32)b->rax, sub = (u32)v->gpr[1];
	struct cpuid l;

	if (number >> 28 == HYPERVISOR_LEAVES) {
		hyperv(number, &l);
	} else {
		l = cpuid(number, sub);
		hide(number, sub, &l);
	}
	b->rax = l.a;
	v->gpr[3] = l.b;
	v->gpr[1] = l.c;
	v->gpr[2] = l.d;
	b->rip += LENGTH_CPUID;
}
