/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * registry_gaps.h - what is shared but not listed, by owner
 *
 * For the files registry*.c only; what others call is in registry.h.
 */
#ifndef _HVCRASH_REGISTRY_GAPS_H
#define _HVCRASH_REGISTRY_GAPS_H

#include "registry.h"

/**
 * struct hvcrash_match - selects owners: one, those of a kind, or those of a channel
 * @owner: this owner, by kind and handle; or NULL
 * @kind: all owners of this kind; or 0
 * @is_found: those that were found at load; never the owner of a gap
 * @relid: all owners of this channel, if none of the above is set
 */
struct hvcrash_match {
	const struct hvcrash_owner *owner;
	u16 kind;
	bool is_found;
	u32 relid;
};

static inline bool hvcrash_match_owner(const struct hvcrash_match *m,
				       const struct hvcrash_owner *owner)
{
	if (m->owner)
		return owner->kind == m->owner->kind &&
		       owner->gpadl == m->owner->gpadl;
	if (m->kind)
		return owner->kind == m->kind;
	return !m->is_found && owner->relid == m->relid;
}

void hvcrash_gaps_add(struct hvcrash_registry *reg,
		      const struct hvcrash_missing *missing);
void hvcrash_gaps_end(struct hvcrash_registry *reg,
		      const struct hvcrash_match *match);

#endif /* _HVCRASH_REGISTRY_GAPS_H */
