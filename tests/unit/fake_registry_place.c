// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_registry_place.c - memory for the registry, from malloc()
 *
 * Replaces kernel/registry_place.c, which asks for page frames.
 */
#include "registry_place.h"

void *hvcrash_place_alloc(size_t bytes, gfp_t gfp)
{
	return alloc_pages_exact(bytes, gfp | __GFP_ZERO);
}

void hvcrash_place_free(void *p, size_t bytes)
{
	free_pages_exact(p, bytes);
}
