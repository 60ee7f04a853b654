/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/xxhash.h>: what the module's sources use of it, for user space */
#ifndef _SHIM_XXHASH_H
#define _SHIM_XXHASH_H
#include <xxhash.h>

static inline uint64_t xxh64(const void *p, size_t bytes, uint64_t seed)
{
	return XXH64(p, bytes, seed);
}
#endif
