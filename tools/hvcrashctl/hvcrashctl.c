// SPDX-License-Identifier: GPL-2.0-only
/*
 * hvcrashctl.c - main: the verb table, error messages, exit statuses
 *
 * The only place that prints an error and decides the exit status: 0 clean,
 * 1 not clean, 2 cannot tell, 3 usage or I/O error. Output that could not be
 * written is an error too, found when stdout is closed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "opts.h"
#include "out/out.h"
#include "verbs.h"

#ifndef HVCRASH_VERSION
#error "the Makefile gives HVCRASH_VERSION"
#endif

static const struct verb verb_help;

static struct err *run_version(const struct opts_common *options,
			       const struct out_table *table,
			       const char **ret_file, int *ret_status)
{
	struct out out;

	(void)table;
	(void)ret_file;
	(void)ret_status;
	if (!options->style.is_json) {
		puts("hvcrashctl " HVCRASH_VERSION);
		return NULL;
	}
	out_init(&out, &options->style);
	out_begin(&out, "hvcrash.version/1");
	out_field_text(&out, "version", HVCRASH_VERSION);
	out_end(&out);
	return NULL;
}

static const struct verb verb_version = {
	.opts = {
		.name = "version",
		.summary = "show the version",
		.purpose = "Shows the version.",
		.options_bytes = sizeof(struct opts_common),
		.has_json = true,
	},
	.run = run_version,
};

static const struct verb *const verbs[] = {
	&verb_status,	  &verb_audit,	 &verb_list,
	&verb_crash,	  &verb_crashes, &verb_publish,
	&verb_kexec_args, &verb_help,	 &verb_version,
};

#define NR_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < NR_VERBS; i++)
		if (!strcmp(verbs[i]->opts.name, name))
			return verbs[i];
	return NULL;
}

static struct err *unknown_verb(const char *name)
{
	return err_create(ERR_USAGE,
			  "unknown verb '%.80s': try 'hvcrashctl --help'",
			  name);
}

struct help_options {
	struct opts_common common;
	bool is_words;
};

static const struct opts_desc help_options[] = {
	{ "words", 0, NULL, NULL,
	  "the words that a shell can complete, one a line",
	  OPTS_FLAG(struct help_options, is_words) },
	{ 0 },
};

static void print_verbs(void)
{
	puts("Usage: hvcrashctl VERB [OPTIONS] [FILE]\n\n"
	     "Hyper-V pages of a Linux guest before and after a crash.\n\nVerbs:");
	for (size_t i = 0; i < NR_VERBS; i++)
		printf("  %-10s %s\n", verbs[i]->opts.name,
		       verbs[i]->opts.summary);
	puts("\nExit status: 0 clean or ready, 1 not clean or not ready, 2 cannot tell,\n3 usage or I/O error.\n"
	     "'hvcrashctl VERB --help' shows the options of a verb; see also hvcrashctl(8).");
}

static struct err *run_help(const struct opts_common *common,
			    const struct out_table *table,
			    const char **ret_file, int *ret_status)
{
	const struct help_options *options = (const void *)common;
	const struct verb *verb = NULL;

	(void)table;
	(void)ret_file;
	(void)ret_status;
	if (common->operand) {
		verb = find_verb(common->operand);
		if (!verb)
			return unknown_verb(common->operand);
	}
	if (verb && options->is_words)
		opts_print_words(&verb->opts);
	else if (verb)
		opts_print_help(&verb->opts);
	else if (options->is_words)
		for (size_t i = 0; i < NR_VERBS; i++)
			puts(verbs[i]->opts.name);
	else
		print_verbs();
	return NULL;
}

static const struct verb verb_help = {
	.opts = {
		.name = "help",
		.summary = "show the verbs, or the options of one",
		.operand = "VERB",
		.purpose = "Shows the verbs, or the options of VERB.",
		.options = help_options,
		.options_bytes = sizeof(struct help_options),
	},
	.run = run_help,
};

static struct err *run_verb(const struct verb *verb, int argc, char **argv,
			    const char **ret_file, int *ret_status)
{
	struct opts_common *options guarded_free =
		calloc(1, verb->opts.options_bytes);
	struct out_table table = {
		.key = verb->opts.rows_key,
		.columns = verb->opts.columns,
	};
	struct err *err;

	*ret_status = EXIT_CLEAN;
	if (!options)
		return err_create(ERR_IO, "out of memory");
	err = opts_parse(&verb->opts, argc, argv, options);
	if (err)
		return err;
	if (options->is_help) {
		opts_print_help(&verb->opts);
		return NULL;
	}
	if (verb->opts.columns) {
		table.nr_columns = *verb->opts.nr_columns;
		err = out_select(&table, options->columns,
				 options->style.is_json);
	}
	return err ? err : verb->run(options, &table, ret_file, ret_status);
}

static struct err *run(int argc, char **argv, const char **ret_file,
		       int *ret_status)
{
	const struct verb *verb;
	const char *name;

	if (argc < 2)
		return err_create(ERR_USAGE,
				  "no verb: try 'hvcrashctl --help'");
	name = argv[1];
	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		name = "help";
	if (!strcmp(name, "--version") || !strcmp(name, "-V"))
		name = "version";
	verb = find_verb(name);
	if (!verb)
		return unknown_verb(name);
	return run_verb(verb, argc - 1, argv + 1, ret_file, ret_status);
}

/* JSON may have been requested even for a verb that does not exist */
static bool wants_json(int argc, char **argv)
{
	const struct verb *verb = argc < 2 ? NULL : find_verb(argv[1]);

	if (verb)
		return opts_wants_json(&verb->opts, argc - 1, argv + 1);
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--json") || !strcmp(argv[i], "-J"))
			return true;
	return false;
}

static int exit_status(const struct err *err)
{
	switch (err->kind) {
	case ERR_REGISTRY:
		return EXIT_CANNOT_TELL;
	case ERR_REFUSED:
		return EXIT_NOT_CLEAN;
	default:
		return EXIT_USAGE_IO;
	}
}

static void report(struct err *err, const char *file, bool is_json)
{
	int status = exit_status(err);

	/* misuse is about the command line, whatever file it names */
	if (err->kind == ERR_USAGE)
		file = NULL;
	else if (err->file)
		file = err->file;
	if (is_json)
		out_json_error(err, file, status);
	if (file)
		err = err_prefix(err, "%s", file);
	fprintf(stderr, "hvcrashctl: %s\n", err->message);
}

/*
 * A full disk may show only when the data leaves the buffer, and on some file
 * systems only when the file is closed: fflush() is not enough.
 */
static int close_stdout(int status)
{
	bool has_failed = ferror(stdout);
	int cause = 0;

	if (fflush(stdout) || fclose(stdout)) {
		cause = errno;
		has_failed = true;
	}
	if (!has_failed)
		return status;
	/* "| head": the reader has enough, so print nothing */
	if (cause == EPIPE)
		return EXIT_USAGE_IO;
	fprintf(stderr, "hvcrashctl: stdout: cannot write: %s\n",
		cause ? strerror(cause) : "write error");
	return EXIT_USAGE_IO;
}

int main(int argc, char **argv)
{
	const char *file = NULL;
	int status = EXIT_USAGE_IO;
	struct err *err;

	/* a closed pipe is a write error like any other */
	signal(SIGPIPE, SIG_IGN);
	err = run(argc, argv, &file, &status);
	if (err) {
		status = exit_status(err);
		report(err, file, wants_json(argc, argv));
		err_destroy(err);
	}
	return close_stdout(status);
}
