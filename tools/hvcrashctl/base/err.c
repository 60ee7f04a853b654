// SPDX-License-Identifier: GPL-2.0-only
/*
 * err.c - makes, prefixes and frees error objects
 *
 * Called wherever something fails. Running out of memory while reporting an
 * error must not hide it, so there is one static error for that case. Messages
 * are kept to one printable line: file names and dumps are not trusted.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"

static struct err no_memory = {
	.kind = ERR_IO,
	.message = "out of memory",
};

static void make_one_line(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

static struct err *create(enum err_kind kind, const char *format, va_list args)
{
	struct err *err = calloc(1, sizeof(*err));

	if (!err)
		return &no_memory;
	if (vasprintf(&err->message, format, args) < 0) {
		free(err);
		return &no_memory;
	}
	make_one_line(err->message);
	err->kind = kind;
	return err;
}

struct err *err_create(enum err_kind kind, const char *format, ...)
{
	struct err *err;
	va_list args;

	va_start(args, format);
	err = create(kind, format, args);
	va_end(args);
	return err;
}

struct err *err_create_at(enum err_kind kind, __u64 gpa, const char *format,
			  ...)
{
	struct err *err;
	va_list args;

	va_start(args, format);
	err = create(kind, format, args);
	va_end(args);
	if (err != &no_memory) {
		err->has_gpa = true;
		err->gpa = gpa;
	}
	return err;
}

struct err *err_prefix(struct err *err, const char *format, ...)
{
	char *prefix guarded_free = NULL;
	char *message;
	va_list args;
	int length;

	if (!err || err == &no_memory)
		return err;
	va_start(args, format);
	length = vasprintf(&prefix, format, args);
	va_end(args);
	if (length < 0) {
		prefix = NULL;
		return err;
	}
	if (asprintf(&message, "%s: %s", prefix, err->message) < 0)
		return err;
	make_one_line(message);
	free(err->message);
	err->message = message;
	return err;
}

struct err *err_of_file(struct err *err, const char *file)
{
	if (!err || err == &no_memory)
		return err;
	free(err->file);
	err->file = strdup(file);
	return err;
}

void err_destroy(struct err *err)
{
	if (!err || err == &no_memory)
		return;
	free(err->file);
	free(err->message);
	free(err);
}
