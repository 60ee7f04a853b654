// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_pages.c - which pages a VMBus message names
 *
 * Called by vmbus.c and vmbus_late.c in the living kernel. Hyper-V counts pages of
 * 4 KiB whatever the page size of Linux is: on arm64 one Linux page may be 4 or 16
 * of them. The registry gets Hyper-V pages only.
 *
 * Leaves out: the messages themselves, and when they are sent.
 */
#include <linux/hyperv.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include "hvcrash.h"
#include "vmbus_pages.h"

/**
 * hvcrash_vmbus_has_interrupt_page - whether this version has an interrupt page
 * @version: of the VMBus protocol, major << 16 | minor
 *
 * vmbus_negotiate_version() (drivers/hv/connection.c) offers one to every host
 * since Windows Server 2008. From 5.0 on the same field of the message holds a
 * SINT and a VTL, and the page is not shared.
 *
 * Context: any.
 */
bool hvcrash_vmbus_has_interrupt_page(u32 version)
{
	return version < VERSION_WIN10_V5;
}

/**
 * hvcrash_vmbus_ram_flag - the registry's flag for whether a page is the kernel's RAM
 * @gpa: bytes
 *
 * Context: any.
 * Return: 0 or HVCRASH_EXTENT_NOT_RAM.
 */
u32 hvcrash_vmbus_ram_flag(u64 gpa)
{
	return pfn_valid(PHYS_PFN(gpa)) ? 0 : HVCRASH_EXTENT_NOT_RAM;
}

/**
 * hvcrash_vmbus_hv_pages - convert a number of Linux pages to Hyper-V pages
 * @linux_pages: pages of PAGE_SIZE
 *
 * Context: any.
 */
u32 hvcrash_vmbus_hv_pages(u32 linux_pages)
{
	return linux_pages * (PAGE_SIZE >> HV_HYP_PAGE_SHIFT);
}

/**
 * hvcrash_vmbus_gpadl_pages - number of pages that a range of a GPADL names
 * @byte_offset: offset of the range's first byte in its first page
 * @byte_count: size of the range
 *
 * Context: any, NMI too.
 */
u32 hvcrash_vmbus_gpadl_pages(u32 byte_offset, u32 byte_count)
{
	return ((u64)byte_offset + byte_count + HV_HYP_PAGE_SIZE - 1) >>
	       HV_HYP_PAGE_SHIFT;
}

/* GPA of a page of a buffer, in the direct map or mapped by vmalloc(); or 0 */
static u64 gpa_of(const void *p)
{
	struct page *page;

	if (!is_vmalloc_addr(p))
		return virt_addr_valid(p) ? virt_to_phys((void *)p) : 0;
	page = vmalloc_to_page(p);
	return page ? page_to_phys(page) + offset_in_page(p) : 0;
}

/**
 * hvcrash_vmbus_ranges - find the physical pages of a driver's buffer
 * @buffer: its address, aligned to a Hyper-V page
 * @pages: number of Hyper-V pages
 * @ret: ranges; room for @pages of them
 *
 * Context: process, while the buffer stays mapped.
 * Return: number of ranges, or 0 if one of its pages is not mapped.
 */
u32 hvcrash_vmbus_ranges(const void *buffer, u32 pages,
			 struct hvcrash_range *ret)
{
	u32 i, n = 0;
	u64 gpa;

	for (i = 0; i < pages; i++, buffer += HV_HYP_PAGE_SIZE) {
		gpa = gpa_of(buffer);
		if (!gpa)
			return 0;
		if (n && gpa == ret[n - 1].gpa + (u64)ret[n - 1].pages *
							 HV_HYP_PAGE_SIZE)
			ret[n - 1].pages++;
		else
			ret[n++] = (struct hvcrash_range){ gpa, 1 };
	}
	return n;
}

/**
 * hvcrash_vmbus_publish_pfns - publish the pages that a GPADL message names
 * @relid: channel
 * @gpadl: handle
 * @hv_pfn: page numbers, in Hyper-V pages
 * @n: number of pages
 *
 * Contiguous pages become one extent.
 *
 * Context: any but NMI.
 */
void hvcrash_vmbus_publish_pfns(u32 relid, u32 gpadl, const u64 *hv_pfn, u32 n)
{
	struct hvcrash_owner owner = { .kind = HVCRASH_KIND_GPADL,
				       .gpadl = gpadl,
				       .relid = relid };
	u32 i, run;
	u64 gpa;

	for (i = 0; i < n; i += run) {
		for (run = 1; i + run < n; run++)
			if (hv_pfn[i + run] != hv_pfn[i] + run)
				break;
		gpa = hv_pfn[i] << HV_HYP_PAGE_SHIFT;
		hvcrash_registry_publish(&hvcrash_registry, &owner, gpa, run,
					 HVCRASH_EV_MESSAGE_SENT,
					 hvcrash_vmbus_ram_flag(gpa));
	}
}
