// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_kdump_none.c - replaces core_kdump.c if libkdumpfile was missing when the
 *                     tool was built
 *
 * Reached through core.c. A kdump-compressed file is recognized and reported, but
 * not read.
 */
#include "dump/core.h"
#include "dump/core_kdump.h"

static struct err *none_open(struct core *core)
{
	(void)core;
	return err_create(
		ERR_IO,
		"kdump-compressed: this hvcrashctl was built without libkdumpfile");
}

static void none_close(struct core *core)
{
	(void)core;
}

const struct kdump_head *core_kdump_part(const struct core *core)
{
	(void)core;
	return NULL;
}

const struct core_ops core_kdump_ops = {
	.name = "kdump-compressed",
	.probe = core_kdump_probe,
	.open = none_open,
	.close = none_close,
};
