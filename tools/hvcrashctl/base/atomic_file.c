// SPDX-License-Identifier: GPL-2.0-only
/*
 * atomic_file.c - writes a temporary file beside the target, syncs it, renames
 * it
 *
 * Called by html, metrics and crash_marker.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/cleanup.h"

static struct err *cannot(const char *path, const char *what)
{
	return err_of_file(
		err_create(ERR_IO, "cannot %s: %s", what, strerror(errno)),
		path);
}

struct err *atomic_file_create(const char *path, struct atomic_file *ret)
{
	struct stat st;
	mode_t mask;
	int fd;

	*ret = (struct atomic_file){ .path = path };
	if (!strcmp(path, "-"))
		return err_of_file(
			err_create(ERR_IO,
				   "cannot be standard output: name a file"),
			path);
	/* renaming over a device would replace it */
	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		return err_of_file(err_create(ERR_IO, "not a regular file"),
				   path);
	if (asprintf(&ret->temporary, "%s.XXXXXX", path) < 0) {
		ret->temporary = NULL;
		return err_create(ERR_IO, "out of memory");
	}
	fd = mkostemp(ret->temporary, O_CLOEXEC);
	if (fd < 0) {
		free(ret->temporary);
		ret->temporary = NULL;
		return cannot(path, "create");
	}
	mask = umask(0);
	umask(mask);
	ret->to = fdopen(fd, "w");
	if (!ret->to)
		close(fd);
	if (!ret->to || fchmod(fd, 0666 & ~mask))
		return cannot(path, "create");
	return NULL;
}

/*
 * Syncs the name, too: a crash may follow at once. A directory may refuse that
 */
static void sync_directory(const char *path)
{
	char *copy guarded_free = strdup(path);
	int fd =
		copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) :
		       -1;

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

struct err *atomic_file_commit(struct atomic_file *file)
{
	bool has_failed = ferror(file->to);

	errno = EIO;
	has_failed |= fflush(file->to) || fsync(fileno(file->to));
	/* some file systems tell only now that the disk was full */
	if (fclose(file->to))
		has_failed = true;
	file->to = NULL;
	if (has_failed)
		return cannot(file->path, "write");
	if (rename(file->temporary, file->path))
		return cannot(file->path, "rename the finished file to it");
	sync_directory(file->path);
	free(file->temporary);
	file->temporary = NULL;
	return NULL;
}

void atomic_file_deinit(struct atomic_file *file)
{
	if (file->to)
		fclose(file->to);
	if (file->temporary)
		unlink(file->temporary);
	free(file->temporary);
}
