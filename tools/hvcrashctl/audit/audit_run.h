/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * audit_run.h - one audit: its inputs and its results
 *
 * Called by verb_audit, and by audit_page to show the results again. Records
 * are read again for each walk rather than kept, to need little memory in
 * a crash kernel.
 */
#ifndef HVCRASHCTL_AUDIT_RUN_H
#define HVCRASHCTL_AUDIT_RUN_H

#include "audit/audit.h"
#include "audit/contents.h"
#include "dump/core.h"
#include "dump/origin.h"
#include "registry/channels.h"
#include "registry/image.h"
#include "vm/own_state.h"

/* The state of one audit; too large for the stack */
struct audit_run {
	const char *file;
	struct core *core;
	struct image *image;
	struct origin origin;
	struct contents contents;
	struct channels channels;
	struct own_registers registers;
	struct own_ram ram;
	struct audit_reasons reasons;
	struct audit audit;
};

/* Opens @file and checks its registry */
struct err *audit_run_open(const char *file, struct audit_run **ret);
void audit_run_close(struct audit_run *run);

static inline void audit_run_guard(struct audit_run **run)
{
	audit_run_close(*run);
}

#define guarded_audit_run guarded(audit_run_guard)

/* Findings and verdict from the contents */
struct err *audit_run_judge(struct audit_run *run);

/**
 * struct audit_walk - place in the regions that have a finding
 * @run: the audit
 * @iter: its records
 * @number: of the next record
 */
struct audit_walk {
	const struct audit_run *run;
	struct image_iter iter;
	__u64 number;
};

void audit_walk_init(struct audit_walk *walk, const struct audit_run *run);
/* The next region that is shown, or *ret_is_end */
struct err *audit_walk_next(struct audit_walk *walk,
			    struct hvcrash_extent *ret_extent,
			    struct audit_result *ret_result, bool *ret_is_end);

#endif
