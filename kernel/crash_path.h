/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_path.h - [NMI] what happens between the panic and the second kernel
 */
#ifndef _HVCRASH_CRASH_PATH_H
#define _HVCRASH_CRASH_PATH_H

#include <linux/types.h>

int hvcrash_crash_init(void);
void hvcrash_crash_deinit(void);

bool hvcrash_crash_begin(void);
void hvcrash_crash_stopped(void);
bool hvcrash_crash_park(u32 cpu);
bool hvcrash_crash_has_begun(void);
void hvcrash_crash_finish(void (*unload)(void));

#endif /* _HVCRASH_CRASH_PATH_H */
