// SPDX-License-Identifier: GPL-2.0-only
/* exits.c - exits from the guest: calls, and accesses to unmapped addresses */
#include "arm64.h"

#define ESR_CLASS(esr) ((u32)((esr) >> 26 & 0x3f))
#define CLASS_HVC64 0x16
#define CLASS_SMC64 0x17
#define CLASS_INSTRUCTION_ABORT 0x20
#define CLASS_DATA_ABORT 0x24
#define ESR_WRITE (1ul << 6)
#define ESR_TABLE_WALK (1ul << 7)

#define HYPERCALL_FUNCTION \
	0x46000001u /* TLFS 3.1: vendor hypervisor service 1 */
#define CALL_GET_VP_REGISTERS 0x50
#define CALL_SET_VP_REGISTERS 0x51

static void hypercall(u32 vp, struct frame *frame)
{
	platform_lock();
	switch (frame->x[1] & 0xffff) {
	case CALL_GET_VP_REGISTERS:
		hv_count_exit(vp, "register");
		frame->x[0] = get_vp_registers(vp, frame);
		break;
	case CALL_SET_VP_REGISTERS:
		hv_count_exit(vp, "register");
		frame->x[0] = set_vp_registers(vp, frame);
		break;
	default:
		hv_count_exit(vp, "hypercall");
		frame->x[0] =
			hv_hypercall(vp, frame->x[1], frame->x[2], frame->x[3]);
	}
	platform_unlock();
}

static void call(u32 vp, struct frame *frame)
{
	if ((u32)frame->x[0] == HYPERCALL_FUNCTION)
		hypercall(vp, frame);
	else
		smccc_call(vp, frame);
}

/*
 * Stage 2 maps nothing there; or did not for a moment, because another VP's
 * overlay changed; or this VP is frozen. If the address is mapped now, the
 * guest retries the access; otherwise the run ends.
 */
static void abort_exit(u32 vp, u64 esr, struct frame *frame)
{
	u64 gpa = (read_sysreg(hpfar_el2) & ~0xful) << 8 |
		  (read_sysreg(far_el2) & (HV_PAGE - 1));
	bool write = ESR_CLASS(esr) == CLASS_DATA_ABORT && esr & ESR_WRITE &&
		     !(esr & ESR_TABLE_WALK);

	if (stage2_is_frozen(vp)) {
		look_hold(vp, frame);
		return;
	}
	platform_lock();
	hv_count_exit(vp, "abort");
	if (!stage2_is_mapped(gpa, write))
		end_run("guest: VP %u %s %#lx, where nothing is; PC %#lx, ESR %#lx",
			vp,
			ESR_CLASS(esr) == CLASS_INSTRUCTION_ABORT ? "runs" :
			write ? "writes to" :
				"reads from",
			gpa, frame->elr, esr);
	platform_unlock();
}

void guest_exited(struct frame *frame)
{
	u64 esr = read_sysreg(esr_el2);
	u32 vp = this_cpu();

	switch (ESR_CLASS(esr)) {
	case CLASS_SMC64: /* the return address is the trapped SMC itself */
		frame->elr += 4;
		call(vp, frame);
		return;
	case CLASS_HVC64:
		call(vp, frame);
		return;
	case CLASS_INSTRUCTION_ABORT:
	case CLASS_DATA_ABORT:
		abort_exit(vp, esr, frame);
		return;
	default:
		platform_lock();
		end_run("guest: VP %u: exit for an unknown reason; ESR %#lx, PC %#lx",
			vp, esr, frame->elr);
	}
}

/* Does not take the lock, which this CPU may hold. */
void host_exception(u64 vector)
{
	end_run("host: CPU %u: vector %lu, ESR %#lx, PC %#lx, FAR %#lx",
		this_cpu(), vector, read_sysreg(esr_el2), read_sysreg(elr_el2),
		read_sysreg(far_el2));
}
