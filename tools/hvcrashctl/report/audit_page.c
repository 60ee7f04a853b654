// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit_page.c - says what stands on the page, and in which order
 *
 * Called by verb_audit. Gives the audit's records to the drawings and to the
 * table; knows no HTML. The table of a page is bounded, since a browser has to
 * hold it: what is not clean comes first, and what is left out is said.
 */
#include <stdio.h>
#include <stdlib.h>

#include "registry/names.h"
#include "report/audit_page.h"
#include "report/html.h"
#include "report/html_map.h"
#include "report/html_timeline.h"

#define MAX_ROWS 4000
#define MAX_OVERLAPS 8

struct page {
	const struct audit_run *run;
	struct html *html;
	struct out out;
};

static __u64 last_byte(const struct hvcrash_extent *extent)
{
	return extent->gpa + (__u64)extent->pages * HVCRASH_PAGE_BYTES - 1;
}

static void name_region(const struct hvcrash_extent *extent,
			const struct audit_result *result, char *buf,
			size_t bytes)
{
	char owner[AUDIT_OWNER_BYTES], kind[24];

	audit_owner(extent, owner);
	snprintf(buf, bytes, "%s of %s at 0x%llx: %s",
		 names_or_number(names_kind(extent->kind), extent->kind, kind,
				 sizeof(kind)),
		 owner, extent->gpa, audit_finding_name(result->finding));
}

static void add_ranges(const struct audit_run *run, struct html_map *map)
{
	__u64 first, last = 0;

	for (__u64 from = 0; core_next_held(run->core, from, &first, &last);
	     from = last + 1) {
		html_map_add_ram(map, first, last);
		if (last + 1 <= from)
			break;
	}
	for (__u32 i = 0;
	     run->audit.ram && run->ram.is_known && i < run->ram.nr; i++)
		html_map_add_own(map, run->ram.first[i], run->ram.last[i]);
}

static enum html_class class_of(enum audit_finding finding)
{
	switch (finding) {
	case AUDIT_EXTENT_CLEAN:
		return HTML_CLEAN;
	case AUDIT_REVOKED_LATE:
		return HTML_LATE;
	case AUDIT_LEFT_SHARED:
		return HTML_LEFT;
	case AUDIT_CHANGED:
		return HTML_CHANGED;
	default:
		return HTML_UNKNOWN;
	}
}

enum pass { PASS_REACH, PASS_MARK, PASS_NAME };

static struct err *add_regions(const struct audit_run *run,
			       struct html_map *map, enum pass pass)
{
	struct hvcrash_extent extent;
	struct audit_result result;
	struct audit_walk walk;
	struct err *err;
	bool is_end;

	audit_walk_init(&walk, run);
	for (;;) {
		enum html_class class;
		char name[HTML_MAP_NAME_BYTES];

		err = audit_walk_next(&walk, &extent, &result, &is_end);
		if (err || is_end)
			return err;
		/* in a registry that was not finished it may be anything */
		if (!image_extent_is_sound(&extent))
			continue;
		class = class_of(result.finding);
		if (pass == PASS_REACH) {
			html_map_reach(map, last_byte(&extent));
		} else if (pass == PASS_MARK) {
			html_map_mark(map, extent.gpa, last_byte(&extent),
				      class);
		} else {
			name_region(&extent, &result, name, sizeof(name));
			html_map_name(map, extent.gpa, last_byte(&extent),
				      class, name);
		}
	}
}

/* Regions that are not clean and lie in the running kernel's own memory */
static struct err *show_overlaps(const struct page *page)
{
	struct hvcrash_extent extent;
	struct audit_result result;
	struct audit_walk walk;
	__u64 overlaps = 0;
	struct err *err;
	bool is_end;

	audit_walk_init(&walk, page->run);
	for (;;) {
		char name[160];

		err = audit_walk_next(&walk, &extent, &result, &is_end);
		if (err || is_end)
			break;
		if (!result.is_in_ram || result.finding == AUDIT_EXTENT_CLEAN ||
		    result.finding == AUDIT_REVOKED_LATE)
			continue;
		name_region(&extent, &result, name, sizeof(name));
		if (overlaps++ < MAX_OVERLAPS)
			html_warning(page->html,
				     "Inside the crash kernel's memory: %s",
				     name);
	}
	if (overlaps > MAX_OVERLAPS)
		html_warning(page->html,
			     "Inside the crash kernel's memory: %llu more",
			     overlaps - MAX_OVERLAPS);
	if (!overlaps && !err)
		html_note(
			page->html,
			"Nothing that is not clean lies in the crash kernel's memory.");
	return err;
}

static struct err *show_map(const struct page *page)
{
	const struct audit_run *run = page->run;
	struct html_map *map guarded_free = calloc(1, sizeof(*map));
	struct err *err;

	if (!map)
		return err_create(ERR_IO, "out of memory");
	html_section_begin(page->html, "map", "Physical memory");
	add_ranges(run, map);
	err = add_regions(run, map, PASS_REACH);
	if (!err)
		err = add_regions(run, map, PASS_MARK);
	if (err)
		return err;
	html_map_find_places(map);
	err = add_regions(run, map, PASS_NAME);
	if (err)
		return err;
	html_map_put(page->html, map);
	if (run->audit.ram && run->ram.is_known)
		err = show_overlaps(page);
	else
		html_note(page->html,
			  "Where the crash kernel lies is not known: %s.",
			  run->audit.ram ? run->ram.why : run->reasons.ram);
	html_section_end(page->html);
	return err;
}

enum which { VPS_ALL, VPS_SILENT, VPS_REVOKED };

static struct err *add_vps(const struct page *page,
			   struct html_timeline *timeline, enum which which)
{
	struct image_iter iter;
	struct hvcrash_vp vp;
	struct err *err;
	bool is_end;

	image_iter_init(&iter, page->run->image, HVCRASH_CHUNK_VPS);
	while (!(err = image_next_vp(&iter, &vp, &is_end)) && !is_end)
		if (which == VPS_ALL ||
		    which == (vp.state == HVCRASH_VP_REVOKED ? VPS_REVOKED :
							       VPS_SILENT))
			html_timeline_vp(page->html, timeline, &vp);
	return err;
}

static struct err *show_timeline(const struct page *page)
{
	const struct image *image = page->run->image;
	struct html_timeline timeline;
	struct err *err;

	html_timeline_begin(page->html, &image->header.crash, &timeline);
	if (image_count(image, HVCRASH_CHUNK_VPS) <= HTML_TIMELINE_LANES) {
		err = add_vps(page, &timeline, VPS_ALL);
	} else {
		/* not all have a lane: those that did not revoke must */
		err = add_vps(page, &timeline, VPS_SILENT);
		if (!err)
			err = add_vps(page, &timeline, VPS_REVOKED);
	}
	html_timeline_end(page->html, &timeline);
	return err;
}

static struct err *add_rows(struct page *page, bool is_clean, __u64 *rows)
{
	struct out_cell cells[OUT_MAX_COLUMNS];
	struct hvcrash_extent extent;
	struct audit_result result;
	struct audit_walk walk;
	struct err *err;
	bool is_end;

	audit_walk_init(&walk, page->run);
	for (;;) {
		err = audit_walk_next(&walk, &extent, &result, &is_end);
		if (err || is_end)
			return err;
		if ((result.finding == AUDIT_EXTENT_CLEAN) != is_clean ||
		    (*rows)++ >= MAX_ROWS)
			continue;
		rows_make(&extent, &page->run->channels, &result, cells);
		err = out_row(&page->out, cells);
		if (err)
			return err;
	}
}

static struct err *show_regions(struct page *page,
				const struct out_table *table)
{
	struct err *err = out_table_begin(&page->out, table);
	__u64 rows = 0;

	if (!err)
		err = add_rows(page, false, &rows);
	if (!err)
		err = add_rows(page, true, &rows);
	if (!err)
		err = out_table_end(&page->out);
	if (!err && rows > MAX_ROWS)
		html_note(page->html, "%llu more regions are not listed here.",
			  rows - MAX_ROWS);
	return err;
}

static struct err *show(struct page *page, const struct out_table *table)
{
	const struct audit *audit = &page->run->audit;
	char *text guarded_free = audit_verdict_text(audit);
	const struct out_head head = {
		.key = "verdict",
		.word = audit_verdict_name(audit->verdict),
		.exit_status = (int)audit->verdict,
		.message = text,
		.action = audit_action(audit),
	};
	struct err *err;

	if (!text)
		return err_create(ERR_IO, "out of memory");
	out_begin(&page->out, "");
	out_head(&page->out, &head);
	err = show_map(page);
	if (!err)
		err = show_timeline(page);
	if (err)
		return err;
	summary_show(&page->out, audit, &page->run->origin,
		     &page->run->reasons);
	err = show_regions(page, table);
	out_end(&page->out);
	return err;
}

struct err *audit_page_write(const struct audit_run *run,
			     const struct out_table *table, const char *path)
{
	struct html html guarded(html_deinit) = { 0 };
	struct page page = { .run = run, .html = &html };
	struct err *err;

	err = html_create(path, run->file, &html);
	if (err)
		return err;
	html_out(&html, &page.out);
	err = show(&page, table);
	return err ? err : html_commit(&html);
}
