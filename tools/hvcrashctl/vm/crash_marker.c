// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_marker.c - the marker file
 *
 * See crash_marker.h. The file is NAME=VALUE a line, so that a person reads it
 * too.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/cleanup.h"
#include "vm/crash_marker.h"

#define MAX_MARKER_BYTES 4096

static struct err *failed(const char *what)
{
	return err_create(ERR_IO, CRASH_MARKER ": %s: %s", what,
			  strerror(errno));
}

static struct err *make_directories(const struct sysroot *sysroot)
{
	static const char *const dirs[] = { "/var", "/var/lib",
					    "/var/lib/hvcrash" };
	char full[SYSROOT_PATH_BYTES];

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (mkdir(sysroot_path(sysroot, dirs[i], full), 0755) &&
		    errno != EEXIST)
			return failed("cannot make its directory");
	return NULL;
}

struct err *crash_marker_write(const struct sysroot *sysroot,
			       const struct crash_marker *marker)
{
	struct atomic_file file guarded(atomic_file_deinit) = { 0 };
	char path[SYSROOT_PATH_BYTES];
	struct err *err = make_directories(sysroot);

	if (!err)
		err = atomic_file_create(
			sysroot_path(sysroot, CRASH_MARKER, path), &file);
	if (err)
		return err;
	/* a failure shows when the file is committed */
	fprintf(file.to, "boot_id=%s\nseconds=%llu\nhow=%s\ncpu=%llu\n",
		marker->boot_id, marker->seconds, marker->how, marker->cpu);
	return atomic_file_commit(&file);
}

void crash_marker_remove(const struct sysroot *sysroot)
{
	char path[SYSROOT_PATH_BYTES];

	unlink(sysroot_path(sysroot, CRASH_MARKER, path));
}

bool crash_marker_read(const struct sysroot *sysroot, struct crash_marker *ret)
{
	char *text guarded_free =
		sysroot_read_all(sysroot, CRASH_MARKER, MAX_MARKER_BYTES);
	char *rest = text, *line;

	memset(ret, 0, sizeof(*ret));
	while (rest && (line = strsep(&rest, "\n"))) {
		sscanf(line, "boot_id=%63s", ret->boot_id);
		sscanf(line, "seconds=%llu", &ret->seconds);
		sscanf(line, "how=%31s", ret->how);
		sscanf(line, "cpu=%llu", &ret->cpu);
	}
	return ret->seconds && *ret->how;
}
