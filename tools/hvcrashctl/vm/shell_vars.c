// SPDX-License-Identifier: GPL-2.0-only
/*
 * shell_vars.c - evaluates assignments as the shell that sources them
 *
 * See shell_vars.h. The rules are those of POSIX, XCU 2.2 (quoting), 2.3
 * (tokens) and 2.9.1 (simple commands), where dash and bash agree; if they do
 * not, or for rarely used rules, the variable is unknown. shell_words.c
 * evaluates words. tests/cli/shell_vars.bats compares the result with both
 * shells.
 */
#include <stdlib.h>
#include <string.h>

#include "shell_words.h"

/* What ends a word outside of quotes */
#define WORD_STOPS " \t\n;&|()<>"

/* At a NAME=, or NAME+= of bash: the length of the name, else 0 */
static size_t assignment_at(const struct shell_reader *reader,
			    bool *ret_is_append)
{
	size_t length = shell_name_length(reader);

	*ret_is_append = length && reader->dialect == SHELL_BASH &&
			 shell_peek(reader, length) == '+' &&
			 shell_peek(reader, length + 1) == '=';
	if (!length || (!*ret_is_append && shell_peek(reader, length) != '='))
		return 0;
	return length;
}

static void read_assignment(struct shell_reader *reader, size_t length,
			    bool is_append)
{
	struct shell_value value = { .is_exact = true };
	const char *name = reader->at;
	const struct shell_var *old;

	if (is_append) {
		old = shell_find(reader->vars, name, length);
		if (old && old->is_set) {
			shell_add_text(&value, old->value);
			value.is_exact = old->is_exact;
		} else if (!old) {
			shell_add_unknown(&value);
		}
	}
	reader->at += length + 1 + is_append;
	if (shell_peek(reader, 0) == '(') {
		shell_lose(reader, "an array, or a function");
		return;
	}
	shell_read_word(reader, &value, WORD_STOPS, false);
	if (reader->vars->is_lost)
		free(value.text);
	else
		shell_assign(reader, name, length, &value);
}

/* Blanks, and lines that go on; at a comment, to the end of the line */
static void skip_blanks(struct shell_reader *reader)
{
	while (!shell_is_over(reader)) {
		if (*reader->at == ' ' || *reader->at == '\t') {
			shell_take(reader);
		} else if (*reader->at == '\\' &&
			   shell_peek(reader, 1) == '\n') {
			shell_take(reader);
			shell_take(reader);
		} else if (*reader->at == '#') {
			while (!shell_is_over(reader) && *reader->at != '\n')
				shell_take(reader);
		} else {
			return;
		}
	}
}

static bool is_command_end(const struct shell_reader *reader)
{
	return shell_is_over(reader) || *reader->at == '\n' ||
	       *reader->at == ';';
}

/*
 * After assignments: whether the command ends here. Only then do they persist.
 */
static bool is_assignments_only(struct shell_reader *reader)
{
	struct shell_reader ahead = *reader;
	struct shell_vars scratch = { 0 };
	bool is_append, is_only = true;

	ahead.vars = &scratch;
	for (;;) {
		struct shell_value value = { 0 };
		size_t length;

		skip_blanks(&ahead);
		if (is_command_end(&ahead))
			break;
		length = assignment_at(&ahead, &is_append);
		if (!length) {
			is_only = false;
			break;
		}
		ahead.at += length + 1 + is_append;
		/* a ${X:=y} is scratch's own affair */
		shell_read_word(&ahead, &value, WORD_STOPS, false);
		free(value.text);
		if (!shell_is_over(&ahead) && strchr("&|()<>", *ahead.at)) {
			is_only = false;
			break;
		}
	}
	shell_vars_deinit(&scratch);
	return is_only;
}

static bool take_word(struct shell_reader *reader, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(reader->end - reader->at) < length ||
	    strncmp(reader->at, word, length) ||
	    (shell_peek(reader, length) &&
	     !strchr(WORD_STOPS, shell_peek(reader, length))))
		return false;
	reader->at += length;
	return true;
}

/*
 * export NAME, or NAME=VALUE, which is more of a word than an assignment is:
 * dash splits what a variable holds, and bash expands braces.
 */
static void read_export(struct shell_reader *reader)
{
	bool is_append;

	for (skip_blanks(reader); !is_command_end(reader);
	     skip_blanks(reader)) {
		size_t length = assignment_at(reader, &is_append);
		const char *from = reader->at;
		struct shell_var *var;

		if (length) {
			read_assignment(reader, length, is_append);
			var = shell_find(reader->vars, from, length);
			if (var &&
			    (memchr(from, '{', (size_t)(reader->at - from)) ||
			     memchr(from, '$', (size_t)(reader->at - from))))
				var->is_exact = false;
		} else {
			length = shell_name_length(reader);
			if (!length ||
			    !strchr(WORD_STOPS, shell_peek(reader, length)))
				shell_lose(reader, "export without a name");
			else
				reader->at += length;
		}
		if (!shell_is_over(reader) && strchr("&|()<>", *reader->at))
			shell_lose(reader, "a command");
	}
}

static void read_unset(struct shell_reader *reader)
{
	for (skip_blanks(reader); !is_command_end(reader);
	     skip_blanks(reader)) {
		size_t length = shell_name_length(reader);
		struct shell_var *var;

		if (!length ||
		    (shell_peek(reader, length) &&
		     !strchr(" \t\n;", shell_peek(reader, length)))) {
			shell_lose(reader, "unset without a name");
			return;
		}
		var = shell_make(reader, reader->at, length);
		if (var)
			var->is_set = false;
		reader->at += length;
	}
}

/* ": ${X:=y}": for what its words do */
static void read_colon(struct shell_reader *reader)
{
	for (skip_blanks(reader); !is_command_end(reader);
	     skip_blanks(reader)) {
		struct shell_value value = { .is_exact = true };

		shell_read_word(reader, &value, WORD_STOPS, false);
		free(value.text);
		if (!shell_is_over(reader) && strchr("&|()<>", *reader->at))
			shell_lose(reader, "a command");
	}
}

static void read_command(struct shell_reader *reader)
{
	bool is_append;
	size_t length = assignment_at(reader, &is_append);

	if (length && !is_assignments_only(reader)) {
		shell_lose(reader, "a command");
	} else if (length) {
		while (!reader->vars->is_lost && !is_command_end(reader)) {
			length = assignment_at(reader, &is_append);
			read_assignment(reader, length, is_append);
			skip_blanks(reader);
		}
	} else if (take_word(reader, "export")) {
		read_export(reader);
	} else if (take_word(reader, "unset")) {
		read_unset(reader);
	} else if (take_word(reader, ":") || take_word(reader, "true")) {
		read_colon(reader);
	} else {
		shell_lose(reader, "a command");
	}
}

void shell_vars_read(struct shell_vars *ret, const char *text, size_t bytes,
		     enum shell_dialect dialect)
{
	struct shell_reader reader = {
		.vars = ret,
		.dialect = dialect,
		.line = 1,
	};

	memset(ret, 0, sizeof(*ret));
	if (!text)
		return;
	reader.at = text;
	reader.end = text + bytes;
	if (memchr(text, '\0', bytes))
		shell_lose(&reader, "not text");
	for (;;) {
		skip_blanks(&reader);
		if (shell_is_over(&reader))
			return;
		if (*reader.at == '\n') {
			shell_take(&reader);
			continue;
		}
		read_command(&reader);
		if (!shell_is_over(&reader) && *reader.at == ';')
			shell_take(&reader);
	}
}

void shell_vars_deinit(struct shell_vars *vars)
{
	for (unsigned int i = 0; i < vars->nr; i++) {
		free(vars->var[i].name);
		free(vars->var[i].value);
	}
	vars->nr = 0;
}

enum shell_state shell_vars_get(const struct shell_vars *vars, const char *name,
				const char **ret_value)
{
	const struct shell_var *var = shell_find(vars, name, strlen(name));

	*ret_value = var && var->is_set && var->value ? var->value : "";
	if (vars->is_lost)
		return SHELL_CANNOT_TELL;
	if (!var || !var->is_set)
		return SHELL_UNSET;
	return var->is_exact ? SHELL_SET : SHELL_CANNOT_TELL;
}
