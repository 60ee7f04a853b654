/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kdump_conf.h - /etc/kdump.conf, as kdump itself reads it
 *
 * Called by kdump_config. "NAME VALUE" a line; the last line of a name counts
 * (kdump_get_conf_val() in kdump-lib-initramfs.sh). Pure.
 */
#ifndef HVCRASHCTL_KDUMP_CONF_H
#define HVCRASHCTL_KDUMP_CONF_H

#include <stdbool.h>
#include <stddef.h>

#define KDUMP_CONF_VALUE_BYTES 512

struct kdump_conf {
	const char *text;
	bool is_binary;
};

/* @text ends with a NUL byte at @bytes, and outlives @ret */
void kdump_conf_init(struct kdump_conf *ret, const char *text, size_t bytes);

/* Without its comment, and without the quotes around all of it */
bool kdump_conf_get(const struct kdump_conf *conf, const char *name,
		    char ret[KDUMP_CONF_VALUE_BYTES]);

/*
 * Would kdumpctl refuse the file, and load nothing (parse_config() in kdumpctl)?
 * Then the first reason for it is in @buf.
 */
bool kdump_conf_is_refused(const struct kdump_conf *conf, char *buf,
			   size_t bytes);

#endif
