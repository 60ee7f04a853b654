// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_kdump.c - fuzz target: the header of a kdump-compressed file
 *
 * Files that core_kdump_check() accepts go to libkdumpfile, so its promise has
 * to hold: VMCOREINFO lies inside the file. The library itself is not in this
 * process: version 0.5.1 cannot free a context whose file it could not open, so
 * memory would grow with the number of bad files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump/core_kdump.h"
#include "inside.h"
#include "sparse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sparse sparse;

static void check(const struct core *core, const struct kdump_head *head)
{
	__u64 end;

	if (!head->vmcoreinfo_bytes)
		return;
	if (__builtin_add_overflow(head->vmcoreinfo_offset,
				   head->vmcoreinfo_bytes, &end) ||
	    end > core->file_bytes) {
		dprintf(2, "VMCOREINFO of %llu bytes at 0x%llx, of %llu\n",
			head->vmcoreinfo_bytes, head->vmcoreinfo_offset,
			core->file_bytes);
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct inside_file file = { .fd = -1 };
	struct kdump_head head = { 0 };
	struct core core = { 0 };
	struct err *err;

	if (file.fd < 0)
		inside_create(&file);
	sparse_expand(&sparse, data, size);
	inside_put(&file, sparse.file[0].bytes, sparse.file[0].size);
	core.fd = file.fd;
	core.stored_bytes = sparse.file[0].size;
	core.file_bytes = core.stored_bytes;
	err = core_kdump_check(&core, &head);
	if (!err)
		check(&core, &head);
	err_destroy(err);
	return 0;
}
