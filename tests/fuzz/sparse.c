// SPDX-License-Identifier: GPL-2.0-only
/*
 * sparse.c - expands a fuzz input
 *
 * Called by every target that needs a file or memory. Any bytes are a valid
 * input: parts beyond the end are cut, so that no mutation is wasted on the
 * format itself.
 */
#include <string.h>

#include "sparse.h"

static void apply(struct sparse_file *file, size_t offset, const uint8_t *data,
		  size_t bytes)
{
	if (offset >= SPARSE_MAX_BYTES)
		return;
	if (bytes > SPARSE_MAX_BYTES - offset)
		bytes = SPARSE_MAX_BYTES - offset;
	memcpy(file->bytes + offset, data, bytes);
	if (file->size < offset + bytes)
		file->size = offset + bytes;
}

void sparse_expand(struct sparse *sparse, const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;

	for (int i = 0; i < SPARSE_NR_FILES; i++) {
		memset(sparse->file[i].bytes, 0, sparse->file[i].size);
		sparse->file[i].size = 0;
	}
	sparse->flags = data < end ? *data++ : 0;
	while ((size_t)(end - data) > SPARSE_HEAD_BYTES) {
		size_t offset =
			data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16;
		struct sparse_file *file =
			&sparse->file[data[3] % SPARSE_NR_FILES];
		size_t bytes = data[4] ? data[4] : SPARSE_MAX_PATCH;

		data += SPARSE_HEAD_BYTES;
		if (bytes > (size_t)(end - data))
			bytes = (size_t)(end - data);
		apply(file, offset, data, bytes);
		data += bytes;
	}
}
