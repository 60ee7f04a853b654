/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shell_vars.h - the variables that a file of shell assignments leaves
 *
 * Called by kdump_config. /etc/default/kdump-tools, /etc/sysconfig/kdump and
 * os-release are sourced by a shell. Nothing is executed here: assignments are
 * evaluated as dash or bash does it, with quotes, comments, continued lines and
 * the variables assigned before. Anything that only a shell can evaluate
 * ($(...), a command, "if") results in SHELL_CANNOT_TELL, never in a guess.
 */
#ifndef HVCRASHCTL_SHELL_VARS_H
#define HVCRASHCTL_SHELL_VARS_H

#include <stdbool.h>
#include <stddef.h>

enum shell_dialect {
	SHELL_DASH, /* has no += and no $'...' */
	SHELL_BASH,
};

enum shell_state {
	SHELL_UNSET,
	SHELL_SET,
	SHELL_CANNOT_TELL,
};

/*
 * Replaces an unknown part of a value; not a blank, so that it does not split
 * words
 */
#define SHELL_UNKNOWN_CHAR '?'

#define SHELL_MAX_VARS 256

/**
 * struct shell_var - a variable
 * @name: its name
 * @value: with SHELL_UNKNOWN_CHAR for each part that is not known
 * @is_exact: there is no such part
 * @is_set: else it was unset
 * @line: of the last assignment
 */
struct shell_var {
	char *name;
	char *value;
	bool is_exact;
	bool is_set;
	unsigned int line;
};

/**
 * struct shell_vars - what is known after the last line
 * @nr: of them
 * @var: the variables
 * @is_lost: something may have changed any of them
 * @lost_line: the line that does
 * @lost_why: and what is there
 */
struct shell_vars {
	unsigned int nr;
	struct shell_var var[SHELL_MAX_VARS];
	bool is_lost;
	unsigned int lost_line;
	const char *lost_why;
};

/*
 * @bytes: size of @text, which is invalid if it has a NUL byte; NULL leaves all
 * unset
 */
void shell_vars_read(struct shell_vars *ret, const char *text, size_t bytes,
		     enum shell_dialect dialect);
void shell_vars_deinit(struct shell_vars *vars);

/* @ret_value: "" where it is unset; it belongs to @vars */
enum shell_state shell_vars_get(const struct shell_vars *vars, const char *name,
				const char **ret_value);

#endif
