/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * registry_owners.h - the hash of the owners
 *
 * For the files registry*.c only; what others call is in registry.h.
 */
#ifndef _HVCRASH_REGISTRY_OWNERS_H
#define _HVCRASH_REGISTRY_OWNERS_H

#include "registry.h"

int hvcrash_owners_init(struct hvcrash_registry *reg, u64 ram_pages);
void hvcrash_owners_deinit(struct hvcrash_registry *reg);

#endif /* _HVCRASH_REGISTRY_OWNERS_H */
