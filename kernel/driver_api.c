// SPDX-License-Identifier: GPL-2.0-only
/*
 * driver_api.c - watches for modules that go and leave registrations behind
 *
 * Called at load and unload of hvcrash.
 *
 * Leaves out: the registrations (driver_pages.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/notifier.h>
#include "driver_pages.h"

/* GOING comes after the module's own exit, and before its memory goes */
static int on_module(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *mod = data;
	u32 n;

	if (event != MODULE_STATE_GOING)
		return NOTIFY_OK;
	n = hvcrash_driver_pages_gone(mod);
	if (n)
		pr_err("%s goes and leaves %u registrations of shared pages behind\n",
		       mod->name, n);
	return NOTIFY_OK;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

/**
 * hvcrash_driver_api_init - watch modules go
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int hvcrash_driver_api_init(void)
{
	return register_module_notifier(&module_nb);
}

/**
 * hvcrash_driver_api_deinit - watch no more
 *
 * Context: process, may sleep; nobody can call the exported functions any more.
 */
void hvcrash_driver_api_deinit(void)
{
	unregister_module_notifier(&module_nb);
}
