/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_times.h - how long each step of the crash path took
 *
 * Called by everything that shows it, so that all say the same. A step whose
 * stamps the crash path did not reach has no time, which is not 0.
 */
#ifndef HVCRASHCTL_CRASH_TIMES_H
#define HVCRASHCTL_CRASH_TIMES_H

#include <stdbool.h>
#include <linux/types.h>

#include "hvcrash_abi.h"

#define CRASH_TIMES_NR_STEPS 5

/**
 * struct crash_times_step - from one stamp to another
 * @key: for programs, with the unit
 * @name: for people
 * @from, @to: TSC stamps, 0 where not reached
 */
struct crash_times_step {
	const char *key;
	const char *name;
	__u64 from;
	__u64 to;
};

/* The steps in order, then all of them in one */
void crash_times_steps(const struct hvcrash_crash *crash,
		       struct crash_times_step ret[CRASH_TIMES_NR_STEPS + 1]);

/* Ticks to microseconds; false if a stamp was not reached or is invalid */
bool crash_times_elapsed_us(const struct hvcrash_crash *crash, __u64 from,
			    __u64 to, __u64 *ret_us);

#endif
