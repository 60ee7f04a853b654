/* SPDX-License-Identifier: GPL-2.0-only */
/* <linux/vmalloc.h>: the parts that the module uses, for user space */
#ifndef _SHIM_VMALLOC_H
#define _SHIM_VMALLOC_H
#include <linux/mm.h>

/* A test may have its own: else all memory is in the direct map */
struct page;

__attribute__((weak)) bool is_vmalloc_addr(const void *p)
{
	return false;
}

__attribute__((weak)) struct page *vmalloc_to_page(const void *p)
{
	return NULL;
}

__attribute__((weak)) u64 page_to_phys(const struct page *page)
{
	return (uintptr_t)page;
}

__attribute__((weak)) bool virt_addr_valid(const void *p)
{
	return true;
}
#endif
