/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/kprobes.h>: the parts that the module uses, for user space */
#ifndef _SHIM_KPROBES_H
#define _SHIM_KPROBES_H
#include <linux/ptrace.h>

struct kprobe {
	const char *symbol_name;
	int (*pre_handler)(struct kprobe *p, struct pt_regs *regs);
	void (*post_handler)(struct kprobe *p, struct pt_regs *regs,
			     unsigned long flags);
};

struct kretprobe_instance;

struct kretprobe {
	struct kprobe kp;
	int (*handler)(struct kretprobe_instance *ri, struct pt_regs *regs);
	int maxactive;
};

/* Each may be refused by the test */
int register_kprobe(struct kprobe *p);
void unregister_kprobe(struct kprobe *p);
int register_kretprobe(struct kretprobe *rp);
void unregister_kretprobe(struct kretprobe *rp);
#endif
