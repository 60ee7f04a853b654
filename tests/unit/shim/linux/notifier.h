/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/notifier.h>: the parts that the module uses, for user space */
#ifndef _SHIM_NOTIFIER_H
#define _SHIM_NOTIFIER_H
#define NOTIFY_DONE 0
#define NOTIFY_OK 1
#define NOTIFY_STOP 0x8001

struct notifier_block;
typedef int (*notifier_fn_t)(struct notifier_block *nb, unsigned long event,
			     void *data);

struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long event,
			     void *data);
};
#endif
