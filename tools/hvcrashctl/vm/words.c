// SPDX-License-Identifier: GPL-2.0-only
/*
 * words.c - cuts a kernel command line into words
 *
 * See words.h.
 */
#include <stdio.h>
#include <string.h>

#include "words.h"

bool words_next(const char **at, char buf[WORDS_WORD_BYTES])
{
	const char *from = *at + strspn(*at, " \t\n");
	bool is_quoted = false;
	size_t length;

	if (!*from)
		return false;
	for (length = 0; from[length]; length++) {
		if (!is_quoted && strchr(" \t\n", from[length]))
			break;
		if (from[length] == '"')
			is_quoted = !is_quoted;
	}
	*at = from + length;
	snprintf(buf, WORDS_WORD_BYTES, "%.*s", (int)length, from);
	return true;
}

static bool is_of_key(const char *word, const char *key)
{
	size_t length = strlen(key);

	return !strncmp(word, key, length) &&
	       (word[length] == '=' || !word[length]);
}

bool words_last(const char *line, const char *key, char buf[WORDS_WORD_BYTES])
{
	char word[WORDS_WORD_BYTES];
	bool is_found = false;

	*buf = '\0';
	while (words_next(&line, word)) {
		if (!is_of_key(word, key))
			continue;
		is_found = true;
		snprintf(buf, WORDS_WORD_BYTES, "%s",
			 word[strlen(key)] ? word + strlen(key) + 1 : "");
	}
	return is_found;
}

bool words_have(const char *line, const char *word)
{
	char own[WORDS_WORD_BYTES];

	while (words_next(&line, own))
		if (!strcmp(own, word))
			return true;
	return false;
}

void words_append(char line[WORDS_LINE_BYTES], const char *text)
{
	size_t used = strlen(line);

	if (*text)
		snprintf(line + used, WORDS_LINE_BYTES - used, "%s%s",
			 used ? " " : "", text);
}

void words_without(const char *line, const char *const *keys,
		   char ret[WORDS_LINE_BYTES])
{
	char word[WORDS_WORD_BYTES];

	*ret = '\0';
	while (words_next(&line, word)) {
		bool is_removed = false;

		for (size_t i = 0; keys[i]; i++)
			is_removed |= is_of_key(word, keys[i]);
		if (!is_removed)
			words_append(ret, word);
	}
}
