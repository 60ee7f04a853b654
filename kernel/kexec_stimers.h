/* SPDX-License-Identifier: GPL-2.0-only */
/* kexec_stimers.h - x86: synthetic timers tick until their CPU is stopped for a kexec */
#ifndef _HVCRASH_KEXEC_STIMERS_H
#define _HVCRASH_KEXEC_STIMERS_H

void hvcrash_kexec_stimers_init(void);
void hvcrash_kexec_stimers_deinit(void);

#endif /* _HVCRASH_KEXEC_STIMERS_H */
