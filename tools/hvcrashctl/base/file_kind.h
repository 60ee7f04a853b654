/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file_kind.h - only a regular file ends, and can be read twice
 *
 * Called before a file that the command line names is read.
 */
#ifndef HVCRASHCTL_FILE_KIND_H
#define HVCRASHCTL_FILE_KIND_H

#include <stdio.h>
#include <sys/types.h>

/* What it is instead, in words that end a message; NULL for a regular file */
const char *file_kind_not_regular(mode_t mode);

/* Opens a regular file to read; NULL with the reason in *ret_why */
FILE *file_kind_open(const char *path, const char **ret_why);

#endif
