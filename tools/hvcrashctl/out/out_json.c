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
#include <string.h>

#include "base/cleanup.h"
#include "out/out.h"

#define MAX_EXACT (1ULL << 53)
#define STYLE (JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE)

/* Takes @value over; NULL is null, as json-c has it */
static void put_value(struct json_object *value)
{
	fputs(json_object_to_json_string_ext(value, STYLE), stdout);
	json_object_put(value);
}

/* The length of the UTF-8 sequence at @text, 0 if it is invalid (RFC 3629) */
static size_t sequence_bytes(const unsigned char *text)
{
	unsigned char least = 0x80, most = 0xbf;
	size_t length;

	if (*text < 0x80)
		return 1;
	if (*text >= 0xc2 && *text <= 0xdf)
		length = 2;
	else if (*text >= 0xe0 && *text <= 0xef)
		length = 3;
	else if (*text >= 0xf0 && *text <= 0xf4)
		length = 4;
	else
		return 0;
	/* neither longer than need be, nor a surrogate, nor past U+10FFFF */
	if (*text == 0xe0)
		least = 0xa0;
	if (*text == 0xf0)
		least = 0x90;
	if (*text == 0xed)
		most = 0x9f;
	if (*text == 0xf4)
		most = 0x8f;
	for (size_t i = 1; i < length; i++) {
		if (text[i] < least || text[i] > most)
			return 0;
		least = 0x80;
		most = 0xbf;
	}
	return length;
}

/* File names and configuration are bytes, JSON is UTF-8: U+FFFD for the rest */
static struct json_object *make_text(const char *text)
{
	const unsigned char *from = (const unsigned char *)text;
	char *clean guarded_free = NULL;
	size_t bytes = 0;

	if (!text)
		return NULL;
	clean = malloc(3 * strlen(text) + 1);
	if (!clean)
		return NULL;
	while (*from) {
		size_t length = sequence_bytes(from);

		memcpy(clean + bytes,
		       length ? (const char *)from : "\xef\xbf\xbd",
		       length ? length : 3);
		bytes += length ? length : 3;
		from += length ? length : 1;
	}
	clean[bytes] = '\0';
	return json_object_new_string(clean);
}

/* Most readers would round what a double cannot represent */
static struct json_object *make_number(__u64 number)
{
	char text[24];

	if (number <= MAX_EXACT)
		return json_object_new_uint64(number);
	snprintf(text, sizeof(text), "0x%llx", number);
	return json_object_new_string(text);
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

static void json_head(struct out *out, const struct out_head *head)
{
	put_key(out, head->key);
	put_value(make_text(head->word));
	put_key(out, "exit_status");
	put_value(json_object_new_int(head->exit_status));
	put_key(out, "message");
	put_value(make_text(head->message));
	put_key(out, "action");
	put_value(make_text(head->action));
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
		put_value(make_number(*number));
	else
		put_value(make_text(text));
}

static void json_remark(struct out *out, const char *text)
{
	(void)out;
	(void)text;
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

	json_object_object_add(item, out->item_key, make_text(id));
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
			value = make_number(cell->number);
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
	.remark = json_remark,
	.list_begin = json_list_begin,
	.list_item = json_list_item,
	.list_end = json_list_end,
	.table_begin = json_table_begin,
	.row = json_row,
	.table_end = json_table_end,
	.end = json_end,
};
