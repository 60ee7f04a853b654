/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rows.h - an extent as a row, the same for every verb that shows extents
 *
 * Called by verb_list and verb_audit. The column table here drives the table,
 * -o, --help and JSON alike; the columns of the audit come last, so that a list
 * is the same table cut short.
 */
#ifndef HVCRASHCTL_ROWS_H
#define HVCRASHCTL_ROWS_H

#include "audit/audit.h"
#include "out/out.h"
#include "registry/image.h"

extern const struct out_column rows_columns[];
extern const size_t rows_nr_list_columns;
extern const size_t rows_nr_audit_columns;

/**
 * struct rows_channels - names of the channels that own GPADLs
 * @nr: how many
 * @channel: sorted by relid; a channel beyond ROWS_MAX_CHANNELS has no name
 */
#define ROWS_MAX_CHANNELS 4096
struct rows_channels {
	size_t nr;
	struct rows_channel {
		__u32 relid;
		__u32 subchannel;
		__u8 device_class[16];
		__u8 instance[16];
	} * channel;
};

struct err *rows_read_channels(const struct image *image,
			       struct rows_channels *ret);
void rows_channels_deinit(struct rows_channels *channels);

/**
 * struct rows_words - words of the rows so far, to be explained below them
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
	       const struct rows_channels *channels,
	       const struct audit_result *result, struct out_cell *cells);

#endif
