/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_pages.h - which pages a VMBus message names
 */
#ifndef _HVCRASH_VMBUS_PAGES_H
#define _HVCRASH_VMBUS_PAGES_H

#include <linux/types.h>

struct hvcrash_range;

bool hvcrash_vmbus_has_interrupt_page(u32 version);
u32 hvcrash_vmbus_ram_flag(u64 gpa);
u32 hvcrash_vmbus_hv_pages(u32 linux_pages);
u32 hvcrash_vmbus_ranges(const void *buffer, u32 pages,
			 struct hvcrash_range *ret);
u32 hvcrash_vmbus_gpadl_pages(u32 byte_offset, u32 byte_count);
void hvcrash_vmbus_publish_pfns(u32 relid, u32 gpadl, const u64 *hv_pfn, u32 n);

#endif /* _HVCRASH_VMBUS_PAGES_H */
