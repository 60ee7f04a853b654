/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guard.h - x86: a fault of our own in the crash path must not cost the dump
 *
 * arm64 has no guard: there each step is called directly.
 */
#ifndef _HVCRASH_GUARD_H
#define _HVCRASH_GUARD_H

#include <linux/types.h>

#ifdef CONFIG_X86_64
bool hvcrash_guard_run(void (*step)(void));
int hvcrash_guard_init(void);
void hvcrash_guard_deinit(void);
#else
static inline bool hvcrash_guard_run(void (*step)(void))
{
	step();
	return true;
}
#endif

#endif /* _HVCRASH_GUARD_H */
