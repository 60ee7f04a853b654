/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/xxhash.h>: the parts that the module uses, for user space */
#ifndef _SHIM_XXHASH_H
#define _SHIM_XXHASH_H
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#define xxh64_state XXH64_state_s
#define xxh64_reset(state, seed) XXH64_reset(state, seed)
#define xxh64_update(state, p, bytes) XXH64_update(state, p, bytes)
#define xxh64_digest(state) XXH64_digest(state)

static inline uint64_t xxh64(const void *p, size_t bytes, uint64_t seed)
{
	return XXH64(p, bytes, seed);
}
#endif
