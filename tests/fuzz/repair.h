/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * repair.h - corrects hashes and checksums of a damaged registry
 *
 * Used by targets that have to get past the checksums: a fuzzer does not guess
 * 64 bits, so the code behind them would never be reached.
 */
#ifndef FUZZ_REPAIR_H
#define FUZZ_REPAIR_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct repair_memory - access to guest memory, for writing
 * @at: @bytes of memory at @gpa, or NULL
 * @priv: argument of @at
 */
struct repair_memory {
	unsigned char *(*at)(void *priv, uint64_t gpa, uint64_t bytes);
	void *priv;
};

/* Hashes of extents, then checksums of chunks, then of the header */
void repair_registry(const struct repair_memory *memory, uint64_t gpa);

#endif
