/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core_kdump.h - the header of a kdump-compressed file, checked
 *
 * Called by core_kdump.c before the file goes to libkdumpfile, and by
 * core_kdump_none.c where the tool is built without it.
 */
#ifndef HVCRASHCTL_CORE_KDUMP_H
#define HVCRASHCTL_CORE_KDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "base/err.h"
#include "dump/core.h"

/**
 * struct kdump_head - what the header says
 * @dump_level: makedumpfile -d
 * @is_split: one file of several
 * @first_pfn, @end_pfn: for a split dump, the machine's pages in this part
 * @written: when makedumpfile was started, in microseconds: the same in each
 * part
 * @is_incomplete: makedumpfile ran out of space and noted that
 * @page_bytes: of a page of the dump
 * @most_pages: number of pages in its bitmap
 * @bytes_held: guest memory that the file can hold at most
 * @vmcoreinfo_offset, @vmcoreinfo_bytes: inside the file, or no bytes
 */
struct kdump_head {
	int dump_level;
	bool is_split;
	__u64 first_pfn;
	__u64 end_pfn;
	__u64 written;
	bool is_incomplete;
	__u32 page_bytes;
	__u64 most_pages;
	__u64 bytes_held;
	__u64 vmcoreinfo_offset;
	__u64 vmcoreinfo_bytes;
};

bool core_kdump_probe(const unsigned char *head, size_t bytes);
struct err *core_kdump_check(struct core *core, struct kdump_head *ret);
/* The header of an open dump that is one part of several, else NULL */
const struct kdump_head *core_kdump_part(const struct core *core);

#endif
