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

/* The next "NAME VALUE", without its comment; false at the end */
static bool next_line(const char **text, char ret_name[64],
		      char ret_value[KDUMP_CONF_VALUE_BYTES])
{
	while (**text) {
		const char *line = *text;
		size_t length = strcspn(line, "\n"), name = 0;

		*text = line + length + (line[length] == '\n');
		while (length && strchr(BLANKS, *line)) {
			line++;
			length--;
		}
		while (name < length && !strchr(BLANKS "#", line[name]))
			name++;
		if (!name)
			continue;
		snprintf(ret_name, 64, "%.*s", (int)name, line);
		while (name < length && strchr(BLANKS, line[name]))
			name++;
		take_value(line + name, length - name, ret_value);
		return true;
	}
	return false;
}

/* Options allowed once; those with the same number exclude each other */
static const struct {
	const char *name;
	unsigned int group;
} options[] = {
	{ "raw", 0 },
	{ "ext2", 0 },
	{ "ext3", 0 },
	{ "ext4", 0 },
	{ "minix", 0 },
	{ "btrfs", 0 },
	{ "xfs", 0 },
	{ "nfs", 0 },
	{ "ssh", 0 },
	{ "virtiofs", 0 },
	{ "failure_action", 1 },
	{ "default", 1 },
	{ "final_action", 2 },
	{ "path", 3 },
	{ "core_collector", 4 },
	{ "kdump_post", 5 },
	{ "kdump_pre", 6 },
	{ "extra_bins", 7 },
	{ "extra_modules", 8 },
	{ "dracut_args", 9 },
	{ "sshkey", 10 },
	{ "force_rebuild", 11 },
	{ "force_no_rebuild", 12 },
	{ "fence_kdump_args", 13 },
	{ "fence_kdump_nodes", 14 },
	{ "auto_reset_crashkernel", 15 },
};

/* The group of an option, 16 if it is unknown */
static unsigned int group_of(const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!strcmp(name, options[i].name))
			/* --mount is a target, too */
			return !strcmp(name, "dracut_args") &&
					       strstr(value, "--mount") ?
				       0 :
				       options[i].group;
	return 16;
}

bool kdump_conf_is_refused(const struct kdump_conf *conf, char *buf,
			   size_t bytes)
{
	char name[64], value[KDUMP_CONF_VALUE_BYTES];
	const char *text = conf->text;
	unsigned int seen = 0;

	while (next_line(&text, name, value)) {
		unsigned int group = group_of(name, value);

		if (group > 15)
			snprintf(buf, bytes, "%.40s is not an option", name);
		else if (!*value)
			snprintf(buf, bytes, "%.40s has no value", name);
		else if (seen & 1U << group && !group)
			snprintf(buf, bytes, "%.40s is a second target", name);
		else if (seen & 1U << group)
			snprintf(buf, bytes, "%.40s appears twice", name);
		else {
			seen |= 1U << group;
			continue;
		}
		return true;
	}
	return false;
}

bool kdump_conf_get(const struct kdump_conf *conf, const char *name,
		    char ret[KDUMP_CONF_VALUE_BYTES])
{
	char found[64], value[KDUMP_CONF_VALUE_BYTES];
	const char *text = conf->text;

	*ret = '\0';
	/* the last one counts */
	while (next_line(&text, found, value))
		if (!strcmp(found, name))
			memcpy(ret, value, sizeof(value));
	/* an empty value is none: the tests there are [ -n ... ] */
	return *ret;
}
