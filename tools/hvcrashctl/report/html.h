/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * html.h - the report as one page that needs nothing else
 *
 * Called by audit_page. A page is a third renderer of out.h, with two drawings
 * beside it (html_map, html_timeline). No scripts, links, external fonts or
 * pictures: a policy in the page forbids them even if the escaping had a hole.
 *
 * Invariant: the file appears whole under its name or not at all, and every
 * text in it came through html_text().
 */
#ifndef HVCRASHCTL_HTML_H
#define HVCRASHCTL_HTML_H

#include <stdio.h>

#include "base/atomic_file.h"
#include "base/err.h"
#include "out/out.h"

/**
 * struct html - a page that is being written
 * @file: where it is written
 * @to: the same, as a stream
 * @subject: what was audited, for the title
 */
struct html {
	struct atomic_file file;
	FILE *to;
	const char *subject;
};

/* A new page beside @path, which must be no directory, device or the like */
struct err *html_create(const char *path, const char *subject,
			struct html *ret);
/* Everything to the disk, and the page under its name */
struct err *html_commit(struct html *html);
/* Removes a page that was not committed */
void html_deinit(struct html *html);

/* out.h writes to @html from here on */
void html_out(struct html *html, struct out *out);

/* Writes @text with HTML's special characters escaped */
void html_text(struct html *html, const char *text);

/* A paragraph; a warning must not be overlooked */
void html_note(struct html *html, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void html_warning(struct html *html, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A section with a heading, as the renderer's own ones are */
void html_section_begin(struct html *html, const char *id, const char *title);
void html_section_end(struct html *html);

/* A section that is closed until its title is clicked */
void html_details_begin(struct html *html, const char *id, const char *format,
			...) __attribute__((format(printf, 3, 4)));
void html_details_end(struct html *html);

/* Below drawings: a scale whose ticks stand at parts of its width */
void html_axis_begin(struct html *html);
void html_axis_tick(struct html *html, double part, const char *text);
void html_axis_end(struct html *html);

/* How a thing looks; each is a class in html_style */
enum html_class {
	HTML_CLEAN,
	HTML_LATE,
	HTML_UNKNOWN,
	HTML_CHANGED,
	HTML_LEFT, /* the worst last: it wins where several share a place */
	HTML_NR_CLASSES,
};

const char *html_class_name(enum html_class class);

/* Bytes as people say it: "64 KiB" */
#define HTML_SIZE_BYTES 32
void html_size(unsigned long long bytes, char buf[HTML_SIZE_BYTES]);

/* The page's style sheet */
extern const char html_style[];

#endif
