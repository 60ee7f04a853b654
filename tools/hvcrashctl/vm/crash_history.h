/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_history.h - every crash of this machine that left a trace
 *
 * Called by verb_crashes and by the status check of the last one. Traces are
 * the directories below kdump's target, audits whose dump was not saved,
 * pstore, and boots that followed no shutdown. What belongs to one crash is one
 * record.
 */
#ifndef HVCRASHCTL_CRASH_HISTORY_H
#define HVCRASHCTL_CRASH_HISTORY_H

#include "base/err.h"
#include "vm/crash_record.h"
#include "vm/kdump_config.h"

/* More crashes than this are not listed */
#define CRASH_HISTORY_MAX 4096

/**
 * struct crash_history - the crashes, the newest first
 * @nr, @record: these
 * @not_shown: older ones, for which there was no room
 * @nr_unreadable, @unreadable: directories in which there may be more crashes,
 * and the first of them
 * @nr_foreign: directories that belong neither to root nor to us, which are
 * ignored: below Ubuntu's /var/crash every user may create one
 * @has_boots: this machine's boots could be read, so that a crash without any
 * file would be in the list
 */
struct crash_history {
	size_t nr;
	struct crash_record *record;
	size_t not_shown;
	unsigned int nr_unreadable;
	char unreadable[SYSROOT_PATH_BYTES];
	unsigned int nr_foreign;
	bool has_boots;
};

/*
 * The largest difference between two times of one crash: a dump is written, and
 * the machine boots, within this time
 */
#define CRASH_HISTORY_SAME_S (60 * 60)

/* @config says where the dumps are */
struct err *crash_history_read(const struct sysroot *sysroot,
			       const struct kdump_config *config,
			       struct crash_history *ret);

/*
 * The crash with that ID or unique prefix; "last" is the newest. NULL, with the
 * number of matches, if that is not one.
 */
const struct crash_record *
crash_history_find(const struct crash_history *history, const char *id,
		   size_t *ret_nr);

void crash_history_deinit(struct crash_history *history);

#endif
