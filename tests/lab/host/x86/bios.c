// SPDX-License-Identifier: GPL-2.0-only
/*
 * bios.c - a guest that the machine's own firmware boots from a disk
 *
 * SeaBIOS loaded the host as the first of its boot devices. By INT 18h a boot
 * device reports that it has nothing to boot: SeaBIOS continues with the next.
 * The host answers INT 15h, function E820h, itself, so that loader and kernel
 * do not learn of the host's memory; SeaBIOS answers the rest.
 */
#include "x86.h"

#define VECTOR_AT(n) ((volatile u16 *)(u64)((n)*4))

/* Vectors F8h to FBh, which nothing uses, have room for the code */
#define HOOK_AT 0x3e0u
#define HOOK_VMMCALL 5u

#define SMAP 0x534d4150u
#define CARRY 1u

void boot_start_bios(struct vp_cpu *v)
{
	volatile u16 *int18 = VECTOR_AT(0x18), *int15 = VECTOR_AT(0x15);
	u8 code[] = {
		0x3d, 0x20, 0xe8,	/* cmp $0xe820, %ax */
		0x75, 0x04,		/* jne other */
		0x0f, 0x01, 0xd9,	/* vmmcall */
		0xcf,			/* iret */
		0xea, 0,    0,	  0, 0, /* other: ljmp to the original vector */
	};

	memcpy(code + 10, (const void *)int15, 4);
	memcpy((void *)(u64)HOOK_AT, code, sizeof(code));
	int15[0] = HOOK_AT;
	int15[1] = 0;
	vp_at_vector(v, 0);
	v->vmcb->cs.selector = int18[1];
	v->vmcb->cs.base = (u64)int18[1] << 4;
	v->vmcb->rip = int18[0];
	v->vmcb->rsp = 0x7c00;
	v->vmcb->cr0 = 0x10;
}

/* Handles the hook's VMMCALL. False: it is a different one. */
bool bios_memory_map(struct vp_cpu *v)
{
	struct vmcb *b = v->vmcb;
	u32 n = (u32)v->gpr[3];
	u64 length;
	u16 *flags;
	u8 *to;

	if (b->cr0 & 1 || b->cs.base + b->rip != HOOK_AT + HOOK_VMMCALL)
		return false;
	flags = platform_guest(b->ss.base + (u16)b->rsp + 4, 2);
	to = platform_guest(b->es.base + (u16)v->gpr[7], 20);
	if (!flags || !to || n >= nr_ranges || (u32)v->gpr[1] < 20) {
		if (flags)
			*flags |= CARRY;
		return true;
	}
	length = ranges[n].to - ranges[n].from;
	memcpy(to, &ranges[n].from, 8);
	memcpy(to + 8, &length, 8);
	memcpy(to + 16, &ranges[n].type, 4);
	*flags &= (u16)~CARRY;
	b->rax = SMAP;
	v->gpr[1] = 20;
	v->gpr[3] = n + 1 < nr_ranges ? n + 1 : 0;
	return true;
}
