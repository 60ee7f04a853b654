/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/mm.h>: the parts that the module uses, for user space */
#ifndef _SHIM_MM_H
#define _SHIM_MM_H
#include <linux/types.h>

/* The Makefile compiles for several */
#ifndef PAGE_SHIFT
#define PAGE_SHIFT 12
#endif
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PHYS_PFN(gpa) ((gpa) >> PAGE_SHIFT)

#define offset_in_page(p) ((uintptr_t)(p) & (PAGE_SIZE - 1))

/* The test's own */
bool pfn_valid(u64 pfn);
bool virt_addr_valid(const void *p);
#endif
