/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device.h - the device behind a channel
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "core.h"

struct channel;
struct packet;
struct gpadl;

#define CHANNEL_ENUMERATE 1
#define CHANNEL_TLNPI 0x2000

struct device {
	const char *name; /* of its driver in Linux; used in "devices" */
	u8 type[16];	  /* the GUID of its interface, as it lies in memory */
	u16 flags;
	u32 pipe_mode;
	bool on_request;    /* not offered before the guest asks for it */
	size_t state_bytes; /* zeroed at open */
	void (*opened)(struct channel *c);
	void (*closed)(struct channel *c);
	void (*packet)(struct channel *c, const struct packet *p);
	/* Work without a packet from the guest; returns when to call it next */
	u64 (*run)(struct channel *c, u64 now);
	/*
	 * Writes the host's mark into a buffer of the device. False: not one
	 * of those that the device knows.
	 */
	bool (*noise)(struct channel *c, const struct gpadl *g, u64 mark);
};

/* Parses a GUID in text form */
#define GUID(a, b, c, d0, d1, d2, d3, d4, d5, d6, d7)                          \
	{                                                                      \
		(u8)((a)&0xff), (u8)((a) >> 8 & 0xff), (u8)((a) >> 16 & 0xff), \
			(u8)((a) >> 24), (u8)((b)&0xff), (u8)((b) >> 8),       \
			(u8)((c)&0xff), (u8)((c) >> 8), d0, d1, d2, d3, d4,    \
			d5, d6, d7                                             \
	}

/* All devices that can be offered, in the order of their relids: devices.c */
extern const struct device *const devices[];
extern const u32 nr_devices;

extern const struct device balloon_device, heartbeat_device, timesync_device,
	shutdown_device, kvp_device, net_device, scsi_device, socket_device,
	uio_device;

#endif
