/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/nmi.h>: the parts that the module uses, for user space */
#ifndef _SHIM_NMI_H
#define _SHIM_NMI_H
#endif
