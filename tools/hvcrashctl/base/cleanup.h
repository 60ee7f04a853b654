/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cleanup.h - scope guards, so that an early return frees everything
 *
 * Used by every file of the tool. A guarded pointer starts as NULL and each
 * guard accepts NULL. Guards that belong to one type are declared beside that type.
 */
#ifndef HVCRASHCTL_CLEANUP_H
#define HVCRASHCTL_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>

#define guarded(function) __attribute__((cleanup(function)))

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

#define guarded_free guarded(cleanup_free)

static inline void cleanup_file(FILE **file)
{
	if (*file)
		fclose(*file);
}
#define guarded_file guarded(cleanup_file)

#endif
