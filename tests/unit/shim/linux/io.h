/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/io.h>: the parts that the module uses, for user space */
#ifndef _SHIM_IO_H
#define _SHIM_IO_H
#include <linux/types.h>

/* In the tests a page's physical address is its virtual one */
static inline u64 virt_to_phys(const void *p)
{
	return (uintptr_t)p;
}

static inline void *phys_to_virt(u64 gpa)
{
	return (void *)(uintptr_t)gpa;
}
#endif
