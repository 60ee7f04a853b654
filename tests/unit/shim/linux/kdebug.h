/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/kdebug.h>: the parts that the module uses, for user space */
#ifndef _SHIM_KDEBUG_H
#define _SHIM_KDEBUG_H
struct pt_regs;

struct die_args {
	struct pt_regs *regs;
};

enum { DIE_OOPS = 1, DIE_GPF, DIE_TRAP };

struct notifier_block;
int register_die_notifier(struct notifier_block *nb);
int unregister_die_notifier(struct notifier_block *nb);
#endif
