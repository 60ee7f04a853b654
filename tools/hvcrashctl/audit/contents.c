// SPDX-License-Identifier: GPL-2.0-only
/*
 * contents.c - hashes the extents' pages again
 *
 * Called by verb_audit. Streams each extent through XXH64, seed 0, as the crash
 * path did, with one small buffer. A page that is not in the dump ends its
 * extent, so a wrong page count costs only one failed lookup; and all extents
 * together may claim at most a small multiple of what the dump holds, so that a
 * corrupt registry cannot keep the crash kernel busy forever.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "audit/contents.h"

#define READ_BYTES (64 * 1024)

/* A page may be shared twice, as a ring in two GPADLs, but not eight times */
#define MAX_CLAIMS_PER_PAGE 8

struct hasher {
	struct core *core;
	XXH64_state_t *state;
	unsigned char *buf;
	__u64 budget_bytes;
	__u64 absent_gpa; /* of the page that ended the last extent, and why */
	char absent_why[CONTENTS_WHY_BYTES];
	bool is_kexec;
};

static void hasher_deinit(struct hasher *hasher)
{
	XXH64_freeState(hasher->state);
	free(hasher->buf);
}

static bool is_comparable(const struct hvcrash_extent *extent)
{
	return extent->state == HVCRASH_REVOKED ||
	       extent->state == HVCRASH_UNLOADED ||
	       extent->state == HVCRASH_REVOKED_LATE;
}

/* Several pages at once if they are present, else page by page */
static enum contents_fact read_some(struct hasher *hasher, __u64 gpa,
				    size_t bytes)
{
	struct err *err;
	bool is_present;

	err = core_read_gpa(hasher->core, gpa, hasher->buf, bytes, &is_present);
	if (!err && is_present)
		return CONTENTS_SAME;
	err_destroy(err);
	for (size_t at = 0; at < bytes; at += HVCRASH_PAGE_BYTES) {
		err = core_read_gpa(hasher->core, gpa + at, hasher->buf + at,
				    HVCRASH_PAGE_BYTES, &is_present);
		if (!err && is_present)
			continue;
		hasher->absent_gpa = gpa + at;
		snprintf(hasher->absent_why, sizeof(hasher->absent_why), "%s",
			 err ? err->message : hasher->core->absence);
		if (!err)
			return CONTENTS_MISSING;
		err_destroy(err);
		return CONTENTS_UNREADABLE;
	}
	return CONTENTS_SAME;
}

static enum contents_fact hash_extent(struct hasher *hasher,
				      const struct hvcrash_extent *extent,
				      __u64 *ret_hash)
{
	__u64 bytes = (__u64)extent->pages * HVCRASH_PAGE_BYTES;
	enum contents_fact fact;

	XXH64_reset(hasher->state, 0);
	for (__u64 at = 0; at < bytes; at += READ_BYTES) {
		size_t want = bytes - at < READ_BYTES ? (size_t)(bytes - at) :
							READ_BYTES;

		if (want > hasher->budget_bytes)
			return CONTENTS_TOO_MANY;
		hasher->budget_bytes -= want;
		fact = read_some(hasher, extent->gpa + at, want);
		if (fact != CONTENTS_SAME)
			return fact;
		XXH64_update(hasher->state, hasher->buf, want);
	}
	*ret_hash = XXH64_digest(hasher->state);
	return CONTENTS_SAME;
}

/* Findings that need no look at the contents */
static enum contents_fact fact_unread(const struct hasher *hasher,
				      const struct hvcrash_extent *extent)
{
	if (!is_comparable(extent))
		return CONTENTS_NOT_LOOKED;
	if (extent->flags & HVCRASH_EXTENT_HASHED)
		return CONTENTS_SAME;
	return hasher->is_kexec ? CONTENTS_GIVEN_ON : CONTENTS_NOT_HASHED;
}

/*
 * Watching reports every page that is written, though there is
 * nothing to compare it with in the first round. After a kexec the next kernel
 * writes there, as it may.
 */
static bool is_worth_watching(const struct hasher *hasher,
			      const struct contents *contents,
			      const struct hvcrash_extent *extent)
{
	return contents->is_watched && !hasher->is_kexec &&
	       extent->state >= HVCRASH_SHARED &&
	       extent->state <= HVCRASH_REVOKED_LATE &&
	       extent->state != HVCRASH_TORN_DOWN &&
	       !(extent->flags & HVCRASH_EXTENT_NOT_RAM);
}

/*
 * A page that was changed back counts as written: by whom, and what else, is
 * unknown
 */
static bool was_written(struct contents *contents, __u64 number, __u64 hash)
{
	struct contents_watched *watched = &contents->watched[number];
	const struct contents_watched now = { .hash = hash >> 2 };

	if (watched->is_hashed && watched->hash != now.hash &&
	    !watched->is_written) {
		watched->is_written = 1;
		contents->written++;
	}
	watched->is_hashed = 1;
	watched->hash = now.hash;
	return watched->is_written;
}

/* Only the first one, which the report names */
static void note_absence(struct contents *contents, const struct hasher *hasher)
{
	if (contents->has_absent)
		return;
	contents->has_absent = true;
	contents->absent_gpa = hasher->absent_gpa;
	memcpy(contents->absent_why, hasher->absent_why,
	       sizeof(contents->absent_why));
}

static enum contents_fact look_at(struct hasher *hasher,
				  struct contents *contents, __u64 number,
				  const struct hvcrash_extent *extent)
{
	enum contents_fact fact = fact_unread(hasher, extent), read;
	__u64 hash;

	if (fact != CONTENTS_SAME &&
	    !is_worth_watching(hasher, contents, extent))
		return fact;
	read = hash_extent(hasher, extent, &hash);
	if (read != CONTENTS_SAME) {
		if (fact != CONTENTS_SAME)
			return fact;
		/* what was read once is known */
		if (contents->rounds)
			return contents->fact[number];
		if (read == CONTENTS_MISSING || read == CONTENTS_UNREADABLE)
			note_absence(contents, hasher);
		return read;
	}
	if (contents->is_watched && was_written(contents, number, hash))
		return CONTENTS_WRITTEN;
	if (fact == CONTENTS_SAME && hash != extent->hash)
		return CONTENTS_CHANGED;
	return fact;
}

static struct err *hasher_init(struct hasher *hasher, struct core *core)
{
	hasher->core = core;
	hasher->state = XXH64_createState();
	hasher->buf = malloc(READ_BYTES);
	if (!hasher->state || !hasher->buf)
		return err_create(ERR_IO, "out of memory");
	if (__builtin_mul_overflow(core->bytes_held, MAX_CLAIMS_PER_PAGE,
				   &hasher->budget_bytes))
		hasher->budget_bytes = UINT64_MAX;
	return NULL;
}

static struct err *make_room(struct contents *contents, __u64 count)
{
	if (!count)
		count = 1;
	contents->fact = calloc(count, sizeof(*contents->fact));
	if (contents->is_watched)
		contents->watched = calloc(count, sizeof(*contents->watched));
	if (!contents->fact || (contents->is_watched && !contents->watched))
		return err_create(ERR_IO, "out of memory");
	return NULL;
}

static struct err *look_at_all(struct hasher *hasher, const struct image *image,
			       bool (*is_stopped)(void),
			       struct contents *contents)
{
	__u64 count = image_count(image, HVCRASH_CHUNK_EXTENTS);
	bool is_first = !contents->rounds, has_stopped = false;
	struct hvcrash_extent extent;
	struct image_iter iter;
	struct err *err;

	image_iter_init(&iter, image, HVCRASH_CHUNK_EXTENTS);
	for (__u64 number = 0; number < count; number++) {
		enum contents_fact fact;
		bool is_end;

		err = image_next_extent(&iter, &extent, &is_end);
		if (err || is_end)
			return err;
		has_stopped |= is_stopped && is_stopped();
		if (has_stopped && !is_first)
			return NULL;
		if (!has_stopped) {
			fact = look_at(hasher, contents, number, &extent);
		} else {
			fact = fact_unread(hasher, &extent);
			if (fact == CONTENTS_SAME)
				fact = CONTENTS_STOPPED;
		}
		contents->fact[number] = (unsigned char)fact;
		if (is_first)
			contents->nr = number + 1;
	}
	contents->rounds += !has_stopped;
	return NULL;
}

struct err *contents_collect(const struct image *image,
			     bool (*is_stopped)(void),
			     struct contents *contents)
{
	struct hasher hasher guarded(hasher_deinit) = { 0 };
	struct err *err;

	/* in a registry that was not finished no hash means anything */
	if (!image->is_finished)
		return NULL;
	err = hasher_init(&hasher, image->core);
	hasher.is_kexec = image->header.way == HVCRASH_WAY_KEXEC;
	if (!err && !contents->fact)
		err = make_room(contents,
				image_count(image, HVCRASH_CHUNK_EXTENTS));
	return err ? err : look_at_all(&hasher, image, is_stopped, contents);
}

void contents_deinit(struct contents *contents)
{
	free(contents->watched);
	free(contents->fact);
}
