// SPDX-License-Identifier: GPL-2.0-only
/*
 * shell_words.c - evaluates a word: quotes, expansions, and the variables in
 * them
 *
 * See shell_words.h. The rules are those of POSIX, XCU 2.2 (quoting) and 2.6.2
 * (parameter expansion), where dash and bash agree.
 */
#include <stdlib.h>
#include <string.h>

#include "shell_words.h"

#define MAX_VALUE_BYTES (64 * 1024)
#define MAX_DEPTH 8

void shell_lose(struct shell_reader *reader, const char *why)
{
	if (reader->vars->is_lost)
		return;
	reader->vars->is_lost = true;
	reader->vars->lost_line = reader->line;
	reader->vars->lost_why = why;
}

bool shell_is_over(const struct shell_reader *reader)
{
	return reader->at >= reader->end || reader->vars->is_lost;
}

char shell_peek(const struct shell_reader *reader, size_t ahead)
{
	return (size_t)(reader->end - reader->at) > ahead ? reader->at[ahead] :
							    '\0';
}

char shell_take(struct shell_reader *reader)
{
	char c = *reader->at++;

	reader->line += c == '\n';
	return c;
}

static void add(struct shell_value *value, char c)
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

void shell_add_text(struct shell_value *value, const char *text)
{
	while (text && *text)
		add(value, *text++);
}

void shell_add_unknown(struct shell_value *value)
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

size_t shell_name_length(const struct shell_reader *reader)
{
	size_t length = 0;

	if (!is_name_start(shell_peek(reader, 0)))
		return 0;
	while (is_name(shell_peek(reader, length)))
		length++;
	return length;
}

struct shell_var *shell_find(const struct shell_vars *vars, const char *name,
			     size_t length)
{
	for (unsigned int i = 0; i < vars->nr; i++)
		if (!strncmp(vars->var[i].name, name, length) &&
		    !vars->var[i].name[length])
			return (struct shell_var *)&vars->var[i];
	return NULL;
}

struct shell_var *shell_make(struct shell_reader *reader, const char *name,
			     size_t length)
{
	struct shell_var *var = shell_find(reader->vars, name, length);

	if (var)
		return var;
	if (reader->vars->nr >= SHELL_MAX_VARS) {
		shell_lose(reader, "too many variables");
		return NULL;
	}
	var = &reader->vars->var[reader->vars->nr];
	var->name = strndup(name, length);
	if (!var->name) {
		shell_lose(reader, "out of memory");
		return NULL;
	}
	reader->vars->nr++;
	return var;
}

/* Takes the value's text over */
void shell_assign(struct shell_reader *reader, const char *name, size_t length,
		  struct shell_value *value)
{
	struct shell_var *var =
		reader->nr_unused ? NULL : shell_make(reader, name, length);

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

/* After "(", "`" or "{": skips to the matching end */
static void skip_nested(struct shell_reader *reader, char open, char close)
{
	unsigned int depth = 1;

	while (!shell_is_over(reader)) {
		char c = shell_take(reader), quote;

		if (c == '\\' && !shell_is_over(reader)) {
			shell_take(reader);
		} else if (c == '\'' || (c == '"' && close != '`')) {
			for (quote = c; !shell_is_over(reader);) {
				c = shell_take(reader);
				if (c == '\\' && quote == '"' &&
				    !shell_is_over(reader))
					shell_take(reader);
				else if (c == quote)
					break;
			}
		} else if (c == close && !--depth) {
			return;
		} else if (c == open && open != close) {
			depth++;
		}
	}
	shell_lose(reader, "an expansion that does not end");
}

/* ${NAME}, with an operator and a word: at the operator */
static void expand_operator(struct shell_reader *reader,
			    struct shell_value *value, const char *name,
			    size_t length, bool is_quoted)
{
	struct shell_var *var = shell_find(reader->vars, name, length);
	bool is_colon = shell_peek(reader, 0) == ':';
	char op = shell_peek(reader, is_colon);
	struct shell_value word = { .is_exact = true };
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
			shell_add_unknown(value);
			/* also in its word; and a bad one ends the shell */
			if (!op || !strchr(known, op) ||
			    memchr(from, '=', (size_t)(reader->at - from)) ||
			    memchr(from, '?', (size_t)(reader->at - from)))
				shell_lose(reader,
					   "${...} that may set or end");
			return;
		}
	}
	reader->at += 1 + is_colon;
	is_set = is_set && !(is_colon && (!var->value || !*var->value));
	/* a word that is not needed sets nothing */
	reader->nr_unused += is_set != (op == '+');
	shell_read_word(reader, &word, is_quoted ? "}\"'\\" : "}", is_quoted);
	reader->nr_unused -= is_set != (op == '+');
	if (shell_peek(reader, 0) != '}') {
		/* quotes in there mean different things to dash and bash */
		shell_lose(reader, "quotes in an expansion in quotes");
		free(word.text);
		return;
	}
	shell_take(reader);
	if (op == '+') {
		if (is_set)
			shell_add_text(value, word.text);
		value->is_exact &= !is_set || word.is_exact;
	} else if (is_set) {
		shell_add_text(value, var->value);
	} else {
		shell_add_text(value, word.text);
		value->is_exact &= word.is_exact;
		if (op == '=') {
			shell_assign(reader, name, length, &word);
			return;
		}
	}
	free(word.text);
}

/* Behind "$" */
static void expand(struct shell_reader *reader, struct shell_value *value,
		   bool is_quoted)
{
	bool is_braced = shell_peek(reader, 0) == '{';
	const struct shell_var *var;
	const char *name;
	size_t length;

	if (shell_peek(reader, 0) == '(') {
		shell_take(reader);
		skip_nested(reader, '(', ')');
		shell_add_unknown(value);
		return;
	}
	if (shell_peek(reader, 0) == '[' && reader->dialect == SHELL_BASH) {
		shell_lose(reader, "arithmetic"); /* the old form of $((...)) */
		return;
	}
	if (!is_braced && !is_name_start(shell_peek(reader, 0))) {
		char c = shell_peek(reader, 0);

		if (c == '\'' && !is_quoted && reader->dialect == SHELL_BASH) {
			shell_lose(reader, "$'...'");
		} else if ((c == '\'' || c == '"') && !is_quoted) {
			/* bash would translate; dash keeps the $ */
			shell_add_unknown(value);
		} else if (c && strchr("0123456789*@#?-$!", c)) {
			shell_take(reader);
			shell_add_unknown(value);
		} else {
			add(value, '$');
		}
		return;
	}
	reader->at += is_braced;
	name = reader->at;
	length = shell_name_length(reader);
	if (!length) {
		shell_lose(reader, "an expansion without a name");
		return;
	}
	reader->at += length;
	if (shell_peek(reader, 0) == '\\' && shell_peek(reader, 1) == '\n') {
		shell_lose(reader, "a name that goes on in the next line");
		return;
	}
	if (is_braced && shell_peek(reader, 0) != '}') {
		if (++reader->depth > MAX_DEPTH)
			shell_lose(reader, "expansions in expansions");
		else
			expand_operator(reader, value, name, length, is_quoted);
		reader->depth--;
		return;
	}
	reader->at += is_braced;
	var = shell_find(reader->vars, name, length);
	if (!var) {
		/* not of this file: the environment knows */
		shell_add_unknown(value);
	} else if (var->is_set) {
		shell_add_text(value, var->value);
		value->is_exact &= var->is_exact;
	}
}

/* Behind the opening quote, to the closing one */
static void read_double_quoted(struct shell_reader *reader,
			       struct shell_value *value)
{
	while (!shell_is_over(reader)) {
		char c = shell_take(reader);

		if (c == '"')
			return;
		if (c == '`') {
			skip_nested(reader, '`', '`');
			shell_add_unknown(value);
		} else if (c == '$') {
			expand(reader, value, true);
		} else if (c == '\\' && shell_peek(reader, 0) == '\n') {
			shell_take(reader);
		} else if (c == '\\' && shell_peek(reader, 0) &&
			   strchr("$`\"\\", shell_peek(reader, 0))) {
			add(value, shell_take(reader));
		} else {
			add(value, c);
		}
	}
	shell_lose(reader, "a quote that is not closed");
}

static void read_single_quoted(struct shell_reader *reader,
			       struct shell_value *value)
{
	while (!shell_is_over(reader)) {
		char c = shell_take(reader);

		if (c == '\'')
			return;
		add(value, c);
	}
	shell_lose(reader, "a quote that is not closed");
}

/*
 * Up to one of @stops, which is not taken. @is_quoted: in an expansion that
 * stands in double quotes, where blanks and quotes are text.
 */
void shell_read_word(struct shell_reader *reader, struct shell_value *value,
		     const char *stops, bool is_quoted)
{
	const char *from = reader->at;

	while (!shell_is_over(reader) && !strchr(stops, *reader->at)) {
		bool is_tilde = reader->at == from || reader->at[-1] == ':';
		char c = shell_take(reader);

		if (c == '$') {
			expand(reader, value, is_quoted);
		} else if (c == '`') {
			skip_nested(reader, '`', '`');
			shell_add_unknown(value);
		} else if (is_quoted) {
			add(value, c);
		} else if (c == '"') {
			read_double_quoted(reader, value);
		} else if (c == '\'') {
			read_single_quoted(reader, value);
		} else if (c == '\\' && shell_peek(reader, 0) == '\n') {
			shell_take(reader);
		} else if (c == '\\' && !shell_is_over(reader)) {
			add(value, shell_take(reader));
		} else if (c == '~' && is_tilde) {
			shell_add_unknown(value);
		} else {
			add(value, c);
		}
	}
}
