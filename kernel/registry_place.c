// SPDX-License-Identifier: GPL-2.0-only
/*
 * registry_place.c - where in memory the registry lies
 *
 * At its very end a kexec copies the next kernel and its initrd to their places, over
 * whatever lies there, and the registry should survive that. kexec_load uses
 * the lowest place for the kernel and the highest for the initrd (kexec-tools,
 * kexec/arch/i386/kexec-bzImage.c), kexec_file_load the highest for both
 * (kernel/kexec_file.c, locate_mem_hole_top_down()); and the highest is what the
 * page allocator hands out first after boot (seen: the registry overwritten). So
 * the registry is placed between the two, somewhat below the middle.
 *
 * Best effort: if unavailable, any memory will do. If a kexec then overwrites the
 * registry its checksum is wrong, which the audit reports.
 */
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include "compat/contig.h"
#include "inject.h"
#include "registry_place.h"

/* Step down to the next try; what occupies a block often stays there */
#define BLOCK_PAGES (SZ_4M >> PAGE_SHIFT)
#define MAX_TRIES 64

/* Whether the pages can be allocated at all; memory in use may still have to move */
static bool is_candidate(unsigned long pfn, unsigned long pages)
{
	struct page *first = pfn_to_online_page(pfn);
	struct page *page;
	unsigned long i;

	for (i = 0; i < pages; i++) {
		page = pfn_to_online_page(pfn + i);
		if (!page || PageReserved(page) ||
		    page_zone(page) != page_zone(first))
			return false;
	}
	return true;
}

static void *alloc_between(unsigned long pages)
{
	/* The next one follows directly, so that kexec-args can reserve one region */
	static unsigned long next;
	unsigned long total =
		min(totalram_pages(), (unsigned long)(SZ_4G >> PAGE_SHIFT));
	unsigned long pfn = READ_ONCE(next) ? next : total / 8 * 3;
	u32 i;

	for (i = 0; i < MAX_TRIES && pfn > total / 8; i++) {
		if (is_candidate(pfn, pages) &&
		    !hvcrash_alloc_contig_range(pfn, pfn + pages)) {
			WRITE_ONCE(next, pfn + pages);
			return memset(pfn_to_kaddr(pfn), 0,
				      pages << PAGE_SHIFT);
		}
		pfn = round_down(pfn, BLOCK_PAGES) - BLOCK_PAGES;
	}
	return NULL;
}

/**
 * hvcrash_place_alloc - allocate contiguous zeroed memory that a kexec does not overwrite
 * @bytes: size
 * @gfp: how to allocate; if it may not sleep, the memory can lie anywhere
 *
 * Context: as @gfp says.
 * Return: the memory, or NULL.
 */
void *hvcrash_place_alloc(size_t bytes, gfp_t gfp)
{
	void *p = NULL;

	if (hvcrash_inject_alloc_fails())
		return NULL;
	if (gfpflags_allow_blocking(gfp))
		p = alloc_between(PFN_UP(bytes));
	return p ? p : alloc_pages_exact(bytes, gfp | __GFP_ZERO);
}

/**
 * hvcrash_place_free - free memory
 * @p: from hvcrash_place_alloc()
 * @bytes: the same size
 *
 * Context: any but NMI.
 */
void hvcrash_place_free(void *p, size_t bytes)
{
	/* As single pages, wherever they came from (free_contig_range()) */
	free_pages_exact(p, bytes);
}
