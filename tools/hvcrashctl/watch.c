// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch.c - waits between rounds, shows progress, and stops at Ctrl-C
 *
 * Called by verb_audit. The signals are blocked except during the wait itself, which
 * unblocks them atomically, so that one that arrives just before is not lost. A round
 * checks for pending ones as it goes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "watch.h"

#define MAX_SECONDS 86400
#define MAX_ROUNDS 1000000000
#define PROGRESS_WIDTH 60

static volatile sig_atomic_t is_stopped;

static void stop(int number)
{
	(void)number;
	is_stopped = 1;
}

struct err *watch_parse(const struct opts_verb *verb, const char *seconds,
			const char *rounds, struct watch *ret)
{
	struct err *err = NULL;

	memset(ret, 0, sizeof(*ret));
	if (rounds && !seconds)
		return err_create(
			ERR_USAGE,
			"%s: --rounds without --watch: try 'hvcrashctl %s --help'",
			verb->name, verb->name);
	if (seconds)
		err = opts_number(verb, "watch", seconds, MAX_SECONDS,
				  &ret->seconds);
	if (!err && rounds)
		err = opts_number(verb, "rounds", rounds, MAX_ROUNDS,
				  &ret->rounds);
	return err;
}

void watch_begin(struct watch *watch)
{
	struct sigaction action = { .sa_handler = stop };
	sigset_t mask;

	is_stopped = 0;
	watch->is_terminal = isatty(STDERR_FILENO);
	sigemptyset(&action.sa_mask);
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, &watch->old_mask);
	sigaction(SIGINT, &action, &watch->old_int);
	sigaction(SIGTERM, &action, &watch->old_term);
}

bool watch_is_stopped(void)
{
	sigset_t pending;

	return is_stopped ||
	       (!sigpending(&pending) && (sigismember(&pending, SIGINT) == 1 ||
					  sigismember(&pending, SIGTERM) == 1));
}

static void wait_for_round(const struct watch *watch)
{
	const struct timespec time = { .tv_sec = (time_t)watch->seconds };

	ppoll(NULL, 0, &time, &watch->old_mask);
}

bool watch_next(const struct watch *watch, __u64 rounds_done,
		__u64 regions_written)
{
	char line[PROGRESS_WIDTH + 1];

	if (watch->is_terminal) {
		snprintf(line, sizeof(line),
			 "round %llu, %llu region%s written", rounds_done,
			 regions_written, regions_written == 1 ? "" : "s");
		fprintf(stderr, "\r%-*s", PROGRESS_WIDTH, line);
	}
	if (rounds_done == watch->rounds || watch_is_stopped())
		return false;
	wait_for_round(watch);
	return !watch_is_stopped();
}

void watch_end(const struct watch *watch)
{
	if (watch->is_terminal)
		fprintf(stderr, "\r%*s\r", PROGRESS_WIDTH, "");
	/* pending signals are delivered here, where they do not end the process */
	sigprocmask(SIG_SETMASK, &watch->old_mask, NULL);
	sigaction(SIGINT, &watch->old_int, NULL);
	sigaction(SIGTERM, &watch->old_term, NULL);
}
