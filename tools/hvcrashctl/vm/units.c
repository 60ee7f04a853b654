// SPDX-License-Identifier: GPL-2.0-only
/*
 * units.c - looks for a unit where systemd does
 *
 * See units.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/command.h"
#include "vm/units.h"

#define MAX_SHOW_BYTES (64 * 1024)

static const char *const directories[] = {
	"/etc/systemd/system.control",	 "/run/systemd/system.control",
	"/etc/systemd/system",		 "/run/systemd/system",
	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	"/lib/systemd/system",
};

/* The first that exists hides the others */
void unit_read_files(const struct sysroot *sysroot, const char *name,
		     struct unit *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]);
	     i++) {
		char path[SYSROOT_PATH_BYTES], target[64];
		bool is_link;
		size_t bytes = 1;
		char *text guarded_free = NULL;

		snprintf(path, sizeof(path), "%s/%.200s", directories[i], name);
		is_link = sysroot_read_link(sysroot, path, target,
					    sizeof(target));
		if (!is_link && !sysroot_exists(sysroot, path))
			continue;
		if (!is_link)
			text = sysroot_read_text(sysroot, path, MAX_SHOW_BYTES,
						 &bytes);
		ret->is_there = true;
		ret->is_masked =
			is_link ? !strcmp(target, "/dev/null") : text && !bytes;
		snprintf(ret->mask, sizeof(ret->mask), "%s", path);
		return;
	}
}

void unit_read(const struct sysroot *sysroot, const char *name,
	       struct unit *ret)
{
	char path[SYSROOT_PATH_BYTES];
	char *text guarded_free = NULL;
	const char *const argv[] = { "systemctl",   "show", "-p",
				     "ActiveState", name,   NULL };

	unit_read_files(sysroot, name, ret);
	snprintf(path, sizeof(path), "/systemctl/%.200s", name);
	if (sysroot_is_own(sysroot))
		text = command_output(argv, MAX_SHOW_BYTES);
	else
		text = sysroot_read_all(sysroot, path, MAX_SHOW_BYTES);
	ret->has_failed = text && strstr(text, "ActiveState=failed");
}
