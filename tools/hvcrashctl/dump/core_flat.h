/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core_flat.h - a flattened file, seen as the plain one
 *
 * Called by core.c (open, close) and core_io.c (reads). The formats above see
 * the plain file and know nothing of this.
 */
#ifndef HVCRASHCTL_CORE_FLAT_H
#define HVCRASHCTL_CORE_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "base/err.h"

struct core;
struct flat;

bool flat_probe(const unsigned char *head, size_t bytes);

/* Walks over the whole file's record heads; sets core->flat and file_bytes */
struct err *flat_open(struct core *core);
void flat_close(struct flat *flat);

/* Like core_pread(), of the plain file */
struct err *flat_pread(struct core *core, __u64 offset, void *buf, size_t bytes,
		       size_t *ret_bytes);

/* The file ends before its end record; @flat may be NULL */
bool flat_is_cut(const struct flat *flat);

#endif
