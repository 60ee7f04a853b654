/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/ptrace.h>: the parts that the module uses, for user space */
#ifndef _SHIM_PTRACE_H
#define _SHIM_PTRACE_H
#include <linux/types.h>

struct pt_regs {
	unsigned long ip, sp, ax;
};

static inline bool user_mode(const struct pt_regs *regs)
{
	return false;
}

#define instruction_pointer_set(regs, at) ((regs)->ip = (at))
#endif
