/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmcore.h - in a crash kernel: where the first kernel's registry is
 */
#ifndef _HVCRASH_VMCORE_H
#define _HVCRASH_VMCORE_H

#include <linux/types.h>

int hvcrash_vmcore_find_registry(u64 *ret_gpa);

#endif /* _HVCRASH_VMCORE_H */
