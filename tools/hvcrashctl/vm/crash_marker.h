/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_marker.h - a note from before a test crash to after it
 *
 * Called by verb_crash, which leaves it, and by the status check that tells at
 * the next boot how that crash went. crash_history finds what a
 * crash left; the note adds that one was intended, and how it was made.
 */
#ifndef HVCRASHCTL_CRASH_MARKER_H
#define HVCRASHCTL_CRASH_MARKER_H

#include <stdbool.h>

#include "base/err.h"
#include "vm/sysroot.h"

#define CRASH_MARKER "/var/lib/hvcrash/crash-marker"

/**
 * struct crash_marker - what was about to happen
 * @boot_id: of the kernel that was to crash
 * @seconds: when, since 1970
 * @how: the kind
 * @cpu: on which CPU
 */
struct crash_marker {
	char boot_id[64];
	__u64 seconds;
	char how[32];
	__u64 cpu;
};

/* On disk when it returns, whole or not at all */
struct err *crash_marker_write(const struct sysroot *sysroot,
			       const struct crash_marker *marker);
void crash_marker_remove(const struct sysroot *sysroot);

/* false: there is none, or it is empty */
bool crash_marker_read(const struct sysroot *sysroot, struct crash_marker *ret);

#endif
