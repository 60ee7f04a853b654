/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_record.h - one crash of this machine, by what it left behind
 *
 * Called by crash_history. A record is made of a directory that some
 * distribution's kdump wrote: the dump, complete, in parts or truncated, the
 * log of the crashed kernel, that of the crash kernel, and the audit beside
 * them. All of it is another kernel's data: sizes are bounded, and no byte of
 * it reaches a terminal unchecked.
 */
#ifndef HVCRASHCTL_CRASH_RECORD_H
#define HVCRASHCTL_CRASH_RECORD_H

#include <stdbool.h>

#include "vm/sysroot.h"

/* What was saved of the memory, the worst first */
enum crash_saved {
	CRASH_SAVED_NOTHING,
	CRASH_SAVED_LOG,  /* of the kernel, and no memory */
	CRASH_SAVED_PART, /* the dump is incomplete */
	CRASH_SAVED_DUMP,
};

/**
 * struct crash_record - one crash
 * @id: what "crashes show" takes: the name of its directory
 * @seconds: when it crashed, since 1970; the best that is known
 * @is_exact: @seconds is the kernel's own, of the audit; else the dump's
 * @kernel: release of the crashed kernel; or empty
 * @panic: its panic line; or empty
 * @verdict: "clean", "not clean" or "cannot tell"; empty without an audit
 * @verdict_line: the same in a line
 * @saved: what was saved of the memory
 * @bytes: its size, of all parts
 * @parts: 1, or how many files makedumpfile --split made
 * @path: the dump, or the best of what was saved, below the root
 * @why: why no dump was saved, if a log says so; or empty
 * @missing: which part of a split dump is not beside the others, in words; or
 *           empty
 * @is_unreadable: its directory cannot be opened, so nothing is known
 */
struct crash_record {
	char id[128];
	__u64 seconds;
	bool is_exact;
	char kernel[96];
	char panic[200];
	char verdict[16];
	char verdict_line[512];
	enum crash_saved saved;
	__u64 bytes;
	unsigned int parts;
	char path[SYSROOT_PATH_BYTES];
	char why[200];
	char missing[24];
	bool is_unreadable;
};

const char *crash_saved_name(enum crash_saved saved);

/* Its verdict, which without an audit is "cannot tell" */
const char *crash_record_verdict(const struct crash_record *record);

/* @dir below the root. False: nothing in it is of a crash */
bool crash_record_read(const struct sysroot *sysroot, const char *dir,
		       struct crash_record *ret);

/*
 * The kernel's log at @path, below the root: release and panic line, as far as
 * the record lacks them
 */
void crash_record_read_log(const struct sysroot *sysroot, const char *path,
			   struct crash_record *record);

#endif
