/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verbs.h - the verbs, as main() calls them
 *
 * main() parses the options and selects the columns; a verb does the rest and
 * writes only complete output to stdout. It returns an error, or NULL and an
 * exit status. *ret_file is the file that was read, for main()'s message.
 */
#ifndef HVCRASHCTL_VERBS_H
#define HVCRASHCTL_VERBS_H

#include "base/err.h"
#include "opts.h"
#include "out/out.h"

/* Exit statuses, the same for all verbs */
#define EXIT_CLEAN 0
#define EXIT_NOT_CLEAN 1
#define EXIT_CANNOT_TELL 2
#define EXIT_USAGE_IO 3

/**
 * struct verb - one verb
 * @opts: its command line
 * @run: does it; @options is the verb's own struct, @table its columns as
 * chosen, *ret_status is EXIT_CLEAN before
 */
struct verb {
	struct opts_verb opts;
	struct err *(*run)(const struct opts_common *options,
			   const struct out_table *table, const char **ret_file,
			   int *ret_status);
};

extern const struct verb verb_status;
extern const struct verb verb_list;
extern const struct verb verb_crash;
extern const struct verb verb_crashes;
extern const struct verb verb_kexec_args;
extern const struct verb verb_audit;
extern const struct verb verb_publish;

struct result;

/* What "audit" and "publish" send: to a file for Prometheus, unless NULL, and the journal */
struct err *publish_result(const struct result *result, const char *prometheus,
			   bool is_journal);

#endif
