/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_under_way.h - [NMI] messages to the host that a panic cut short
 */
#ifndef _HVCRASH_VMBUS_UNDER_WAY_H
#define _HVCRASH_VMBUS_UNDER_WAY_H

void hvcrash_vmbus_learn_messages(void);
void hvcrash_vmbus_forget_messages(void);
void hvcrash_vmbus_note_under_way(void);

#endif /* _HVCRASH_VMBUS_UNDER_WAY_H */
