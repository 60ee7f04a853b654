// SPDX-License-Identifier: GPL-2.0-only
/*
 * out_json.c - for programs: one JSON document
 *
 * Reached through out.c, and by main() for errors. The only file that knows
 * json-c, which makes every string and every row; the frame around them is
 * written as it goes, so that no document is kept in memory.
 */
#include <json-c/json.h>
#include <stdio.h>

#include "out/out.h"

#define STYLE (JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE)

/* Takes @value over; NULL is null, as json-c has it */
static void put_value(struct json_object *value)
{
	fputs(json_object_to_json_string_ext(value, STYLE), stdout);
	json_object_put(value);
}

static struct json_object *make_text(const char *text)
{
	return text ? json_object_new_string(text) : NULL;
}

static void put_key(struct out *out, const char *key)
{
	printf("%s\n%s", out->is_first ? "" : ",",
	       out->is_in_section ? "    " : "  ");
	out->is_first = false;
	put_value(make_text(key));
	fputs(": ", stdout);
}

static void json_begin(struct out *out, const char *schema)
{
	putchar('{');
	put_key(out, "schema");
	put_value(make_text(schema));
}

static void json_head(struct out *out, const char *key, const char *word,
		      int exit_status, const char *message)
{
	put_key(out, key);
	put_value(make_text(word));
	put_key(out, "exit_status");
	put_value(json_object_new_int(exit_status));
	put_key(out, "message");
	put_value(make_text(message));
}

static void json_section_begin(struct out *out, const char *key)
{
	put_key(out, key);
	putchar('{');
	out->is_first = true;
	out->is_in_section = true;
}

static void json_section_end(struct out *out)
{
	fputs("\n  }", stdout);
	out->is_first = false;
	out->is_in_section = false;
}

static void json_line(struct out *out, const char *label, const char *text)
{
	(void)out;
	(void)label;
	(void)text;
}

static void json_field(struct out *out, const char *key, const char *text,
		       const __u64 *number)
{
	put_key(out, key);
	if (number)
		put_value(json_object_new_uint64(*number));
	else
		put_value(make_text(text));
}

static void json_list_begin(struct out *out, const char *key, const char *label)
{
	(void)label;
	put_key(out, key);
	putchar('[');
}

static void put_item(struct out *out, struct json_object *item)
{
	printf("%s\n    ", out->nr_items ? "," : "");
	put_value(item);
}

static void json_list_item(struct out *out, const char *id, const char *text)
{
	struct json_object *item = json_object_new_object();

	json_object_object_add(item, "gap", make_text(id));
	json_object_object_add(item, "text", make_text(text));
	put_item(out, item);
}

static void json_list_end(struct out *out)
{
	fputs(out->nr_items ? "\n  ]" : "]", stdout);
}

static struct err *json_table_begin(struct out *out)
{
	json_list_begin(out, out->table->key, NULL);
	return NULL;
}

static struct err *json_row(struct out *out, const struct out_cell *cells)
{
	const struct out_table *model = out->table;
	struct json_object *row = json_object_new_object();

	if (!row)
		return err_create(ERR_IO, "out of memory");
	for (size_t i = 0; i < model->nr_shown; i++) {
		const struct out_column *column =
			&model->columns[model->shown[i]];
		const struct out_cell *cell = &cells[model->shown[i]];
		struct json_object *value = NULL;
		char buf[32];

		if (cell->is_set && column->type == OUT_NUMBER)
			value = json_object_new_uint64(cell->number);
		else if (cell->is_set)
			value = make_text(
				out_cell_text(column, cell, buf, sizeof(buf)));
		json_object_object_add(row, column->key, value);
	}
	put_item(out, row);
	return NULL;
}

static struct err *json_table_end(struct out *out)
{
	json_list_end(out);
	return NULL;
}

static void json_end(struct out *out)
{
	(void)out;
	fputs("\n}\n", stdout);
}

void out_json_error(const struct err *err, const char *file, int exit_status)
{
	struct json_object *root = json_object_new_object();
	struct json_object *what = json_object_new_object();
	char gpa[32];

	json_object_object_add(root, "schema", make_text("hvcrash.error/1"));
	json_object_object_add(root, "exit_status",
			       json_object_new_int(exit_status));
	json_object_object_add(root, "error", what);
	json_object_object_add(what, "file", make_text(file));
	json_object_object_add(what, "message", make_text(err->message));
	snprintf(gpa, sizeof(gpa), "0x%llx", err->gpa);
	json_object_object_add(what, "gpa",
			       err->has_gpa ? make_text(gpa) : NULL);
	put_value(root);
	putchar('\n');
}

const struct out_ops out_json_ops = {
	.begin = json_begin,
	.head = json_head,
	.section_begin = json_section_begin,
	.section_end = json_section_end,
	.line = json_line,
	.field = json_field,
	.list_begin = json_list_begin,
	.list_item = json_list_item,
	.list_end = json_list_end,
	.table_begin = json_table_begin,
	.row = json_row,
	.table_end = json_table_end,
	.end = json_end,
};
