// SPDX-License-Identifier: GPL-2.0-only
/*
 * read_file.c - read a file that the kernel itself writes
 *
 * Used for what the kernel says of itself (/sys/kernel/btf) and of the kernel
 * before it (/proc/vmcore). Not kernel_read_file(): it asks the security modules
 * about files that the kernel obeys, has no word for one that it merely reads,
 * and IPE warns (security/ipe/hooks.c).
 */
#include <linux/errno.h>
#include "read_file.h"

/**
 * hvcrash_read_file - read so many bytes, or fail
 * @file: open
 * @buf: where to
 * @bytes: how many
 * @at: offset in the file
 *
 * Context: process, may sleep.
 * Return: 0, or a negative errno; -ENODATA if the file ends before.
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
