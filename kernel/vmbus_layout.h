/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_layout.h - the layout of private structs of hv_vmbus and its drivers
 */
#ifndef _HVCRASH_VMBUS_LAYOUT_H
#define _HVCRASH_VMBUS_LAYOUT_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct completion;

/**
 * struct hvcrash_layout_member - a member to find
 * @of: name of its struct
 * @name: name of the member
 * @bytes: the size that it must have
 */
struct hvcrash_layout_member {
	const char *of;
	const char *name;
	u32 bytes;
};

int hvcrash_layout_find(const char *module,
			const struct hvcrash_layout_member *members, u32 n,
			u32 *ret_offset);

/**
 * struct hvcrash_vmbus_view - members of hv_vmbus's own struct vmbus_connection
 * @channels: list of the primary channels, struct vmbus_channel.listentry
 * @channels_lock: guards it, and the list of sub-channels in each of them
 * @interrupt_page: virtual address, NULL if there is none
 * @monitor_page: likewise, two of them
 * @next_gpadl: the next GPADL handle
 * @version: protocol version that was negotiated, 0 if none was
 *
 * Valid while hvcrash_vmbus_view_get() holds hv_vmbus.
 */
struct hvcrash_vmbus_view {
	struct list_head *channels;
	struct mutex *channels_lock;
	void *const *interrupt_page;
	void *const *monitor_page;
	const atomic_t *next_gpadl;
	u32 version;
};

int hvcrash_vmbus_view_get(struct hvcrash_vmbus_view *ret);
void hvcrash_vmbus_view_put(void);

const struct completion *hvcrash_vmbus_unload_event(void);
const u32 *hvcrash_vmbus_conn_state(void);
const struct list_head *hvcrash_vmbus_message_list(void);
void hvcrash_vmbus_forget_layout(void);

#endif /* _HVCRASH_VMBUS_LAYOUT_H */
