/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * handoff.h - tell the second kernel where the registry is
 */
#ifndef _HVCRASH_HANDOFF_H
#define _HVCRASH_HANDOFF_H

#include <linux/types.h>

bool hvcrash_handoff_vmcoreinfo(u64 registry_gpa);

#endif /* _HVCRASH_HANDOFF_H */
