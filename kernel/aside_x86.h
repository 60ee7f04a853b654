/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * aside_x86.h - check what a kernel that revokes on a panic itself has done
 */
#ifndef _HVCRASH_ASIDE_X86_H
#define _HVCRASH_ASIDE_X86_H

#include <linux/types.h>

bool hvcrash_aside_init(void (*finish)(void));
void hvcrash_aside_deinit(void);
bool hvcrash_is_aside(void);

#endif /* _HVCRASH_ASIDE_X86_H */
