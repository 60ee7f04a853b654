/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvcrash.h - shared by several files of the module
 */
#ifndef _HVCRASH_H
#define _HVCRASH_H

#include <linux/compiler.h>
#include "registry.h"

#define HVCRASH_NAME "hvcrash"
#ifndef HVCRASH_VERSION
#define HVCRASH_VERSION "0.1.0"
#endif

/* The one registry of this kernel; set up before anything else sees it */
extern struct hvcrash_registry hvcrash_registry;

/* The report of the crash path or kexec, for the audit. Context: any, NMI too. */
static inline struct hvcrash_crash *hvcrash_report(void)
{
	return &hvcrash_registry.header->crash;
}

/*
 * How this kernel ends: HVCRASH_WAY_*, or 0 as long as it lives. Context: any, NMI
 * too.
 */
static inline u32 hvcrash_way(void)
{
	return READ_ONCE(hvcrash_registry.header->way);
}

/* Parameters, see main.c */
extern unsigned int hvcrash_stop_bound_ms;
extern unsigned int hvcrash_revoke_bound_ms;
extern unsigned int hvcrash_hash_budget_ms;
extern unsigned int hvcrash_kexec_stop_bound_ms;
extern unsigned int hvcrash_kexec_unload_bound_ms;

#endif /* _HVCRASH_H */
