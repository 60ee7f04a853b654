/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core_file.h - a dump's file as it is on disk
 *
 * Called by core_flat.c and core_io.c; the formats read through core_pread().
 */
#ifndef HVCRASHCTL_CORE_FILE_H
#define HVCRASHCTL_CORE_FILE_H

#include <stddef.h>
#include <sys/types.h>
#include <linux/types.h>

#include "base/err.h"

/* The kernel's pread(), not the one that core_io.c defines */
ssize_t file_pread_once(int fd, void *buf, size_t bytes, __s64 offset);

/* Reads until complete; *ret_bytes is less only at end of file */
struct err *file_pread(int fd, __u64 offset, void *buf, size_t bytes,
		       size_t *ret_bytes);

#endif
