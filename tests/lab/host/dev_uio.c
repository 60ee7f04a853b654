// SPDX-License-Identifier: GPL-2.0-only
/*
 * dev_uio.c - a device without a kernel driver, for one in user space
 *
 * "echo TYPE >/sys/bus/vmbus/drivers/uio_hv_generic/new_id" binds it. Its
 * driver shares rings and buffers of tens of megabytes, and sends nothing.
 */
#include "device.h"
#include "vmbus.h"

static void uio_packet(struct channel *c, const struct packet *p)
{
	if (p->flags & PACKET_WANTS_COMPLETION)
		ring_complete(c, p->transaction, NULL, 0);
}

/* A type of the lab's own */
const struct device uio_device = {
	.name = "uio",
	.type = GUID(0x68766372, 0x6173, 0x4868, 0x8c, 0x61, 0x62, 0x75, 0x69,
		     0x6f, 0x00, 0x01),
	.flags = CHANNEL_ENUMERATE,
	.packet = uio_packet,
};
