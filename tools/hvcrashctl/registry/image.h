/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * image.h - the registry inside a core: found, checked, record by record
 *
 * Called by the verbs and by contents. After image_open() every count, offset
 * and address of the header and of the chunks has been checked against the
 * format, and in a finished registry every checksum as well; an extent that an
 * iterator returns from a finished registry has a sound address and size.
 * Nothing but the header page and the chunk heads is kept in memory.
 */
#ifndef HVCRASHCTL_IMAGE_H
#define HVCRASHCTL_IMAGE_H

#include <stdbool.h>
#include <linux/types.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "dump/core.h"
#include "hvcrash_abi.h"

/**
 * struct image_chunk - what a chunk's head says, checked
 * @gpa: where it is
 * @type: HVCRASH_CHUNK_*
 * @record_bytes: size of one record
 * @nr_used: records ever used
 */
struct image_chunk {
	__u64 gpa;
	__u32 type;
	__u32 record_bytes;
	__u32 nr_used;
};

/**
 * struct image - a checked registry
 * @core: the memory it lies in
 * @gpa: its header page
 * @is_finished: HVCRASH_PHASE_FINISHED, and so checksummed: else do not trust
 * it
 * @header: copy of the header page
 * @chunk: one for each of header.nr_chunks
 */
struct image {
	struct core *core;
	__u64 gpa;
	bool is_finished;
	struct hvcrash_header header;
	struct image_chunk chunk[HVCRASH_MAX_CHUNKS];
};

struct err *image_open(struct core *core, struct image **ret);

#define guarded_image guarded_free

/* Records of @type in all chunks */
__u64 image_count(const struct image *image, __u32 type);

/**
 * struct image_iter - place in the records of one type
 * @image: the registry
 * @type: HVCRASH_CHUNK_*
 * @chunk: next chunk to look into
 * @record: next record in it
 * @held: records in @buf from @first on
 * @first: record number in the chunk of @buf's first one
 * @buf: a page of records, so that a scan does not read 64 bytes at a time
 */
struct image_iter {
	const struct image *image;
	__u32 type;
	__u32 chunk;
	__u32 record;
	__u32 first;
	__u32 held;
	unsigned char buf[HVCRASH_PAGE_BYTES];
};

void image_iter_init(struct image_iter *iter, const struct image *image,
		     __u32 type);

/* Each gives the next record of the type, unused ones too, or *ret_is_end */
struct err *image_next_vp(struct image_iter *iter, struct hvcrash_vp *ret,
			  bool *ret_is_end);
struct err *image_next_extent(struct image_iter *iter,
			      struct hvcrash_extent *ret, bool *ret_is_end);
struct err *image_next_channel(struct image_iter *iter,
			       struct hvcrash_channel *ret, bool *ret_is_end);

/* Aligned, not empty, inside the 64-bit address space */
bool image_extent_is_sound(const struct hvcrash_extent *extent);

#endif
