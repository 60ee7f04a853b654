/* SPDX-License-Identifier: GPL-2.0-only */
/* <asm/sysreg.h>: the parts that the module uses, for user space */
#ifndef _SHIM_SYSREG_H
#define _SHIM_SYSREG_H
#define read_sysreg(r) 1000UL
#endif
