// SPDX-License-Identifier: GPL-2.0-only
/*
 * repair.c - recomputes hashes and checksums as the crash path would
 *
 * Called by the fuzz targets. Does only what the header allows: what a damaged
 * count or address makes impossible stays wrong, and the tool must find that.
 */
#include <string.h>
#include <xxhash.h>

#include "hvcrash_abi.h"
#include "repair.h"

/* Far above any fixture; keeps one input from hashing for seconds */
#define MAX_HASHED_BYTES (64 * 1024)

static void repair_extent(const struct repair_memory *memory,
			  unsigned char *record)
{
	struct hvcrash_extent extent;
	const unsigned char *pages;
	uint64_t bytes;

	memcpy(&extent, record, sizeof(extent));
	bytes = (uint64_t)extent.pages * HVCRASH_PAGE_BYTES;
	if (!(extent.flags & HVCRASH_EXTENT_HASHED) || bytes > MAX_HASHED_BYTES)
		return;
	pages = memory->at(memory->priv, extent.gpa, bytes);
	if (!pages)
		return;
	extent.hash = XXH64(pages, bytes, 0);
	memcpy(record, &extent, sizeof(extent));
}

static void repair_chunk(const struct repair_memory *memory, uint64_t gpa,
			 uint32_t chunk_bytes)
{
	unsigned char *chunk = memory->at(memory->priv, gpa, chunk_bytes);
	struct hvcrash_chunk head;

	if (!chunk || chunk_bytes < sizeof(head))
		return;
	memcpy(&head, chunk, sizeof(head));
	if (head.bytes_used > chunk_bytes || head.bytes_used < sizeof(head))
		return;
	if (head.type == HVCRASH_CHUNK_EXTENTS)
		for (size_t at = sizeof(head);
		     at + sizeof(struct hvcrash_extent) <= head.bytes_used;
		     at += sizeof(struct hvcrash_extent))
			repair_extent(memory, chunk + at);
	head.checksum = 0;
	memcpy(chunk, &head, sizeof(head));
	head.checksum = XXH64(chunk, head.bytes_used, 0);
	memcpy(chunk, &head, sizeof(head));
}

void repair_registry(const struct repair_memory *memory, uint64_t gpa)
{
	unsigned char *page =
		memory->at(memory->priv, gpa, sizeof(struct hvcrash_header));
	struct hvcrash_header header;

	if (!page)
		return;
	memcpy(&header, page, sizeof(header));
	for (uint32_t i = 0; i < header.nr_chunks && i < HVCRASH_MAX_CHUNKS;
	     i++)
		repair_chunk(memory, header.chunk_gpa[i], header.chunk_bytes);
	header.checksum = 0;
	header.checksum = XXH64(&header, sizeof(header), 0);
	memcpy(page, &header, sizeof(header));
}
