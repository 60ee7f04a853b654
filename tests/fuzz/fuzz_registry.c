// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_registry.c - fuzz target: the registry's decoder, and the verdict
 *
 * File 0 is guest memory from address 0 on, without a dump format. The tool's
 * own chain runs over it: image, iterators, contents, audit. If the verdict is
 * "clean", every claim behind it is checked again here, from hvcrash_abi.h and
 * the memory alone: no input that is not clean may be called clean.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "audit/audit.h"
#include "audit/contents.h"
#include "audit/rows.h"
#include "registry/image.h"
#include "repair.h"
#include "sparse.h"

#define FLAG_REPAIR 1
#define REGISTRY_GPA 0x1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sparse sparse;

static unsigned char *memory_at(void *priv, uint64_t gpa, uint64_t bytes)
{
	struct sparse_file *file = priv;

	if (gpa > file->size || bytes > file->size - gpa)
		return NULL;
	return file->bytes + gpa;
}

static struct err *read_memory(struct core *core, __u64 gpa, void *buf,
			       size_t bytes, bool *ret_is_present)
{
	const unsigned char *from = memory_at(core->priv, gpa, bytes);

	*ret_is_present = from;
	if (from)
		memcpy(buf, from, bytes);
	return NULL;
}

static struct err *name_registry(struct core *core, char **ret_text)
{
	(void)core;
	*ret_text = strdup(HVCRASH_VMCOREINFO_KEY "=0x1000\n");
	return *ret_text ? NULL : err_create(ERR_IO, "out of memory");
}

static const struct core_ops memory_ops = {
	.name = "memory",
	.read_gpa = read_memory,
	.vmcoreinfo = name_registry,
};

static const unsigned char *need(__u64 gpa, __u64 bytes)
{
	const unsigned char *memory = memory_at(&sparse.file[0], gpa, bytes);

	if (memory)
		return memory;
	dprintf(2, "clean, but 0x%llx does not exist\n", gpa);
	abort();
}

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	dprintf(2, "clean, but %s\n", what);
	abort();
}

static void expect_clean_vp(const struct hvcrash_vp *vp)
{
	if (vp->state == HVCRASH_VP_REVOKED)
		require(!((vp->after[HVCRASH_REG_SIMP] |
			   vp->after[HVCRASH_REG_SIEFP] |
			   vp->after[HVCRASH_REG_VP_ASSIST]) &
			  1),
			"a register reads back as enabled");
	else
		require(vp->state <= HVCRASH_VP_NOT_REACHED,
			"a VP is in an unknown state");
}

static void expect_clean_extent(const struct hvcrash_extent *extent)
{
	__u64 bytes = (__u64)extent->pages * HVCRASH_PAGE_BYTES;

	if (extent->state == HVCRASH_EMPTY ||
	    extent->state == HVCRASH_TORN_DOWN)
		return;
	require(extent->state == HVCRASH_REVOKED ||
			extent->state == HVCRASH_UNLOADED ||
			extent->state == HVCRASH_REVOKED_LATE,
		"a page was not revoked");
	require(extent->kind >= HVCRASH_KIND_SIMP &&
			extent->kind <= HVCRASH_KIND_DRIVER,
		"a kind is unknown");
	require((extent->evidence >= HVCRASH_EV_GPADL_TORNDOWN &&
		 extent->evidence <= HVCRASH_EV_RELID_RELEASED &&
		 extent->evidence != HVCRASH_EV_UNLOAD_TIMEOUT &&
		 extent->evidence != HVCRASH_EV_NO_ANSWER) ||
			(extent->evidence == HVCRASH_EV_DRIVER &&
			 extent->kind == HVCRASH_KIND_DRIVER),
		"the evidence proves nothing");
	require(extent->flags & HVCRASH_EXTENT_HASHED && extent->pages,
		"contents were not hashed");
	require(XXH64(need(extent->gpa, bytes), bytes, 0) == extent->hash,
		"contents changed");
}

static void expect_clean_chunk(__u64 gpa)
{
	struct hvcrash_chunk head;
	unsigned char *copy;
	size_t at;

	memcpy(&head, need(gpa, sizeof(head)), sizeof(head));
	require(head.magic == HVCRASH_CHUNK_MAGIC, "a chunk has no magic");
	copy = malloc(head.bytes_used);
	memcpy(copy, need(gpa, head.bytes_used), head.bytes_used);
	memset(copy + offsetof(struct hvcrash_chunk, checksum), 0, 8);
	require(XXH64(copy, head.bytes_used, 0) == head.checksum,
		"a chunk's checksum is wrong");
	for (at = sizeof(head); at < head.bytes_used; at += head.record_bytes) {
		if (head.type == HVCRASH_CHUNK_EXTENTS)
			expect_clean_extent((const void *)(copy + at));
		else if (head.type == HVCRASH_CHUNK_VPS)
			expect_clean_vp((const void *)(copy + at));
	}
	free(copy);
}

static void expect_clean(void)
{
	struct hvcrash_header header;
	__u64 sum;

	memcpy(&header, need(REGISTRY_GPA, sizeof(header)), sizeof(header));
	sum = header.checksum;
	header.checksum = 0;
	require(header.magic == HVCRASH_MAGIC &&
			header.major == HVCRASH_ABI_MAJOR &&
			header.gpa == REGISTRY_GPA &&
			XXH64(&header, sizeof(header), 0) == sum,
		"the header is damaged");
	require(header.phase == HVCRASH_PHASE_FINISHED &&
			!header.crash.registers_failed &&
			(header.crash.unload == HVCRASH_UNLOAD_ANSWERED ||
			 header.crash.unload == HVCRASH_UNLOAD_NONE),
		"the crash path did not finish");
	require(!header.coverage && !header.extents_dropped &&
			!header.extents_torn && !header.untracked &&
			!header.crash.pages_not_hashed,
		"the coverage is incomplete");
	require(header.nr_chunks, "no page is listed");
	for (__u32 i = 0; i < header.nr_chunks; i++)
		expect_clean_chunk(header.chunk_gpa[i]);
}

/* Like verb_audit, but makes every row */
static struct err *judge(const struct image *image,
			 const struct contents *contents, struct audit *audit)
{
	struct channels channels guarded(channels_deinit) = { 0 };
	struct err *err = channels_read(image, &channels);
	struct out_cell cells[OUT_MAX_COLUMNS];
	struct hvcrash_extent extent;
	struct audit_result result;
	struct image_iter iter;
	struct hvcrash_vp vp;
	bool is_end = false;

	audit_init(audit, &image->header);
	image_iter_init(&iter, image, HVCRASH_CHUNK_VPS);
	while (!err && !(err = image_next_vp(&iter, &vp, &is_end)) && !is_end)
		audit_add_vp(audit, &vp);
	image_iter_init(&iter, image, HVCRASH_CHUNK_EXTENTS);
	for (__u64 number = 0; !err; number++) {
		enum contents_fact fact = number < contents->nr ?
						  contents->fact[number] :
						  CONTENTS_NOT_LOOKED;

		err = image_next_extent(&iter, &extent, &is_end);
		if (err || is_end)
			break;
		audit_add_extent(audit, &extent, fact);
		audit_extent(audit, &extent, fact, &result);
		rows_make(&extent, &channels, &result, cells);
	}
	if (!err)
		audit_finish(audit, contents);
	return err;
}

static struct err *run(struct core *core)
{
	struct contents contents guarded(contents_deinit) = { 0 };
	struct image *image guarded_image = NULL;
	char *text guarded_free = NULL;
	static struct audit audit;
	struct err *err;

	err = image_open(core, &image);
	if (!err)
		err = contents_collect(image, NULL, &contents);
	if (!err)
		err = judge(image, &contents, &audit);
	if (err)
		return err;
	text = audit_verdict_text(&audit);
	if (audit.verdict == AUDIT_CLEAN)
		expect_clean();
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct repair_memory memory = { memory_at, &sparse.file[0] };
	struct core core = {
		.ops = &memory_ops,
		.fd = -1,
		.priv = &sparse.file[0],
	};

	sparse_expand(&sparse, data, size);
	core.bytes_held = sparse.file[0].size;
	if (sparse.flags & FLAG_REPAIR)
		repair_registry(&memory, REGISTRY_GPA);
	err_destroy(run(&core));
	return 0;
}
