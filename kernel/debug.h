/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * debug.h - faults that tests inject
 */
#ifndef _HVCRASH_DEBUG_H
#define _HVCRASH_DEBUG_H

#include <linux/types.h>

extern int hvcrash_debug_deaf_vp;
extern unsigned int hvcrash_debug_deaf_ms;
extern int hvcrash_debug_stubborn_vp;
extern bool hvcrash_debug_revoke_first;

bool hvcrash_debug_alloc_fails(void);
void hvcrash_debug_fault_at(unsigned int place);

#endif /* _HVCRASH_DEBUG_H */
