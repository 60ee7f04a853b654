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

#include "opts.h"
#include "verbs.h"

#ifndef HVCRASH_VERSION
#error "the Makefile gives HVCRASH_VERSION"
#endif

struct verb {
	const char *name;
	const char *help;
	struct err *(*run)(int argc, char **argv, const char **ret_file,
			   int *ret_status);
};

static struct err *verb_help(int argc, char **argv, const char **ret_file,
			     int *ret_status);
static struct err *verb_version(int argc, char **argv, const char **ret_file,
				int *ret_status);

static const struct verb verbs[] = {
	{ "audit", "say whether the crashed kernel took all its pages back",
	  verb_audit },
	{ "list", "show the pages that this kernel shares with Hyper-V",
	  verb_list },
	{ "help", "this text", verb_help },
	{ "version", "the version", verb_version },
};

#define NR_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static struct err *no_more(int argc, char **argv)
{
	if (argc < 2)
		return NULL;
	return err_create(ERR_USAGE,
			  "%s: unexpected '%.80s': try 'hvcrashctl --help'",
			  argv[0], argv[1]);
}

static struct err *verb_help(int argc, char **argv, const char **ret_file,
			     int *ret_status)
{
	struct err *err = no_more(argc, argv);

	(void)ret_file;
	*ret_status = EXIT_CLEAN;
	if (err)
		return err;
	puts("Usage: hvcrashctl VERB [OPTIONS] [FILE]\n\n"
	     "Hyper-V pages of a Linux guest before and after a crash.\n\nVerbs:");
	for (size_t i = 0; i < NR_VERBS; i++)
		printf("  %-10s %s\n", verbs[i].name, verbs[i].help);
	puts("\nExit status: 0 clean, 1 not clean, 2 cannot tell, 3 usage or I/O error.\n"
	     "'hvcrashctl VERB --help' shows the options of a verb; see also hvcrashctl(8).");
	return NULL;
}

static struct err *verb_version(int argc, char **argv, const char **ret_file,
				int *ret_status)
{
	struct err *err = no_more(argc, argv);

	(void)ret_file;
	*ret_status = EXIT_CLEAN;
	if (!err)
		puts("hvcrashctl " HVCRASH_VERSION);
	return err;
}

static struct err *run_verb(int argc, char **argv, const char **ret_file,
			    int *ret_status)
{
	const char *name;

	if (argc < 2)
		return err_create(ERR_USAGE,
				  "no verb: try 'hvcrashctl --help'");
	name = argv[1];
	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		name = "help";
	if (!strcmp(name, "--version") || !strcmp(name, "-V"))
		name = "version";
	for (size_t i = 0; i < NR_VERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return verbs[i].run(argc - 1, argv + 1, ret_file,
					    ret_status);
	return err_create(ERR_USAGE,
			  "unknown verb '%.80s': try 'hvcrashctl --help'",
			  name);
}

static int exit_status(const struct err *err)
{
	return err->kind == ERR_REGISTRY ? EXIT_CANNOT_TELL : EXIT_USAGE_IO;
}

static void report(struct err *err, const char *file, bool is_json)
{
	int status = exit_status(err);

	/* misuse is about the command line, whatever file it names */
	if (err->kind == ERR_USAGE)
		file = NULL;
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
	err = run_verb(argc, argv, &file, &status);
	if (err) {
		status = exit_status(err);
		report(err, file, opts_wants_json(argc, argv));
		err_destroy(err);
	}
	return close_stdout(status);
}
