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
	const struct packet *data; /* where the packet's ranges are */
	u32 room;		   /* for data, as the guest says */
	/* the answer */
	u32 bytes; /* that were moved */
	u8 status; /* 0: good, 2: see the sense data */
	u8 sense[SENSE_BYTES];
};

void scsi_disk(struct scsi *s);
/* The same where there is no disk */
void scsi_nothing(struct scsi *s);

#endif
