/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash.h - [NMI] what happens between the panic and the second kernel
 */
#ifndef _HVCRASH_CRASH_H
#define _HVCRASH_CRASH_H

#include <linux/types.h>

void hvcrash_crash_finish(void (*release)(void));
void hvcrash_crash_finish_unprepared(void);
void hvcrash_crash_hash(void);
bool hvcrash_crash_hand_over(u64 registry_gpa);

#endif /* _HVCRASH_CRASH_H */
