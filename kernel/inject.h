/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject.h - faults that tests inject
 */
#ifndef _HVCRASH_INJECT_H
#define _HVCRASH_INJECT_H

#include <linux/types.h>

extern int hvcrash_inject_deaf_vp;
extern unsigned int hvcrash_inject_deaf_ms;
extern int hvcrash_inject_stubborn_vp;
extern bool hvcrash_inject_revoke_first;

bool hvcrash_inject_alloc_fails(void);
void hvcrash_inject_fault_at(unsigned int place);

#endif /* _HVCRASH_INJECT_H */
