// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit_run.c - opens the inputs of an audit, judges them, and walks through the results
 *
 * Called by verb_audit and audit_page. Leaves out the judgement (audit.c) and the
 * output.
 */
#include <stdlib.h>

#include "audit/audit_run.h"

struct err *audit_run_open(const char *file, struct audit_run **ret)
{
	struct audit_run *run guarded_audit_run = calloc(1, sizeof(*run));
	struct err *err;

	if (!run)
		return err_create(ERR_IO, "out of memory");
	run->file = file;
	err = core_open(file, &run->core);
	if (!err)
		err = image_open(run->core, &run->image);
	if (!err)
		err = channels_read(run->image, &run->channels);
	if (err)
		return err;
	audit_init(&run->audit, &run->image->header);
	if (run->image->header.phase != HVCRASH_PHASE_LIVE)
		origin_read(run->core, &run->origin);
	*ret = run;
	run = NULL;
	return NULL;
}

void audit_run_close(struct audit_run *run)
{
	if (!run)
		return;
	channels_deinit(&run->channels);
	contents_deinit(&run->contents);
	free(run->image);
	core_close(run->core);
	free(run);
}

static enum contents_fact fact_of(const struct audit_run *run, __u64 number)
{
	return number < run->contents.nr ? run->contents.fact[number] :
					   CONTENTS_NOT_LOOKED;
}

struct err *audit_run_judge(struct audit_run *run)
{
	struct hvcrash_extent extent;
	struct image_iter iter;
	struct hvcrash_vp vp;
	struct err *err;
	bool is_end;

	image_iter_init(&iter, run->image, HVCRASH_CHUNK_VPS);
	while (!(err = image_next_vp(&iter, &vp, &is_end)) && !is_end)
		audit_add_vp(&run->audit, &vp);
	if (err)
		return err;
	image_iter_init(&iter, run->image, HVCRASH_CHUNK_EXTENTS);
	for (__u64 number = 0;; number++) {
		err = image_next_extent(&iter, &extent, &is_end);
		if (err || is_end)
			break;
		audit_add_extent(&run->audit, &extent, fact_of(run, number));
	}
	if (!err)
		audit_finish(&run->audit, &run->contents);
	return err;
}

void audit_walk_init(struct audit_walk *walk, const struct audit_run *run)
{
	walk->run = run;
	walk->number = 0;
	image_iter_init(&walk->iter, run->image, HVCRASH_CHUNK_EXTENTS);
}

struct err *audit_walk_next(struct audit_walk *walk,
			    struct hvcrash_extent *ret_extent,
			    struct audit_result *ret_result, bool *ret_is_end)
{
	struct err *err;

	do {
		err = image_next_extent(&walk->iter, ret_extent, ret_is_end);
		if (err || *ret_is_end)
			return err;
		audit_extent(&walk->run->audit, ret_extent,
			     fact_of(walk->run, walk->number++), ret_result);
	} while (ret_result->finding == AUDIT_SKIPPED);
	return NULL;
}
