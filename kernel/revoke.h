/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * revoke.h - this kernel ends: every VP revokes what it shares, once
 *
 * Used by both ways out, crash_path.c and kexec_path.c. Order of the calls, on
 * the CPU that stops the others: begin, (they are stopped), stopped, revoke,
 * record. On each other CPU: park.
 */
#ifndef _HVCRASH_REVOKE_H
#define _HVCRASH_REVOKE_H

#include <linux/types.h>

struct hvcrash_crash;

int hvcrash_revoke_init(void);
void hvcrash_revoke_deinit(void);

struct hvcrash_crash *hvcrash_report(void);
bool hvcrash_revoke_begin(u32 way);
u32 hvcrash_way(void);
bool hvcrash_revoke_is_begun_by(u32 cpu);
void hvcrash_revoke_wait_parked(void);
bool hvcrash_revoke_park(u32 cpu);
void hvcrash_revoke_all(void);
void hvcrash_revoke_record(void);
void hvcrash_revoke_complain(void);

#endif /* _HVCRASH_REVOKE_H */
