/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rows.h - an extent as a row, the same for every verb that shows extents
 *
 * Called by verb_list and verb_audit. One table of columns drives the output,
 * -o, --help and JSON; the columns of the audit come last, so that a list
 * uses the first part of the same table.
 */
#ifndef HVCRASHCTL_ROWS_H
#define HVCRASHCTL_ROWS_H

#include "audit/audit.h"
#include "out/out.h"
#include "registry/channels.h"
#include "registry/image.h"

extern const struct out_column rows_columns[];
extern const size_t rows_nr_list_columns;
extern const size_t rows_nr_audit_columns;

/**
 * struct rows_words - words in the rows so far, to be explained below them
 * @kinds: bit N is kind N
 * @has_vp: some belong to a VP
 */
struct rows_words {
	__u64 kinds;
	bool has_vp;
};

void rows_add_words(const struct hvcrash_extent *extent,
		    struct rows_words *words);
/* Each word once */
void rows_explain(struct out *out, const struct rows_words *words);

/* @result NULL: a list. @cells holds a cell for every column of the verb */
void rows_make(const struct hvcrash_extent *extent,
	       const struct channels *channels,
	       const struct audit_result *result, struct out_cell *cells);

#endif
