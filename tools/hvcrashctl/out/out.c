// SPDX-License-Identifier: GPL-2.0-only
/*
 * out.c - what the renderers share: cells, columns, and the choice of renderer
 *
 * Called by the verbs. Write errors are not checked here: stdout remembers
 * them and main() checks once, at the end.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "out/out.h"

#define USUAL_WIDTH 80
#define LEAST_WIDTH 40

/* https://no-color.org: set and not empty, whatever it says */
static bool wants_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (!no || !*no) && term &&
	       strcmp(term, "dumb");
}

/* A pipe and a file have no width: their reader may search or cut lines */
static unsigned int find_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return USUAL_WIDTH;
	return size.ws_col < LEAST_WIDTH ? LEAST_WIDTH : size.ws_col;
}

void out_init(struct out *out, const struct out_style *style)
{
	memset(out, 0, sizeof(*out));
	out->ops = style->is_json ? &out_json_ops : &out_table_ops;
	out->style = *style;
	out->width = find_width();
	out->has_colours = wants_colours();
	out->is_first = true;
}

void out_begin(struct out *out, const char *schema)
{
	out->ops->begin(out, schema);
}

void out_head(struct out *out, const struct out_head *head)
{
	out->head = head;
	out->ops->head(out, head);
}

void out_section_begin(struct out *out, const char *key)
{
	out->ops->section_begin(out, key);
}

void out_section_end(struct out *out)
{
	out->ops->section_end(out);
}

void out_line(struct out *out, const char *label, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	out->ops->line(out, label, text);
}

void out_field_text(struct out *out, const char *key, const char *text)
{
	out->ops->field(out, key, text, NULL);
}

void out_field_number(struct out *out, const char *key, __u64 number)
{
	out->ops->field(out, key, NULL, &number);
}

void out_field_hex(struct out *out, const char *key, __u64 number)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", number);
	out->ops->field(out, key, text, NULL);
}

void out_remark(struct out *out, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	out->ops->remark(out, text);
}

void out_list_begin(struct out *out, const char *key, const char *item_key,
		    const char *label)
{
	out->item_key = item_key;
	out->nr_items = 0;
	out->ops->list_begin(out, key, label);
}

void out_list_item(struct out *out, const char *id, const char *text)
{
	out->ops->list_item(out, id, text);
	out->nr_items++;
}

void out_list_end(struct out *out)
{
	out->ops->list_end(out);
}

struct err *out_table_begin(struct out *out, const struct out_table *table)
{
	out->table = table;
	out->nr_items = 0;
	return out->ops->table_begin(out);
}

struct err *out_row(struct out *out, const struct out_cell *cells)
{
	struct err *err = out->ops->row(out, cells);

	out->nr_items++;
	return err;
}

struct err *out_table_end(struct out *out)
{
	return out->ops->table_end(out);
}

void out_end(struct out *out)
{
	out->ops->end(out);
}

static bool find_column(const struct out_table *table, const char *name,
			size_t length, size_t *ret)
{
	for (size_t i = 0; i < table->nr_columns; i++) {
		const char *candidate = table->columns[i].name;

		if (strlen(candidate) == length &&
		    !strncasecmp(candidate, name, length)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static struct err *unknown_column(const struct out_table *table,
				  const char *name, size_t length)
{
	char known[OUT_MAX_COLUMNS * 16] = "";

	for (size_t i = 0; i < table->nr_columns; i++) {
		size_t used = strlen(known);

		snprintf(known + used, sizeof(known) - used, "%s%s",
			 i ? " " : "", table->columns[i].name);
	}
	return err_create(ERR_USAGE, "unknown column '%.*s': there are %s",
			  (int)(length > 40 ? 40 : length), name, known);
}

static struct err *add_column(struct out_table *table, const char *name,
			      size_t length)
{
	size_t column;

	if (!find_column(table, name, length, &column))
		return unknown_column(table, name, length);
	for (size_t i = 0; i < table->nr_shown; i++)
		if (table->shown[i] == column)
			return NULL;
	table->shown[table->nr_shown++] = column;
	return NULL;
}

struct err *out_select(struct out_table *table, const char *spec, bool is_all)
{
	table->nr_shown = 0;
	if (!spec || *spec == '+') {
		for (size_t i = 0; i < table->nr_columns; i++)
			if (is_all || table->columns[i].is_default)
				table->shown[table->nr_shown++] = i;
	}
	if (!spec)
		return NULL;
	if (*spec == '+')
		spec++;
	for (;;) {
		size_t length = strcspn(spec, ",");
		struct err *err = add_column(table, spec, length);

		if (err || !spec[length])
			return err;
		spec += length + 1;
	}
}

void out_set_text(struct out_cell *cell, const char *text)
{
	cell->is_set = true;
	snprintf(cell->text, sizeof(cell->text), "%s", text);
}

void out_set_number(struct out_cell *cell, __u64 number)
{
	cell->is_set = true;
	cell->number = number;
}

const char *out_cell_text(const struct out_column *column,
			  const struct out_cell *cell, char *buf, size_t bytes)
{
	if (!cell->is_set)
		return "";
	if (column->type == OUT_TEXT)
		return cell->text;
	snprintf(buf, bytes, column->type == OUT_HEX ? "0x%llx" : "%llu",
		 cell->number);
	return buf;
}
