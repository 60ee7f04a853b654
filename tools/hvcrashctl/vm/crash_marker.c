// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_marker.c - the marker file, and the dump that belongs to it
 *
 * See crash_marker.h. The file is NAME=VALUE a line, so that a person reads it
 * too. The clock of the second kernel may be a little behind.
 */
#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/cleanup.h"
#include "vm/crash_marker.h"
#include "vm/crash_record.h"

#define MAX_MARKER_BYTES 4096
#define CLOCK_SLACK_S 60

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

/* By the file's name alone: what it holds is the audit's business */
static enum crash_saved saved_in(const char *path)
{
	return crash_saved_in(strrchr(path, '/') + 1);
}

/*
 * The newest directory counts, and in it what is worth most: the log is written
 * before the dump, and where the dump failed it is all there is.
 */
static void take_best(const char *pattern, __u64 since,
		      char path[SYSROOT_PATH_BYTES], __u64 *ret_bytes)
{
	enum crash_saved best = CRASH_SAVED_NOTHING;
	__u64 newest = since;
	size_t best_dir = 0;
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *file = found.gl_pathv[i];
		size_t dir = (size_t)(strrchr(file, '/') - file);
		enum crash_saved kind = saved_in(file);
		struct stat st;
		bool is_same;

		if (kind == CRASH_SAVED_NOTHING || stat(file, &st) ||
		    !S_ISREG(st.st_mode) || (__u64)st.st_mtime < since ||
		    strlen(file) >= SYSROOT_PATH_BYTES)
			continue;
		is_same = *path && dir == best_dir && !strncmp(path, file, dir);
		if (is_same ? kind <= best : (__u64)st.st_mtime < newest)
			continue;
		newest = (__u64)st.st_mtime;
		best = kind;
		best_dir = dir;
		*ret_bytes = (__u64)st.st_size;
		strcpy(path, file);
	}
	globfree(&found);
}

/* The hooks leave it beside the dump; its first line is the verdict */
static void read_verdict(const char *dump, char *buf, size_t bytes)
{
	char path[SYSROOT_PATH_BYTES + sizeof("/hvcrash-audit.txt")];
	char copy[SYSROOT_PATH_BYTES];
	FILE *file;

	snprintf(copy, sizeof(copy), "%s", dump);
	snprintf(path, sizeof(path), "%s/hvcrash-audit.txt", dirname(copy));
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(buf, (int)bytes, file))
		buf[strcspn(buf, "\n")] = '\0';
	else
		*buf = '\0';
	fclose(file);
}

bool crash_marker_find_dump(const struct sysroot *sysroot, const char *target,
			    __u64 seconds, struct crash_dump *ret)
{
	char full[SYSROOT_PATH_BYTES], path[SYSROOT_PATH_BYTES] = "";
	char pattern[SYSROOT_PATH_BYTES + sizeof("/*/*")];
	__u64 since = seconds > CLOCK_SLACK_S ? seconds - CLOCK_SLACK_S : 0;
	enum crash_saved kind;

	memset(ret, 0, sizeof(*ret));
	sysroot_path(sysroot, target, full);
	snprintf(pattern, sizeof(pattern), "%s/*/*", full);
	take_best(pattern, since, path, &ret->bytes);
	if (!*path)
		return false;
	kind = saved_in(path);
	ret->is_dump = kind != CRASH_SAVED_LOG;
	ret->is_complete = kind == CRASH_SAVED_DUMP && ret->bytes;
	read_verdict(path, ret->verdict, sizeof(ret->verdict));
	snprintf(ret->path, sizeof(ret->path), "%s",
		 path + strlen(sysroot->root));
	return true;
}
