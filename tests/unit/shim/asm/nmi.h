/* SPDX-License-Identifier: GPL-2.0-only */
/* <asm/nmi.h>: the parts that the module uses, for user space */
#ifndef _SHIM_ASM_NMI_H
#define _SHIM_ASM_NMI_H
#define NMI_VECTOR 2
#define NMI_LOCAL 0
#define NMI_FLAG_FIRST 1
#define NMI_DONE 0
#define NMI_HANDLED 1

struct pt_regs;

int register_nmi_handler(unsigned int type,
			 int (*fn)(unsigned int type, struct pt_regs *regs),
			 unsigned long flags, const char *name);
void unregister_nmi_handler(unsigned int type, const char *name);
#endif
