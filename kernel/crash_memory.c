// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_memory.c - memory that this kernel uses and its crash kernel will use
 *
 * With crashkernel=SIZE,cma (v6.17) most of the crash kernel's memory is not kept
 * free for it: movable pages of the first kernel occupy it until the crash. If the
 * host writes there afterwards, it writes into the running crash kernel. The audit
 * warns about each page left there. It needs the ranges recorded here at load, since
 * a dump contains neither that memory nor its place.
 *
 * Leaves out: kernels before 7.0, which have no such file.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "crash_memory.h"

/* crash_cma_ranges_show() (kernel/kexec_core.c), v7.0 */
#define CMA_FILE "/sys/kernel/kexec/crash_cma_ranges"

/* A line is two addresses of 16 digits at most */
#define MAX_TEXT (HVCRASH_MAX_CRASH_CMA * 40)

/**
 * hvcrash_crash_memory_parse - read lines of the form FIRST-LAST, in hexadecimal
 * @header: receives the ranges; marked as unknown if a line has another form
 * @text: the lines; modified
 */
void hvcrash_crash_memory_parse(struct hvcrash_header *header, char *text)
{
	u32 n = 0;
	char *line;

	header->is_crash_cma_known = 0;
	header->nr_crash_cma = 0;
	while ((line = strsep(&text, "\n"))) {
		char *last = strchr(line, '-');
		u64 from, to;

		if (!*line)
			continue;
		if (!last || n == HVCRASH_MAX_CRASH_CMA)
			return;
		*last++ = '\0';
		if (kstrtou64(line, 16, &from) || kstrtou64(last, 16, &to) ||
		    to < from)
			return;
		header->crash_cma[n].gpa = from;
		header->crash_cma[n++].bytes = to - from + 1;
	}
	header->nr_crash_cma = n;
	header->is_crash_cma_known = 1;
}

/**
 * hvcrash_crash_memory - record which crash kernel memory this kernel uses meanwhile
 * @header: receives the ranges; zeroed there
 *
 * Context: process, may sleep. At load: the ranges are fixed at boot.
 */
void hvcrash_crash_memory(struct hvcrash_header *header)
{
	char text[MAX_TEXT + 1];
	struct file *file = filp_open(CMA_FILE, O_RDONLY, 0);
	loff_t at = 0;
	ssize_t bytes;

	if (IS_ERR(file))
		return;
	bytes = kernel_read(file, text, MAX_TEXT, &at);
	filp_close(file, NULL);
	if (bytes < 0 || bytes == MAX_TEXT)
		return;
	text[bytes] = '\0';
	hvcrash_crash_memory_parse(header, text);
}
