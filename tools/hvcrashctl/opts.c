// SPDX-License-Identifier: GPL-2.0-only
/*
 * opts.c - parses a verb's arguments by its table, and prints the table
 *
 * Called by main(). getopt_long() does the work; its own messages are off, since
 * an error is printed by main() only, in one line.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opts.h"

#define FIRST_LONG 256

static const struct opts_desc json_option = {
	"json", 'J',	      NULL,
	NULL,	"write JSON", OPTS_FLAG(struct opts_common, style.is_json),
};

static const struct opts_desc table_options[] = {
	{ "no-headings", 'n', NULL, NULL, "rows only, without headings",
	  OPTS_FLAG(struct opts_common, style.is_bare) },
	{ "raw", 'r', NULL, NULL, "rows with blanks escaped, for scripts",
	  OPTS_FLAG(struct opts_common, style.is_raw) },
	{ "pairs", 'P', NULL, NULL, "rows of NAME=\"value\"",
	  OPTS_FLAG(struct opts_common, style.is_pairs) },
	{ "quiet", 'q', NULL, NULL,
	  "print nothing; the exit status tells the result",
	  OPTS_FLAG(struct opts_common, style.is_quiet) },
	{ "output", 'o', "COLUMNS", NULL, "columns, or +COLUMNS to add some",
	  OPTS_TEXT(struct opts_common, columns) },
};

#define NR_TABLE_OPTIONS (sizeof(table_options) / sizeof(table_options[0]))

static const struct opts_desc help_option = {
	"help", 'h',	     NULL,
	NULL,	"this text", OPTS_FLAG(struct opts_common, is_help),
};

/* The options of a verb, its own first; NULL after the last */
static const struct opts_desc *nth(const struct opts_verb *verb, size_t n)
{
	const struct opts_desc *own = verb->options;

	for (; own && own->name; own++)
		if (!n--)
			return own;
	if (verb->has_json && !n--)
		return &json_option;
	if (verb->columns) {
		if (n < NR_TABLE_OPTIONS)
			return &table_options[n];
		n -= NR_TABLE_OPTIONS;
	}
	return n ? NULL : &help_option;
}

static void fill_getopt(const struct opts_verb *verb, struct option *longs,
			char *letters)
{
	const struct opts_desc *option;
	size_t n = 0;

	*letters++ = ':';
	for (; n < OPTS_MAX && (option = nth(verb, n)); n++) {
		longs[n].name = option->name;
		longs[n].has_arg =
			option->argument ? required_argument : no_argument;
		longs[n].flag = NULL;
		longs[n].val = FIRST_LONG + (int)n;
		if (!option->letter)
			continue;
		*letters++ = option->letter;
		if (option->argument)
			*letters++ = ':';
	}
	memset(&longs[n], 0, sizeof(longs[n]));
	*letters = '\0';
}

static const struct opts_desc *find(const struct opts_verb *verb, int got)
{
	const struct opts_desc *option;

	for (size_t n = 0; (option = nth(verb, n)); n++)
		if (got == FIRST_LONG + (int)n ||
		    (option->letter && got == option->letter))
			return option;
	return NULL;
}

static struct err *misuse(const struct opts_verb *verb, const char *what,
			  const char *word)
{
	return err_create(ERR_USAGE,
			  "%s: %s '%.80s': try 'hvcrashctl %s --help'",
			  verb->name, what, word, verb->name);
}

static struct err *take_operands(const struct opts_verb *verb, int nr,
				 char **operands, struct opts_common *options)
{
	int allowed = verb->operand ? 1 : 0;

	if (nr && verb->before_operand &&
	    !strcmp(operands[0], verb->before_operand)) {
		if (nr == 1)
			return err_create(
				ERR_USAGE,
				"%s: %s: no %s: try 'hvcrashctl %s --help'",
				verb->name, verb->before_operand, verb->operand,
				verb->name);
		operands++;
		nr--;
	}
	if (nr > allowed)
		return misuse(verb, "unexpected operand", operands[allowed]);
	if (nr)
		options->operand = operands[0];
	return NULL;
}

struct err *opts_parse(const struct opts_verb *verb, int argc, char **argv,
		       struct opts_common *options)
{
	struct option longs[OPTS_MAX + 1];
	char letters[2 * OPTS_MAX + 2];
	int got;

	fill_getopt(verb, longs, letters);
	opterr = 0;
	optind = 0;
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct opts_desc *option = find(verb, got);
		char *member;

		if (got == ':')
			return misuse(verb, "no argument to", argv[optind - 1]);
		if (!option)
			return misuse(verb, "bad option",
				      argv[optind > 1 ? optind - 1 : 1]);
		member = (char *)options + option->offset;
		if (option->argument)
			*(const char **)member = optarg;
		else
			*(bool *)member = true;
	}
	if (options->style.is_json + options->style.is_raw +
		    options->style.is_pairs + options->style.is_quiet >
	    1)
		return err_create(
			ERR_USAGE,
			"%s: --json, --raw, --pairs and --quiet exclude each other: try 'hvcrashctl %s --help'",
			verb->name, verb->name);
	return take_operands(verb, argc - optind, argv + optind, options);
}

struct err *opts_number(const struct opts_verb *verb, const char *option,
			const char *text, __u64 max, __u64 *ret)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	/* strtoull() takes blanks and a sign as well */
	if (*text < '0' || *text > '9' || *end || errno || number > max)
		return err_create(
			ERR_USAGE,
			"%s: --%s takes a number up to %llu, not '%.80s': try 'hvcrashctl %s --help'",
			verb->name, option, max, text, verb->name);
	*ret = number;
	return NULL;
}

static void print_option(const struct opts_desc *option)
{
	char left[40];

	snprintf(left, sizeof(left), "%c%c%s--%s%s%s",
		 option->letter ? '-' : ' ',
		 option->letter ? option->letter : ' ',
		 option->letter ? ", " : "  ", option->name,
		 option->argument ? " " : "",
		 option->argument ? option->argument : "");
	printf("  %-26s %s\n", left, option->help);
	if (option->words)
		printf("  %-26s %s\n", "", option->words);
}

void opts_print_help(const struct opts_verb *verb)
{
	const struct opts_desc *option;

	printf("Usage: hvcrashctl %s [OPTIONS]%s%s%s\n\n%s\n\nOptions:\n",
	       verb->name, verb->operand ? " [" : "",
	       verb->operand ? verb->operand : "", verb->operand ? "]" : "",
	       verb->purpose);
	for (size_t n = 0; (option = nth(verb, n)); n++)
		print_option(option);
	if (!verb->columns)
		return;
	puts("\nColumns:");
	for (size_t i = 0; i < *verb->nr_columns; i++)
		printf("  %-10s %s%s\n", verb->columns[i].name,
		       verb->columns[i].help,
		       verb->columns[i].is_default ? "" : " (not by default)");
}

static void print_column_words(const struct opts_verb *verb)
{
	for (size_t i = 0; i < *verb->nr_columns; i++)
		printf(" %s", verb->columns[i].name);
}

void opts_print_words(const struct opts_verb *verb)
{
	const struct opts_desc *option;

	for (size_t n = 0; (option = nth(verb, n)); n++) {
		printf("--%s", option->name);
		if (option->argument)
			printf(" %s", option->argument);
		if (option->words)
			printf(" %s", option->words);
		if (option->argument && !strcmp(option->argument, "COLUMNS"))
			print_column_words(verb);
		putchar('\n');
	}
	if (verb->operand)
		puts(verb->operand);
}

bool opts_wants_json(const struct opts_verb *verb, int argc, char **argv)
{
	struct option longs[OPTS_MAX + 1];
	char letters[2 * OPTS_MAX + 2];
	bool is_json = false;
	int got;

	fill_getopt(verb, longs, letters);
	opterr = 0;
	optind = 0;
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1)
		is_json |= find(verb, got) == &json_option;
	return is_json;
}
