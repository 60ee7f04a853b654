/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/hyperv.h>: the parts that the module uses, for user space */
#ifndef _SHIM_HYPERV_H
#define _SHIM_HYPERV_H
#include <linux/list.h>
#include <linux/types.h>

#define VERSION_WIN8_1 (3U << 16 | 0)
#define VERSION_WIN10_V5 (5U << 16 | 0)
#define HV_HYP_PAGE_SHIFT 12
#define HV_HYP_PAGE_SIZE 4096UL

enum vmbus_channel_message_type {
	CHANNELMSG_GPADL_HEADER = 8,
	CHANNELMSG_GPADL_BODY = 9,
	CHANNELMSG_GPADL_TEARDOWN = 11,
	CHANNELMSG_INITIATE_CONTACT = 14,
};

struct vmbus_channel_message_header {
	enum vmbus_channel_message_type msgtype;
	u32 padding;
} __attribute__((packed));

struct gpa_range {
	u32 byte_count;
	u32 byte_offset;
	u64 pfn_array[];
};

struct vmbus_channel_gpadl_header {
	struct vmbus_channel_message_header header;
	u32 child_relid;
	u32 gpadl;
	u16 range_buflen;
	u16 rangecount;
	struct gpa_range range[];
} __attribute__((packed));

struct vmbus_channel_gpadl_created {
	struct vmbus_channel_message_header header;
	u32 child_relid;
	u32 gpadl;
	u32 creation_status;
} __attribute__((packed));

struct vmbus_channel_initiate_contact {
	struct vmbus_channel_message_header header;
	u32 vmbus_version_requested;
	u32 target_vcpu;
	u64 interrupt_page;
	u64 monitor_page1;
	u64 monitor_page2;
} __attribute__((packed));

struct vmbus_channel_msginfo {
	struct list_head msglistentry;
	union {
		struct vmbus_channel_gpadl_created gpadl_created;
	} response;
	u32 msgsize;
	unsigned char msg[];
};

struct pt_regs;
void hv_setup_crash_handler(void (*handler)(struct pt_regs *regs));
void hv_setup_kexec_handler(void (*handler)(void));
void hv_remove_crash_handler(void);
void hv_remove_kexec_handler(void);
#endif
