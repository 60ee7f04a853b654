// SPDX-License-Identifier: GPL-2.0-only
/*
 * read_file.c - read a file that the kernel itself writes
 *
 * Used for /sys/kernel/btf and /proc/vmcore. Not kernel_read_file(): that asks the
 * security modules about files that the kernel acts on, has no category for one that
 * it merely reads, and makes IPE warn (security/ipe/hooks.c).
 */
#include <linux/errno.h>
#include "read_file.h"

/**
 * hvcrash_read_file - read exactly this many bytes, or fail
 * @file: open file
 * @buf: destination
 * @bytes: size of @buf
 * @at: offset in the file
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno; -ENODATA if the file is too short.
 */
int hvcrash_read_file(struct file *file, void *buf, size_t bytes, loff_t at)
{
	ssize_t n;

	while (bytes) {
		n = kernel_read(file, buf, bytes, &at);
		if (n <= 0)
			return n ? n : -ENODATA;
		buf += n;
		bytes -= n;
	}
	return 0;
}
