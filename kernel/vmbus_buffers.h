/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_buffers.h - buffers that drivers shared before hvcrash was loaded
 */
#ifndef _HVCRASH_VMBUS_BUFFERS_H
#define _HVCRASH_VMBUS_BUFFERS_H

#include <linux/types.h>

struct hv_device;

int hvcrash_vmbus_find_buffers(struct hv_device *hv, u32 next_gpadl);

#endif /* _HVCRASH_VMBUS_BUFFERS_H */
