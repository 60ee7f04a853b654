/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kexec.h - what happens between "kexec -e" and the next kernel
 */
#ifndef _HVCRASH_KEXEC_H
#define _HVCRASH_KEXEC_H

#include <linux/types.h>

void hvcrash_kexec_unload(void);
void hvcrash_kexec_unload_atomic(void);
bool hvcrash_kexec_is_under_way(void);
void hvcrash_kexec_finish(void (*release)(void));

void hvcrash_kexec_init(void);
void hvcrash_kexec_deinit(void);

#endif /* _HVCRASH_KEXEC_H */
