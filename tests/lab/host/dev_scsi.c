// SPDX-License-Identifier: GPL-2.0-only
/*
 * dev_scsi.c - a SCSI adapter with one disk
 *
 * Packets as in Linux's drivers/scsi/storvsc_drv.c (struct vstor_packet,
 * struct vmscsi_request). Data goes straight into the memory that a packet
 * names.
 */
#include "device.h"
#include "dev_scsi.h"

enum {
	COMPLETE_IO = 1,
	EXECUTE_SRB = 3,
	RESET_BUS = 6,
	BEGIN_INITIALIZATION = 7,
	END_INITIALIZATION = 8,
	QUERY_PROTOCOL_VERSION = 9,
	QUERY_PROPERTIES = 10,
	CREATE_SUB_CHANNELS = 13,
};

#define PACKET_BYTES 64
#define NEWEST_VERSION 0x0602 /* Windows 10 */
#define MULTI_CHANNEL 1
#define MOST_BYTES 0x40000

/* struct vmscsi_request in a packet */
#define SRB_STATUS 14
#define SCSI_STATUS 15
#define SRB_PATH 17
#define SRB_TARGET 18
#define SRB_LUN 19
#define SENSE_LENGTH 21
#define DATA_LENGTH 24
#define COMMAND 28

#define SRB_SUCCESS 0x01
#define SRB_ERROR 0x04
#define SRB_SENSE_VALID 0x80

static void execute(const struct packet *p, u8 *m)
{
	struct scsi s = { .command = p->payload + COMMAND, .data = p };

	m[SENSE_LENGTH] = 0;
	s.room = get32(p->payload + DATA_LENGTH);
	if (s.room > MOST_BYTES)
		s.room = MOST_BYTES;
	if (m[SRB_PATH] || m[SRB_TARGET] || m[SRB_LUN])
		scsi_nothing(&s);
	else
		scsi_disk(&s);
	m[SCSI_STATUS] = s.status;
	m[SRB_STATUS] = s.status ? SRB_ERROR | SRB_SENSE_VALID : SRB_SUCCESS;
	put32(m + DATA_LENGTH, s.bytes);
	if (s.status) {
		m[SENSE_LENGTH] = SENSE_BYTES;
		memcpy(m + COMMAND, s.sense, SENSE_BYTES);
	}
}

static void properties(u8 *m)
{
	memset(m + 12, 0, PACKET_BYTES - 12);
	m[16] = (u8)options.subchannels;
	put32(m + 20, options.subchannels ? MULTI_CHANNEL : 0);
	put32(m + 24, MOST_BYTES);
}

static void scsi_packet(struct channel *c, const struct packet *p)
{
	u8 m[PACKET_BYTES] = { 0 };
	u32 operation, subchannels = 0;

	/*
	 * Older guests' packets are shorter; the fields that they lack are not
	 * used
	 */
	if (p->type == PACKET_COMPLETION || p->bytes < COMMAND + 20)
		return;
	memcpy(m, p->payload, (u32)earlier(p->bytes, sizeof(m)));
	operation = get32(m);
	put32(m, COMPLETE_IO);
	put32(m + 8, 0);
	switch (operation) {
	case EXECUTE_SRB:
		execute(p, m);
		break;
	case BEGIN_INITIALIZATION:
	case END_INITIALIZATION:
	case RESET_BUS:
		break;
	case QUERY_PROTOCOL_VERSION:
		if (get16(m + 12) > NEWEST_VERSION)
			put32(m + 8, NTSTATUS_UNSUCCESSFUL);
		break;
	case QUERY_PROPERTIES:
		properties(m);
		break;
	case CREATE_SUB_CHANNELS:
		subchannels = (u32)earlier(get16(m + 12), options.subchannels);
		break;
	default:
		put32(m + 8, NTSTATUS_UNSUCCESSFUL);
	}
	if (p->flags & PACKET_WANTS_COMPLETION)
		ring_complete(c, p->transaction, m, sizeof(m));
	channel_offer_subchannels(c, subchannels);
}

const struct device scsi_device = {
	.name = "storvsc",
	.type = GUID(0xba6163d9, 0x04a1, 0x4d29, 0xb6, 0x05, 0x72, 0xe2, 0xff,
		     0xb1, 0xdc, 0x7f),
	.flags = CHANNEL_ENUMERATE,
	.packet = scsi_packet,
};
