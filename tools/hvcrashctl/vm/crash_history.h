/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_history.h - every crash of this machine that left a trace
 *
 * Called by verb_crashes and by the status check of the last one. Traces are the
 * directories below kdump's target, audits whose dump was not saved, pstore, and
 * boots that followed no shutdown. What belongs to one crash is one record.
 */
#ifndef HVCRASHCTL_CRASH_HISTORY_H
#define HVCRASHCTL_CRASH_HISTORY_H

#include "base/err.h"
#include "vm/crash_record.h"

/* A machine that crashes more often than this has other needs */
#define CRASH_HISTORY_MAX 4096

/**
 * struct crash_history - the crashes, the newest first
 * @nr, @record: these
 * @not_shown: found, and more than there is room for
 * @has_boots: this machine's boots could be read, so that a crash without any
 * file would be in the list
 */
struct crash_history {
	size_t nr;
	struct crash_record *record;
	size_t not_shown;
	bool has_boots;
};

/* @target: kdump's directory, below the root; NULL: no dump stays here */
struct err *crash_history_read(const struct sysroot *sysroot,
			       const char *target, struct crash_history *ret);
void crash_history_deinit(struct crash_history *history);

#endif
