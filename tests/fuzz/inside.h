/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inside.h - the whole tool, run inside this process
 *
 * Used by fuzz_tool and every_byte: ten thousand runs a second instead of a
 * few hundred. Its main() is called hvcrashctl_main(). Files are
 * in memory, with names that the tool can open.
 */
#ifndef FUZZ_INSIDE_H
#define FUZZ_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#define INSIDE_NAME_BYTES 32

/**
 * struct inside_file - a file in memory
 * @fd: its descriptor
 * @name: a path to it
 */
struct inside_file {
	int fd;
	char name[INSIDE_NAME_BYTES];
};

void inside_create(struct inside_file *ret);
/*
 * Exactly these bytes. Existing pages stay: emptying the file first would make
 * the kernel free and clear each of them for every input.
 */
void inside_put(const struct inside_file *file, const void *bytes,
		size_t count);
void inside_cut(const struct inside_file *file, size_t bytes);
void inside_write(const struct inside_file *file, size_t offset,
		  const void *bytes, size_t count);

/**
 * struct inside_run - the result of a run
 * @status: exit status
 * @out, @err: its output, NUL-terminated, to be freed by inside_deinit()
 * @out_bytes, @err_bytes: their sizes
 */
struct inside_run {
	int status;
	char *out, *err;
	size_t out_bytes, err_bytes;
};

/* @argv ends with NULL and begins with the program's name */
void inside_run(char **argv, struct inside_run *ret);
void inside_deinit(struct inside_run *run);

/*
 * Checks what holds for any file: a known exit status, a verdict that agrees
 * with it, one line for an error, no terminal controls, valid JSON. Ends the
 * process with a message if not.
 */
void inside_check(const struct inside_run *run, bool is_json, bool is_audit);

#endif
