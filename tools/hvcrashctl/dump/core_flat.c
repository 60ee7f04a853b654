// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_flat.c - makedumpfile's flattened form: reads as if it were plain
 *
 * Called by core.c and core_io.c. A flattened file is a page with a signature
 * and then records: a head that says where in the plain file the data belong,
 * and the data; the last one is -1, -1 (makedumpfile.h, struct
 * makedumpfile_data_header, big-endian). It is what makedumpfile -F writes into
 * a pipe, and what kdump-tools of Debian and Ubuntu always writes.
 *
 * Keeping the place of every record would take memory that grows with the dump.
 * But makedumpfile writes only a few interleaved streams, each in order, mainly
 * page descriptors and page data. So only pieces of streams are kept, and
 * within a piece the records are searched again, head by head. A piece is long
 * enough that MAX_PIECES suffice.
 *
 * Invariant: a byte is read from the last record that contains it, or not at
 * all. Bytes in no record are a hole, and read as zeros, as in the file that
 * makedumpfile -R would write; in a file without its end record they are
 * missing.
 */
#include <endian.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dump/core.h"
#include "dump/core_file.h"
#include "dump/core_flat.h"

#define FLAT_SIGNATURE "makedumpfile"
#define FLAT_HEADER_BYTES 4096
#define FLAT_TYPE 1
#define FLAT_VERSION 1

/* 3 MiB of a crash kernel's memory at most */
#define MAX_PIECES (64 * 1024)
#define FIRST_PIECES 256
#define NR_OPEN 4

/*
 * The part of the file that a piece spans at first; doubled as often as needed
 */
#define FIRST_SPAN (256 * 1024)

struct flat_header {
	char signature[16];
	__u64 type;
	__u64 version;
};

struct record_head {
	__s64 offset;
	__s64 bytes;
};

/**
 * struct piece - records that follow each other in the plain file
 * @start, @end: what they hold of the plain file
 * @first, @last: heads of the first and the last of them in this file
 * @reach: the largest @end of this piece and all before it, once sorted
 * @stream: pieces with the same number follow each other
 */
struct piece {
	__u64 start;
	__u64 end;
	__u64 first;
	__u64 last;
	__u64 reach;
	__u32 stream;
	__u32 pad;
};

/**
 * struct flat - the index, and the place where the last read ended
 * @pieces, @nr, @room: sorted by start once the file is open
 * @open: pieces that are still growing; start == end: a free slot
 * @next_victim: slot to close when a new stream begins
 * @nr_streams: streams begun
 * @span: how much of the file a piece may span
 * @is_cut: no end record
 * @hit: record found last, with its plain offset and the place of its head
 * @hit_bytes: its data
 * @hit_piece: the piece that it belongs to
 */
struct flat {
	struct piece *pieces;
	size_t nr;
	size_t room;
	struct piece open[NR_OPEN];
	unsigned int next_victim;
	__u32 nr_streams;
	__u64 span;
	bool is_cut;
	const struct piece *hit_piece;
	__u64 hit_start;
	__u64 hit_bytes;
	__u64 hit_pos;
};

bool flat_probe(const unsigned char *head, size_t bytes)
{
	static const char signature[16] = FLAT_SIGNATURE;

	return bytes >= sizeof(signature) &&
	       !memcmp(head, signature, sizeof(signature));
}

bool flat_is_cut(const struct flat *flat)
{
	return flat && flat->is_cut;
}

static int compare_starts(const void *a, const void *b)
{
	const struct piece *one = a, *two = b;

	if (one->start != two->start)
		return one->start < two->start ? -1 : 1;
	return (one->first > two->first) - (one->first < two->first);
}

/*
 * Joins two pieces that a longer span would not have separated. The records of
 * the first lead to those of the second: they were followed when the file was
 * read.
 */
static void join_pieces(struct flat *flat)
{
	size_t kept = 0;
	bool was_joined = true;

	qsort(flat->pieces, flat->nr, sizeof(flat->pieces[0]), compare_starts);
	for (size_t i = 0; i < flat->nr; i++) {
		struct piece *piece = &flat->pieces[i];
		struct piece *before = kept ? &flat->pieces[kept - 1] : NULL;

		if (!was_joined && before->stream == piece->stream &&
		    before->end == piece->start) {
			before->end = piece->end;
			before->last = piece->last;
			was_joined = true;
			continue;
		}
		flat->pieces[kept++] = *piece;
		was_joined = false;
	}
	flat->nr = kept;
	flat->span *= 2;
}

static struct err *make_room(struct flat *flat)
{
	size_t room = flat->room ? 2 * flat->room : FIRST_PIECES;
	struct piece *pieces;

	if (flat->nr < flat->room)
		return NULL;
	if (room > MAX_PIECES) {
		join_pieces(flat);
		if (flat->nr <= MAX_PIECES / 4 * 3)
			return NULL;
		return err_create(
			ERR_IO,
			"flattened file: too fragmented to be read as it is: convert it with makedumpfile -R");
	}
	pieces = reallocarray(flat->pieces, room, sizeof(*pieces));
	if (!pieces)
		return err_create(ERR_IO, "out of memory");
	flat->pieces = pieces;
	flat->room = room;
	return NULL;
}

static struct err *close_piece(struct flat *flat, struct piece *piece)
{
	struct err *err;

	if (piece->start == piece->end)
		return NULL;
	err = make_room(flat);
	if (err)
		return err;
	flat->pieces[flat->nr++] = *piece;
	piece->start = piece->end;
	return NULL;
}

/*
 * A record that overlaps an open piece ends it: the piece stays the older one
 */
static struct err *close_overlapped(struct flat *flat, __u64 start, __u64 end,
				    const struct piece *except)
{
	struct err *err = NULL;

	for (int i = 0; i < NR_OPEN && !err; i++) {
		struct piece *piece = &flat->open[i];

		if (piece != except && piece->start < end && start < piece->end)
			err = close_piece(flat, piece);
	}
	return err;
}

static struct err *add_record(struct flat *flat, __u64 pos, __u64 start,
			      __u64 end)
{
	struct piece *piece = NULL;
	struct err *err = NULL;
	bool is_new;

	for (int i = 0; i < NR_OPEN && !piece; i++)
		if (flat->open[i].start != flat->open[i].end &&
		    flat->open[i].end == start)
			piece = &flat->open[i];
	err = close_overlapped(flat, start, end, piece);
	is_new = !piece;
	if (is_new) {
		piece = &flat->open[flat->next_victim];
		flat->next_victim = (flat->next_victim + 1) % NR_OPEN;
	}
	if (!err && (is_new || pos - piece->first >= flat->span)) {
		err = close_piece(flat, piece);
		piece->start = start;
		piece->first = pos;
		if (is_new)
			piece->stream = flat->nr_streams++;
	}
	piece->end = end;
	piece->last = pos;
	return err;
}

static struct err *read_head(struct core *core, __u64 pos,
			     struct record_head *ret, bool *ret_is_end)
{
	struct record_head raw;
	struct err *err;
	size_t got;

	err = file_pread(core->fd, pos, &raw, sizeof(raw), &got);
	if (err)
		return err;
	*ret_is_end = got < sizeof(raw);
	if (*ret_is_end)
		return NULL;
	ret->offset = (__s64)be64toh((__u64)raw.offset);
	ret->bytes = (__s64)be64toh((__u64)raw.bytes);
	return NULL;
}

/* Walks all heads, from the first to the end record or to the truncation */
static struct err *walk(struct core *core)
{
	struct flat *flat = core->flat;
	__u64 pos = FLAT_HEADER_BYTES;

	for (;;) {
		struct record_head head;
		__u64 room, end;
		struct err *err;

		flat->is_cut = core->stored_bytes - pos < sizeof(head);
		if (flat->is_cut)
			return NULL;
		err = read_head(core, pos, &head, &flat->is_cut);
		if (err || flat->is_cut)
			return err;
		if (head.offset == -1 && head.bytes == -1)
			return NULL;
		if (head.offset < 0 || head.bytes <= 0 ||
		    head.bytes > INT64_MAX - head.offset)
			return err_create(
				ERR_IO,
				"flattened file: the record at 0x%llx is damaged: %lld bytes for offset %lld",
				pos, head.bytes, head.offset);
		room = core->stored_bytes - pos - sizeof(head);
		flat->is_cut = (__u64)head.bytes > room;
		if (flat->is_cut)
			head.bytes = (__s64)room;
		end = (__u64)(head.offset + head.bytes);
		if (head.bytes)
			err = add_record(flat, pos, (__u64)head.offset, end);
		if (err || flat->is_cut)
			return err;
		pos += sizeof(head) + (__u64)head.bytes;
	}
}

static struct err *finish(struct core *core)
{
	struct flat *flat = core->flat;
	struct err *err = NULL;
	__u64 reach = 0;

	for (int i = 0; i < NR_OPEN && !err; i++)
		err = close_piece(flat, &flat->open[i]);
	if (!err && !flat->nr)
		err = err_create(ERR_IO,
				 "flattened file: truncated before any data");
	if (err)
		return err;
	qsort(flat->pieces, flat->nr, sizeof(flat->pieces[0]), compare_starts);
	for (size_t i = 0; i < flat->nr; i++) {
		if (flat->pieces[i].end > reach)
			reach = flat->pieces[i].end;
		flat->pieces[i].reach = reach;
	}
	core->file_bytes = reach;
	return NULL;
}

struct err *flat_open(struct core *core)
{
	struct flat_header header;
	struct err *err;
	size_t got;

	core->flat = calloc(1, sizeof(*core->flat));
	if (!core->flat)
		return err_create(ERR_IO, "out of memory");
	core->flat->span = FIRST_SPAN;
	if (core->stored_bytes < FLAT_HEADER_BYTES)
		return err_create(ERR_IO,
				  "flattened file: truncated before any data");
	err = file_pread(core->fd, 0, &header, sizeof(header), &got);
	if (err)
		return err;
	if (got < sizeof(header) || be64toh(header.type) != FLAT_TYPE ||
	    be64toh(header.version) != FLAT_VERSION)
		return err_create(ERR_IO,
				  "flattened file: unknown type or version");
	err = walk(core);
	return err ? err : finish(core);
}

void flat_close(struct flat *flat)
{
	if (!flat)
		return;
	free(flat->pieces);
	free(flat);
}

/* Number of pieces that start at or before @offset */
static size_t count_before(const struct flat *flat, __u64 offset)
{
	size_t low = 0, high = flat->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (flat->pieces[middle].start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The most recently written piece that contains @offset, NULL in a hole. If two
 * pieces were written at the same time, their order is unknown.
 */
static struct err *find_piece(const struct flat *flat, __u64 offset,
			      const struct piece **ret, __u64 *ret_limit)
{
	size_t before = count_before(flat, offset);
	const struct piece *best = NULL;

	*ret_limit =
		before < flat->nr ? flat->pieces[before].start : UINT64_MAX;
	for (size_t i = before; i-- > 0 && flat->pieces[i].reach > offset;) {
		const struct piece *piece = &flat->pieces[i];

		if (piece->end <= offset)
			continue;
		if (best && piece->first <= best->last &&
		    best->first <= piece->last)
			return err_create(
				ERR_IO,
				"flattened file: records at 0x%llx and 0x%llx overlap",
				piece->first, best->first);
		if (!best || piece->first > best->first)
			best = piece;
	}
	*ret = best;
	return NULL;
}

/* Searches from the piece's first record on, or from the one found last */
static struct err *find_record(struct core *core, const struct piece *piece,
			       __u64 offset)
{
	struct flat *flat = core->flat;
	__u64 next = piece->start, pos = piece->first;

	if (flat->hit_piece == piece && flat->hit_start <= offset) {
		next = flat->hit_start;
		pos = flat->hit_pos;
	}
	while (pos <= piece->last) {
		struct record_head head;
		struct err *err;
		bool is_end;

		err = read_head(core, pos, &head, &is_end);
		if (err)
			return err;
		if (is_end || head.bytes <= 0)
			break;
		if ((__u64)head.offset == next) {
			if (offset - next < (__u64)head.bytes) {
				flat->hit_piece = piece;
				flat->hit_start = next;
				flat->hit_bytes = (__u64)head.bytes;
				flat->hit_pos = pos;
				return NULL;
			}
			next += (__u64)head.bytes;
		}
		pos += sizeof(head) + (__u64)head.bytes;
	}
	return err_create(ERR_IO,
			  "flattened file: it has changed since it was opened");
}

/* Some bytes from @offset on, *ret_bytes of them; 0 in a hole of a cut file */
static struct err *read_part(struct core *core, __u64 offset, void *buf,
			     size_t bytes, size_t *ret_bytes)
{
	struct flat *flat = core->flat;
	const struct piece *piece;
	__u64 limit, skip, most;
	struct err *err;

	err = find_piece(flat, offset, &piece, &limit);
	if (err)
		return err;
	most = limit - offset < bytes ? limit - offset : bytes;
	if (!piece) {
		*ret_bytes = flat->is_cut ? 0 : (size_t)most;
		memset(buf, 0, *ret_bytes);
		return NULL;
	}
	err = find_record(core, piece, offset);
	if (err)
		return err;
	skip = offset - flat->hit_start;
	if (flat->hit_bytes - skip < most)
		most = flat->hit_bytes - skip;
	if (piece->end - offset < most)
		most = piece->end - offset;
	return file_pread(core->fd,
			  flat->hit_pos + sizeof(struct record_head) + skip,
			  buf, (size_t)most, ret_bytes);
}

struct err *flat_pread(struct core *core, __u64 offset, void *buf, size_t bytes,
		       size_t *ret_bytes)
{
	size_t done = 0, part = 0;

	if (offset >= core->file_bytes)
		bytes = 0;
	else if (bytes > core->file_bytes - offset)
		bytes = (size_t)(core->file_bytes - offset);
	while (done < bytes) {
		struct err *err =
			read_part(core, offset + done, (char *)buf + done,
				  bytes - done, &part);

		if (err)
			return err;
		if (!part)
			break;
		done += part;
	}
	*ret_bytes = done;
	return NULL;
}
