/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/linkage.h>: the parts that the module uses, for user space */
#ifndef _SHIM_LINKAGE_H
#define _SHIM_LINKAGE_H
#define SYM_FUNC_START(name)   \
	.globl name;           \
	.type name, @function; \
name:
#define SYM_FUNC_END(name) .size name, .- name
#define RET ret
#endif
