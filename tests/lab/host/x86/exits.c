// SPDX-License-Identifier: GPL-2.0-only
/* exits.c - dispatches the exits of a VP */
#include "x86.h"

#define LENGTH_VMMCALL 3 /* emulated SVM saves no next RIP */

#define VECTOR_INVALID_OPCODE 6

static void hypercall_exit(struct vp_cpu *v)
{
	struct vmcb *b = v->vmcb;

	if (bios_memory_map(v)) {
		b->rip += LENGTH_VMMCALL;
		return;
	}
	/*
	 * From user mode, or in 32-bit mode (TLFS 3.7.1 has another ABI for
	 * that, which none of our guests uses)
	 */
	if (b->cpl || !(b->efer & EFER_LMA) || !(b->cs.attributes & CS_LONG)) {
		vp_fault(v, VECTOR_INVALID_OPCODE, false);
		return;
	}
	b->rax = hv_hypercall(v->number, v->gpr[1], v->gpr[2], v->gpr[8]);
	b->rip += LENGTH_VMMCALL;
}

static void nested_fault_exit(struct vp_cpu *v)
{
	u64 gpa = v->vmcb->exit_info_2;

	if (gpa >> 12 == APIC_AT >> 12)
		apic_page_exit(v);
	else if (memory_is_host(gpa))
		vp_guest_failed(v, "touches the host's memory, GPA %#llx",
				(unsigned long long)gpa);
	else
		vp_guest_failed(v, "touches GPA %#llx, where nothing is",
				(unsigned long long)gpa);
}

static void other_exit(struct vp_cpu *v)
{
	struct vmcb *b = v->vmcb;

	if (b->exit_code >= EXIT_VMRUN && b->exit_code <= EXIT_SKINIT) {
		/* CPUID reports no SVM */
		vp_fault(v, VECTOR_INVALID_OPCODE, false);
		return;
	}
	if (b->exit_code == EXIT_SHUTDOWN)
		vp_guest_failed(v, "triple fault");
	/* QEMU stores this code in 32 bits */
	if (b->exit_code == EXIT_INVALID || (u32)b->exit_code == UINT32_MAX)
		vp_guest_failed(v, "a state that no CPU has");
	vp_guest_failed(v, "exit %#llx, which is not emulated",
			(unsigned long long)b->exit_code);
}

void exit_handle(struct vp_cpu *v)
{
	static const struct {
		u64 code;
		const char *name;
		void (*handle)(struct vp_cpu *v);
	} exits[] = {
		{ EXIT_MSR, "msr", msr_exit },
		{ EXIT_VMMCALL, "hypercall", hypercall_exit },
		{ EXIT_CPUID, "cpuid", cpuid_exit },
		{ EXIT_IO, "port", port_exit },
		{ EXIT_NESTED_FAULT, "apic", nested_fault_exit },
		{ EXIT_NMI, "nmi", nmi_exit },
		{ EXIT_IRET, "iret", nmi_iret_exit },
	};

	for (u32 i = 0; i < ARRAY_SIZE(exits); i++) {
		if (v->vmcb->exit_code != exits[i].code)
			continue;
		hv_count_exit(v->number, exits[i].name);
		exits[i].handle(v);
		return;
	}
	other_exit(v);
}
