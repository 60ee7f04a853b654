// SPDX-License-Identifier: GPL-2.0-only
/*
 * image_iter.c - walks the records of a checked registry
 *
 * Called by the verbs and by contents, several times over the same records:
 * they are read again each time rather than kept, a page at a time, so that
 * memory stays small and constant in a crash kernel. What a record means is
 * left to audit; only an impossible address is refused here.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "registry/image.h"

__u64 image_count(const struct image *image, __u32 type)
{
	__u64 count = 0;

	for (__u32 i = 0; i < image->header.nr_chunks; i++)
		if (image->chunk[i].type == type)
			count += image->chunk[i].nr_used;
	return count;
}

void image_iter_init(struct image_iter *iter, const struct image *image,
		     __u32 type)
{
	memset(iter, 0, sizeof(*iter));
	iter->image = image;
	iter->type = type;
}

/* Fill the buffer from the current record on */
static struct err *fill(struct image_iter *iter,
			const struct image_chunk *chunk)
{
	__u32 fit = sizeof(iter->buf) / chunk->record_bytes;
	__u32 nr = chunk->nr_used - iter->record;
	struct err *err;
	bool is_present;
	__u64 gpa;

	if (nr > fit)
		nr = fit;
	gpa = chunk->gpa + sizeof(struct hvcrash_chunk) +
	      (__u64)iter->record * chunk->record_bytes;
	err = core_read_gpa(iter->image->core, gpa, iter->buf,
			    (size_t)nr * chunk->record_bytes, &is_present);
	if (err)
		return err_prefix(err, "registry chunk at 0x%llx", chunk->gpa);
	if (!is_present)
		return err_create_at(
			ERR_REGISTRY, gpa,
			"registry chunk at 0x%llx: record %u is not in the dump",
			chunk->gpa, iter->record);
	iter->first = iter->record;
	iter->held = nr;
	return NULL;
}

static struct err *next_record(struct image_iter *iter, void *ret,
			       bool *ret_is_end)
{
	const struct image_chunk *chunk = NULL;
	struct err *err;

	*ret_is_end = false;
	for (; iter->chunk < iter->image->header.nr_chunks; iter->chunk++) {
		chunk = &iter->image->chunk[iter->chunk];
		if (chunk->type == iter->type && iter->record < chunk->nr_used)
			break;
		iter->record = 0;
		iter->held = 0;
	}
	if (iter->chunk == iter->image->header.nr_chunks) {
		*ret_is_end = true;
		return NULL;
	}
	if (iter->record >= iter->first + iter->held || !iter->held) {
		err = fill(iter, chunk);
		if (err)
			return err;
	}
	memcpy(ret,
	       iter->buf + (size_t)(iter->record - iter->first) *
				   chunk->record_bytes,
	       chunk->record_bytes);
	iter->record++;
	return NULL;
}

struct err *image_next_vp(struct image_iter *iter, struct hvcrash_vp *ret,
			  bool *ret_is_end)
{
	return next_record(iter, ret, ret_is_end);
}

struct err *image_next_channel(struct image_iter *iter,
			       struct hvcrash_channel *ret, bool *ret_is_end)
{
	return next_record(iter, ret, ret_is_end);
}

bool image_extent_is_sound(const struct hvcrash_extent *extent)
{
	__u64 bytes = (__u64)extent->pages * HVCRASH_PAGE_BYTES;

	return extent->pages && extent->gpa % HVCRASH_PAGE_BYTES == 0 &&
	       extent->gpa <= UINT64_MAX - bytes;
}

/*
 * A record that was never used or was cut short may hold anything. Any other
 * one of a checksummed registry was written whole, so a bad address means that
 * the registry as a whole is not what it claims to be.
 */
struct err *image_next_extent(struct image_iter *iter,
			      struct hvcrash_extent *ret, bool *ret_is_end)
{
	struct err *err = next_record(iter, ret, ret_is_end);

	if (err || *ret_is_end || !iter->image->is_finished)
		return err;
	if (ret->state == HVCRASH_EMPTY || ret->state == HVCRASH_BUSY)
		return NULL;
	if (!image_extent_is_sound(ret))
		return err_create_at(
			ERR_REGISTRY, ret->gpa,
			"registry chunk at 0x%llx: extent %u: bad address 0x%llx with %u pages",
			iter->image->chunk[iter->chunk].gpa, iter->record - 1,
			ret->gpa, ret->pages);
	return NULL;
}
