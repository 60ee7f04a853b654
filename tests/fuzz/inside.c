// SPDX-License-Identifier: GPL-2.0-only
/*
 * inside.c - runs the tool in this process and captures its output
 *
 * The tool closes stdout at its end and writes to the streams by name, so both
 * names point to memory while it runs. The fuzzer keeps its own stream.
 */
#define _GNU_SOURCE
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "inside.h"

int hvcrashctl_main(int argc, char **argv);

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	dprintf(2, "%s\n", what);
	abort();
}

void inside_create(struct inside_file *ret)
{
	ret->fd = memfd_create("input", MFD_CLOEXEC);
	require(ret->fd >= 0, "cannot make a file in memory");
	snprintf(ret->name, sizeof(ret->name), "/proc/self/fd/%d", ret->fd);
}

void inside_put(const struct inside_file *file, const void *bytes, size_t count)
{
	inside_write(file, 0, bytes, count);
	inside_cut(file, count);
}

void inside_cut(const struct inside_file *file, size_t bytes)
{
	require(!ftruncate(file->fd, (off_t)bytes),
		"cannot resize a file in memory");
}

void inside_write(const struct inside_file *file, size_t offset,
		  const void *bytes, size_t count)
{
	require(pwrite(file->fd, bytes, count, (off_t)offset) == (ssize_t)count,
		"cannot write to a file in memory");
}

void inside_run(char **argv, struct inside_run *ret)
{
	FILE *own_out = stdout, *own_err = stderr;
	int argc = 0;

	while (argv[argc])
		argc++;
	stdout = open_memstream(&ret->out, &ret->out_bytes);
	stderr = open_memstream(&ret->err, &ret->err_bytes);
	require(stdout && stderr, "out of memory");
	ret->status = hvcrashctl_main(argc, argv);
	fclose(stderr);
	stdout = own_out;
	stderr = own_err;
}

void inside_deinit(struct inside_run *run)
{
	free(run->out);
	free(run->err);
}

/* Prints the run's output before the process ends */
static void require_of(const struct inside_run *run, bool holds,
		       const char *what)
{
	if (!holds)
		dprintf(2, "status %d\n--- stdout\n%s--- stderr\n%s---\n",
			run->status, run->out, run->err);
	require(holds, what);
}

static void check_printable(const struct inside_run *run, const char *text,
			    size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		require_of(run,
			   text[i] == '\n' ||
				   (text[i] >= ' ' && text[i] <= '~'),
			   "a byte that may control a terminal");
}

static bool begins(const char *text, const char *word)
{
	return !strncmp(text, word, strlen(word));
}

static void check_error(const struct inside_run *run)
{
	require_of(run, run->status >= 2, "an error with a verdict's status");
	require_of(run, begins(run->err, "hvcrashctl: "),
		   "an error in another format");
	require_of(run, strchr(run->err, '\n') == run->err + run->err_bytes - 1,
		   "an error of several lines");
}

static void check_text(const struct inside_run *run, bool is_audit)
{
	if (run->err_bytes) {
		require_of(run, !run->out_bytes, "an error and a report");
		return;
	}
	require_of(run, run->status < 3, "an error without a message");
	if (!is_audit) {
		require_of(run, !run->status, "a list with a verdict");
		return;
	}
	require_of(
		run,
		begins(run->out, "CLEAN: ") == (run->status == 0) &&
			begins(run->out, "NOT CLEAN: ") == (run->status == 1) &&
			begins(run->out, "CANNOT TELL: ") == (run->status == 2),
		"verdict and exit status differ");
}

static const char *word_of(struct json_object *root, const char *key)
{
	return json_object_get_string(json_object_object_get(root, key));
}

static void check_json(const struct inside_run *run, bool is_audit)
{
	static const char *const verdicts[] = { "clean", "not clean",
						"cannot tell" };
	struct json_object *root = json_tokener_parse(run->out);
	bool is_error = run->err_bytes;
	const char *schema;

	require_of(run, root, "not JSON");
	schema = word_of(root, "schema");
	require_of(run, schema && is_error == begins(schema, "hvcrash.error/"),
		   "a wrong schema");
	if (is_audit || is_error)
		require_of(run,
			   json_object_get_int(json_object_object_get(
				   root, "exit_status")) == run->status,
			   "JSON with a different exit status");
	require_of(run,
		   is_audit && !is_error ? !strcmp(word_of(root, "verdict"),
						   verdicts[run->status]) :
					   !word_of(root, "verdict"),
		   "JSON with a wrong verdict");
	json_object_put(root);
}

void inside_check(const struct inside_run *run, bool is_json, bool is_audit)
{
	require_of(run, run->status >= 0 && run->status <= 3,
		   "unknown exit status");
	check_printable(run, run->out, run->out_bytes);
	check_printable(run, run->err, run->err_bytes);
	if (run->err_bytes)
		check_error(run);
	if (is_json)
		check_json(run, is_audit);
	else
		check_text(run, is_audit);
}
