// SPDX-License-Identifier: GPL-2.0-only
/*
 * grub_cfg.c - the lexer of GRUB's scripts, and its environment
 *
 * See grub_cfg.h. The rules are those of grub-core/script/yylex.l and of
 * grub_file_getline(), which drops carriage returns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/grub_cfg.h"

#define MAX_CONFIG_BYTES (4 * 1024 * 1024)
#define NAME_CHARACTERS              \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"_"                          \
	"0123456789"

const char *grub_cfg_get(const struct grub_cfg *cfg, const char *name)
{
	for (unsigned int i = 0; i < cfg->nr; i++)
		if (!strcmp(cfg->var[i].name, name))
			return cfg->var[i].value;
	return NULL;
}

/* grubenv's values stay: "set" only provides a default, as for kernelopts */
static void set(struct grub_cfg *cfg, const char *name, size_t length,
		const char *value, bool is_fixed)
{
	unsigned int i = 0;

	while (i < cfg->nr && (strncmp(cfg->var[i].name, name, length) ||
			       cfg->var[i].name[length]))
		i++;
	if (i == GRUB_MAX_VARS || (i < cfg->nr && cfg->var[i].is_fixed))
		return;
	if (i == cfg->nr) {
		cfg->var[i].name = strndup(name, length);
		if (!cfg->var[i].name)
			return;
		cfg->nr++;
	}
	free(cfg->var[i].value);
	cfg->var[i].value = strdup(value);
	cfg->var[i].is_fixed = is_fixed;
}

/* grubenv and its like: NAME=VALUE a line, filled up with # */
static bool read_block(const struct sysroot *sysroot, const char *path,
		       struct grub_cfg *cfg)
{
	char *text guarded_free =
		sysroot_read_all(sysroot, path, MAX_CONFIG_BYTES);
	char *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n"))) {
		size_t length = strspn(line, NAME_CHARACTERS);

		line[strcspn(line, "\r")] = '\0';
		if (length && line[length] == '=')
			set(cfg, line, length, line + length + 1, true);
	}
	return text;
}

/* "$NAME" or "${NAME}" at @from: behind it */
static const char *expand(const struct grub_cfg *cfg, const char *from,
			  const char **ret_value, bool *ret_is_vague)
{
	bool is_braced = from[1] == '{';
	const char *name = from + 1 + is_braced;
	size_t length = strspn(name, NAME_CHARACTERS);
	char copy[128];

	*ret_value = "";
	if (!length || (is_braced && name[length] != '}')) {
		*ret_value = "$";
		return from + 1;
	}
	snprintf(copy, sizeof(copy), "%.*s", (int)length, name);
	*ret_value = grub_cfg_get(cfg, copy);
	if (!*ret_value) {
		*ret_value = "";
		*ret_is_vague |= cfg->is_lacking;
	}
	return name + length + is_braced;
}

/*
 * A line without its end: "\" and a line break, with a carriage return or not
 */
static size_t line_break_at(const char *at)
{
	return *at == '\n' ? 1 : at[0] == '\r' && at[1] == '\n' ? 2 : 0;
}

static size_t put(char line[WORDS_LINE_BYTES], size_t used, char c)
{
	if (used + 1 >= WORDS_LINE_BYTES)
		return used;
	line[used] = c;
	line[used + 1] = '\0';
	return used + 1;
}

bool grub_cfg_next(const struct grub_cfg *cfg, const char **at,
		   char line[WORDS_LINE_BYTES], bool *ret_is_vague)
{
	const char *c = *at, *value;
	bool is_word = false;
	char quote = '\0';
	size_t used = 0;

	*line = '\0';
	*ret_is_vague = false;
	for (; *c; c++) {
		if (*c == '\r')
			continue;
		if (quote == '\'' && *c != '\'') {
			used = put(line, used, *c);
		} else if (*c == '\\' && quote != '\'') {
			if (line_break_at(c + 1)) {
				c += line_break_at(c + 1);
				continue;
			}
			if (quote && !strchr("$\"\\", c[1]))
				used = put(line, used, *c);
			else if (c[1])
				used = put(line, used, *++c);
			is_word = true;
		} else if (*c == '$') {
			c = expand(cfg, c, &value, ret_is_vague) - 1;
			while (*value)
				used = put(line, used, *value++);
			is_word = true;
		} else if (quote) {
			if (*c == quote)
				quote = '\0';
			else
				used = put(line, used, *c);
		} else if (*c == '"' || *c == '\'') {
			quote = *c;
			is_word = true;
		} else if (*c == '#' && !is_word) {
			c += strcspn(c, "\n") - 1;
		} else if (strchr("\n;{}", *c) && (*c <= ';' || !is_word)) {
			c++;
			break;
		} else if (*c == ' ' || *c == '\t') {
			if (is_word)
				used = put(line, used, ' ');
			is_word = false;
		} else {
			used = put(line, used, *c);
			is_word = true;
		}
	}
	if (c == *at)
		return false;
	*at = c;
	return true;
}

static void load_env(const struct sysroot *sysroot, const char *arguments,
		     struct grub_cfg *cfg)
{
	char word[WORDS_WORD_BYTES], path[SYSROOT_PATH_BYTES];
	const char *name;

	while (words_next(&arguments, word)) {
		if (*word == '-')
			continue;
		/* the path is that of GRUB's disk, which is /boot or has it */
		name = strrchr(word, '/');
		snprintf(path, sizeof(path), "/boot/%.200s",
			 name ? name + 1 : word);
		if (!strcmp(path, "/boot/grubenv"))
			continue;
		if (!read_block(sysroot, path, cfg))
			cfg->is_lacking = true;
	}
}

static void take_command(const struct sysroot *sysroot, const char *line,
			 struct grub_cfg *cfg)
{
	char word[WORDS_WORD_BYTES];
	size_t length;

	while (words_next(&line, word) &&
	       (!strcmp(word, "then") || !strcmp(word, "else") ||
		!strcmp(word, "if")))
		;
	line += *line == ' ';
	if (!strcmp(word, "blscfg")) {
		cfg->has_blscfg = true;
	} else if (!strcmp(word, "load_env")) {
		load_env(sysroot, line, cfg);
	} else if (!strcmp(word, "set")) {
		length = strspn(line, NAME_CHARACTERS);
		if (length && line[length] == '=')
			set(cfg, line, length, line + length + 1, false);
	}
}

bool grub_cfg_read(const struct sysroot *sysroot, const char *path,
		   struct grub_cfg *ret)
{
	char line[WORDS_LINE_BYTES];
	const char *at;
	bool is_vague;

	memset(ret, 0, sizeof(*ret));
	if (!read_block(sysroot, "/boot/grub2/grubenv", ret))
		read_block(sysroot, "/boot/grub/grubenv", ret);
	ret->text = sysroot_read_all(sysroot, path, MAX_CONFIG_BYTES);
	at = ret->text;
	while (at && grub_cfg_next(ret, &at, line, &is_vague))
		take_command(sysroot, line, ret);
	return ret->text;
}

void grub_cfg_deinit(struct grub_cfg *cfg)
{
	for (unsigned int i = 0; i < cfg->nr; i++) {
		free(cfg->var[i].name);
		free(cfg->var[i].value);
	}
	free(cfg->text);
}
