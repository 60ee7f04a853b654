/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verbs.h - the verbs, as main() calls them
 *
 * Each parses its own options and writes to stdout only what is complete. It
 * returns an error, or NULL and an exit status. What was read is left in
 * *ret_file for main()'s message.
 */
#ifndef HVCRASHCTL_VERBS_H
#define HVCRASHCTL_VERBS_H

#include "err.h"

/* Exit statuses, the same for all verbs */
#define EXIT_CLEAN 0
#define EXIT_NOT_CLEAN 1
#define EXIT_CANNOT_TELL 2
#define EXIT_USAGE_IO 3

struct err *verb_list(int argc, char **argv, const char **ret_file,
		      int *ret_status);
struct err *verb_audit(int argc, char **argv, const char **ret_file,
		       int *ret_status);

#endif
