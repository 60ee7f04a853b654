/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kexec_path.h - what happens between "kexec -e" and the next kernel
 */
#ifndef _HVCRASH_KEXEC_PATH_H
#define _HVCRASH_KEXEC_PATH_H

#include <linux/types.h>
#include "unload.h"

void hvcrash_kexec_unload(hvcrash_unload_fn unload);
enum hvcrash_answer hvcrash_kexec_wait_unload(void (*ask)(void));
bool hvcrash_kexec_is_under_way(void);
void hvcrash_kexec_finish(void);

#endif /* _HVCRASH_KEXEC_PATH_H */
