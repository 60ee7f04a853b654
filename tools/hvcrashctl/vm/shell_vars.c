// SPDX-License-Identifier: GPL-2.0-only
/*
 * shell_vars.c - evaluates assignments as the shell that sources them
 *
 * See shell_vars.h. The rules are those of POSIX, XCU 2.2 (quoting), 2.3
 * (tokens), 2.6.2 (parameter expansion) and 2.9.1 (simple commands), where dash
 * and bash agree; where they do not, or where a rule is rarely met, the variable
 * cannot be told. tests/cli/shell_vars.bats compares the result with both shells.
 */
#include <stdlib.h>
#include <string.h>

#include "shell_vars.h"

#define MAX_VALUE_BYTES (64 * 1024)
#define MAX_DEPTH 8

struct reader {
	struct shell_vars *vars;
	enum shell_dialect dialect;
	const char *at;
	const char *end;
	unsigned int line;
	unsigned int depth;
	unsigned int nr_unused;
};

/* A value that grows; what does not fit into MAX_VALUE_BYTES is not known */
struct value {
	char *text;
	size_t length;
	bool is_exact;
};

static void lose(struct reader *reader, const char *why)
{
	if (reader->vars->is_lost)
		return;
	reader->vars->is_lost = true;
	reader->vars->lost_line = reader->line;
	reader->vars->lost_why = why;
}

static bool is_over(const struct reader *reader)
{
	return reader->at >= reader->end || reader->vars->is_lost;
}

static char peek(const struct reader *reader, size_t ahead)
{
	return (size_t)(reader->end - reader->at) > ahead ? reader->at[ahead] :
							    '\0';
}

static char take(struct reader *reader)
{
	char c = *reader->at++;

	reader->line += c == '\n';
	return c;
}

static void add(struct value *value, char c)
{
	char *text;

	if (value->length >= MAX_VALUE_BYTES) {
		value->is_exact = false;
		return;
	}
	/* grown by the double, at each power of two */
	if (!(value->length & (value->length + 1))) {
		text = realloc(value->text, 2 * value->length + 2);
		if (!text) {
			value->is_exact = false;
			return;
		}
		value->text = text;
	}
	value->text[value->length++] = c;
	value->text[value->length] = '\0';
}

static void add_text(struct value *value, const char *text)
{
	while (text && *text)
		add(value, *text++);
}

static void add_unknown(struct value *value)
{
	add(value, SHELL_UNKNOWN_CHAR);
	value->is_exact = false;
}

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(char c)
{
	return is_name_start(c) || (c >= '0' && c <= '9');
}

static size_t name_length(const struct reader *reader)
{
	size_t length = 0;

	if (!is_name_start(peek(reader, 0)))
		return 0;
	while (is_name(peek(reader, length)))
		length++;
	return length;
}

static struct shell_var *find(const struct shell_vars *vars, const char *name,
			      size_t length)
{
	for (unsigned int i = 0; i < vars->nr; i++)
		if (!strncmp(vars->var[i].name, name, length) &&
		    !vars->var[i].name[length])
			return (struct shell_var *)&vars->var[i];
	return NULL;
}

static struct shell_var *make(struct reader *reader, const char *name,
			      size_t length)
{
	struct shell_var *var = find(reader->vars, name, length);

	if (var)
		return var;
	if (reader->vars->nr >= SHELL_MAX_VARS) {
		lose(reader, "too many variables");
		return NULL;
	}
	var = &reader->vars->var[reader->vars->nr];
	var->name = strndup(name, length);
	if (!var->name) {
		lose(reader, "out of memory");
		return NULL;
	}
	reader->vars->nr++;
	return var;
}

/* Takes the value's text over */
static void assign(struct reader *reader, const char *name, size_t length,
		   struct value *value)
{
	struct shell_var *var =
		reader->nr_unused ? NULL : make(reader, name, length);

	if (!var) {
		free(value->text);
		return;
	}
	free(var->value);
	var->value = value->text;
	var->is_exact = value->is_exact;
	var->is_set = true;
	var->line = reader->line;
}

/* Behind "(", "`" or "{": to the end that fits, whatever stands in between */
static void skip_nested(struct reader *reader, char open, char close)
{
	unsigned int depth = 1;

	while (!is_over(reader)) {
		char c = take(reader), quote;

		if (c == '\\' && !is_over(reader)) {
			take(reader);
		} else if (c == '\'' || (c == '"' && close != '`')) {
			for (quote = c; !is_over(reader);) {
				c = take(reader);
				if (c == '\\' && quote == '"' &&
				    !is_over(reader))
					take(reader);
				else if (c == quote)
					break;
			}
		} else if (c == close && !--depth) {
			return;
		} else if (c == open && open != close) {
			depth++;
		}
	}
	lose(reader, "an expansion that does not end");
}

static void read_word(struct reader *reader, struct value *value,
		      const char *stops, bool is_quoted);

/* ${NAME}, with an operator and a word: at the operator */
static void expand_operator(struct reader *reader, struct value *value,
			    const char *name, size_t length, bool is_quoted)
{
	struct shell_var *var = find(reader->vars, name, length);
	bool is_colon = peek(reader, 0) == ':';
	char op = peek(reader, is_colon);
	struct value word = { .is_exact = true };
	bool is_set = var && var->is_set;

	/* not set in this file: in the environment it may be */
	if (!strchr("-=+", op) || !op || !is_set || !var->is_exact) {
		/* :=, of a name that this file has not: known from here on */
		bool is_default = is_colon && op && strchr("-=", op) &&
				  (!var || (is_set && var->is_exact));

		if (!is_default) {
			const char *known = reader->dialect == SHELL_BASH ?
						    "-=+%#/^,:@" :
						    "-=+%#";
			const char *from = reader->at;

			skip_nested(reader, '{', '}');
			add_unknown(value);
			/* also in its word; and a bad one ends the shell */
			if (!op || !strchr(known, op) ||
			    memchr(from, '=', (size_t)(reader->at - from)) ||
			    memchr(from, '?', (size_t)(reader->at - from)))
				lose(reader, "${...} that may set or end");
			return;
		}
	}
	reader->at += 1 + is_colon;
	is_set = is_set && !(is_colon && (!var->value || !*var->value));
	/* a word that is not needed sets nothing */
	reader->nr_unused += is_set != (op == '+');
	read_word(reader, &word, is_quoted ? "}\"'\\" : "}", is_quoted);
	reader->nr_unused -= is_set != (op == '+');
	if (peek(reader, 0) != '}') {
		/* quotes in there mean different things to dash and bash */
		lose(reader, "quotes in an expansion in quotes");
		free(word.text);
		return;
	}
	take(reader);
	if (op == '+') {
		if (is_set)
			add_text(value, word.text);
		value->is_exact &= !is_set || word.is_exact;
	} else if (is_set) {
		add_text(value, var->value);
	} else {
		add_text(value, word.text);
		value->is_exact &= word.is_exact;
		if (op == '=') {
			assign(reader, name, length, &word);
			return;
		}
	}
	free(word.text);
}

/* Behind "$" */
static void expand(struct reader *reader, struct value *value, bool is_quoted)
{
	bool is_braced = peek(reader, 0) == '{';
	const struct shell_var *var;
	const char *name;
	size_t length;

	if (peek(reader, 0) == '(') {
		take(reader);
		skip_nested(reader, '(', ')');
		add_unknown(value);
		return;
	}
	if (peek(reader, 0) == '[' && reader->dialect == SHELL_BASH) {
		lose(reader, "arithmetic"); /* the old form of $((...)) */
		return;
	}
	if (!is_braced && !is_name_start(peek(reader, 0))) {
		char c = peek(reader, 0);

		if (c == '\'' && !is_quoted && reader->dialect == SHELL_BASH) {
			lose(reader, "$'...'");
		} else if ((c == '\'' || c == '"') && !is_quoted) {
			/* bash would translate; dash keeps the $ */
			add_unknown(value);
		} else if (c && strchr("0123456789*@#?-$!", c)) {
			take(reader);
			add_unknown(value);
		} else {
			add(value, '$');
		}
		return;
	}
	reader->at += is_braced;
	name = reader->at;
	length = name_length(reader);
	if (!length) {
		lose(reader, "an expansion of no name");
		return;
	}
	reader->at += length;
	if (peek(reader, 0) == '\\' && peek(reader, 1) == '\n') {
		lose(reader, "a name that goes on in the next line");
		return;
	}
	if (is_braced && peek(reader, 0) != '}') {
		if (++reader->depth > MAX_DEPTH)
			lose(reader, "expansions in expansions");
		else
			expand_operator(reader, value, name, length, is_quoted);
		reader->depth--;
		return;
	}
	reader->at += is_braced;
	var = find(reader->vars, name, length);
	if (!var) {
		/* not of this file: the environment knows */
		add_unknown(value);
	} else if (var->is_set) {
		add_text(value, var->value);
		value->is_exact &= var->is_exact;
	}
}

/* Behind the opening quote, to the closing one */
static void read_double_quoted(struct reader *reader, struct value *value)
{
	while (!is_over(reader)) {
		char c = take(reader);

		if (c == '"')
			return;
		if (c == '`') {
			skip_nested(reader, '`', '`');
			add_unknown(value);
		} else if (c == '$') {
			expand(reader, value, true);
		} else if (c == '\\' && peek(reader, 0) == '\n') {
			take(reader);
		} else if (c == '\\' && peek(reader, 0) &&
			   strchr("$`\"\\", peek(reader, 0))) {
			add(value, take(reader));
		} else {
			add(value, c);
		}
	}
	lose(reader, "a quote that is not closed");
}

static void read_single_quoted(struct reader *reader, struct value *value)
{
	while (!is_over(reader)) {
		char c = take(reader);

		if (c == '\'')
			return;
		add(value, c);
	}
	lose(reader, "a quote that is not closed");
}

/*
 * Up to one of @stops, which is not taken. @is_quoted: in an expansion that
 * stands in double quotes, where blanks and quotes are text.
 */
static void read_word(struct reader *reader, struct value *value,
		      const char *stops, bool is_quoted)
{
	const char *from = reader->at;

	while (!is_over(reader) && !strchr(stops, *reader->at)) {
		bool is_tilde = reader->at == from || reader->at[-1] == ':';
		char c = take(reader);

		if (c == '$') {
			expand(reader, value, is_quoted);
		} else if (c == '`') {
			skip_nested(reader, '`', '`');
			add_unknown(value);
		} else if (is_quoted) {
			add(value, c);
		} else if (c == '"') {
			read_double_quoted(reader, value);
		} else if (c == '\'') {
			read_single_quoted(reader, value);
		} else if (c == '\\' && peek(reader, 0) == '\n') {
			take(reader);
		} else if (c == '\\' && !is_over(reader)) {
			add(value, take(reader));
		} else if (c == '~' && is_tilde) {
			add_unknown(value);
		} else {
			add(value, c);
		}
	}
}

/* What ends a word outside of quotes */
#define WORD_STOPS " \t\n;&|()<>"

/* At a NAME=, or NAME+= of bash: how long the name is, else 0 */
static size_t assignment_at(const struct reader *reader, bool *ret_is_append)
{
	size_t length = name_length(reader);

	*ret_is_append = length && reader->dialect == SHELL_BASH &&
			 peek(reader, length) == '+' &&
			 peek(reader, length + 1) == '=';
	if (!length || (!*ret_is_append && peek(reader, length) != '='))
		return 0;
	return length;
}

static void read_assignment(struct reader *reader, size_t length,
			    bool is_append)
{
	struct value value = { .is_exact = true };
	const char *name = reader->at;
	const struct shell_var *old;

	if (is_append) {
		old = find(reader->vars, name, length);
		if (old && old->is_set) {
			add_text(&value, old->value);
			value.is_exact = old->is_exact;
		} else if (!old) {
			add_unknown(&value);
		}
	}
	reader->at += length + 1 + is_append;
	if (peek(reader, 0) == '(') {
		lose(reader, "an array, or a function");
		return;
	}
	read_word(reader, &value, WORD_STOPS, false);
	if (reader->vars->is_lost)
		free(value.text);
	else
		assign(reader, name, length, &value);
}

/* Blanks, and lines that go on; at a comment, to the end of the line */
static void skip_blanks(struct reader *reader)
{
	while (!is_over(reader)) {
		if (*reader->at == ' ' || *reader->at == '\t') {
			take(reader);
		} else if (*reader->at == '\\' && peek(reader, 1) == '\n') {
			take(reader);
			take(reader);
		} else if (*reader->at == '#') {
			while (!is_over(reader) && *reader->at != '\n')
				take(reader);
		} else {
			return;
		}
	}
}

static bool is_command_end(const struct reader *reader)
{
	return is_over(reader) || *reader->at == '\n' || *reader->at == ';';
}

/* After assignments: is this all of the command? They last only then. */
static bool is_assignments_only(struct reader *reader)
{
	struct reader ahead = *reader;
	struct shell_vars scratch = { 0 };
	bool is_append, is_only = true;

	ahead.vars = &scratch;
	for (;;) {
		struct value value = { 0 };
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
		read_word(&ahead, &value, WORD_STOPS, false);
		free(value.text);
		if (!is_over(&ahead) && strchr("&|()<>", *ahead.at)) {
			is_only = false;
			break;
		}
	}
	shell_vars_deinit(&scratch);
	return is_only;
}

static bool take_word(struct reader *reader, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(reader->end - reader->at) < length ||
	    strncmp(reader->at, word, length) ||
	    (peek(reader, length) && !strchr(WORD_STOPS, peek(reader, length))))
		return false;
	reader->at += length;
	return true;
}

/*
 * export NAME, or NAME=VALUE, which is more of a word than an assignment is:
 * dash splits what a variable holds, and bash expands braces.
 */
static void read_export(struct reader *reader)
{
	bool is_append;

	for (skip_blanks(reader); !is_command_end(reader);
	     skip_blanks(reader)) {
		size_t length = assignment_at(reader, &is_append);
		const char *from = reader->at;
		struct shell_var *var;

		if (length) {
			read_assignment(reader, length, is_append);
			var = find(reader->vars, from, length);
			if (var &&
			    (memchr(from, '{', (size_t)(reader->at - from)) ||
			     memchr(from, '$', (size_t)(reader->at - from))))
				var->is_exact = false;
		} else {
			length = name_length(reader);
			if (!length ||
			    !strchr(WORD_STOPS, peek(reader, length)))
				lose(reader, "export of no name");
			else
				reader->at += length;
		}
		if (!is_over(reader) && strchr("&|()<>", *reader->at))
			lose(reader, "a command");
	}
}

static void read_unset(struct reader *reader)
{
	for (skip_blanks(reader); !is_command_end(reader);
	     skip_blanks(reader)) {
		size_t length = name_length(reader);
		struct shell_var *var;

		if (!length || (peek(reader, length) &&
				!strchr(" \t\n;", peek(reader, length)))) {
			lose(reader, "unset of no name");
			return;
		}
		var = make(reader, reader->at, length);
		if (var)
			var->is_set = false;
		reader->at += length;
	}
}

/* ": ${X:=y}": for what its words do */
static void read_colon(struct reader *reader)
{
	for (skip_blanks(reader); !is_command_end(reader);
	     skip_blanks(reader)) {
		struct value value = { .is_exact = true };

		read_word(reader, &value, WORD_STOPS, false);
		free(value.text);
		if (!is_over(reader) && strchr("&|()<>", *reader->at))
			lose(reader, "a command");
	}
}

static void read_command(struct reader *reader)
{
	bool is_append;
	size_t length = assignment_at(reader, &is_append);

	if (length && !is_assignments_only(reader)) {
		lose(reader, "a command");
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
		lose(reader, "a command");
	}
}

void shell_vars_read(struct shell_vars *ret, const char *text, size_t bytes,
		     enum shell_dialect dialect)
{
	struct reader reader = {
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
		lose(&reader, "no text");
	for (;;) {
		skip_blanks(&reader);
		if (is_over(&reader))
			return;
		if (*reader.at == '\n') {
			take(&reader);
			continue;
		}
		read_command(&reader);
		if (!is_over(&reader) && *reader.at == ';')
			take(&reader);
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
	const struct shell_var *var = find(vars, name, strlen(name));

	*ret_value = var && var->is_set && var->value ? var->value : "";
	if (vars->is_lost)
		return SHELL_CANNOT_TELL;
	if (!var || !var->is_set)
		return SHELL_UNSET;
	return var->is_exact ? SHELL_SET : SHELL_CANNOT_TELL;
}
