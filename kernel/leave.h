/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * leave.h - this kernel ends: every VP revokes what it shares, once
 *
 * Used by both ways out, crash_path.c and kexec_path.c. Order of the calls, on
 * the CPU that stops the others: begin, (they are stopped), stopped, revoke,
 * record. On each other CPU: park.
 */
#ifndef _HVCRASH_LEAVE_H
#define _HVCRASH_LEAVE_H

#include <linux/types.h>

struct hvcrash_crash;

int hvcrash_leave_init(void);
void hvcrash_leave_deinit(void);

struct hvcrash_crash *hvcrash_leave_report(void);
bool hvcrash_leave_begin(u32 way);
u32 hvcrash_leave_way(void);
bool hvcrash_leave_is_begun_by(u32 cpu);
void hvcrash_leave_stopped(void);
bool hvcrash_leave_park(u32 cpu);
void hvcrash_leave_revoke(void);
void hvcrash_leave_record(void);
void hvcrash_leave_complain(void);

#endif /* _HVCRASH_LEAVE_H */
