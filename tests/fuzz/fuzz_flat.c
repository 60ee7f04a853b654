// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_flat.c - fuzz target: makedumpfile's flattened form
 *
 * A second reader, without an index, checks the index over the records: a byte
 * comes from the last record that has it, is zero in a hole of a complete file,
 * and missing in a hole of a truncated one. A read may refuse overlapping
 * records; it must not return wrong data, and reading again has to return the
 * same.
 */
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "dump/core.h"
#include "dump/core_flat.h"
#include "inside.h"
#include "sparse.h"

#define HEADER_BYTES 4096
#define READ_BYTES 24
#define MAX_RECORDS 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct record {
	uint64_t start;
	uint64_t bytes;
	const unsigned char *data;
};

static struct sparse sparse;
static struct record records[MAX_RECORDS];
static size_t nr_records;
static bool is_cut, is_too_long;

static void fail(const char *what, uint64_t offset)
{
	dprintf(2, "%s at offset 0x%llx\n", what, (unsigned long long)offset);
	abort();
}

static void read_records(void)
{
	const struct sparse_file *file = &sparse.file[0];
	size_t at = HEADER_BYTES;

	nr_records = 0;
	is_too_long = false;
	for (;;) {
		uint64_t head[2], room;

		is_cut = file->size < at + sizeof(head);
		if (is_cut)
			return;
		memcpy(head, file->bytes + at, sizeof(head));
		at += sizeof(head);
		if (head[0] == UINT64_MAX && head[1] == UINT64_MAX)
			return;
		is_too_long = nr_records == MAX_RECORDS;
		if (is_too_long)
			return;
		room = file->size - at;
		records[nr_records++] = (struct record){
			.start = be64toh(head[0]),
			.bytes = be64toh(head[1]),
			.data = file->bytes + at,
		};
		is_cut = be64toh(head[1]) > room;
		if (is_cut) {
			records[nr_records - 1].bytes = room;
			return;
		}
		at += be64toh(head[1]);
	}
}

/*
 * The last record that holds it, NULL for a hole; @ret_holders: how many
 * records have it
 */
static const struct record *holder(uint64_t offset, int *ret_holders)
{
	const struct record *found = NULL;

	*ret_holders = 0;
	for (size_t i = 0; i < nr_records; i++) {
		if (offset < records[i].start ||
		    offset - records[i].start >= records[i].bytes)
			continue;
		found = &records[i];
		++*ret_holders;
	}
	return found;
}

static void check_byte(uint64_t offset, unsigned char value)
{
	int holders;
	const struct record *record = holder(offset, &holders);

	if (!record && is_cut)
		fail("a byte in a hole of a truncated file", offset);
	if (value != (record ? record->data[offset - record->start] : 0))
		fail("a byte that is not the last record's", offset);
}

/* An error is only allowed if records overlap in the requested range */
static void check_refusal(uint64_t offset, const char *message)
{
	int holders;

	for (uint64_t i = 0; i < READ_BYTES; i++) {
		holder(offset + i, &holders);
		if (holders > 1)
			return;
	}
	dprintf(2, "%s\n", message);
	fail("refused without an overlap", offset);
}

static void ask(struct core *core, uint64_t offset)
{
	unsigned char buf[READ_BYTES];
	struct err *err;
	int holders;
	size_t got;

	err = flat_pread(core, offset, buf, sizeof(buf), &got);
	if (err) {
		check_refusal(offset, err->message);
		err_destroy(err);
		return;
	}
	for (size_t i = 0; i < got; i++)
		check_byte(offset + i, buf[i]);
	/* it stops at the end, or in a hole of a truncated file */
	if (got < sizeof(buf) && offset + got < core->file_bytes &&
	    (!is_cut || holder(offset + got, &holders)))
		fail("stopped before the end", offset + got);
}

static void ask_around(struct core *core)
{
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < nr_records; i++) {
			const struct record *record = &records[i];
			uint64_t end = record->start + record->bytes;

			ask(core, record->start);
			ask(core, record->start - READ_BYTES / 2);
			ask(core, end - READ_BYTES / 2);
			ask(core, end);
			ask(core, record->start + record->bytes / 2);
		}
	}
}

static void run(const struct inside_file *file)
{
	struct core core = { .fd = file->fd };
	struct err *err;

	core.stored_bytes = sparse.file[0].size;
	core.file_bytes = core.stored_bytes;
	err = flat_open(&core);
	if (!err) {
		read_records();
		if (!is_too_long)
			ask_around(&core);
	}
	err_destroy(err);
	flat_close(core.flat);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct inside_file file = { .fd = -1 };

	if (file.fd < 0)
		inside_create(&file);
	sparse_expand(&sparse, data, size);
	inside_put(&file, sparse.file[0].bytes, sparse.file[0].size);
	run(&file);
	return 0;
}
