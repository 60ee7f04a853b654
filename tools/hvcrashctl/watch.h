/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * watch.h - round after round, until told to stop
 *
 * Called by verb_audit for --watch. Handles the signals meanwhile: Ctrl-C and
 * SIGTERM end the rounds but not the process, so that the verdict so far is
 * still printed.
 */
#ifndef HVCRASHCTL_WATCH_H
#define HVCRASHCTL_WATCH_H

#include <signal.h>
#include <stdbool.h>
#include <linux/types.h>

#include "base/err.h"
#include "opts.h"

/**
 * struct watch - what to do, and the signals as they were
 * @seconds: between two rounds
 * @rounds: at most, 0 for no end
 * @is_terminal: progress can be shown
 * @old_mask, @old_int, @old_term: restored at the end
 */
struct watch {
	__u64 seconds;
	__u64 rounds;
	bool is_terminal;
	sigset_t old_mask;
	struct sigaction old_int;
	struct sigaction old_term;
};

/* From the arguments of --watch and --rounds, NULL where not given */
struct err *watch_parse(const struct opts_verb *verb, const char *seconds,
			const char *rounds, struct watch *ret);

void watch_begin(struct watch *watch);
/* Shows the progress, and waits; false if this was the last round */
bool watch_next(const struct watch *watch, __u64 rounds_done,
		__u64 regions_written);
/* Restores the signals, and removes the progress from the terminal */
void watch_end(const struct watch *watch);

/* Was a stop requested since watch_begin() */
bool watch_is_stopped(void);

#endif
