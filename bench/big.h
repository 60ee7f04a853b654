/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * big.h - the layout of the large sparse core
 *
 * mkbig.c makes that core, and xxh_loop.c reads the same pages.
 */
#ifndef BIG_H
#define BIG_H

#include <stdint.h>

#include "hvcrash_abi.h"

/* File offset of GPA 0 */
#define BIG_DATA_AT (1ULL << 20)
/* The registry and its chunks lie below */
#define BIG_FIRST_EXTENT (1ULL << 30)
#define BIG_CHUNK_BYTES (4U << 20)
#define BIG_REGISTRY (1ULL << 20)
#define BIG_CHUNKS (16ULL << 20)

struct big {
	uint64_t bytes;	  /* of guest memory */
	uint64_t extents; /* scattered over it */
	uint64_t pages;	  /* of each */
};

static inline uint64_t big_extent_gpa(const struct big *big, uint64_t number)
{
	uint64_t stride = (big->bytes - BIG_FIRST_EXTENT) / big->extents;

	return BIG_FIRST_EXTENT +
	       number * (stride & ~(uint64_t)(HVCRASH_PAGE_BYTES - 1));
}

#endif
