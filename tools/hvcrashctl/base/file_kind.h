/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file_kind.h - accepts only regular files, which have an end and can be read
 * twice
 *
 * Called before reading a file named on the command line.
 */
#ifndef HVCRASHCTL_FILE_KIND_H
#define HVCRASHCTL_FILE_KIND_H

#include <stdio.h>
#include <sys/types.h>

/* The actual kind of file, for the end of a message; NULL for a regular file */
const char *file_kind_not_regular(mode_t mode);

/* Opens a regular file to read; NULL with the reason in *ret_why */
FILE *file_kind_open(const char *path, const char **ret_why);

#endif
