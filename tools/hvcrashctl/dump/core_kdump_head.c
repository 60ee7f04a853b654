// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_kdump_head.c - checks the header of a kdump-compressed file
 *
 * Called by core_kdump.c. libkdumpfile allocates the bitmap and the notes in
 * the size that the header gives, whatever that is; here that size is compared
 * with the file and with the largest possible machine. Where the pages are is
 * left to the library. Layout: makedumpfile's diskdump_mod.h, on a 64-bit
 * machine; dumps of others are refused, as in core_elf.c.
 */
#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "dump/core.h"
#include "dump/core_kdump.h"

#define FIRST_WITH_VMCOREINFO 3
#define FIRST_WITH_NOTES 4
#define FIRST_WITH_64_BIT_PFN 6
#define NEWEST_VERSION 6
#define DUMP_INCOMPLETE 0x8

/* Bitmaps of 16 TiB, two of them: more than Hyper-V gives to one VM */
#define MAX_BITMAP_BYTES (2ULL * (16ULL << 40) / 4096 / 8)
/* A register note is less than 1 KiB for each CPU, and VMCOREINFO a page */
#define MAX_NOTE_BYTES (4ULL << 20)
#define MAX_VMCOREINFO_BYTES (256 * 1024)
#define PAGE_DESC_BYTES 24

struct disk_header {
	char signature[8];
	__le32 version;
	char utsname[6][65];
	char pad[6];
	__le64 timestamp[2];
	__le32 status;
	__le32 block_bytes;
	__le32 sub_header_blocks;
	__le32 bitmap_blocks;
	__le32 max_mapnr;
	__le32 unused[5];
} __attribute__((packed));

struct sub_header {
	__le64 phys_base;
	__le32 dump_level;
	__le32 split;
	__le64 start_pfn;
	__le64 end_pfn;
	__le64 offset_vmcoreinfo;
	__le64 size_vmcoreinfo;
	__le64 offset_note;
	__le64 size_note;
	__le64 offset_eraseinfo;
	__le64 size_eraseinfo;
	__le64 start_pfn_64;
	__le64 end_pfn_64;
	__le64 max_mapnr_64;
};

_Static_assert(offsetof(struct disk_header, block_bytes) == 428, "layout");
_Static_assert(sizeof(struct sub_header) == 104, "layout");

static bool is_signature(const unsigned char *head, const char *signature)
{
	return !memcmp(head, signature, 8);
}

bool core_kdump_probe(const unsigned char *head, size_t bytes)
{
	return bytes >= 8 && (is_signature(head, "KDUMP   ") ||
			      is_signature(head, "DISKDUMP"));
}

static bool is_page_size(__u32 bytes)
{
	return bytes == 4096 || bytes == 16384 || bytes == 65536;
}

static bool is_within(const struct core *core, __u64 offset, __u64 bytes)
{
	return offset <= core->file_bytes && bytes <= core->file_bytes - offset;
}

static struct err *read_header(struct core *core, __u64 offset, void *buf,
			       size_t bytes)
{
	struct err *err;
	size_t got;

	err = core_pread(core, offset, buf, bytes, &got);
	if (!err && got < bytes)
		err = err_create(
			ERR_IO,
			"kdump-compressed: truncated inside the header");
	return err;
}

/*
 * The library tries the 32-bit layout first and accepts a header that has a
 * valid page size there, so refuse that. In byte-swapped dumps the page size
 * here is invalid.
 */
static struct err *check_layout(const struct disk_header *disk)
{
	__u32 block_bytes_32;

	memcpy(&block_bytes_32, (const char *)disk + 416,
	       sizeof(block_bytes_32));
	if (block_bytes_32 || !is_page_size(le32toh(disk->block_bytes)))
		return err_create(
			ERR_IO,
			"kdump-compressed: not of a 64-bit little-endian machine, or damaged (blocks of %u bytes)",
			le32toh(disk->block_bytes));
	if (!le32toh(disk->version) || le32toh(disk->version) > NEWEST_VERSION)
		return err_create(
			ERR_IO,
			"kdump-compressed: header version %u is not supported, only 1 to %u",
			le32toh(disk->version), NEWEST_VERSION);
	return NULL;
}

static struct err *check_bitmap(const struct core *core,
				const struct disk_header *disk)
{
	__u64 block_bytes = le32toh(disk->block_bytes);
	__u64 sub_blocks = le32toh(disk->sub_header_blocks);
	__u64 bytes = le32toh(disk->bitmap_blocks) * block_bytes;

	if (!sub_blocks || sub_blocks > INT32_MAX || !bytes ||
	    bytes > MAX_BITMAP_BYTES)
		return err_create(
			ERR_IO,
			"kdump-compressed: sub-header of %llu blocks, bitmap of %llu bytes: damaged",
			sub_blocks, bytes);
	/* in a flattened file the bitmap is written out, whatever it claims */
	if (!is_within(core, (1 + sub_blocks) * block_bytes, bytes) ||
	    bytes > core->stored_bytes)
		return err_create(
			ERR_IO,
			"kdump-compressed: truncated: the bitmap of %llu bytes does not fit into the file",
			bytes);
	return NULL;
}

static struct err *check_part(const struct core *core, const char *what,
			      __u64 offset, __u64 bytes, __u64 most)
{
	if (bytes > most)
		return err_create(
			ERR_IO, "kdump-compressed: %s of %llu bytes: too large",
			what, bytes);
	if (bytes && !is_within(core, offset, bytes))
		return err_create(
			ERR_IO,
			"kdump-compressed: truncated: %s of %llu bytes at offset 0x%llx run past the end of the file",
			what, bytes, offset);
	return NULL;
}

static void describe(const struct core *core, const struct disk_header *disk,
		     const struct sub_header *sub, struct kdump_head *ret)
{
	__u64 pages = core->stored_bytes / PAGE_DESC_BYTES;
	__u64 bits = 8ULL * le32toh(disk->bitmap_blocks) *
		     le32toh(disk->block_bytes);

	ret->dump_level = (int)le32toh(sub->dump_level);
	ret->is_split = le32toh(sub->split);
	ret->first_pfn = le64toh(sub->start_pfn);
	ret->end_pfn = le64toh(sub->end_pfn);
	if (le32toh(disk->version) >= FIRST_WITH_64_BIT_PFN) {
		ret->first_pfn = le64toh(sub->start_pfn_64);
		ret->end_pfn = le64toh(sub->end_pfn_64);
	}
	ret->written = le64toh(disk->timestamp[0]) * 1000000 +
		       le64toh(disk->timestamp[1]);
	ret->is_incomplete = le32toh(disk->status) & DUMP_INCOMPLETE;
	ret->vmcoreinfo_offset = le64toh(sub->offset_vmcoreinfo);
	ret->vmcoreinfo_bytes = le64toh(sub->size_vmcoreinfo);
	ret->page_bytes = le32toh(disk->block_bytes);
	ret->most_pages = bits;
	/* each page of the dump has a descriptor and a bit */
	ret->bytes_held = (pages < bits ? pages : bits) * ret->page_bytes;
}

struct err *core_kdump_check(struct core *core, struct kdump_head *ret)
{
	struct disk_header disk;
	struct sub_header sub;
	struct err *err;

	err = read_header(core, 0, &disk, sizeof(disk));
	if (!err)
		err = check_layout(&disk);
	if (!err)
		err = read_header(core, le32toh(disk.block_bytes), &sub,
				  sizeof(sub));
	if (!err)
		err = check_bitmap(core, &disk);
	if (!err && le32toh(disk.version) < FIRST_WITH_VMCOREINFO)
		sub.size_vmcoreinfo = 0;
	if (!err)
		err = check_part(
			core, "VMCOREINFO", le64toh(sub.offset_vmcoreinfo),
			le64toh(sub.size_vmcoreinfo), MAX_VMCOREINFO_BYTES);
	if (!err && le32toh(disk.version) >= FIRST_WITH_NOTES)
		err = check_part(core, "notes", le64toh(sub.offset_note),
				 le64toh(sub.size_note), MAX_NOTE_BYTES);
	if (!err)
		describe(core, &disk, &sub, ret);
	return err;
}
