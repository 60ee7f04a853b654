// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysctl_files.c - the last file that sets a sysctl
 *
 * See sysctl_files.h. /etc/sysctl.conf is read only where a link in sysctl.d
 * says so, as on Debian, or where procps reads it, last: then "99-sysctl.conf" is
 * that link. Without the link nothing reads it at boot.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/sysctl_files.h"

#define MAX_FILE_BYTES (256 * 1024)
#define MAX_FILES 256

static const char *const directories[] = {
	"/etc/sysctl.d",     "/run/sysctl.d", "/usr/local/lib/sysctl.d",
	"/usr/lib/sysctl.d", "/lib/sysctl.d",
};

struct files {
	unsigned int nr;
	char *path[MAX_FILES];
};

static void files_deinit(struct files *files)
{
	for (unsigned int i = 0; i < files->nr; i++)
		free(files->path[i]);
}

static const char *name_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

static int compare(const void *a, const void *b)
{
	return strcmp(name_of(*(char *const *)a), name_of(*(char *const *)b));
}

static void collect(const struct sysroot *sysroot, struct files *files)
{
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]);
	     i++) {
		char pattern[SYSROOT_PATH_BYTES], full[SYSROOT_PATH_BYTES];
		glob_t found;

		snprintf(pattern, sizeof(pattern), "%s/*.conf", directories[i]);
		if (glob(sysroot_path(sysroot, pattern, full), 0, NULL, &found))
			continue;
		for (size_t j = 0; j < found.gl_pathc; j++) {
			const char *path =
				found.gl_pathv[j] + strlen(sysroot->root);
			bool is_hidden = files->nr >= MAX_FILES;

			for (unsigned int k = 0; k < files->nr; k++)
				is_hidden |= !compare(&files->path[k], &path);
			if (!is_hidden)
				files->path[files->nr++] = strdup(path);
		}
		globfree(&found);
	}
	qsort(files->path, files->nr, sizeof(files->path[0]), compare);
}

/* "kernel.panic" and "kernel/panic" are the same */
static bool is_key(const char *text, size_t length, const char *key)
{
	if (strlen(key) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (text[i] != key[i] && !(text[i] == '/' && key[i] == '.'))
			return false;
	return true;
}

static bool find_in(const char *text, const char *key, char value[64])
{
	bool is_found = false;

	while (text) {
		size_t length;

		text += strspn(text, " \t");
		text += *text == '-';
		length = strcspn(text, " \t=\n");
		if (*text != '#' && *text != ';' && is_key(text, length, key)) {
			const char *at = text + length;

			at += strspn(at, " \t");
			if (*at == '=') {
				at++;
				at += strspn(at, " \t");
				snprintf(value, 64, "%.*s",
					 (int)strcspn(at, " \t\r\n"), at);
				is_found = true;
			}
		}
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return is_found;
}

bool sysctl_files_find(const struct sysroot *sysroot, const char *key,
		       char value[64], char ret_file[SYSROOT_PATH_BYTES])
{
	struct files files guarded(files_deinit) = { 0 };
	bool is_found = false;

	collect(sysroot, &files);
	for (unsigned int i = 0; i < files.nr; i++) {
		char *text guarded_free = sysroot_read_all(
			sysroot, files.path[i], MAX_FILE_BYTES);

		if (!find_in(text, key, value))
			continue;
		is_found = true;
		snprintf(ret_file, SYSROOT_PATH_BYTES, "%s", files.path[i]);
	}
	return is_found;
}
