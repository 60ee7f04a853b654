// SPDX-License-Identifier: GPL-2.0-only
/*
 * html.c - frame, text and table of the page
 *
 * Called by audit_page, and through out.c as a renderer. On a narrow screen
 * each row of the table becomes a block of lines, for which every cell carries
 * its heading. What the page looks like is in html_style.c.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report/html.h"

static const char *const class_names[HTML_NR_CLASSES] = {
	[HTML_CLEAN] = "clean",	    [HTML_LATE] = "late",
	[HTML_UNKNOWN] = "unknown", [HTML_CHANGED] = "changed",
	[HTML_LEFT] = "left",
};

const char *html_class_name(enum html_class class)
{
	return class_names[class];
}

void html_size(unsigned long long bytes, char buf[HTML_SIZE_BYTES])
{
	static const char *const units[] = { "B",   "KiB", "MiB", "GiB",
					     "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1024;
		unit++;
	}
	snprintf(buf, HTML_SIZE_BYTES, value < 100 ? "%.3g %s" : "%.0f %s",
		 value, units[unit]);
}

struct err *html_create(const char *path, const char *subject, struct html *ret)
{
	struct err *err;

	*ret = (struct html){ .subject = subject };
	err = atomic_file_create(path, &ret->file);
	ret->to = ret->file.to;
	return err;
}

struct err *html_commit(struct html *html)
{
	return atomic_file_commit(&html->file);
}

void html_deinit(struct html *html)
{
	atomic_file_deinit(&html->file);
}

/* Texts are ASCII: other bytes became '?' earlier, or do so here */
static void put_text(struct html *html, const char *text, size_t length)
{
	for (; length && *text; text++, length--) {
		switch (*text) {
		case '&':
			fputs("&amp;", html->to);
			break;
		case '<':
			fputs("&lt;", html->to);
			break;
		case '>':
			fputs("&gt;", html->to);
			break;
		case '"':
			fputs("&quot;", html->to);
			break;
		case '\'':
			fputs("&#39;", html->to);
			break;
		default:
			fputc(*text >= ' ' && *text <= '~' ? *text : '?',
			      html->to);
		}
	}
}

void html_text(struct html *html, const char *text)
{
	put_text(html, text, strlen(text));
}

static void put_paragraph(struct html *html, const char *class,
			  const char *format, va_list args)
{
	char text[512];

	vsnprintf(text, sizeof(text), format, args);
	fprintf(html->to, "<p class=\"%s\">", class);
	html_text(html, text);
	fputs("</p>\n", html->to);
}

void html_note(struct html *html, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_paragraph(html, "note", format, args);
	va_end(args);
}

void html_warning(struct html *html, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_paragraph(html, "over", format, args);
	va_end(args);
}

void html_section_begin(struct html *html, const char *id, const char *title)
{
	fprintf(html->to, "<section id=\"%s\">\n<h2>", id);
	html_text(html, title);
	fputs("</h2>\n", html->to);
}

void html_section_end(struct html *html)
{
	fputs("</section>\n", html->to);
}

void html_details_begin(struct html *html, const char *id, const char *format,
			...)
{
	char text[128];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(html->to, "<section id=\"%s\">\n<details>\n<summary>", id);
	html_text(html, text);
	fputs("</summary>\n", html->to);
}

void html_details_end(struct html *html)
{
	fputs("</details>\n</section>\n", html->to);
}

void html_axis_begin(struct html *html)
{
	fputs("<div class=\"axis\" aria-hidden=\"true\">", html->to);
}

void html_axis_tick(struct html *html, double part, const char *text)
{
	fprintf(html->to, "<span style=\"left: %.3f%%\">%s</span>", part * 100,
		text);
}

void html_axis_end(struct html *html)
{
	fputs("</div>\n", html->to);
}

static void page_begin(struct out *out, const char *schema)
{
	struct html *html = out->priv;

	(void)schema;
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      /* else a browser asks the server for an icon */
	      "<link rel=\"icon\" href=\"data:,\">\n<title>Audit of ",
	      html->to);
	html_text(html, html->subject);
	fputs("</title>\n<style>\n", html->to);
	fputs(html_style, html->to);
	fputs("</style>\n</head>\n<body>\n", html->to);
}

/* The verdict's line begins with its word, which is the heading here */
static const char *without_word(const char *message)
{
	const char *colon = strstr(message, ": ");

	return colon ? colon + 2 : message;
}

static void page_head(struct out *out, const struct out_head *head)
{
	static const char *const classes[] = { "clean", "left", "unknown" };
	struct html *html = out->priv;
	int status = head->exit_status;

	fprintf(html->to, "<header class=\"%s\">\n<p class=\"what\">Audit of ",
		status >= 0 && status < 3 ? classes[status] : "unknown");
	html_text(html, html->subject);
	fputs("</p>\n<h1>", html->to);
	html_text(html, head->word);
	fputs("</h1>\n<p class=\"message\">", html->to);
	html_text(html, without_word(head->message));
	fputs("</p>\n", html->to);
	if (head->action) {
		fputs("<p class=\"action\"><b>Do:</b> ", html->to);
		html_text(html, head->action);
		fputs("</p>\n", html->to);
	}
	fputs("</header>\n<main>\n", html->to);
}

static void page_section_begin(struct out *out, const char *key)
{
	struct html *html = out->priv;

	html_section_begin(html, key, "Summary");
	fputs("<dl>\n", html->to);
}

static void page_section_end(struct out *out)
{
	struct html *html = out->priv;

	fputs("</dl>\n", html->to);
	html_section_end(html);
}

static void page_line(struct out *out, const char *label, const char *text)
{
	struct html *html = out->priv;

	fputs("<dt>", html->to);
	html_text(html, label);
	fputs("</dt><dd>", html->to);
	html_text(html, text);
	fputs("</dd>\n", html->to);
}

static void page_field(struct out *out, const char *key, const char *text,
		       const __u64 *number)
{
	(void)out;
	(void)key;
	(void)text;
	(void)number;
}

static void page_remark(struct out *out, const char *text)
{
	struct html *html = out->priv;
	size_t word = strcspn(text, ":");

	fputs("<p class=\"word\"><b>", html->to);
	put_text(html, text, word);
	fputs("</b>", html->to);
	html_text(html, text + word);
	fputs("</p>\n", html->to);
}

/* A list without items is omitted, with its heading */
static void page_list_begin(struct out *out, const char *key, const char *label)
{
	(void)key;
	(void)out;
	(void)label;
}

static void page_list_item(struct out *out, const char *id, const char *text)
{
	struct html *html = out->priv;

	fputs(out->nr_items ?
		      "<li>" :
		      "<h3>Gaps in what is known</h3>\n<ul class=\"gaps\">\n<li>",
	      html->to);
	html_text(html, text);
	fputs(" <code>", html->to);
	html_text(html, id);
	fputs("</code></li>\n", html->to);
}

static void page_list_end(struct out *out)
{
	struct html *html = out->priv;

	if (out->nr_items)
		fputs("</ul>\n", html->to);
}

static const char *alignment(const struct out_column *column)
{
	return column->type == OUT_TEXT ? "" : " class=\"number\"";
}

static struct err *page_table_begin(struct out *out)
{
	(void)out;
	return NULL;
}

/* Called with the first row: a table without rows is omitted */
static void put_headings(struct out *out)
{
	const struct out_table *table = out->table;
	struct html *html = out->priv;

	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Regions\">\n<table class=\"regions\">\n",
	      html->to);
	fputs("<thead>\n<tr>", html->to);
	for (size_t i = 0; i < table->nr_shown; i++) {
		const struct out_column *column =
			&table->columns[table->shown[i]];

		fprintf(html->to, "<th scope=\"col\"%s>", alignment(column));
		html_text(html, column->name);
		fputs("</th>", html->to);
	}
	fputs("</tr>\n</thead>\n", html->to);
	fputs("<tbody>\n", html->to);
}

static void put_cell(struct html *html, const struct out_column *column,
		     const struct out_cell *cell)
{
	static const char *const tags[] = {
		[OUT_GOOD] = "clean",
		[OUT_BAD] = "left",
		[OUT_DOUBTFUL] = "unknown",
	};
	bool is_tag = cell->is_set && tags[cell->mood];
	char buf[32];

	fputs("<td data-label=\"", html->to);
	html_text(html, column->name);
	fprintf(html->to, "\"%s>", alignment(column));
	if (is_tag)
		fprintf(html->to, "<span class=\"tag %s\">", tags[cell->mood]);
	html_text(html, out_cell_text(column, cell, buf, sizeof(buf)));
	fputs(is_tag ? "</span></td>" : "</td>", html->to);
}

static struct err *page_row(struct out *out, const struct out_cell *cells)
{
	const struct out_table *table = out->table;
	struct html *html = out->priv;

	if (!out->nr_items)
		put_headings(out);
	fputs("<tr>", html->to);
	for (size_t i = 0; i < table->nr_shown; i++)
		put_cell(html, &table->columns[table->shown[i]],
			 &cells[table->shown[i]]);
	fputs("</tr>\n", html->to);
	return NULL;
}

static struct err *page_table_end(struct out *out)
{
	struct html *html = out->priv;

	if (out->nr_items)
		fputs("</tbody>\n</table>\n</div>\n", html->to);
	return NULL;
}

static void page_end(struct out *out)
{
	struct html *html = out->priv;

	fputs("</main>\n</body>\n</html>\n", html->to);
}

static const struct out_ops page_ops = {
	.begin = page_begin,
	.head = page_head,
	.section_begin = page_section_begin,
	.section_end = page_section_end,
	.line = page_line,
	.field = page_field,
	.remark = page_remark,
	.list_begin = page_list_begin,
	.list_item = page_list_item,
	.list_end = page_list_end,
	.table_begin = page_table_begin,
	.row = page_row,
	.table_end = page_table_end,
	.end = page_end,
};

void html_out(struct html *html, struct out *out)
{
	memset(out, 0, sizeof(*out));
	out->ops = &page_ops;
	out->priv = html;
}
