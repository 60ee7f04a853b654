// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - init and exit order, parameters; no mechanism
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/crash_dump.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/utsname.h>
#include "compat/compat.h"
#include "crash_memory.h"
#include "driver_pages.h"
#include "hooks.h"
#include "host_version.h"
#include "hvcrash.h"
#include "revoke.h"
#include "regs.h"
#include "rescue.h"
#include "vmbus.h"
#include "sysfs.h"

struct hvcrash_registry hvcrash_registry;

/*
 * Upper limit of every bound, so that a mistyped one does not hold up a crash for
 * hours. Their sum is shorter than the time that a parked CPU waits (revoke.c).
 */
#define MAX_BOUND_MS 120000

static int set_bound(const char *val, const struct kernel_param *kp)
{
	unsigned int ms;
	int ret = kstrtouint(val, 0, &ms);

	if (ret)
		return ret;
	if (ms > MAX_BOUND_MS)
		return -ERANGE;
	*(unsigned int *)kp->arg = ms;
	return 0;
}

static const struct kernel_param_ops bound_ops = {
	.set = set_bound,
	.get = param_get_uint,
};

unsigned int hvcrash_stop_bound_ms = 100;
module_param_cb(stop_bound_ms, &bound_ops, &hvcrash_stop_bound_ms, 0644);
MODULE_PARM_DESC(
	stop_bound_ms,
	"wait this long for other CPUs after the kernel stopped them (ms)");

unsigned int hvcrash_revoke_bound_ms = 200;
module_param_cb(revoke_bound_ms, &bound_ops, &hvcrash_revoke_bound_ms, 0644);
MODULE_PARM_DESC(revoke_bound_ms,
		 "wait this long for other CPUs to revoke their pages (ms)");

unsigned int hvcrash_hash_budget_ms = 50;
module_param_cb(hash_budget_ms, &bound_ops, &hvcrash_hash_budget_ms, 0644);
MODULE_PARM_DESC(hash_budget_ms,
		 "hash contents of revoked pages for this long at most (ms)");

unsigned int hvcrash_kexec_stop_bound_ms = 10 * MSEC_PER_SEC;
module_param_cb(kexec_stop_bound_ms, &bound_ops, &hvcrash_kexec_stop_bound_ms,
		0644);
MODULE_PARM_DESC(
	kexec_stop_bound_ms,
	"in a kexec, lower limit for both stop_bound_ms and revoke_bound_ms (ms)");

/* As long as the kernel itself waits in a panic (UNLOAD_WAIT_LOOPS) */
unsigned int hvcrash_kexec_unload_bound_ms = 100 * MSEC_PER_SEC;
module_param_cb(kexec_unload_bound_ms, &bound_ops,
		&hvcrash_kexec_unload_bound_ms, 0644);
MODULE_PARM_DESC(
	kexec_unload_bound_ms,
	"wait this long for the host to unload VMBus before a kexec (ms)");

/* 0 if hvcrash has work to do on this host, else the reason is printed */
static int check_host(void)
{
	if (!hvcrash_is_hyperv_guest()) {
		pr_info("not a Hyper-V guest\n");
		return -ENODEV;
	}
	if (hvcrash_is_parent_partition()) {
		/*
		 * They have an event ring page (SIRBP) in each VP, and pages of their
		 * own guests (drivers/hv/mshv_synic.c)
		 */
		pr_info("root and L1VH partitions, which have guests of their own, are not supported\n");
		return -ENODEV;
	}
	if (hvcrash_vtl()) {
		/* Each trust level has registers of its own, and these are not VTL 0's */
		pr_info("virtual trust levels above 0 are not supported\n");
		return -ENODEV;
	}
	if (hvcrash_is_isolated()) {
		/*
		 * The VP's registers belong to the paravisor, and an NMI may not use
		 * the path to the host's own, hv_ghcb_hypercall()
		 */
		pr_info("confidential VMs are not supported: no pages are tracked, no hooks installed\n");
		pr_info("pages visible to the host are %s on kexec and kdump\n",
			hvcrash_kernel_hides_pages() ?
				"made private by the kernel itself" :
				"left visible by this kernel");
		return -ENODEV;
	}
	return 0;
}

static void name_kernel(void)
{
	struct hvcrash_header *h = hvcrash_registry.header;

	strscpy(h->release, utsname()->release, sizeof(h->release));
	strscpy(h->module_version, HVCRASH_VERSION, sizeof(h->module_version));
	hvcrash_host_version(&h->host);
	hvcrash_crash_memory(h);
}

/* In a crash kernel the module only does the rescue: no hook, no registry */
static bool is_rescuer;

static int __init hvcrash_init(void)
{
	int ret = check_host();

	if (ret)
		return ret;
	is_rescuer = is_kdump_kernel();
	if (is_rescuer)
		return hvcrash_rescue();
	ret = hvcrash_registry_init(&hvcrash_registry, nr_cpu_ids,
				    (u64)totalram_pages() *
					    (PAGE_SIZE / HVCRASH_PAGE_BYTES));
	if (ret)
		return ret;
	name_kernel();
	ret = hvcrash_regs_init();
	if (ret)
		goto free_registry;
	ret = hvcrash_vmbus_init();
	if (ret)
		goto free_regs;
	ret = hvcrash_revoke_init();
	if (ret)
		goto stop_vmbus;
	ret = hvcrash_driver_pages_init();
	if (ret)
		goto free_leave;
	ret = hvcrash_sysfs_init();
	if (ret)
		goto stop_driver_pages;
	ret = hvcrash_hooks_init();
	if (ret)
		goto remove_sysfs;
	pr_info("registry at 0x%llx\n", hvcrash_registry.header->gpa);
	return 0;

remove_sysfs:
	hvcrash_sysfs_deinit();
stop_driver_pages:
	hvcrash_driver_pages_deinit();
free_leave:
	hvcrash_revoke_deinit();
stop_vmbus:
	hvcrash_vmbus_deinit();
free_regs:
	hvcrash_regs_deinit();
free_registry:
	hvcrash_registry_deinit(&hvcrash_registry);
	return ret;
}
module_init(hvcrash_init);

static void __exit hvcrash_exit(void)
{
	if (is_rescuer)
		return;
	hvcrash_hooks_deinit();
	hvcrash_sysfs_deinit();
	hvcrash_driver_pages_deinit();
	hvcrash_vmbus_deinit();
	hvcrash_regs_deinit();
	hvcrash_revoke_deinit();
	hvcrash_registry_deinit(&hvcrash_registry);
}
module_exit(hvcrash_exit);

MODULE_DESCRIPTION(
	"Revokes the pages a guest shares with Hyper-V before another kernel takes over");
MODULE_AUTHOR("the hvcrash authors");
MODULE_VERSION(HVCRASH_VERSION);
MODULE_LICENSE("GPL");
