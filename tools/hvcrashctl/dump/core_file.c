// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_file.c - a dump's file as it is on disk
 *
 * Below core_flat.c, which makes a plain file of a flattened one, and
 * core_io.c, which shows the result to all readers. Makes the system call by
 * its number, since core_io.c has taken the name pread().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dump/core_file.h"

ssize_t file_pread_once(int fd, void *buf, size_t bytes, __s64 offset)
{
	return syscall(SYS_pread64, fd, buf, bytes, offset);
}

struct err *file_pread(int fd, __u64 offset, void *buf, size_t bytes,
		       size_t *ret_bytes)
{
	size_t done = 0;

	while (done < bytes) {
		ssize_t got;

		if (offset + done > INT64_MAX)
			break;
		got = file_pread_once(fd, (char *)buf + done, bytes - done,
				      (__s64)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_create(ERR_IO,
					  "cannot read at offset 0x%llx: %s",
					  offset + done, strerror(errno));
		if (!got)
			break;
		done += (size_t)got;
	}
	*ret_bytes = done;
	return NULL;
}
