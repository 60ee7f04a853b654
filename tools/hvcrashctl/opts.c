// SPDX-License-Identifier: GPL-2.0-only
/*
 * opts.c - parses a verb's arguments by its table, and prints help from it
 *
 * Called by main() and the verbs. getopt_long() does the work; its own messages
 * are off, since an error is printed by main() only, in one line.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "opts.h"

#define FIRST_LONG 256

static void fill_getopt(const struct opts_desc *table, struct option *longs,
			char *letters)
{
	size_t n = 0;

	*letters++ = ':';
	for (; table[n].name && n < OPTS_MAX; n++) {
		longs[n].name = table[n].name;
		longs[n].has_arg =
			table[n].argument ? required_argument : no_argument;
		longs[n].flag = NULL;
		longs[n].val = FIRST_LONG + (int)n;
		if (!table[n].letter)
			continue;
		*letters++ = table[n].letter;
		if (table[n].argument)
			*letters++ = ':';
	}
	memset(&longs[n], 0, sizeof(longs[n]));
	*letters = '\0';
}

static const struct opts_desc *find(const struct opts_desc *table, int got)
{
	for (size_t n = 0; table[n].name; n++)
		if (got == FIRST_LONG + (int)n ||
		    (table[n].letter && got == table[n].letter))
			return &table[n];
	return NULL;
}

static struct err *misuse(const char *verb, const char *what, const char *word)
{
	return err_create(ERR_USAGE,
			  "%s: %s '%.80s': try 'hvcrashctl %s --help'", verb,
			  what, word, verb);
}

struct err *opts_parse(const char *verb, const struct opts_desc *table,
		       int argc, char **argv, const char **ret_operand)
{
	struct option longs[OPTS_MAX + 1];
	char letters[2 * OPTS_MAX + 2];
	int got;

	fill_getopt(table, longs, letters);
	opterr = 0;
	optind = 0;
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct opts_desc *option = find(table, got);

		if (got == ':')
			return misuse(verb, "no argument to", argv[optind - 1]);
		if (!option)
			return misuse(verb, "bad option",
				      argv[optind > 1 ? optind - 1 : 1]);
		if (option->argument)
			*option->value = optarg;
		else
			*option->flag = true;
	}
	*ret_operand = optind < argc ? argv[optind] : NULL;
	if (optind + 1 < argc)
		return misuse(verb, "unexpected operand", argv[optind + 1]);
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
}

void opts_print_help(const struct opts_usage *usage,
		     const struct opts_desc *table)
{
	printf("Usage: hvcrashctl %s [OPTIONS] %s\n\n%s\n\nOptions:\n",
	       usage->verb, usage->operands, usage->purpose);
	for (; table->name; table++)
		print_option(table);
	puts("\nColumns:");
	for (size_t i = 0; i < usage->nr_columns; i++)
		printf("  %-10s %s%s\n", usage->columns[i].name,
		       usage->columns[i].help,
		       usage->columns[i].is_default ? "" : " (not by default)");
}

bool opts_wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--json"))
			return true;
	return false;
}
