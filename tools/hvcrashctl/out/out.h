/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * out.h - one model of what is shown, several renderers
 *
 * Called by the verbs: begin, head, sections of fields, lists, one table, end.
 * A renderer is a struct out_ops in its own out_*.c file; none of them knows
 * what a registry is. Everything is written immediately: a table of any length
 * takes constant memory.
 *
 * For people the report is the verdict, lines, and the table. Rows for scripts
 * (--raw, --pairs, --no-headings) are the table alone.
 */
#ifndef HVCRASHCTL_OUT_H
#define HVCRASHCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "base/err.h"

enum out_type {
	OUT_TEXT,
	OUT_NUMBER,
	OUT_HEX, /* an address or a hash: "0x..." in every renderer */
};

/* What happens to a column that does not fit on a terminal */
enum out_fit {
	OUT_FIT_COLUMN, /* stays as it is: short */
	OUT_FIT_WRAP,	/* its cells wrap */
	OUT_FIT_NOTE,	/* wraps; on a narrow terminal a line below the row */
	OUT_FIT_LINE, /* always a line below the row, never broken: commands */
};

/**
 * struct out_column - one column of a table, and one key of its JSON objects
 * @name: heading, and name for -o
 * @key: JSON key
 * @help: a line for --help
 * @type: how its cells are shown
 * @is_default: shown when -o does not say otherwise
 * @fit: on a terminal
 */
struct out_column {
	const char *name;
	const char *key;
	const char *help;
	enum out_type type;
	bool is_default;
	enum out_fit fit;
};

#define OUT_CELL_BYTES 512
#define OUT_MAX_COLUMNS 32

/* The meaning of a word, for renderers that have colours */
enum out_mood {
	OUT_PLAIN,
	OUT_GOOD,
	OUT_BAD,
	OUT_DOUBTFUL,
};

/* Unset cells are empty in a table and null in JSON, never 0 */
struct out_cell {
	bool is_set;
	enum out_mood mood;
	__u64 number;
	char text[OUT_CELL_BYTES];
};

/**
 * struct out_table - the columns of a table and which of them to show
 * @key: JSON key of the array
 * @columns, @nr_columns: all there are, in the order of a row's cells
 * @shown, @nr_shown: indexes into @columns, in the order shown
 */
struct out_table {
	const char *key;
	const struct out_column *columns;
	size_t nr_columns;
	size_t shown[OUT_MAX_COLUMNS];
	size_t nr_shown;
};

/**
 * struct out_style - what the command line asks for
 * @is_json: a document for programs
 * @is_raw: rows whose cells have no blanks
 * @is_pairs: rows of NAME="value"
 * @is_bare: no headings, and nothing but the rows
 * @is_quiet: nothing at all
 */
struct out_style {
	bool is_json;
	bool is_raw;
	bool is_pairs;
	bool is_bare;
	bool is_quiet;
};

/**
 * struct out_head - the verdict
 * @key: its JSON key
 * @word: the verdict in a word or two
 * @exit_status: the same, as a number
 * @message: the verdict in a line
 * @action: what to do, or NULL
 */
struct out_head {
	const char *key;
	const char *word;
	int exit_status;
	const char *message;
	const char *action;
};

struct out;

struct out_ops {
	void (*begin)(struct out *out, const char *schema);
	void (*head)(struct out *out, const struct out_head *head);
	void (*section_begin)(struct out *out, const char *key);
	void (*section_end)(struct out *out);
	void (*line)(struct out *out, const char *label, const char *text);
	void (*field)(struct out *out, const char *key, const char *text,
		      const __u64 *number);
	void (*remark)(struct out *out, const char *text);
	void (*list_begin)(struct out *out, const char *key, const char *label);
	void (*list_item)(struct out *out, const char *id, const char *text);
	void (*list_end)(struct out *out);
	struct err *(*table_begin)(struct out *out);
	struct err *(*row)(struct out *out, const struct out_cell *cells);
	struct err *(*table_end)(struct out *out);
	void (*end)(struct out *out);
};

extern const struct out_ops out_table_ops;
extern const struct out_ops out_json_ops;

struct out {
	const struct out_ops *ops;
	struct out_style style;
	const struct out_head *head;   /* the caller's, until out_end() */
	const struct out_table *table; /* while inside it */
	unsigned int width;	       /* of the terminal, 0 without one */
	bool has_colours;	       /* it is one, and NO_COLOR is not set */
	bool is_in_section;
	bool is_first; /* JSON: no comma before the next; table: no remark yet */
	const char *item_key; /* of a list's identifiers */
	__u32 nr_items;	      /* of the list or table so far */
	void *priv;	      /* the renderer's own */
};

void out_init(struct out *out, const struct out_style *style);

void out_begin(struct out *out, const char *schema);
/* @head is read once more by out_end() */
void out_head(struct out *out, const struct out_head *head);
void out_section_begin(struct out *out, const char *key);
void out_section_end(struct out *out);

/*
 * People read a line with several facts, programs a field for
 * each: a verb writes both the line and its fields, and a renderer shows
 * one of the two.
 */
void out_line(struct out *out, const char *label, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* @text NULL: null, not known */
void out_field_text(struct out *out, const char *key, const char *text);
void out_field_number(struct out *out, const char *key, __u64 number);
/* Bits or an address: "0x..." */
void out_field_hex(struct out *out, const char *key, __u64 number);

/* A sentence below the table, for people only */
void out_remark(struct out *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* @item_key: JSON key of the items' identifiers */
void out_list_begin(struct out *out, const char *key, const char *item_key,
		    const char *label);
void out_list_item(struct out *out, const char *id, const char *text);
void out_list_end(struct out *out);
struct err *out_table_begin(struct out *out, const struct out_table *table);
struct err *out_row(struct out *out, const struct out_cell *cells);
struct err *out_table_end(struct out *out);
void out_end(struct out *out);

/*
 * What -o says: "A,B" or "+A,B"; NULL for the default columns, which are all
 * for a program (@is_all) and a few for people
 */
struct err *out_select(struct out_table *table, const char *spec, bool is_all);

void out_set_text(struct out_cell *cell, const char *text);
void out_set_number(struct out_cell *cell, __u64 number);

/* A cell as text, in @buf where it is not text already */
const char *out_cell_text(const struct out_column *column,
			  const struct out_cell *cell, char *buf, size_t bytes);

/* An error object, for main() in JSON mode */
void out_json_error(const struct err *err, const char *file, int exit_status);

#endif
