/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/module.h>: the parts that the module uses, for user space */
#ifndef _SHIM_MODULE_H
#define _SHIM_MODULE_H
struct module {
	const char *name;
};

enum { MODULE_STATE_LIVE, MODULE_STATE_COMING, MODULE_STATE_GOING };

#define THIS_MODULE NULL
#define try_module_get(module) true

struct notifier_block;
int register_module_notifier(struct notifier_block *nb);
int unregister_module_notifier(struct notifier_block *nb);
#endif
