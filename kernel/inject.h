/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject.h - faults that tests inject, in a build with HVCRASH_INJECT=1
 *
 * Any other build has none of this: no parameter and no code.
 */
#ifndef _HVCRASH_INJECT_H
#define _HVCRASH_INJECT_H

#include <linux/types.h>

#ifdef HVCRASH_INJECT
bool hvcrash_inject_alloc_fails(void);
void hvcrash_inject_fault_at(unsigned int place);
bool hvcrash_inject_is_deaf(u32 vp_index);
bool hvcrash_inject_is_stubborn(u32 vp_index);
bool hvcrash_inject_revokes_first(void);
#else
static inline bool hvcrash_inject_alloc_fails(void)
{
	return false;
}

static inline void hvcrash_inject_fault_at(unsigned int place)
{
}

static inline bool hvcrash_inject_is_deaf(u32 vp_index)
{
	return false;
}

static inline bool hvcrash_inject_is_stubborn(u32 vp_index)
{
	return false;
}

static inline bool hvcrash_inject_revokes_first(void)
{
	return false;
}
#endif

#endif /* _HVCRASH_INJECT_H */
