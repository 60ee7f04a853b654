// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec_args.c - regions of the registry, merged, as words of a command line
 *
 * See kexec_args.h. image_open() has checked that the regions are pages and do
 * not overlap.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/kexec_args.h"

static int compare(const void *a, const void *b)
{
	const struct kexec_region *one = a, *two = b;

	return (one->gpa > two->gpa) - (one->gpa < two->gpa);
}

/* Chunks are often neighbours, and every word is precious */
static void merge(struct kexec_args *args)
{
	unsigned int last = 0;

	qsort(args->region, args->nr, sizeof(args->region[0]), compare);
	for (unsigned int i = 1; i < args->nr; i++) {
		struct kexec_region *region = &args->region[last];

		if (region->gpa + region->bytes == args->region[i].gpa)
			region->bytes += args->region[i].bytes;
		else
			args->region[++last] = args->region[i];
	}
	args->nr = last + 1;
}

static void collect(const struct image *image, struct kexec_args *args)
{
	args->region[0].gpa = image->gpa;
	args->region[0].bytes = HVCRASH_PAGE_BYTES;
	args->nr = 1;
	for (__u32 i = 0; i < image->header.nr_chunks; i++) {
		args->region[args->nr].gpa = image->chunk[i].gpa;
		args->region[args->nr].bytes = image->header.chunk_bytes;
		args->nr++;
	}
	merge(args);
}

/* How long it would be, however much of it fits */
static size_t write_words(const struct image *image, struct kexec_args *args)
{
	size_t used;

	used = (size_t)snprintf(args->text, sizeof(args->text),
				"hvcrash_registry=0x%llx", image->gpa);
	for (unsigned int i = 0; i < args->nr; i++) {
		size_t left = used < sizeof(args->text) ?
				      sizeof(args->text) - used :
				      0;

		used += (size_t)snprintf(left ? args->text + used : NULL, left,
					 " memmap=%lluK%%0x%llx-1+2",
					 args->region[i].bytes / 1024,
					 args->region[i].gpa);
	}
	return used;
}

struct err *kexec_args_make(const struct image *image, size_t cmdline_bytes,
			    unsigned int nr_e820, struct kexec_args *ret)
{
	size_t bytes;

	collect(image, ret);
	if (nr_e820 + 2 * ret->nr > KEXEC_ARGS_MAX_E820)
		return err_create(
			ERR_IO,
			"the registry has %u regions: with %u entries of the firmware's, they may be too many for the memory map of the next kernel (%u)",
			ret->nr, nr_e820, KEXEC_ARGS_MAX_E820);
	bytes = write_words(image, ret);
	if (bytes + (cmdline_bytes ? cmdline_bytes + 1 : 0) >
	    KEXEC_ARGS_MAX_BYTES)
		return err_create(
			ERR_IO,
			"%zu bytes of arguments do not fit behind this kernel's command line of %zu: a kernel takes %u",
			bytes, cmdline_bytes, KEXEC_ARGS_MAX_BYTES);
	return NULL;
}
