// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit_page.c - decides what is on the page, and in which order
 *
 * Called by verb_audit. Gives the audit's records to the drawings and to the
 * table; knows no HTML. The table of a page is bounded, since a browser has to
 * load it: what is not clean comes first, and what is omitted is mentioned.
 */
#include <stdio.h>
#include <stdlib.h>

#include "audit/rows.h"
#include "audit/summary.h"
#include "registry/names.h"
#include "report/audit_page.h"
#include "report/html.h"
#include "report/html_map.h"
#include "report/html_timeline.h"

#define MAX_ROWS 4000
/* More would push the drawings off the screen */
#define MAX_OPEN_ROWS 24
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
				      class,
				      result.is_in_ram &&
					      !audit_is_fine(result.finding));
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
		if (!result.is_in_ram || audit_is_fine(result.finding))
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
	map->is_live = run->audit.header->phase == HVCRASH_PHASE_LIVE;
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

#define SLOWEST 4

/**
 * struct vps - which VPs of many have a lane
 * @nr: that could have one
 * @slowest: when the slowest of those that revoked were done, the latest first
 */
struct vps {
	__u32 nr;
	__u64 slowest[SLOWEST];
};

enum pass_of_vps { VPS_COUNT, VPS_SILENT, VPS_PANICKED, VPS_SLOW, VPS_OTHERS };

static void count_vp(struct vps *vps, const struct hvcrash_vp *vp)
{
	__u64 done = vp->tsc_revoked;

	vps->nr++;
	for (int i = 0; i < SLOWEST; i++) {
		__u64 other = vps->slowest[i];

		if (done <= other)
			continue;
		vps->slowest[i] = done;
		done = other;
	}
}

static enum pass_of_vps pass_of(const struct page *page, const struct vps *vps,
				const struct hvcrash_vp *vp)
{
	if (vp->state != HVCRASH_VP_REVOKED)
		return VPS_SILENT;
	if (vp->vp_index == page->run->image->header.crash.vp_index)
		return VPS_PANICKED;
	return vp->tsc_revoked >= vps->slowest[SLOWEST - 1] ? VPS_SLOW :
							      VPS_OTHERS;
}

static struct err *add_vps(const struct page *page, struct vps *vps,
			   struct html_timeline *timeline,
			   enum pass_of_vps pass, bool is_all)
{
	struct image_iter iter;
	struct hvcrash_vp vp;
	struct err *err;
	bool is_end;

	image_iter_init(&iter, page->run->image, HVCRASH_CHUNK_VPS);
	while (!(err = image_next_vp(&iter, &vp, &is_end)) && !is_end) {
		if (!html_timeline_has_lane(&vp))
			continue;
		if (pass == VPS_COUNT)
			count_vp(vps, &vp);
		else if (is_all || pass_of(page, vps, &vp) == pass)
			html_timeline_vp(page->html, timeline, &vp);
	}
	return err;
}

/* In their order where all have a lane, else those that matter first */
static struct err *show_lanes(const struct page *page,
			      struct html_timeline *timeline)
{
	struct vps vps = { 0 };
	struct err *err = add_vps(page, &vps, timeline, VPS_COUNT, false);

	if (!err && vps.nr <= HTML_TIMELINE_LANES)
		return add_vps(page, &vps, timeline, VPS_OTHERS, true);
	for (int pass = VPS_SILENT; !err && pass < VPS_OTHERS; pass++)
		err = add_vps(page, &vps, timeline, (enum pass_of_vps)pass,
			      false);
	timeline->lanes_not_drawn = vps.nr - timeline->lanes;
	return err;
}

/* The registry of a kernel that has not crashed says nothing about any VP */
static struct err *show_timeline(const struct page *page)
{
	const struct hvcrash_header *header = &page->run->image->header;
	struct html_timeline timeline;
	struct err *err;

	if (header->phase != HVCRASH_PHASE_CRASHING &&
	    header->phase != HVCRASH_PHASE_FINISHED)
		return NULL;
	html_timeline_begin(page->html, &header->crash, &timeline);
	err = show_lanes(page, &timeline);
	html_timeline_end(page->html, &timeline);
	return err;
}

/* Rows number @first to @last, of all that are counted in @number */
struct row_range {
	__u64 first, last;
	__u64 number;
};

/* The rows of the findings in @mask: bit N is enum audit_finding N */
static struct err *add_rows(struct page *page, __u32 mask,
			    struct row_range *range, struct rows_words *words)
{
	struct out_cell cells[OUT_MAX_COLUMNS];
	struct hvcrash_extent extent;
	struct audit_result result;
	struct audit_walk walk;
	struct err *err = NULL;
	bool is_end;

	audit_walk_init(&walk, page->run);
	while (!err) {
		err = audit_walk_next(&walk, &extent, &result, &is_end);
		if (err || is_end)
			break;
		if (!(mask & 1U << result.finding))
			continue;
		range->number++;
		if (range->number < range->first || range->number > range->last)
			continue;
		rows_add_words(&extent, words);
		rows_make(&extent, &page->run->channels, &result, cells);
		err = out_row(&page->out, cells);
	}
	return err;
}

/*
 * Rows number @first to @last of those that are fine, or are not: the worst
 * first
 */
static struct err *show_rows(struct page *page, const struct out_table *table,
			     bool is_fine, __u64 first, __u64 last)
{
	static const enum audit_finding wrong[] = { AUDIT_LEFT_SHARED,
						    AUDIT_CHANGED,
						    AUDIT_NOT_CHECKED };
	struct row_range range = { .first = first, .last = last };
	struct rows_words words = { 0 };
	struct err *err;

	err = out_table_begin(&page->out, table);
	if (!err && is_fine)
		err = add_rows(page,
			       1U << AUDIT_EXTENT_CLEAN |
				       1U << AUDIT_REVOKED_LATE,
			       &range, &words);
	for (size_t i = 0; !err && !is_fine && i < 3; i++)
		if (page->run->audit.regions[wrong[i]])
			err = add_rows(page, 1U << wrong[i], &range, &words);
	if (err)
		return err;
	err = out_table_end(&page->out);
	if (!err && first == 1)
		rows_explain(&page->out, &words);
	if (!err && range.number > MAX_ROWS && last == MAX_ROWS)
		html_note(page->html, "%llu more regions are not listed here.",
			  range.number - MAX_ROWS);
	return err;
}

static __u64 fine_regions(const struct audit *audit)
{
	return audit->regions[AUDIT_EXTENT_CLEAN] +
	       audit->regions[AUDIT_REVOKED_LATE];
}

static __u64 other_regions(const struct audit *audit)
{
	return audit->regions[AUDIT_LEFT_SHARED] +
	       audit->regions[AUDIT_CHANGED] +
	       audit->regions[AUDIT_NOT_CHECKED];
}

static struct err *show_closed(struct page *page, const struct out_table *table,
			       const char *id, const char *what, __u64 nr,
			       bool is_fine)
{
	struct err *err;

	if (!nr)
		return NULL;
	html_details_begin(page->html, id, "%llu region%s %s", nr,
			   nr == 1 ? "" : "s", what);
	err = show_rows(page, table, is_fine, 1, MAX_ROWS);
	html_details_end(page->html);
	return err;
}

/*
 * Directly below the verdict: the reasons for it, and what the words mean.
 * Omitted if the only reason is a single gap, which the verdict names itself.
 */
static struct err *show_wrong(struct page *page, const struct out_table *table)
{
	const struct audit *audit = &page->run->audit;
	__u64 wrong = other_regions(audit);
	bool has_gaps = audit->nr_gaps > 1 ||
			(audit->nr_gaps && audit->verdict == AUDIT_NOT_CLEAN);
	struct err *err = NULL;

	if (audit->header->phase == HVCRASH_PHASE_LIVE)
		return show_closed(page, table, "live", "shared now", wrong,
				   false);
	if (!wrong && !has_gaps)
		return NULL;
	html_section_begin(page->html, "wrong", "What is wrong");
	if (wrong)
		err = show_rows(page, table, false, 1, MAX_OPEN_ROWS);
	if (!err && wrong > MAX_OPEN_ROWS) {
		html_details_begin(page->html, "more", "%llu more",
				   wrong - MAX_OPEN_ROWS);
		err = show_rows(page, table, false, MAX_OPEN_ROWS + 1,
				MAX_ROWS);
		html_details_end(page->html);
	}
	if (!err && has_gaps)
		summary_gaps(&page->out, audit);
	html_section_end(page->html);
	return err;
}

static struct err *show(struct page *page, const struct out_table *table)
{
	const struct audit *audit = &page->run->audit;
	char *text guarded_free = audit_verdict_text(audit);
	struct out_head head;
	struct err *err;

	if (!text)
		return err_create(ERR_IO, "out of memory");
	summary_head(audit, text, &head);
	out_begin(&page->out, "");
	out_head(&page->out, &head);
	err = show_wrong(page, table);
	if (!err && fine_regions(audit) + other_regions(audit))
		err = show_map(page);
	if (!err)
		err = show_timeline(page);
	if (err)
		return err;
	summary_show(&page->out, audit, &page->run->origin,
		     &page->run->reasons);
	if (!err)
		err = show_closed(page, table, "clean", "clean",
				  fine_regions(audit), true);
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
