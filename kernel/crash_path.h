/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_path.h - [NMI] what happens between the panic and the second kernel
 */
#ifndef _HVCRASH_CRASH_PATH_H
#define _HVCRASH_CRASH_PATH_H

#include "unload.h"

void hvcrash_crash_finish(hvcrash_unload_fn unload);
void hvcrash_crash_give_up(void);

#endif /* _HVCRASH_CRASH_PATH_H */
