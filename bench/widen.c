// SPDX-License-Identifier: GPL-2.0-only
/*
 * widen.c - turns a kdump-compressed dump into one of a guest with more memory,
 * all free
 *
 * Called by bench/run: widen BYTES FROM TO. What makedumpfile writes at level
 * 31 for such a guest differs from FROM only in its two bitmaps, a bit for each
 * page: in the first the added pages exist, in the second none of them was
 * dumped. The dumped pages are the same, and lie that much further back.
 *
 * A real guest of that size would have more pages that are not free: kernel
 * memory grows with it. This is the least growth possible.
 *
 * Does not handle damaged dumps, flattened ones, split ones. Layout:
 * makedumpfile's diskdump_mod.h, 64 bits, little-endian.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 4096ULL
#define SUB_BLOCKS_AT 432
#define BITMAP_BLOCKS_AT 436
#define MAX_MAPNR_AT 440
#define MAX_MAPNR_64_AT (BLOCK + 96)
#define DESC_BYTES 24

static unsigned char *from;
static size_t from_bytes;

static void die(const char *what)
{
	fprintf(stderr, "widen: %s: %s\n", what,
		errno ? strerror(errno) : "not such a dump");
	exit(1);
}

static void read_whole(const char *path)
{
	FILE *file = fopen(path, "r");
	long bytes;

	if (!file || fseek(file, 0, SEEK_END) || (bytes = ftell(file)) < 0)
		die(path);
	rewind(file);
	from_bytes = (size_t)bytes;
	from = malloc(from_bytes);
	if (!from || fread(from, 1, from_bytes, file) != from_bytes)
		die(path);
	fclose(file);
	if (from_bytes < 3 * BLOCK || memcmp(from, "KDUMP   ", 8))
		die(path);
}

static uint32_t get32(size_t at)
{
	uint32_t value;

	memcpy(&value, from + at, sizeof(value));
	return value;
}

static void put32(size_t at, uint32_t value)
{
	memcpy(from + at, &value, sizeof(value));
}

/* The file offsets of the pages, in the descriptors after the bitmaps */
static void move_pages(const unsigned char *bitmap, size_t bitmap_bytes,
		       size_t descs_at, uint64_t by)
{
	uint64_t offset;

	for (size_t i = 0; i < bitmap_bytes * 8; i++) {
		if (!(bitmap[i / 8] & 1 << i % 8))
			continue;
		if (descs_at + DESC_BYTES > from_bytes)
			die("its descriptors");
		memcpy(&offset, from + descs_at, sizeof(offset));
		offset += by;
		memcpy(from + descs_at, &offset, sizeof(offset));
		descs_at += DESC_BYTES;
	}
}

static void put(FILE *to, const void *data, size_t bytes)
{
	if (fwrite(data, 1, bytes, to) != bytes)
		die("cannot write");
}

/* The old bitmap, then @fill for each added page */
static void put_bitmap(FILE *to, const unsigned char *old, size_t old_bytes,
		       size_t bytes, int fill)
{
	unsigned char *more = malloc(bytes - old_bytes + 1);

	if (!more)
		die("out of memory");
	memset(more, fill, bytes - old_bytes);
	put(to, old, old_bytes);
	put(to, more, bytes - old_bytes);
	free(more);
}

int main(int argc, char **argv)
{
	uint64_t pages;
	size_t old_bytes, bytes, bitmaps_at, descs_at;
	FILE *to;

	if (argc != 4) {
		fprintf(stderr, "usage: widen BYTES FROM TO\n");
		return 2;
	}
	pages = strtoull(argv[1], NULL, 0) / BLOCK;
	read_whole(argv[2]);
	bitmaps_at = (1 + get32(SUB_BLOCKS_AT)) * BLOCK;
	old_bytes = get32(BITMAP_BLOCKS_AT) * BLOCK / 2;
	bytes = (pages / 8 + BLOCK - 1) / BLOCK * BLOCK;
	descs_at = bitmaps_at + 2 * old_bytes;
	if (descs_at > from_bytes || bytes < old_bytes)
		die(argv[2]);
	move_pages(from + bitmaps_at + old_bytes, old_bytes, descs_at,
		   2 * (bytes - old_bytes));
	put32(BITMAP_BLOCKS_AT, (uint32_t)(2 * bytes / BLOCK));
	put32(MAX_MAPNR_AT, (uint32_t)pages);
	memcpy(from + MAX_MAPNR_64_AT, &pages, sizeof(pages));
	to = fopen(argv[3], "w");
	if (!to)
		die(argv[3]);
	put(to, from, bitmaps_at);
	put_bitmap(to, from + bitmaps_at, old_bytes, bytes, 0xff);
	put_bitmap(to, from + bitmaps_at + old_bytes, old_bytes, bytes, 0);
	put(to, from + descs_at, from_bytes - descs_at);
	if (fclose(to))
		die(argv[3]);
	free(from);
	return 0;
}
