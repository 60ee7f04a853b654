/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unload.h - ask the host to unload VMBus, and record the outcome
 */
#ifndef _HVCRASH_UNLOAD_H
#define _HVCRASH_UNLOAD_H

void hvcrash_unload_learn(void);
void hvcrash_unload_forget(void);

void hvcrash_unload_in_panic(void);
void hvcrash_unload_in_kexec(void);

#endif /* _HVCRASH_UNLOAD_H */
