/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core_split.h - the parts of a dump that "makedumpfile --split" wrote, as one
 *
 * Called by core.c once a file is open.
 */
#ifndef HVCRASHCTL_CORE_SPLIT_H
#define HVCRASHCTL_CORE_SPLIT_H

#include "base/err.h"
#include "dump/core.h"

/*
 * If *core, the open file @path, is one part of several, *core becomes all
 * parts beside it. Missing parts are not an error: their pages are absent.
 */
struct err *core_split_join(const char *path, struct core **core);

#endif
