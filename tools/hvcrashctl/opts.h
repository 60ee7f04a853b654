/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts.h - options as tables
 *
 * Called by main() and the verbs. A table drives the parser and --help; the
 * verb says where each value goes. Nothing is printed but help.
 */
#ifndef HVCRASHCTL_OPTS_H
#define HVCRASHCTL_OPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "out.h"

#define OPTS_MAX 16

/**
 * struct opts_desc - one option; a table ends with a name of NULL
 * @name: long name
 * @letter: short name, or 0
 * @argument: what it takes, for --help, or NULL for a flag
 * @help: a line
 * @flag: set to true where there is no argument
 * @value: set to the argument
 */
struct opts_desc {
	const char *name;
	char letter;
	const char *argument;
	const char *help;
	bool *flag;
	const char **value;
};

/**
 * struct opts_usage - what --help of a verb shows besides its options
 * @verb: its name
 * @operands: "[FILE]"
 * @purpose: a line
 * @columns, @nr_columns: what -o takes
 */
struct opts_usage {
	const char *verb;
	const char *operands;
	const char *purpose;
	const struct out_column *columns;
	size_t nr_columns;
};

/* Options from argv[1] on, one operand at most, which goes to @ret_operand */
struct err *opts_parse(const char *verb, const struct opts_desc *table,
		       int argc, char **argv, const char **ret_operand);

void opts_print_help(const struct opts_usage *usage,
		     const struct opts_desc *table);

/* Is --json among the arguments, even where others are wrong */
bool opts_wants_json(int argc, char **argv);

#endif
