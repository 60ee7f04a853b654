/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_gpadl.h - GPADLs from their first message to their last
 */
#ifndef _HVCRASH_VMBUS_GPADL_H
#define _HVCRASH_VMBUS_GPADL_H

#include <linux/types.h>

void hvcrash_gpadl_header(u32 relid, u32 gpadl, u32 pages, const u64 *hv_pfn,
			  u32 fit);
void hvcrash_gpadl_body(u32 gpadl, const u64 *hv_pfn, u32 fit);
void hvcrash_gpadl_abandoned(u32 gpadl);
void hvcrash_gpadl_answered(u32 gpadl, bool is_refused);
void hvcrash_gpadl_torndown(u32 gpadl);
void hvcrash_gpadl_relid_released(u32 relid);
void hvcrash_gpadl_forget_all(void);
u32 hvcrash_gpadl_to_come(void);
u32 hvcrash_gpadl_incomplete(void);

#endif /* _HVCRASH_VMBUS_GPADL_H */
