// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmcoreinfo.c - finds a line in VMCOREINFO's text
 *
 * See vmcoreinfo.h.
 */
#include <string.h>

#include "dump/vmcoreinfo.h"

const char *vmcoreinfo_value(const char *text, const char *key)
{
	size_t length = strlen(key);
	const char *found = NULL;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, length) && line[length] == '=')
			found = line + length + 1;
	}
	return found;
}
