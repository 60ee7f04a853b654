/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.h - the words of a kernel command line
 *
 * Called by the status checks. Words are cut as the kernel cuts them: at blanks
 * that are not in double quotes (next_arg() in lib/cmdline.c). Pure.
 */
#ifndef HVCRASHCTL_WORDS_H
#define HVCRASHCTL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define WORDS_LINE_BYTES 4096
#define WORDS_WORD_BYTES 1024

/* The next word from @*at on, which it moves; false at the end */
bool words_next(const char **at, char buf[WORDS_WORD_BYTES]);

/* KEY=VALUE, or KEY alone, which is ""; the last one. False: there is none. */
bool words_last(const char *line, const char *key, char buf[WORDS_WORD_BYTES]);

/* Whether @word is a word of the line */
bool words_have(const char *line, const char *word);

/* @line without the words that are one of @keys, or KEY=...; NULL ends @keys */
void words_without(const char *line, const char *const *keys,
		   char ret[WORDS_LINE_BYTES]);

/* Behind @line, with a blank between; what does not fit is cut */
void words_append(char line[WORDS_LINE_BYTES], const char *text);

#endif
