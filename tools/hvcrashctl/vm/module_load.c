// SPDX-License-Identifier: GPL-2.0-only
/*
 * module_load.c - lines of modprobe.d, modules-load.d and their like
 *
 * See module_load.h. A softdep loads the module whatever is blacklisted; what is
 * in modules-load.d is not loaded then (systemd-modules-load(8)).
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/module_load.h"
#include "vm/words.h"

#define MAX_FILE_BYTES (256 * 1024)
#define MODULE "hvcrash"

static bool is_softdep(const char *line)
{
	const char *pre = strstr(line, "pre:");

	return !strncmp(line, "softdep ", 8) && pre &&
	       words_have(pre + 4, MODULE);
}

/* "install hvcrash /bin/false"; not one that calls modprobe for it */
static bool is_install(const char *line)
{
	static const char start[] = "install " MODULE " ";

	return !strncmp(line, start, strlen(start)) &&
	       !strstr(line + strlen(start), MODULE);
}

static bool is_blacklist(const char *line)
{
	return !strncmp(line, "blacklist ", 10) && words_have(line, MODULE);
}

static bool is_name(const char *line)
{
	return !strcmp(line, MODULE);
}

static bool has_name(const char *line)
{
	return strstr(line, MODULE);
}

/* No blanks around it, and spaces for tabs */
static char *plain_line(char *line)
{
	size_t length;

	line += strspn(line, " \t");
	length = strlen(line);
	while (length && strchr(" \t\r", line[length - 1]))
		line[--length] = '\0';
	for (char *at = line; *at; at++)
		if (*at == '\t')
			*at = ' ';
	return line;
}

static bool has_such_line(const struct sysroot *sysroot, const char *path,
			  bool (*is_it)(const char *line))
{
	char *text guarded_free =
		sysroot_read_all(sysroot, path, MAX_FILE_BYTES);
	char *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n"))) {
		line = plain_line(line);
		if (*line != '#' && *line != ';' && is_it(line))
			return true;
	}
	return false;
}

/* The first file of @patterns with such a line, into @ret_path */
static bool find(const struct sysroot *sysroot, const char *const *patterns,
		 bool (*is_it)(const char *line),
		 char ret_path[SYSROOT_PATH_BYTES])
{
	bool is_found = false;

	for (; *patterns && !is_found; patterns++) {
		char full[SYSROOT_PATH_BYTES];
		glob_t found;

		if (glob(sysroot_path(sysroot, *patterns, full), 0, NULL,
			 &found))
			continue;
		for (size_t i = 0; i < found.gl_pathc && !is_found; i++) {
			const char *path =
				found.gl_pathv[i] + strlen(sysroot->root);

			is_found = has_such_line(sysroot, path, is_it);
			if (is_found)
				snprintf(ret_path, SYSROOT_PATH_BYTES, "%s",
					 path);
		}
		globfree(&found);
	}
	return is_found;
}

/* "module_blacklist=a,hvcrash": the list of that word of the command line */
static bool is_listed(const char *cmdline, const char *key,
		      char ret[SYSROOT_PATH_BYTES])
{
	char list[WORDS_WORD_BYTES];
	char *rest = list, *one;

	if (!words_last(cmdline, key, list))
		return false;
	while ((one = strsep(&rest, ",")))
		if (!strcmp(one, MODULE)) {
			snprintf(ret, SYSROOT_PATH_BYTES,
				 "%s= of the kernel's command line", key);
			return true;
		}
	return false;
}

void module_load_read(const struct sysroot *sysroot, const char *cmdline,
		      struct module_load *ret)
{
	static const char *const modprobe[] = {
		"/etc/modprobe.d/*.conf",
		"/run/modprobe.d/*.conf",
		"/usr/local/lib/modprobe.d/*.conf",
		"/usr/lib/modprobe.d/*.conf",
		"/lib/modprobe.d/*.conf",
		NULL
	};
	static const char *const load[] = {
		"/etc/modules-load.d/*.conf",
		"/run/modules-load.d/*.conf",
		"/usr/local/lib/modules-load.d/*.conf",
		"/usr/lib/modules-load.d/*.conf",
		"/etc/modules",
		"/etc/initramfs-tools/modules",
		NULL
	};
	static const char *const others[] = {
		"/etc/dracut.conf.d/*.conf",
		"/usr/lib/dracut/dracut.conf.d/*.conf",
		"/etc/systemd/system/*/hvcrash.service", NULL
	};

	memset(ret, 0, sizeof(*ret));
	if (is_listed(cmdline, "module_blacklist", ret->blocked) ||
	    find(sysroot, modprobe, is_install, ret->blocked) ||
	    find(sysroot, modprobe, is_softdep, ret->by))
		return;
	if (is_listed(cmdline, "modprobe.blacklist", ret->blocked) ||
	    find(sysroot, modprobe, is_blacklist, ret->blocked))
		return;
	if (!find(sysroot, load, is_name, ret->by))
		find(sysroot, others, has_name, ret->by);
}
