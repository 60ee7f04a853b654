// SPDX-License-Identifier: GPL-2.0-only
/*
 * psci.c - starts and stops VPs (Arm DEN 0022), and identifies the hypervisor
 *
 * A guest's PSCI calls arrive by HVC or by a trapped SMC. The host passes them
 * on to QEMU's own PSCI with an entry point of its own: a CPU comes up at EL2,
 * gets its stage 2, and continues where the guest wanted it. The guest cannot
 * name the host's CPU.
 */
#include "arm64.h"

#define SMCCC_VERSION 0x80000000u
#define SMCCC_VERSION_1_2 0x10002
#define VENDOR_UID 0x8600ff01u
#define PSCI_VERSION 0x84000000u
#define PSCI_VERSION_1_1 0x10001
#define PSCI_CPU_OFF 0x84000002u
#define PSCI_MIGRATE_INFO_TYPE 0x84000006u
#define PSCI_NO_MIGRATION 2
#define PSCI_SYSTEM_OFF 0x84000008u
#define PSCI_SYSTEM_RESET 0x84000009u
#define PSCI_FEATURES 0x8400000au
#define PSCI_CPU_ON 0xc4000003u
#define PSCI_AFFINITY_INFO 0xc4000004u
#define NOT_SUPPORTED ((u64)-1)
#define INVALID_PARAMETERS ((u64)-2)

#define MPIDR_AFFINITY 0xff00fffffful

/* The arguments of CPU_ON, until the VP is up */
static struct start {
	u64 entry, context;
	bool was_on;
} starts[MAX_VPS];

/* QEMU's clusters have 16 CPUs with a GICv3 (virt_cpu_mp_affinity()). */
static u32 vp_of(u64 mpidr)
{
	u64 affinity = mpidr & MPIDR_AFFINITY;

	return affinity < machine.vps && affinity < 16 ? (u32)affinity :
							 machine.vps;
}

static u64 mpidr_of(u32 cpu)
{
	return cpu / 16 << 8 | cpu % 16;
}

static u64 features_of(u32 function)
{
	switch (function) {
	case SMCCC_VERSION:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON:
	case PSCI_AFFINITY_INFO:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
		return 0;
	default:
		return NOT_SUPPORTED;
	}
}

static u64 cpu_on(u64 mpidr, u64 entry, u64 context)
{
	u32 vp = vp_of(mpidr);
	u64 error;

	if (vp >= machine.vps)
		return INVALID_PARAMETERS;
	platform_lock();
	starts[vp].entry = entry;
	starts[vp].context = context;
	platform_unlock();
	error = smc(PSCI_CPU_ON, mpidr_of(vp), (u64)cpu_entry, vp);
	if (error)
		log_line("VP %u: CPU_ON, error %d", vp, (int)error);
	return error;
}

u64 start_cpu(u32 cpu)
{
	return smc(PSCI_CPU_ON, mpidr_of(cpu), (u64)cpu_entry, cpu);
}

static void cpu_off(u32 vp)
{
	platform_lock();
	log_line("VP %u: CPU_OFF", vp);
	platform_unlock();
	smc(PSCI_CPU_OFF, 0, 0, 0);
}

/* On the VP itself, when it starts */
void run_vp(u32 vp)
{
	struct start *start = &starts[vp];

	platform_lock();
	hv_start_vp(vp, !start->was_on);
	start->was_on = true;
	platform_unlock();
	set_up_guest(vp, start->entry);
	enter_guest(start->context);
}

void run_first_vp(void)
{
	starts[0].entry = GUEST_KERNEL;
	starts[0].context = GUEST_DEVICE_TREE;
	run_vp(0);
}

static void end_by_guest(const char *how)
{
	platform_lock();
	end_run("guest: it %s", how);
}

void smccc_call(u32 vp, struct frame *frame)
{
	u32 function = (u32)frame->x[0];

	switch (function) {
	case VENDOR_UID: /* TLFS 2.1; Linux: HYPERV UUID in hyperv_detect_via_smccc() */
		frame->x[0] = 0x4d32ba58;
		frame->x[1] = 0xcd244764;
		frame->x[2] = 0x8eef6c75;
		frame->x[3] = 0x16597024;
		return;
	case SMCCC_VERSION:
		frame->x[0] = SMCCC_VERSION_1_2;
		return;
	case PSCI_VERSION:
		frame->x[0] = PSCI_VERSION_1_1;
		return;
	case PSCI_FEATURES:
		frame->x[0] = features_of((u32)frame->x[1]);
		return;
	case PSCI_MIGRATE_INFO_TYPE:
		frame->x[0] = PSCI_NO_MIGRATION;
		return;
	case PSCI_CPU_OFF:
		cpu_off(vp);
		return;
	case PSCI_CPU_ON:
		frame->x[0] = cpu_on(frame->x[1], frame->x[2], frame->x[3]);
		return;
	case PSCI_AFFINITY_INFO:
		frame->x[0] =
			vp_of(frame->x[1]) < machine.vps ?
				smc(function, frame->x[1], frame->x[2], 0) :
				INVALID_PARAMETERS;
		return;
	case PSCI_SYSTEM_OFF:
		end_by_guest("turned the power off");
		return;
	case PSCI_SYSTEM_RESET:
		end_by_guest("asked for a reset");
		return;
	default:
		frame->x[0] = NOT_SUPPORTED;
	}
}
