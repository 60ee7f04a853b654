/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_platform.h - a machine for the core, in user space
 *
 * Guest RAM is an array, an overlay a pointer exchange, and the clock stands
 * still until a test moves it. The core's requests are counted.
 */
#ifndef FAKE_PLATFORM_H
#define FAKE_PLATFORM_H

#include "hv.h"

#define FAKE_PAGES 320u
#define FAKE_VPS 4u

struct fake {
	u8 *ram;	       /* FAKE_PAGES pages */
	u8 *shown[FAKE_PAGES]; /* NULL: the guest's own page */
	u64 now;
	u32 interrupts[HV_MAX_VPS][256];
	u32 nmis[HV_MAX_VPS];
	u32 wakes, flushes, ends, direct;
	bool frozen[HV_MAX_VPS], all_frozen;
	char end[128];
	char log[4096];	     /* the last lines */
	size_t answer_bytes; /* of the oracle's answer */
	size_t allocated;
	u32 allocations_left; /* afterwards allocations fail; 0: never */
};

extern struct fake fake;

/*
 * Starts a new machine with these options; fails the test if they are invalid
 */
void fake_start(const char *words);
void fake_stop(void);

/* Moves the clock by that many milliseconds, and runs what becomes due. */
void fake_run(u64 ms);

/* What the guest sees at a GPA */
u8 *fake_at(u64 gpa);

/* The oracle's answer to a request */
const char *fake_ask(const char *request);

#endif
