// SPDX-License-Identifier: GPL-2.0-only
/*
 * kdump_conf.c - reads lines as "read -r name value" does
 *
 * See kdump_conf.h.
 */
#include <stdio.h>
#include <string.h>

#include "vm/kdump_conf.h"

#define BLANKS " \t\r\v\f"

void kdump_conf_init(struct kdump_conf *ret, const char *text, size_t bytes)
{
	ret->text = text;
	ret->is_binary = strlen(text) != bytes;
}

static void take_value(const char *from, size_t length,
		       char ret[KDUMP_CONF_VALUE_BYTES])
{
	const char *comment = memchr(from, '#', length);

	if (comment)
		length = (size_t)(comment - from);
	while (length && strchr(BLANKS, from[length - 1]))
		length--;
	if (length > 1 && *from == '"' && from[length - 1] == '"') {
		from++;
		length -= 2;
	}
	snprintf(ret, KDUMP_CONF_VALUE_BYTES, "%.*s", (int)length, from);
}

bool kdump_conf_get(const struct kdump_conf *conf, const char *name,
		    char ret[KDUMP_CONF_VALUE_BYTES])
{
	size_t name_length = strlen(name);
	const char *line = conf->text, *next;
	bool is_found = false;

	*ret = '\0';
	for (; *line; line = next) {
		size_t length = strcspn(line, "\n");

		next = line + length + (line[length] == '\n');
		while (length && strchr(BLANKS, *line)) {
			line++;
			length--;
		}
		if (length < name_length || strncmp(line, name, name_length) ||
		    (length > name_length &&
		     !strchr(BLANKS, line[name_length])))
			continue;
		line += name_length;
		length -= name_length;
		while (length && strchr(BLANKS, *line)) {
			line++;
			length--;
		}
		take_value(line, length, ret);
		/* an empty value is none: the tests there are [ -n ... ] */
		is_found = *ret;
	}
	return is_found;
}
