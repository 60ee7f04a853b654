/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dev_scsi.h - dev_scsi.c has the protocol of the channel, scsi_disk.c the disk
 */
#ifndef DEV_SCSI_H
#define DEV_SCSI_H

#include "vmbus.h"

#define SECTOR 512u
#define DISK_SECTORS 131072u /* 64 MiB */
#define SENSE_BYTES 18

struct scsi {
	const u8 *command;	   /* 16 bytes */
	const struct packet *data; /* the packet with the data ranges */
	u32 room;		   /* for data, according to the guest */
	/* the answer */
	u32 bytes; /* transferred */
	u8 status; /* 0: good, 2: see the sense data */
	u8 sense[SENSE_BYTES];
};

void scsi_disk(struct scsi *s);
/* The same for a LUN without a disk */
void scsi_nothing(struct scsi *s);

#endif
