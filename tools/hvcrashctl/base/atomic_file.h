/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * atomic_file.h - a file that appears complete under its name, or not at all
 *
 * For files that another program may read at any moment: the page of an audit,
 * the metrics of node_exporter's textfile collector.
 */
#ifndef HVCRASHCTL_ATOMIC_FILE_H
#define HVCRASHCTL_ATOMIC_FILE_H

#include <stdio.h>

#include "base/err.h"

/**
 * struct atomic_file - a file that is being written
 * @to: its temporary file
 * @path: name it gets in the end
 * @temporary: name until then, NULL once it is gone
 */
struct atomic_file {
	FILE *to;
	const char *path;
	char *temporary;
};

/*
 * Creates a file beside @path, which must not be a directory, device or the
 * like
 */
struct err *atomic_file_create(const char *path, struct atomic_file *ret);
/* Writes everything to the disk and gives the file its name */
struct err *atomic_file_commit(struct atomic_file *file);
/* Removes a file that was not committed */
void atomic_file_deinit(struct atomic_file *file);

#endif
