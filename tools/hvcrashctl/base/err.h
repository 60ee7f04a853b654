/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * err.h - error objects
 *
 * A function that can fail returns a struct err *, or NULL on success. The error
 * is created where the failure happens (what was tried, where, the library's own
 * text), callers add context by prefixes, and only main() prints and frees it. Its
 * kind decides the exit status.
 */
#ifndef HVCRASHCTL_ERR_H
#define HVCRASHCTL_ERR_H

#include <stdbool.h>
#include <linux/types.h>

enum err_kind {
	ERR_USAGE,    /* the command line */
	ERR_IO,	      /* a file that cannot be read or is not a dump */
	ERR_REGISTRY, /* no registry, or a damaged one */
	ERR_REFUSED,  /* could be done, and is not: not ready, not wanted */
};

struct err {
	enum err_kind kind;
	bool has_gpa;
	__u64 gpa;  /* where in the guest's memory, if @has_gpa */
	char *file; /* which file, if not the one that the verb reads */
	char *message;
};

struct err *err_create(enum err_kind kind, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));
struct err *err_create_at(enum err_kind kind, __u64 gpa, const char *format,
			  ...)
	__attribute__((format(printf, 3, 4), returns_nonnull));

/* "PREFIX: " before the message; frees nothing, returns @err, NULL for NULL */
struct err *err_prefix(struct err *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* It is about @file, which the message leaves out; returns @err */
struct err *err_of_file(struct err *err, const char *file);

void err_destroy(struct err *err);

#endif
