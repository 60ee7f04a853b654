/* SPDX-License-Identifier: GPL-2.0-only */
/* <asm/apic.h>: the parts that the module uses, for user space */
#ifndef _SHIM_ASM_APIC_H
#define _SHIM_ASM_APIC_H
struct apic {
	void (*send_IPI_allbutself)(int vector);
};

extern struct apic *apic;
#endif
