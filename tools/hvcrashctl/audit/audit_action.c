// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit_action.c - what to do about a verdict that is not clean
 *
 * Called by verb_audit and the page. One answer, for the worst finding;
 * docs/operating.md has the whole table, and a test compares the two.
 */
#include <string.h>

#include "audit/audit.h"

/* The first gap in this table that a report has is the one to act on */
static const struct {
	const char *gap;
	const char *action;
} gap_actions[] = {
	{ "dry-run",
	  "nothing: this kernel has not crashed, and a dry run always has this verdict. Look at the gaps." },
	{ "phase",
	  "read the console of the crash: the CPU that panicked did not complete the crash path, or something else started the crash kernel." },
	{ "isolated", "nothing: confidential VMs are not supported." },
	{ "late",
	  "load hvcrash before hv_vmbus, from the initrd: run hvcrash-configure and reboot." },
	{ "no-vmbus",
	  "read hvcrash's messages in dmesg of the crashed kernel: it does not know this kernel's VMBus driver." },
	{ "unload",
	  "see the check stimer of 'hvcrashctl status', and how long the host takes to flush its disks." },
	{ "vps",
	  "give the crash kernel maxcpus=1 instead of nr_cpus=1: then it can revoke the pages of a CPU that did not answer." },
	{ "not-in-dump",
	  "audit /proc/vmcore in the crash kernel, as the kdump hooks do, or lower makedumpfile's dump level (-d)." },
	{ "not-hashed", "raise the module's parameter hash_budget_ms." },
	{ "no-hash", "raise the module's parameter hash_budget_ms." },
	{ "untracked",
	  "find the driver that shares pages without registering them: it has to call hvcrash_register_pages()." },
	{ "torn",
	  "crash the VM once more: this crash happened to interrupt an update." },
	{ "stopped", "let the audit run to its end." },
	{ "unknown",
	  "use the hvcrashctl that belongs to the module of the crashed kernel." },
	{ "not-understood",
	  "use the hvcrashctl that belongs to the module of the crashed kernel." },
};

static const char *action_of_gap(const struct audit *audit)
{
	for (size_t i = 0; i < sizeof(gap_actions) / sizeof(gap_actions[0]);
	     i++)
		for (__u32 gap = 0; gap < audit->nr_gaps; gap++)
			if (!strcmp(audit->gaps[gap].id, gap_actions[i].gap))
				return gap_actions[i].action;
	return "keep the dump and both reports, and report it.";
}

static bool has_silent_owner(const struct audit *audit)
{
	for (__u32 i = 0; i < audit->nr_silent; i++)
		if (audit->silent[i].left)
			return true;
	return false;
}

/* Revoked by the host's answer to UNLOAD, not by a register */
static bool has_vmbus_page(const struct audit *audit)
{
	for (__u32 i = 0; i < audit->nr_left; i++)
		if (audit->left[i].relid != HVCRASH_NO_RELID ||
		    audit->left[i].kind == HVCRASH_KIND_VMBUS_INTERRUPT ||
		    audit->left[i].kind == HVCRASH_KIND_VMBUS_MONITOR)
			return true;
	return false;
}

static const char *action_of_finding(const struct audit *audit)
{
	if (audit->left_in_ram || audit->left_in_crash_cma)
		return "do not trust this dump: the crash kernel itself runs in memory that the host can write to. Restart the VM, and crash it once more.";
	if (has_silent_owner(audit))
		return "keep the dump. Give the crash kernel maxcpus=1 instead of nr_cpus=1, so that it can revoke such pages; if the CPU was slow rather than stuck, raise the module's stop_bound_ms.";
	if (audit->written)
		return "keep the dump and report it: the host or a device still writes to memory after it was revoked.";
	if (audit->regions[AUDIT_CHANGED])
		return "keep the dump. Run 'hvcrashctl audit --watch 5' in the crash kernel: if the pages are still being written, it is the host or a device; report it.";
	if (has_vmbus_page(audit))
		return "keep the dump, and do not trust the contents of these buffers: the host did not answer UNLOAD. See the check stimer of 'hvcrashctl status'.";
	if (audit->registers_on || audit->header->crash.registers_failed)
		return "report it with /sys/kernel/hvcrash/host of a VM like this one: the hypervisor did not release the page.";
	if (audit->own_pointing)
		return "restart the VM: the crash kernel runs on a VP whose page was not revoked.";
	return "keep the dump and both reports, and report it.";
}

const char *audit_action(const struct audit *audit)
{
	switch (audit->verdict) {
	case AUDIT_CLEAN:
		return NULL;
	case AUDIT_NOT_CLEAN:
		return action_of_finding(audit);
	default:
		return action_of_gap(audit);
	}
}
