/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * origin.h - which machine a dump is of, when it crashed and with which panic
 * line
 *
 * Called by audit_run, for the head of a report. All of it is optional: what
 * the dump does not contain is unknown, never an error.
 */
#ifndef HVCRASHCTL_ORIGIN_H
#define HVCRASHCTL_ORIGIN_H

#include <stdbool.h>
#include <linux/types.h>

#include "dump/core.h"

/**
 * struct origin - where a dump comes from; printable
 * @seconds: when the kernel crashed, since 1970, 0 if unknown
 * @machine: its host name, or empty
 * @panic: the line with which it panicked, or empty
 */
struct origin {
	__u64 seconds;
	char machine[66];
	char panic[160];
};

void origin_read(struct core *core, struct origin *ret);

#endif
