/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shell_words.h - reads one word of a shell's file, as the shell evaluates it
 *
 * Called by shell_vars.c only, which knows what a command is. A word may set a
 * variable (${X:=y}), so the variables are found and assigned here.
 */
#ifndef HVCRASHCTL_SHELL_WORDS_H
#define HVCRASHCTL_SHELL_WORDS_H

#include "shell_vars.h"

/**
 * struct shell_reader - the state of reading a text
 * @vars: what is known so far
 * @dialect: of which shell
 * @at, @end: the rest of the text
 * @line: of @at
 * @depth: expansions in expansions
 * @nr_unused: words around this one whose value is not needed, so that they set
 * nothing
 */
struct shell_reader {
	struct shell_vars *vars;
	enum shell_dialect dialect;
	const char *at;
	const char *end;
	unsigned int line;
	unsigned int depth;
	unsigned int nr_unused;
};

/* A growing value; the part beyond MAX_VALUE_BYTES is unknown */
struct shell_value {
	char *text;
	size_t length;
	bool is_exact;
};

/* From here on nothing is known, and why */
void shell_lose(struct shell_reader *reader, const char *why);

/* At the end, or lost */
bool shell_is_over(const struct shell_reader *reader);
char shell_peek(const struct shell_reader *reader, size_t ahead);
char shell_take(struct shell_reader *reader);

/* Of the name at @reader->at; 0 for none */
size_t shell_name_length(const struct shell_reader *reader);

struct shell_var *shell_find(const struct shell_vars *vars, const char *name,
			     size_t length);

/* The same, created if missing; NULL, and lost, if that fails */
struct shell_var *shell_make(struct shell_reader *reader, const char *name,
			     size_t length);

/* Takes the value's text over */
void shell_assign(struct shell_reader *reader, const char *name, size_t length,
		  struct shell_value *value);

void shell_add_text(struct shell_value *value, const char *text);
void shell_add_unknown(struct shell_value *value);

/*
 * Up to one of @stops, which is not taken. @is_quoted: in an expansion that
 * stands in double quotes, where blanks and quotes are text.
 */
void shell_read_word(struct shell_reader *reader, struct shell_value *value,
		     const char *stops, bool is_quoted);

#endif
