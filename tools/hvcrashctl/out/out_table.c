// SPDX-License-Identifier: GPL-2.0-only
/*
 * out_table.c - for people: lines and a table
 *
 * Reached through out.c. The only file that knows libsmartcols. A table is
 * printed in blocks, so that its length costs no memory; the widths of a block
 * are the least widths of the next.
 */
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out/out.h"

#define BLOCK_ROWS 512
#define LABEL_WIDTH 16

/* ISO 6429, as libsmartcols writes it too */
#define NO_COLOUR "\033[0m"
static const char *const colours[] = {
	[OUT_PLAIN] = NULL,
	[OUT_GOOD] = "\033[32m",
	[OUT_BAD] = "\033[31m",
	[OUT_DOUBTFUL] = "\033[33m",
};

static void table_begin_doc(struct out *out, const char *schema)
{
	(void)out;
	(void)schema;
}

static void table_head(struct out *out, const char *key, const char *word,
		       int exit_status, const char *message)
{
	/* 0, 1 and 2 mean the same for every verb */
	static const enum out_mood moods[] = { OUT_GOOD, OUT_BAD,
					       OUT_DOUBTFUL };
	const char *rest = message + strcspn(message, ":");

	(void)key;
	(void)word;
	if (out->has_colours && exit_status >= 0 && exit_status < 3)
		printf("%s%.*s" NO_COLOUR "%s\n\n", colours[moods[exit_status]],
		       (int)(rest - message), message, rest);
	else
		printf("%s\n\n", message);
}

static void table_section(struct out *out, const char *key)
{
	(void)out;
	(void)key;
}

static void table_section_end(struct out *out)
{
	(void)out;
}

static void put_label(const char *label)
{
	int length = printf("%s:", label);

	printf("%*s", length < LABEL_WIDTH ? LABEL_WIDTH - length : 1, "");
}

static void table_line(struct out *out, const char *label, const char *text)
{
	(void)out;
	put_label(label);
	puts(text);
}

static void table_field(struct out *out, const char *key, const char *text,
			const __u64 *number)
{
	(void)out;
	(void)key;
	(void)text;
	(void)number;
}

static void table_list_begin(struct out *out, const char *key,
			     const char *label)
{
	(void)out;
	(void)key;
	put_label(label);
}

static void table_list_item(struct out *out, const char *id, const char *text)
{
	(void)id;
	if (out->nr_items)
		printf("%*s", LABEL_WIDTH, "");
	printf("%s\n", text);
}

static void table_list_end(struct out *out)
{
	if (!out->nr_items)
		puts("none");
}

static struct err *smartcols_failed(struct out *out)
{
	if (out->priv)
		scols_unref_table(out->priv);
	out->priv = NULL;
	return err_create(ERR_IO, "cannot make the table");
}

static struct err *table_begin(struct out *out)
{
	struct libscols_table *table = scols_new_table();

	putchar('\n');
	out->priv = table;
	if (!table || scols_table_enable_noheadings(table, !out->has_headings))
		return smartcols_failed(out);
	scols_table_enable_colors(table, out->has_colours);
	for (size_t i = 0; i < out->table->nr_shown; i++) {
		const struct out_column *column =
			&out->table->columns[out->table->shown[i]];

		if (!scols_table_new_column(
			    table, column->name, 0,
			    column->type == OUT_TEXT ? 0 : SCOLS_FL_RIGHT))
			return smartcols_failed(out);
	}
	return NULL;
}

static struct err *print_block(struct out *out)
{
	struct libscols_table *table = out->priv;

	if (!scols_table_get_nlines(table))
		return NULL;
	if (scols_print_table(table))
		return smartcols_failed(out);
	for (size_t i = 0; i < out->table->nr_shown; i++) {
		struct libscols_column *column =
			scols_table_get_column(table, i);

		scols_column_set_whint(column,
				       (double)scols_column_get_width(column));
	}
	scols_table_remove_lines(table);
	scols_table_enable_noheadings(table, 1);
	return NULL;
}

static struct err *table_row(struct out *out, const struct out_cell *cells)
{
	const struct out_table *model = out->table;
	struct libscols_line *line;

	line = scols_table_new_line(out->priv, NULL);
	if (!line)
		return smartcols_failed(out);
	for (size_t i = 0; i < model->nr_shown; i++) {
		size_t from = model->shown[i];
		char buf[32];

		if (scols_line_set_data(line, i,
					out_cell_text(&model->columns[from],
						      &cells[from], buf,
						      sizeof(buf))))
			return smartcols_failed(out);
		scols_cell_set_color(scols_line_get_cell(line, i),
				     colours[cells[from].mood]);
	}
	if (scols_table_get_nlines(out->priv) >= BLOCK_ROWS)
		return print_block(out);
	return NULL;
}

static struct err *table_end(struct out *out)
{
	struct err *err = print_block(out);

	if (out->priv)
		scols_unref_table(out->priv);
	out->priv = NULL;
	return err;
}

static void table_end_doc(struct out *out)
{
	(void)out;
}

const struct out_ops out_table_ops = {
	.begin = table_begin_doc,
	.head = table_head,
	.section_begin = table_section,
	.section_end = table_section_end,
	.line = table_line,
	.field = table_field,
	.list_begin = table_list_begin,
	.list_item = table_list_item,
	.list_end = table_list_end,
	.table_begin = table_begin,
	.row = table_row,
	.table_end = table_end,
	.end = table_end_doc,
};
