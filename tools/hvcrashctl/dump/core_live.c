// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_live.c - the registry alone, as the module shows it in sysfs
 *
 * Reached through core.c. The file is the header page and then the chunks in
 * the order of the directory, chunk_bytes each. It answers reads by GPA as a
 * dump would, so that image needs no second way in; other memory is absent.
 *
 * Invariant: the header is trusted only within the size of the file: a
 * wrong size only leads to a read that finds nothing. The live registry changes
 * while it is read, but each record is complete or marked busy.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "dump/core.h"
#include "hvcrash_abi.h"

static bool live_probe(const unsigned char *head, size_t bytes)
{
	__u64 magic = HVCRASH_MAGIC;

	return bytes >= sizeof(magic) && !memcmp(head, &magic, sizeof(magic));
}

static struct err *live_open(struct core *core)
{
	struct hvcrash_header *header;
	struct err *err;
	size_t bytes;

	header = calloc(1, sizeof(*header));
	core->priv = header;
	if (!header)
		return err_create(ERR_IO, "out of memory");
	err = core_pread(core, 0, header, sizeof(*header), &bytes);
	if (!err && bytes < sizeof(*header))
		err = err_create(ERR_REGISTRY,
				 "registry header: truncated after %zu bytes",
				 bytes);
	core->bytes_held = core->file_bytes;
	return err;
}

/*
 * The offset of @gpa in the file, and the number of bytes that follow it there
 */
static __u64 find_offset(const struct hvcrash_header *header, __u64 gpa,
			 __u64 *ret_offset)
{
	__u32 nr = header->nr_chunks;

	if (gpa >= header->gpa && gpa - header->gpa < HVCRASH_PAGE_BYTES) {
		*ret_offset = gpa - header->gpa;
		return HVCRASH_PAGE_BYTES - *ret_offset;
	}
	if (nr > HVCRASH_MAX_CHUNKS)
		nr = HVCRASH_MAX_CHUNKS;
	for (__u32 i = 0; i < nr; i++) {
		__u64 skip = gpa - header->chunk_gpa[i];

		if (gpa < header->chunk_gpa[i] || skip >= header->chunk_bytes)
			continue;
		*ret_offset = HVCRASH_PAGE_BYTES +
			      (__u64)i * header->chunk_bytes + skip;
		return header->chunk_bytes - skip;
	}
	return 0;
}

static struct err *live_read_gpa(struct core *core, __u64 gpa, void *buf,
				 size_t bytes, bool *ret_is_present)
{
	struct err *err;
	__u64 offset = 0;
	size_t got;

	*ret_is_present = false;
	core->absence = "the registry file contains no other memory";
	if (find_offset(core->priv, gpa, &offset) < bytes)
		return NULL;
	err = core_pread(core, offset, buf, bytes, &got);
	*ret_is_present = !err && got == bytes;
	return err;
}

/* The line that a dump would contain */
static struct err *live_vmcoreinfo(struct core *core, char **ret_text)
{
	const struct hvcrash_header *header = core->priv;

	if (asprintf(ret_text, "%s=0x%llx\n", HVCRASH_VMCOREINFO_KEY,
		     header->gpa) < 0)
		return err_create(ERR_IO, "out of memory");
	return NULL;
}

static void live_close(struct core *core)
{
	free(core->priv);
}

const struct core_ops core_live_ops = {
	.name = "registry",
	.probe = live_probe,
	.open = live_open,
	.read_gpa = live_read_gpa,
	.vmcoreinfo = live_vmcoreinfo,
	.close = live_close,
};
