/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/nmi.h>: what the module's sources use of it, for user space */
#ifndef _SHIM_NMI_H
#define _SHIM_NMI_H
#endif
