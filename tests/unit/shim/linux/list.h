/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/list.h>: the parts that the module uses, for user space */
#ifndef _SHIM_LIST_H
#define _SHIM_LIST_H
#include <linux/types.h>

#define container_of(p, type, member) \
	((type *)((uintptr_t)(p)-offsetof(type, member)))
#endif
