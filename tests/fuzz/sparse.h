/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sparse.h - the format of a fuzz input: a few patches that make up files
 *
 * Used by the fuzz targets, and by pack to make one from a seed. A dump is 40
 * KiB of mostly zeros, and a fuzzer that mutates those learns nothing; in this
 * format a seed takes about one KiB, and nearly every byte means something:
 *
 *	flags	1 byte, what the target does with it
 *	then	offset (3 bytes, little-endian), file (1 byte, modulo
 *		SPARSE_NR_FILES), length (1 byte, 0 is 256), the bytes
 *
 * Later patches overwrite earlier ones. A file ends with its last patch.
 */
#ifndef FUZZ_SPARSE_H
#define FUZZ_SPARSE_H

#include <stddef.h>
#include <stdint.h>

#define SPARSE_NR_FILES 3
#define SPARSE_MAX_BYTES (256 * 1024)
#define SPARSE_HEAD_BYTES 5
#define SPARSE_MAX_PATCH 256

struct sparse_file {
	unsigned char bytes[SPARSE_MAX_BYTES];
	size_t size;
};

/**
 * struct sparse - an input, expanded
 * @flags: its first byte
 * @file: the files, zero beyond their size
 */
struct sparse {
	unsigned char flags;
	struct sparse_file file[SPARSE_NR_FILES];
};

/* @sparse is reused; it must be zero the first time */
void sparse_expand(struct sparse *sparse, const uint8_t *data, size_t size);

#endif
