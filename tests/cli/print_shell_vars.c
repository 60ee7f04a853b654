// SPDX-License-Identifier: GPL-2.0-only
/*
 * print_shell_vars.c - prints the variables that the tool's reader finds in shell files
 *
 * Called by shell_vars.bats: print_shell_vars dash|bash FILE.... Prints a record
 * for each variable, "FILE NAME set|unset|unknown VALUE", terminated by \036, since a
 * value may contain anything else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/shell_vars.h"

static const char *const names[] = { "A", "B", "C", "LONG_NAME", "_x1" };
static const char *const states[] = {
	[SHELL_UNSET] = "unset",
	[SHELL_SET] = "set",
	[SHELL_CANNOT_TELL] = "unknown",
};

static void print_file(const char *path, enum shell_dialect dialect)
{
	static char text[64 * 1024];
	struct shell_vars vars;
	FILE *file = fopen(path, "re");
	const char *value;
	size_t bytes;

	if (!file) {
		perror(path);
		exit(1);
	}
	bytes = fread(text, 1, sizeof(text), file);
	fclose(file);
	shell_vars_read(&vars, text, bytes, dialect);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		enum shell_state state =
			shell_vars_get(&vars, names[i], &value);

		printf("%s %s %s %s\036", path, names[i], states[state],
		       state == SHELL_SET ? value : "");
	}
	shell_vars_deinit(&vars);
}

int main(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		print_file(argv[i],
			   strcmp(argv[1], "dash") ? SHELL_BASH : SHELL_DASH);
	return 0;
}
