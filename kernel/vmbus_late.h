/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_late.h - what VMBus shared before hvcrash was loaded
 */
#ifndef _HVCRASH_VMBUS_LATE_H
#define _HVCRASH_VMBUS_LATE_H

#include <linux/types.h>

bool hvcrash_vmbus_find_late(const atomic_t *changes);
void hvcrash_vmbus_late_forget(void);
void hvcrash_vmbus_late_deinit(void);

#endif /* _HVCRASH_VMBUS_LATE_H */
