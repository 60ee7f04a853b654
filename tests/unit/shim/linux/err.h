/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/err.h>: the parts that the module uses, for user space */
#ifndef _SHIM_ERR_H
#define _SHIM_ERR_H
#define IS_ERR(p) ((unsigned long)(p) > -4096UL)
#endif
