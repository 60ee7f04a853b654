// SPDX-License-Identifier: GPL-2.0-only
/*
 * out_table.c - for people: lines and a table; for scripts: its rows
 *
 * Reached through out.c. The only file that knows libsmartcols. A table is
 * printed in blocks, so that its length costs no memory; the widths of a block
 * are the least widths of the next.
 *
 * On a terminal text wraps between words, text that does not fit into a column
 * goes to a line below its row, and the verdict is repeated at the end, since
 * it has scrolled away by then.
 */
#define _GNU_SOURCE
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "out/out.h"

#define BLOCK_ROWS 512
/* Where rows are printed one by one, each looks at the whole block */
#define SMALL_BLOCK_ROWS 64
#define LABEL_WIDTH 16
#define NARROW_WIDTH 120
#define DETAIL_INDENT 4

/* ISO 6429, as libsmartcols writes it too */
#define NO_COLOUR "\033[0m"
static const char *const colours[] = {
	[OUT_PLAIN] = NULL,
	[OUT_GOOD] = "\033[32m",
	[OUT_BAD] = "\033[31m",
	[OUT_DOUBTFUL] = "\033[33m",
};

/**
 * struct table - a table that is being printed
 * @scols: libsmartcols's own
 * @column: of each column shown, its number in @scols, or -1 on its own line
 * @has_details: some are on lines of their own
 * @nr: rows in the block
 * @note: below each, a line that wraps, NULL for none
 * @lines: below each, lines that do not, NULL for none
 */
struct table {
	struct libscols_table *scols;
	int column[OUT_MAX_COLUMNS];
	bool has_details;
	size_t nr;
	char *note[BLOCK_ROWS];
	char *lines[BLOCK_ROWS];
};

/* Rows and nothing else */
static bool is_rows_only(const struct out *out)
{
	return out->style.is_bare || out->style.is_raw || out->style.is_pairs;
}

/*
 * @text between @indent and the edge of the terminal; the line's first @used
 * columns are taken already
 */
static void put_text(const struct out *out, const char *text, size_t indent,
		     size_t used)
{
	for (;;) {
		size_t length = strcspn(text, " ");

		fwrite(text, 1, length, stdout);
		used += length;
		text += length;
		if (!*text)
			break;
		text++;
		if (out->width &&
		    used + 1 + strcspn(text, " ") > out->width - 1) {
			printf("\n%*s", (int)indent, "");
			used = indent;
		} else {
			putchar(' ');
			used++;
		}
	}
	putchar('\n');
}

static void table_begin_doc(struct out *out, const char *schema)
{
	(void)out;
	(void)schema;
}

static void put_head(const struct out *out)
{
	/* 0, 1 and 2 mean the same for every verb */
	static const enum out_mood moods[] = { OUT_GOOD, OUT_BAD,
					       OUT_DOUBTFUL };
	const struct out_head *head = out->head;
	const char *rest = head->message + strcspn(head->message, ":");
	int word = (int)(rest - head->message);

	if (out->has_colours && head->exit_status >= 0 && head->exit_status < 3)
		printf("%s%.*s" NO_COLOUR, colours[moods[head->exit_status]],
		       word, head->message);
	else
		printf("%.*s", word, head->message);
	put_text(out, rest, 4, (size_t)word);
	if (!head->action)
		return;
	fputs("Do: ", stdout);
	put_text(out, head->action, 4, 4);
}

static void table_head(struct out *out, const struct out_head *head)
{
	(void)head;
	if (is_rows_only(out))
		return;
	put_head(out);
	putchar('\n');
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

static size_t put_label(const char *label)
{
	int length = printf("%s:", label);
	int gap = length < LABEL_WIDTH ? LABEL_WIDTH - length : 1;

	printf("%*s", gap, "");
	return (size_t)(length + gap);
}

static void table_line(struct out *out, const char *label, const char *text)
{
	if (!is_rows_only(out))
		put_text(out, text, LABEL_WIDTH, put_label(label));
}

static void table_field(struct out *out, const char *key, const char *text,
			const __u64 *number)
{
	(void)out;
	(void)key;
	(void)text;
	(void)number;
}

static void table_remark(struct out *out, const char *text)
{
	if (is_rows_only(out))
		return;
	if (out->is_first && out->nr_items)
		putchar('\n');
	out->is_first = false;
	put_text(out, text, 0, 0);
}

static void table_list_begin(struct out *out, const char *key,
			     const char *label)
{
	(void)key;
	if (!is_rows_only(out))
		put_label(label);
}

static void table_list_item(struct out *out, const char *id, const char *text)
{
	(void)id;
	if (is_rows_only(out))
		return;
	if (out->nr_items)
		printf("%*s", LABEL_WIDTH, "");
	put_text(out, text, LABEL_WIDTH, LABEL_WIDTH);
}

static void table_list_end(struct out *out)
{
	if (!out->nr_items && !is_rows_only(out))
		puts("none");
}

static void forget_details(struct table *table)
{
	for (size_t i = 0; i < BLOCK_ROWS; i++) {
		free(table->note[i]);
		free(table->lines[i]);
		table->note[i] = NULL;
		table->lines[i] = NULL;
	}
}

static void destroy(struct out *out)
{
	struct table *table = out->priv;

	if (!table)
		return;
	forget_details(table);
	scols_unref_table(table->scols);
	free(table);
	out->priv = NULL;
}

static struct err *failed(struct out *out)
{
	destroy(out);
	return err_create(ERR_IO, "cannot make the table");
}

/* Whether a column goes to a line of its own below the row */
static bool is_detail(const struct out *out, const struct out_column *column)
{
	if (!out->width || is_rows_only(out))
		return false;
	return column->fit == OUT_FIT_LINE ||
	       (column->fit == OUT_FIT_NOTE && out->width < NARROW_WIDTH);
}

static bool add_columns(struct out *out, struct table *table)
{
	int nr = 0;

	for (size_t i = 0; i < out->table->nr_shown; i++) {
		const struct out_column *column =
			&out->table->columns[out->table->shown[i]];
		int flags = column->type == OUT_TEXT ? 0 : SCOLS_FL_RIGHT;

		if (is_detail(out, column)) {
			table->column[i] = -1;
			table->has_details = true;
			continue;
		}
		if (out->width && column->fit != OUT_FIT_COLUMN)
			flags |= SCOLS_FL_WRAP;
		if (!scols_table_new_column(table->scols, column->name, 0,
					    flags))
			return false;
		table->column[i] = nr++;
	}
	return true;
}

static struct err *table_begin(struct out *out)
{
	struct table *table = calloc(1, sizeof(*table));
	bool is_for_scripts = out->style.is_raw || out->style.is_pairs;

	if (!table)
		return err_create(ERR_IO, "out of memory");
	out->priv = table;
	table->scols = scols_new_table();
	if (!table->scols ||
	    scols_table_enable_noheadings(table->scols, out->style.is_bare) ||
	    scols_table_enable_raw(table->scols, out->style.is_raw) ||
	    scols_table_enable_export(table->scols, out->style.is_pairs) ||
	    !add_columns(out, table))
		return failed(out);
	scols_table_enable_colors(table->scols,
				  out->has_colours && !is_for_scripts);
	if (out->width)
		scols_table_set_termwidth(table->scols, out->width);
	if (!is_rows_only(out))
		putchar('\n');
	return NULL;
}

/* Drops blanks at the end of a line */
static void put_lines(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n"), kept = length;

		while (kept && text[kept - 1] == ' ')
			kept--;
		fwrite(text, 1, kept, stdout);
		putchar('\n');
		text += length + (text[length] == '\n');
	}
}

static bool put_rows(const struct out *out, const struct table *table)
{
	struct libscols_line *line;
	char *text = NULL;

	if (!table->has_details) {
		if (scols_print_table_to_string(table->scols, &text))
			return false;
		put_lines(text);
		free(text);
		return true;
	}
	for (size_t i = 0; i < table->nr; i++) {
		line = scols_table_get_line(table->scols, i);
		if (scols_table_print_range_to_string(table->scols, line, line,
						      &text))
			return false;
		put_lines(text);
		free(text);
		if (table->note[i]) {
			printf("%*s", DETAIL_INDENT, "");
			put_text(out, table->note[i], DETAIL_INDENT + 2,
				 DETAIL_INDENT);
		}
		if (table->lines[i])
			fputs(table->lines[i], stdout);
	}
	return true;
}

static struct err *print_block(struct out *out)
{
	struct table *table = out->priv;
	struct libscols_column *column;
	struct libscols_iter *iter;

	if (!table->nr)
		return NULL;
	if (!put_rows(out, table))
		return failed(out);
	iter = scols_new_iter(SCOLS_ITER_FORWARD);
	if (!iter)
		return failed(out);
	while (!scols_table_next_column(table->scols, iter, &column))
		scols_column_set_whint(column,
				       (double)scols_column_get_width(column));
	scols_free_iter(iter);
	forget_details(table);
	table->nr = 0;
	scols_table_remove_lines(table->scols);
	scols_table_enable_noheadings(table->scols, 1);
	return NULL;
}

/* "State: failed; note: why", or a line for each */
static bool add_detail(struct table *table, const struct out_column *column,
		       const char *text)
{
	bool is_line = column->fit == OUT_FIT_LINE;
	char **detail =
		is_line ? &table->lines[table->nr] : &table->note[table->nr];
	char *old guarded_free = *detail;

	*detail = NULL;
	if (is_line)
		return asprintf(detail, "%s%*s%c%s: %s\n", old ? old : "",
				DETAIL_INDENT, "", column->name[0],
				column->key + 1, text) >= 0;
	if (old)
		return asprintf(detail, "%s; %s: %s", old, column->key, text) >=
		       0;
	return asprintf(detail, "%c%s: %s", column->name[0], column->key + 1,
			text) >= 0;
}

static bool fill_line(struct out *out, struct table *table,
		      struct libscols_line *line, const struct out_cell *cells)
{
	const struct out_table *model = out->table;

	for (size_t i = 0; i < model->nr_shown; i++) {
		const struct out_column *column =
			&model->columns[model->shown[i]];
		const struct out_cell *cell = &cells[model->shown[i]];
		char buf[32];
		const char *text =
			out_cell_text(column, cell, buf, sizeof(buf));

		if (table->column[i] < 0) {
			if (*text && !add_detail(table, column, text))
				return false;
			continue;
		}
		/* else two blanks side by side would be the cell */
		if (!*text && out->style.is_raw)
			text = "-";
		if (scols_line_set_data(line, (size_t)table->column[i], text))
			return false;
		scols_cell_set_color(
			scols_line_get_cell(line, (size_t)table->column[i]),
			colours[cell->mood]);
	}
	return true;
}

static struct err *table_row(struct out *out, const struct out_cell *cells)
{
	struct table *table = out->priv;
	struct libscols_line *line = scols_table_new_line(table->scols, NULL);
	size_t most = table->has_details ? SMALL_BLOCK_ROWS : BLOCK_ROWS;

	if (!line || !fill_line(out, table, line, cells))
		return failed(out);
	table->nr++;
	return table->nr >= most ? print_block(out) : NULL;
}

static struct err *table_end(struct out *out)
{
	struct err *err = print_block(out);

	destroy(out);
	return err;
}

static void table_end_doc(struct out *out)
{
	if (!out->width || !out->head || is_rows_only(out))
		return;
	putchar('\n');
	put_head(out);
}

const struct out_ops out_table_ops = {
	.begin = table_begin_doc,
	.head = table_head,
	.section_begin = table_section,
	.section_end = table_section_end,
	.line = table_line,
	.field = table_field,
	.remark = table_remark,
	.list_begin = table_list_begin,
	.list_item = table_list_item,
	.list_end = table_list_end,
	.table_begin = table_begin,
	.row = table_row,
	.table_end = table_end,
	.end = table_end_doc,
};
