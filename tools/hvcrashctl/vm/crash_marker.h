/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_marker.h - a note from before a test crash to after it
 *
 * Called by verb_crash, which leaves it, and by the status check that tells at
 * the next boot how that crash went: whether there is a dump, and what the audit
 * in the second kernel said.
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

/* false: there is none, or it says nothing */
bool crash_marker_read(const struct sysroot *sysroot, struct crash_marker *ret);

/**
 * struct crash_dump - what a crash left
 * @path: the newest dump, or what was saved in its place, below the root
 * @bytes: its size
 * @is_dump: it holds the memory, and not only the kernel's log
 * @is_complete: it has its final name
 * @verdict: first line of the audit beside it; empty without one
 */
struct crash_dump {
	char path[SYSROOT_PATH_BYTES];
	__u64 bytes;
	bool is_dump;
	bool is_complete;
	char verdict[256];
};

/* The newest dump in a directory of @target that is no older than @seconds */
bool crash_marker_find_dump(const struct sysroot *sysroot, const char *target,
			    __u64 seconds, struct crash_dump *ret);

#endif
