/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * registry_place.h - where in memory the registry lies
 */
#ifndef _HVCRASH_REGISTRY_PLACE_H
#define _HVCRASH_REGISTRY_PLACE_H

#include <linux/gfp.h>
#include <linux/types.h>

void *hvcrash_place_alloc(size_t bytes, gfp_t gfp);
void hvcrash_place_free(void *p, size_t bytes);

#endif /* _HVCRASH_REGISTRY_PLACE_H */
