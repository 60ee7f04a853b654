// SPDX-License-Identifier: GPL-2.0-only
/*
 * image.c - finds the registry and checks its header and chunks
 *
 * Called by the verbs with an open core. Every number in the dump is hostile
 * until checked here, in an order that names the first thing wrong: magic,
 * version, address, phase, checksum, counts, directory, chunk heads. What the
 * records mean is left to audit, reading them to image_iter.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "dump/vmcoreinfo.h"
#include "registry/image.h"
#include "registry/names.h"

/* Chunks are contiguous kernel memory, at most 4 MiB */
#define MAX_CHUNK_BYTES (4U << 20)

static const __u32 record_bytes[] = {
	[HVCRASH_CHUNK_VPS] = sizeof(struct hvcrash_vp),
	[HVCRASH_CHUNK_EXTENTS] = sizeof(struct hvcrash_extent),
	[HVCRASH_CHUNK_CHANNELS] = sizeof(struct hvcrash_channel),
};

/* A damaged place of the registry: "registry WHAT at 0xGPA: WHY" */
#define damaged(gpa, what, ...)                                   \
	err_prefix(err_create_at(ERR_REGISTRY, gpa, __VA_ARGS__), \
		   "registry %s at 0x%llx", what, (__u64)(gpa))

static bool is_page_range(__u64 gpa, __u64 bytes)
{
	return gpa && gpa % HVCRASH_PAGE_BYTES == 0 && gpa + bytes > gpa;
}

static struct err *find_registry(const char *text, __u64 *ret_gpa)
{
	const char *value = vmcoreinfo_value(text, HVCRASH_VMCOREINFO_KEY);
	char shown[64];
	size_t digits;

	if (!value)
		return err_create(
			ERR_REGISTRY,
			"no registry: VMCOREINFO has no line %s (was hvcrash.ko loaded when the kernel crashed?)",
			HVCRASH_VMCOREINFO_KEY);
	if (strncmp(value, "0x", 2))
		goto bad;
	/* strtoull() alone takes signs, blanks and capitals, and saturates */
	digits = strspn(value + 2, "0123456789abcdef");
	if (!digits || digits > 16 ||
	    (value[2 + digits] && value[2 + digits] != '\n'))
		goto bad;
	*ret_gpa = strtoull(value + 2, NULL, 16);
	if (!is_page_range(*ret_gpa, HVCRASH_PAGE_BYTES))
		return err_create_at(
			ERR_REGISTRY, *ret_gpa,
			"VMCOREINFO: the registry's address 0x%llx is not that of a page",
			*ret_gpa);
	return NULL;
bad:
	/* the dump's own bytes: no control characters for the terminal */
	names_clean_string(value, strcspn(value, "\n"), shown, sizeof(shown));
	return err_create(ERR_REGISTRY, "VMCOREINFO: bad value in %s=%s",
			  HVCRASH_VMCOREINFO_KEY,
			  *value && *value != '\n' ? shown : "");
}

static struct err *read_checked(struct core *core, __u64 gpa, void *buf,
				size_t bytes, const char *what)
{
	struct err *err;
	bool is_present;

	err = core_read_gpa(core, gpa, buf, bytes, &is_present);
	if (err)
		return err_prefix(err, "registry %s at 0x%llx", what, gpa);
	if (!is_present)
		return err_create_at(
			ERR_REGISTRY, gpa,
			"registry %s at 0x%llx: not in the dump: %s", what, gpa,
			core->absence);
	return NULL;
}

static struct err *check_header_checksum(const struct image *image)
{
	struct hvcrash_header copy = image->header;
	__u64 sum;

	copy.checksum = 0;
	sum = XXH64(&copy, sizeof(copy), 0);
	if (sum != image->header.checksum)
		return damaged(image->gpa, "header",
			       "wrong checksum: 0x%016llx, computed 0x%016llx",
			       image->header.checksum, sum);
	return NULL;
}

static struct err *check_header(const struct image *image)
{
	const struct hvcrash_header *header = &image->header;
	const char *what = "header";
	struct err *err = NULL;

	if (header->magic != HVCRASH_MAGIC)
		return damaged(image->gpa, what, "wrong magic 0x%016llx",
			       header->magic);
	if (header->major != HVCRASH_ABI_MAJOR)
		return damaged(image->gpa, what,
			       "format %u.%u is not supported, only %u.x",
			       header->major, header->minor, HVCRASH_ABI_MAJOR);
	if (header->header_bytes != sizeof(*header))
		return damaged(image->gpa, what, "size of %u bytes, not %zu",
			       header->header_bytes, sizeof(*header));
	if (header->gpa != image->gpa)
		return damaged(image->gpa, what, "says that it is at 0x%llx",
			       header->gpa);
	if (header->phase < HVCRASH_PHASE_LIVE ||
	    header->phase > HVCRASH_PHASE_FINISHED)
		return damaged(image->gpa, what, "unknown phase %u",
			       header->phase);
	if (image->is_finished)
		err = check_header_checksum(image);
	if (err)
		return err;
	if (!header->chunk_bytes || header->chunk_bytes > MAX_CHUNK_BYTES ||
	    header->chunk_bytes % HVCRASH_PAGE_BYTES)
		return damaged(image->gpa, what, "chunks of %u bytes",
			       header->chunk_bytes);
	if (header->nr_chunks > HVCRASH_MAX_CHUNKS)
		return damaged(image->gpa, what, "%u chunks, %u at most",
			       header->nr_chunks, HVCRASH_MAX_CHUNKS);
	return NULL;
}

static bool do_overlap(__u64 a, __u64 a_bytes, __u64 b, __u64 b_bytes)
{
	return a < b + b_bytes && b < a + a_bytes;
}

static struct err *check_directory(const struct image *image)
{
	const struct hvcrash_header *header = &image->header;
	const __u64 *gpa = header->chunk_gpa;
	__u64 bytes = header->chunk_bytes;

	for (__u32 i = 0; i < header->nr_chunks; i++) {
		if (!is_page_range(gpa[i], bytes))
			return damaged(image->gpa, "header",
				       "chunk %u has the bad address 0x%llx", i,
				       gpa[i]);
		if (do_overlap(gpa[i], bytes, image->gpa, HVCRASH_PAGE_BYTES))
			return damaged(image->gpa, "header",
				       "chunk %u at 0x%llx overlaps the header",
				       i, gpa[i]);
		for (__u32 j = 0; j < i; j++)
			if (do_overlap(gpa[i], bytes, gpa[j], bytes))
				return damaged(
					image->gpa, "header",
					"chunks %u and %u overlap at 0x%llx", j,
					i, gpa[i]);
	}
	return NULL;
}

static struct err *check_chunk(const struct image *image, __u32 index,
			       const struct hvcrash_chunk *head)
{
	__u64 gpa = image->header.chunk_gpa[index];
	const char *what = "chunk";
	__u64 room;

	if (head->magic != HVCRASH_CHUNK_MAGIC)
		return damaged(gpa, what, "wrong magic 0x%016llx", head->magic);
	if (head->gpa != gpa)
		return damaged(gpa, what, "says that it is at 0x%llx",
			       head->gpa);
	if (head->index != index)
		return damaged(gpa, what, "index %u, listed as %u", head->index,
			       index);
	if (head->type < HVCRASH_CHUNK_VPS ||
	    head->type > HVCRASH_CHUNK_CHANNELS)
		return damaged(gpa, what, "unknown type %u", head->type);
	if (head->record_bytes != record_bytes[head->type])
		return damaged(gpa, what, "records of %u bytes, not %u",
			       head->record_bytes, record_bytes[head->type]);
	room = (__u64)head->nr_records * head->record_bytes;
	if (room > image->header.chunk_bytes - sizeof(*head))
		return damaged(gpa, what, "%u records do not fit into it",
			       head->nr_records);
	if (head->bytes_used < sizeof(*head) ||
	    head->bytes_used - sizeof(*head) > room ||
	    (head->bytes_used - sizeof(*head)) % head->record_bytes)
		return damaged(gpa, what, "%u bytes used, with room for %llu",
			       head->bytes_used, room + sizeof(*head));
	return NULL;
}

/* The checksum covers @bytes_used bytes with the checksum itself as 0 */
static struct err *check_chunk_checksum(const struct image *image,
					const struct hvcrash_chunk *head)
{
	XXH64_state_t *state guarded_free = XXH64_createState();
	unsigned char buf[HVCRASH_PAGE_BYTES];
	struct err *err;
	__u64 sum;

	if (!state)
		return err_create(ERR_IO, "out of memory");
	XXH64_reset(state, 0);
	for (__u32 at = 0; at < head->bytes_used; at += sizeof(buf)) {
		__u32 bytes = head->bytes_used - at;

		if (bytes > sizeof(buf))
			bytes = sizeof(buf);
		err = read_checked(image->core, head->gpa + at, buf, bytes,
				   "chunk");
		if (err)
			return err;
		if (!at)
			memset(buf + offsetof(struct hvcrash_chunk, checksum),
			       0, sizeof(head->checksum));
		XXH64_update(state, buf, bytes);
	}
	sum = XXH64_digest(state);
	if (sum != head->checksum)
		return damaged(head->gpa, "chunk",
			       "wrong checksum: 0x%016llx, computed 0x%016llx",
			       head->checksum, sum);
	return NULL;
}

static struct err *open_chunks(struct image *image)
{
	for (__u32 i = 0; i < image->header.nr_chunks; i++) {
		struct image_chunk *chunk = &image->chunk[i];
		__u64 gpa = image->header.chunk_gpa[i];
		struct hvcrash_chunk head;
		struct err *err;

		err = read_checked(image->core, gpa, &head, sizeof(head),
				   "chunk");
		if (!err)
			err = check_chunk(image, i, &head);
		if (!err && image->is_finished)
			err = check_chunk_checksum(image, &head);
		if (err)
			return err;
		chunk->gpa = gpa;
		chunk->type = head.type;
		chunk->record_bytes = head.record_bytes;
		chunk->nr_used = (head.bytes_used - (__u32)sizeof(head)) /
				 head.record_bytes;
	}
	return NULL;
}

struct err *image_open(struct core *core, struct image **ret)
{
	struct image *image guarded_image = NULL;
	char *text guarded_free = NULL;
	struct err *err;

	image = calloc(1, sizeof(*image));
	if (!image)
		return err_create(ERR_IO, "out of memory");
	image->core = core;
	err = core_vmcoreinfo(core, &text);
	if (!err)
		err = find_registry(text, &image->gpa);
	if (!err)
		err = read_checked(core, image->gpa, &image->header,
				   sizeof(image->header), "header");
	if (err)
		return err;
	image->is_finished = image->header.phase == HVCRASH_PHASE_FINISHED;
	err = check_header(image);
	if (!err)
		err = check_directory(image);
	if (!err)
		err = open_chunks(image);
	if (err)
		return err;
	*ret = image;
	image = NULL;
	return NULL;
}
