/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus.h - pages that VMBus messages share with the host
 */
#ifndef _HVCRASH_VMBUS_H
#define _HVCRASH_VMBUS_H

#include <linux/types.h>

int hvcrash_vmbus_init(void);
void hvcrash_vmbus_deinit(void);
bool hvcrash_vmbus_was_connected(void);
void hvcrash_vmbus_record_unload(u32 unload);

#endif /* _HVCRASH_VMBUS_H */
