// SPDX-License-Identifier: GPL-2.0-only
/*
 * scsi_disk.c - a disk that can be read, and takes no memory
 *
 * Sector 0 has a partition table with one partition; each other sector contains
 * its own number in words, so that a reader can tell that it got the right one.
 * Writes are refused, as on a write-protected disk.
 */
#include "dev_scsi.h"

enum {
	TEST_UNIT_READY = 0x00,
	REQUEST_SENSE = 0x03,
	READ_6 = 0x08,
	INQUIRY = 0x12,
	MODE_SENSE_6 = 0x1a,
	START_STOP = 0x1b,
	READ_CAPACITY_10 = 0x25,
	READ_10 = 0x28,
	WRITE_10 = 0x2a,
	SYNCHRONIZE_CACHE = 0x35,
	MODE_SENSE_10 = 0x5a,
	READ_16 = 0x88,
	WRITE_16 = 0x8a,
	SERVICE_ACTION_IN_16 = 0x9e,
	REPORT_LUNS = 0xa0,
};

#define READ_CAPACITY_16 0x10

/* Sense keys and additional sense codes */
#define ILLEGAL_REQUEST 5
#define DATA_PROTECT 7
#define INVALID_COMMAND 0x20
#define OUT_OF_RANGE 0x21
#define INVALID_FIELD 0x24
#define NO_SUCH_UNIT 0x25
#define WRITE_PROTECTED 0x27

static void big32(u8 *at, u32 value)
{
	for (u32 i = 0; i < 4; i++)
		at[i] = (u8)(value >> (24 - 8 * i));
}

static u32 from_big(const u8 *at, u32 bytes)
{
	u32 value = 0;

	for (u32 i = 0; i < bytes; i++)
		value = value << 8 | at[i];
	return value;
}

static void fail(struct scsi *s, u8 key, u8 more)
{
	s->status = 2;
	s->sense[0] = 0x70;
	s->sense[2] = key;
	s->sense[7] = SENSE_BYTES - 8;
	s->sense[12] = more;
}

/* At most what the guest has room for and asked for in its command */
static void give(struct scsi *s, const u8 *from, u32 bytes, u32 asked)
{
	bytes = (u32)earlier(bytes, earlier(asked, s->room));
	s->bytes = packet_write(s->data, 0, from, bytes);
}

static void inquiry(struct scsi *s)
{
	static const char name[] = "Msft    Virtual Disk    1.0 ";
	u32 asked = from_big(s->command + 3, 2);
	u8 m[36] = { 0, 0, 5, 2, sizeof(m) - 5 };

	if (s->command[1] & 1) {
		/* Of the vital product data pages only their list exists */
		if (s->command[2]) {
			fail(s, ILLEGAL_REQUEST, INVALID_FIELD);
			return;
		}
		memset(m, 0, sizeof(m));
		m[3] = 1;
		give(s, m, 5, asked);
		return;
	}
	memcpy(m + 8, name, sizeof(name) - 1);
	give(s, m, sizeof(m), asked);
}

static void capacity_10(struct scsi *s)
{
	u8 m[8];

	big32(m, DISK_SECTORS - 1);
	big32(m + 4, SECTOR);
	give(s, m, sizeof(m), sizeof(m));
}

static void capacity_16(struct scsi *s)
{
	u8 m[32] = { 0 };

	if ((s->command[1] & 0x1f) != READ_CAPACITY_16) {
		fail(s, ILLEGAL_REQUEST, INVALID_FIELD);
		return;
	}
	big32(m + 4, DISK_SECTORS - 1);
	big32(m + 8, SECTOR);
	give(s, m, sizeof(m), from_big(s->command + 10, 4));
}

/* Headers only, with the write-protect bit */
static void mode_sense(struct scsi *s, bool ten)
{
	u8 m[8] = { 0 };

	m[ten ? 1 : 0] = ten ? 6 : 3;
	m[ten ? 3 : 2] = 0x80;
	give(s, m, ten ? 8 : 4,
	     ten ? from_big(s->command + 7, 2) : s->command[4]);
}

static void report_luns(struct scsi *s)
{
	u8 m[16] = { 0, 0, 0, 8 };

	give(s, m, sizeof(m), from_big(s->command + 6, 4));
}

/* One partition of type 0x83 from sector 2048 to the end */
static void partition_table(u8 *m)
{
	m[446 + 4] = 0x83;
	put32(m + 446 + 8, 2048);
	put32(m + 446 + 12, DISK_SECTORS - 2048);
	m[510] = 0x55;
	m[511] = 0xaa;
}

static void read_sector(u32 sector, u8 *m)
{
	memset(m, 0, SECTOR);
	if (!sector)
		partition_table(m);
	else
		format_line((char *)m, SECTOR, "sector %u of the lab's disk\n",
			    sector);
}

static void read_sectors(struct scsi *s, u32 first, u32 number, bool beyond)
{
	u8 m[SECTOR];
	u32 moved;

	if (beyond || first > DISK_SECTORS || number > DISK_SECTORS - first) {
		fail(s, ILLEGAL_REQUEST, OUT_OF_RANGE);
		return;
	}
	number = (u32)earlier(number, s->room / SECTOR);
	for (u32 i = 0; i < number; i++) {
		read_sector(first + i, m);
		moved = packet_write(s->data, i * SECTOR, m, SECTOR);
		s->bytes += moved;
		if (moved < SECTOR)
			return;
	}
}

static void read_6(struct scsi *s)
{
	u32 number = s->command[4];

	read_sectors(s, from_big(s->command + 1, 3) & 0x1fffff,
		     number ? number : 256, false);
}

void scsi_disk(struct scsi *s)
{
	const u8 *command = s->command;

	switch (command[0]) {
	case TEST_UNIT_READY:
	case START_STOP:
	case SYNCHRONIZE_CACHE:
		break;
	case REQUEST_SENSE:
		give(s, (const u8[SENSE_BYTES]){ 0x70, [7] = 10 }, SENSE_BYTES,
		     command[4]);
		break;
	case INQUIRY:
		inquiry(s);
		break;
	case MODE_SENSE_6:
	case MODE_SENSE_10:
		mode_sense(s, command[0] == MODE_SENSE_10);
		break;
	case READ_CAPACITY_10:
		capacity_10(s);
		break;
	case SERVICE_ACTION_IN_16:
		capacity_16(s);
		break;
	case REPORT_LUNS:
		report_luns(s);
		break;
	case READ_6:
		read_6(s);
		break;
	case READ_10:
		read_sectors(s, from_big(command + 2, 4),
			     from_big(command + 7, 2), false);
		break;
	case READ_16:
		read_sectors(s, from_big(command + 6, 4),
			     from_big(command + 10, 4),
			     from_big(command + 2, 4));
		break;
	case WRITE_10:
	case WRITE_16:
		fail(s, DATA_PROTECT, WRITE_PROTECTED);
		break;
	default:
		fail(s, ILLEGAL_REQUEST, INVALID_COMMAND);
	}
}

/*
 * Linux treats any answer to INQUIRY as success (storvsc_on_io_completion()),
 * so the answer has to say that no device is connected here. "Invalid LUN"
 * would make it remove the disk, whatever its path (storvsc_remove_lun()).
 */
void scsi_nothing(struct scsi *s)
{
	const u8 nothing[36] = { 0x7f, 0, 5, 2, sizeof(nothing) - 5 };
	const u8 no_units[8] = { 0 };

	switch (s->command[0]) {
	case INQUIRY:
		give(s, nothing, sizeof(nothing), from_big(s->command + 3, 2));
		break;
	case REPORT_LUNS:
		give(s, no_units, sizeof(no_units), sizeof(no_units));
		break;
	default:
		fail(s, ILLEGAL_REQUEST, NO_SUCH_UNIT);
	}
}
