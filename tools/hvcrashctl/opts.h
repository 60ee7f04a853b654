/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * opts.h - options as tables
 *
 * Each verb has one constant table. It drives the parser, --help and the bash
 * completion, so that they always agree. main() parses; a verb gets its options
 * as its own struct, which begins with the common ones.
 */
#ifndef HVCRASHCTL_OPTS_H
#define HVCRASHCTL_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "base/err.h"
#include "out/out.h"

#define OPTS_MAX 24

/**
 * struct opts_common - what every verb's options begin with
 * @is_help: --help was given, and has been shown
 * @style: --json and the like
 * @columns: -o
 * @operand: the one operand, or NULL
 */
struct opts_common {
	bool is_help;
	struct out_style style;
	const char *columns;
	const char *operand;
};

/* Where a value goes: a member, whose type the compiler compares */
#define OPTS_MEMBER(type, member, wanted)                                   \
	(offsetof(type, member) +                                           \
	 0 * sizeof(char[__builtin_types_compatible_p(                      \
				 __typeof__(((type *)0)->member), wanted) ? \
				 1 :                                        \
				 -1]))
#define OPTS_FLAG(type, member) OPTS_MEMBER(type, member, bool)
#define OPTS_TEXT(type, member) OPTS_MEMBER(type, member, const char *)

/**
 * struct opts_desc - one option; a table ends with a name of NULL
 * @name: long name
 * @letter: short name, or 0
 * @argument: its argument, for --help: FILE and DIR are completed as such,
 * COLUMNS by the verb's columns; NULL for a flag
 * @words: the possible arguments, separated by blanks, for --help and the
 * completion; or NULL
 * @help: a line
 * @offset: OPTS_FLAG() without an argument, else OPTS_TEXT()
 */
struct opts_desc {
	const char *name;
	char letter;
	const char *argument;
	const char *words;
	const char *help;
	size_t offset;
};

/**
 * struct opts_verb - the command line of a verb
 * @name: its name
 * @summary: a few words, for the list of verbs
 * @operand: "FILE", or NULL if it takes none
 * @before_operand: a word that may precede the operand, or NULL
 * @purpose: the first lines of --help
 * @options: its own; --help, --json and those of a table are added
 * @options_bytes: size of its struct
 * @has_json: whether --json is among them
 * @columns, @nr_columns: its table, if it has one
 * @rows_key: JSON key of the table
 */
struct opts_verb {
	const char *name;
	const char *summary;
	const char *operand;
	const char *before_operand;
	const char *purpose;
	const struct opts_desc *options;
	size_t options_bytes;
	bool has_json;
	const struct out_column *columns;
	const size_t *nr_columns;
	const char *rows_key;
};

/* Options from argv[1] on, into @options, which is zero before */
struct err *opts_parse(const struct opts_verb *verb, int argc, char **argv,
		       struct opts_common *options);

/* The value of an option that takes a number, up to @max */
struct err *opts_number(const struct opts_verb *verb, const char *option,
			const char *text, __u64 max, __u64 *ret);

void opts_print_help(const struct opts_verb *verb);

/*
 * For the completion: an option a line, "--output COLUMNS KIND OWNER ...", then
 * the operand
 */
void opts_print_words(const struct opts_verb *verb);

/* Whether --json is among the arguments, even if others are wrong */
bool opts_wants_json(const struct opts_verb *verb, int argc, char **argv);

#endif
