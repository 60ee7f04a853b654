/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * revoke.h - every VP revokes what it shares, once, when this kernel ends
 *
 * Used by both crash.c and kexec.c. Order of the calls, on the CPU that
 * stops the others: begin, (they are stopped), wait_parked, all, (they are stopped
 * for good), record, complain, vm. On each other CPU: park.
 */
#ifndef _HVCRASH_REVOKE_H
#define _HVCRASH_REVOKE_H

#include <linux/types.h>

int hvcrash_revoke_init(void);
void hvcrash_revoke_deinit(void);

bool hvcrash_revoke_begin(u32 way);
bool hvcrash_revoke_is_begun_by(u32 cpu);
void hvcrash_revoke_wait_parked(void);
bool hvcrash_revoke_park(u32 cpu);
void hvcrash_revoke_all(void);
void hvcrash_revoke_record(void);
void hvcrash_revoke_complain(void);
void hvcrash_revoke_vm(void);

#endif /* _HVCRASH_REVOKE_H */
