// SPDX-License-Identifier: GPL-2.0-only
/*
 * file_kind.c - pipes, devices and directories are reported, not read
 *
 * See file_kind.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_kind.h"

const char *file_kind_not_regular(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return NULL;
	case S_IFIFO:
		return "it is a pipe: save its output to a file first";
	case S_IFDIR:
		return "it is a directory";
	case S_IFSOCK:
		return "it is a socket";
	default:
		return "it is a device";
	}
}

FILE *file_kind_open(const char *path, const char **ret_why)
{
	/* do not wait for a writer if it is a FIFO */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	FILE *file;

	if (fd < 0) {
		*ret_why = strerror(errno);
		return NULL;
	}
	*ret_why = fstat(fd, &st) ? strerror(errno) :
				    file_kind_not_regular(st.st_mode);
	file = *ret_why ? NULL : fdopen(fd, "r");
	if (!file)
		close(fd);
	return file;
}
