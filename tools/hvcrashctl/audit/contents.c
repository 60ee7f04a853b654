// SPDX-License-Identifier: GPL-2.0-only
/*
 * contents.c - hashes the extents' pages once more
 *
 * Called by verb_audit. Streams each extent through XXH64, seed 0, as the crash
 * path did, with one small buffer. A page that cannot be had ends its extent,
 * so a false page count costs one failed lookup; and all extents together may
 * claim no more than a small multiple of what the dump holds, so that a false
 * registry cannot keep the crash kernel busy for ever.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "audit/contents.h"

#define READ_BYTES (64 * 1024)

/* The same page may be shared twice, a ring in two GPADLs: not eight times */
#define MAX_CLAIMS_PER_PAGE 8

struct hasher {
	struct core *core;
	XXH64_state_t *state;
	unsigned char *buf;
	__u64 budget_bytes;
	__u64 absent_gpa; /* of the page that ended the last extent, and why */
	char absent_why[FACTS_WHY_BYTES];
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

/* Several pages at once where they are there, else page by page */
static enum fact read_some(struct hasher *hasher, __u64 gpa, size_t bytes)
{
	struct err *err;
	bool is_present;

	err = core_read_gpa(hasher->core, gpa, hasher->buf, bytes, &is_present);
	if (!err && is_present)
		return FACT_SAME;
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
			return FACT_MISSING;
		err_destroy(err);
		return FACT_UNREADABLE;
	}
	return FACT_SAME;
}

static enum fact hash_extent(struct hasher *hasher,
			     const struct hvcrash_extent *extent,
			     __u64 *ret_hash)
{
	__u64 bytes = (__u64)extent->pages * HVCRASH_PAGE_BYTES;
	enum fact fact;

	XXH64_reset(hasher->state, 0);
	for (__u64 at = 0; at < bytes; at += READ_BYTES) {
		size_t want = bytes - at < READ_BYTES ? (size_t)(bytes - at) :
							READ_BYTES;

		if (want > hasher->budget_bytes)
			return FACT_TOO_MANY;
		hasher->budget_bytes -= want;
		fact = read_some(hasher, extent->gpa + at, want);
		if (fact != FACT_SAME)
			return fact;
		XXH64_update(hasher->state, hasher->buf, want);
	}
	*ret_hash = XXH64_digest(hasher->state);
	return FACT_SAME;
}

/* What there is to say before the contents are read */
static enum fact fact_unread(const struct hasher *hasher,
			     const struct hvcrash_extent *extent)
{
	if (!is_comparable(extent))
		return FACT_NOT_LOOKED;
	if (extent->flags & HVCRASH_EXTENT_HASHED)
		return FACT_SAME;
	return hasher->is_kexec ? FACT_GIVEN_ON : FACT_NOT_HASHED;
}

/*
 * Who watches wants to know of every page that somebody writes, though there is
 * nothing to compare it with in the first round. After a kexec the next kernel
 * writes there, as it may.
 */
static bool is_worth_watching(const struct hasher *hasher,
			      const struct facts *facts,
			      const struct hvcrash_extent *extent)
{
	return facts->is_watched && !hasher->is_kexec &&
	       extent->state >= HVCRASH_SHARED &&
	       extent->state <= HVCRASH_REVOKED_LATE &&
	       extent->state != HVCRASH_TORN_DOWN &&
	       !(extent->flags & HVCRASH_EXTENT_NOT_RAM);
}

/* Back as it was is written as well: by whom, and what else, is not known */
static bool was_written(struct facts *facts, __u64 number, __u64 hash)
{
	struct facts_watched *watched = &facts->watched[number];
	const struct facts_watched now = { .hash = hash >> 2 };

	if (watched->is_hashed && watched->hash != now.hash &&
	    !watched->is_written) {
		watched->is_written = 1;
		facts->written++;
	}
	watched->is_hashed = 1;
	watched->hash = now.hash;
	return watched->is_written;
}

/* The first one only: it has a place in the report */
static void note_absence(struct facts *facts, const struct hasher *hasher)
{
	if (facts->has_absent)
		return;
	facts->has_absent = true;
	facts->absent_gpa = hasher->absent_gpa;
	memcpy(facts->absent_why, hasher->absent_why,
	       sizeof(facts->absent_why));
}

static enum fact look_at(struct hasher *hasher, struct facts *facts,
			 __u64 number, const struct hvcrash_extent *extent)
{
	enum fact fact = fact_unread(hasher, extent), read;
	__u64 hash;

	if (fact != FACT_SAME && !is_worth_watching(hasher, facts, extent))
		return fact;
	read = hash_extent(hasher, extent, &hash);
	if (read != FACT_SAME) {
		if (fact != FACT_SAME)
			return fact;
		/* what was read once is known */
		if (facts->rounds)
			return facts->fact[number];
		if (read == FACT_MISSING || read == FACT_UNREADABLE)
			note_absence(facts, hasher);
		return read;
	}
	if (facts->is_watched && was_written(facts, number, hash))
		return FACT_WRITTEN;
	if (fact == FACT_SAME && hash != extent->hash)
		return FACT_CHANGED;
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

static struct err *make_room(struct facts *facts, __u64 count)
{
	if (!count)
		count = 1;
	facts->fact = calloc(count, sizeof(*facts->fact));
	if (facts->is_watched)
		facts->watched = calloc(count, sizeof(*facts->watched));
	if (!facts->fact || (facts->is_watched && !facts->watched))
		return err_create(ERR_IO, "out of memory");
	return NULL;
}

static struct err *look_at_all(struct hasher *hasher, const struct image *image,
			       bool (*is_stopped)(void), struct facts *facts)
{
	__u64 count = image_count(image, HVCRASH_CHUNK_EXTENTS);
	bool is_first = !facts->rounds, has_stopped = false;
	struct hvcrash_extent extent;
	struct image_iter iter;
	struct err *err;

	image_iter_init(&iter, image, HVCRASH_CHUNK_EXTENTS);
	for (__u64 number = 0; number < count; number++) {
		enum fact fact;
		bool is_end;

		err = image_next_extent(&iter, &extent, &is_end);
		if (err || is_end)
			return err;
		has_stopped |= is_stopped && is_stopped();
		if (has_stopped && !is_first)
			return NULL;
		if (!has_stopped) {
			fact = look_at(hasher, facts, number, &extent);
		} else {
			fact = fact_unread(hasher, &extent);
			if (fact == FACT_SAME)
				fact = FACT_STOPPED;
		}
		facts->fact[number] = (unsigned char)fact;
		if (is_first)
			facts->nr = number + 1;
	}
	facts->rounds += !has_stopped;
	return NULL;
}

struct err *facts_collect(const struct image *image, bool (*is_stopped)(void),
			  struct facts *facts)
{
	struct hasher hasher guarded(hasher_deinit) = { 0 };
	struct err *err;

	/* in a registry that was not finished no hash means anything */
	if (!image->is_finished)
		return NULL;
	err = hasher_init(&hasher, image->core);
	hasher.is_kexec = image->header.way == HVCRASH_WAY_KEXEC;
	if (!err && !facts->fact)
		err = make_room(facts,
				image_count(image, HVCRASH_CHUNK_EXTENTS));
	return err ? err : look_at_all(&hasher, image, is_stopped, facts);
}

void facts_deinit(struct facts *facts)
{
	free(facts->watched);
	free(facts->fact);
}
