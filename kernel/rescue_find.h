/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rescue_find.h - in a crash kernel: where the first kernel's registry is
 */
#ifndef _HVCRASH_RESCUE_FIND_H
#define _HVCRASH_RESCUE_FIND_H

#include <linux/types.h>

int hvcrash_rescue_find(u64 *ret_gpa);

#endif /* _HVCRASH_RESCUE_FIND_H */
