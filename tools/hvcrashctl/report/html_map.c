// SPDX-License-Identifier: GPL-2.0-only
/*
 * html_map.c - draws physical memory
 *
 * Called by audit_page. The bars are pictures without text, as wide as there is
 * room; all text is beside them, so that it can be read on any screen. Where
 * several regions share a spot the worst one determines how it looks, and never
 * by colour alone: what is not clean is taller, and hatched.
 */
#include <string.h>

#include "report/html_map.h"

/* Minimum width of anything drawn, as part of the bar's width */
#define LEAST_PART 0.004
#define LEAST_RANGE 0.0005
#define PAGE_BYTES 4096
/* More than any machine's memory */
#define LARGEST_GAP (1ULL << 56)

static bool is_close(const struct html_map_ranges *ranges,
		     const struct html_map_range *before, __u64 first)
{
	return first > before->last && first - before->last - 1 <= ranges->gap;
}

/*
 * A compressed dump may have any number of ranges: the smallest gaps are
 * dropped first
 */
static void join_close(struct html_map_ranges *ranges)
{
	__u32 last = 0;

	ranges->gap = ranges->gap ? 2 * ranges->gap : PAGE_BYTES;
	for (__u32 i = 1; i < ranges->nr; i++) {
		if (is_close(ranges, &ranges->range[last],
			     ranges->range[i].first))
			ranges->range[last].last = ranges->range[i].last;
		else
			ranges->range[++last] = ranges->range[i];
	}
	ranges->nr = last + 1;
}

static void add_range(struct html_map_ranges *ranges, __u64 first, __u64 last)
{
	while (ranges->nr == HTML_MAP_RANGES && ranges->gap < LARGEST_GAP)
		join_close(ranges);
	/* neighbours, as /proc/vmcore lists them */
	if (ranges->nr &&
	    is_close(ranges, &ranges->range[ranges->nr - 1], first)) {
		ranges->range[ranges->nr - 1].last = last;
		return;
	}
	if (ranges->nr == HTML_MAP_RANGES) {
		ranges->not_kept++;
		return;
	}
	ranges->range[ranges->nr++] = (struct html_map_range){ first, last };
}

void html_map_reach(struct html_map *map, __u64 last)
{
	if (last > map->reach)
		map->reach = last;
}

void html_map_add_ram(struct html_map *map, __u64 first, __u64 last)
{
	add_range(&map->ram, first, last);
	html_map_reach(map, last);
}

void html_map_add_own(struct html_map *map, __u64 first, __u64 last)
{
	add_range(&map->own, first, last);
	html_map_reach(map, last);
}

/* 1, 1.5 or 2 times a power of two: its quarters are round, too */
static double round_up(__u64 reach)
{
	double end = 16 * PAGE_BYTES;

	while (end < (double)reach) {
		if (end * 1.5 >= (double)reach)
			return end * 1.5;
		end *= 2;
	}
	return end;
}

static size_t bin_of(const struct html_map *map, __u64 gpa)
{
	size_t bin = (size_t)((double)gpa / map->end * HTML_MAP_BINS);

	return bin < HTML_MAP_BINS ? bin : HTML_MAP_BINS - 1;
}

void html_map_mark(struct html_map *map, __u64 first, __u64 last,
		   enum html_class class, bool is_inside)
{
	if (!(map->end > 0))
		map->end = round_up(map->reach);
	map->by_class[class]++;
	for (size_t i = bin_of(map, first); i <= bin_of(map, last); i++) {
		struct html_map_bin *bin = &map->bin[i];

		if (!bin->regions || class > bin->class)
			bin->class = class;
		if (!bin->regions || first < bin->range.first)
			bin->range.first = first;
		if (!bin->regions || last > bin->range.last)
			bin->range.last = last;
		bin->is_inside |= is_inside;
		bin->regions++;
	}
}

/* The place to replace by a worse one, or -1 */
static int find_better(const struct html_map *map, enum html_class class)
{
	int found = -1;

	for (__u32 i = 0; i < map->nr_places; i++)
		if (map->place[i].class < class &&
		    (found < 0 ||
		     map->place[i].class < map->place[found].class))
			found = (int)i;
	return found;
}

static void add_place(struct html_map *map, const struct html_map_place *place)
{
	int better;

	if (map->nr_places < HTML_MAP_PLACES) {
		map->place[map->nr_places++] = *place;
		return;
	}
	map->places_not_kept++;
	better = find_better(map, place->class);
	if (better < 0)
		return;
	/* in the order of addresses still */
	memmove(&map->place[better], &map->place[better + 1],
		(map->nr_places - 1 - (size_t)better) * sizeof(*map->place));
	map->place[map->nr_places - 1] = *place;
}

static void set_bins(struct html_map_place *place)
{
	__u64 pages;

	place->range.first &= ~(__u64)(PAGE_BYTES - 1);
	pages = (place->range.last - place->range.first) / PAGE_BYTES + 1;
	place->nr_bins = pages < HTML_MAP_PLACE_BINS ? (__u32)pages :
						       HTML_MAP_PLACE_BINS;
}

/* Regions in neighbouring bins are one place */
void html_map_find_places(struct html_map *map)
{
	struct html_map_place place = { 0 };

	for (size_t i = 0; i <= HTML_MAP_BINS; i++) {
		const struct html_map_bin *bin = &map->bin[i];

		if (i == HTML_MAP_BINS || !bin->regions) {
			if (place.range.last)
				add_place(map, &place);
			place.range.last = 0;
			continue;
		}
		if (!place.range.last) {
			place.range = bin->range;
			place.class = bin->class;
		}
		if (bin->range.last > place.range.last)
			place.range.last = bin->range.last;
		if (bin->class > place.class)
			place.class = bin->class;
	}
	for (__u32 i = 0; i < map->nr_places; i++)
		set_bins(&map->place[i]);
}

static double position_in(const struct html_map_range *range, __u64 gpa)
{
	double bytes = (double)(range->last - range->first) + 1;

	if (gpa < range->first)
		return 0;
	if (gpa > range->last)
		return 1;
	return (double)(gpa - range->first) / bytes;
}

static size_t place_bin_of(const struct html_map_place *place, __u64 gpa)
{
	size_t bin = (size_t)(position_in(&place->range, gpa) * place->nr_bins);

	return bin < place->nr_bins ? bin : place->nr_bins - 1;
}

static void name_in_place(struct html_map_place *place, __u64 first, __u64 last,
			  enum html_class class, const char *name)
{
	size_t end = place_bin_of(place, last);

	place->regions++;
	for (size_t i = place_bin_of(place, first); i <= end; i++) {
		struct html_map_place_bin *bin = &place->bin[i];

		/* the worst one gives the name as well */
		if (!bin->regions || class > bin->class) {
			bin->class = class;
			snprintf(bin->name, sizeof(bin->name), "%s", name);
		}
		bin->regions++;
	}
}

void html_map_name(struct html_map *map, __u64 first, __u64 last,
		   enum html_class class, const char *name)
{
	for (__u32 i = 0; i < map->nr_places; i++) {
		struct html_map_place *place = &map->place[i];

		if (first <= place->range.last && last >= place->range.first)
			name_in_place(place, first, last, class, name);
	}
}

/*
 * A title and the end tag are the caller's next. Percentages and not a viewBox:
 * a stretched picture would stretch the hatching, too.
 */
static void put_rect(struct html *html, const char *class, double from,
		     double to, double least, bool is_full)
{
	double width = to - from;

	if (width < least)
		width = least;
	if (from + width > 1)
		from = 1 - width;
	fprintf(html->to,
		"<rect class=\"%s\" x=\"%.3f%%\" y=\"%d%%\" width=\"%.3f%%\" height=\"%d%%\">",
		class, from * 100, is_full ? 0 : 30, width * 100,
		is_full ? 100 : 40);
}

/* Regions that are not clean are as high as the bar, and hatched */
static void put_region(struct html *html, enum html_class class, double from,
		       double to)
{
	char name[32];

	snprintf(name, sizeof(name), "region %s", html_class_name(class));
	put_rect(html, name, from, to, LEAST_PART, class > HTML_LATE);
}

static void put_ranges(struct html *html, const struct html_map_ranges *ranges,
		       const struct html_map_range *shown, const char *class,
		       const char *title)
{
	for (__u32 i = 0; i < ranges->nr; i++) {
		const struct html_map_range *range = &ranges->range[i];

		if (range->last < shown->first || range->first > shown->last)
			continue;
		put_rect(html, class, position_in(shown, range->first),
			 position_in(shown, range->last), LEAST_RANGE, true);
		fprintf(html->to, "<title>%s: 0x%llx-0x%llx</title></rect>\n",
			title, range->first, range->last);
	}
}

static void put_bar_begin(struct html *html, const char *class,
			  const char *label)
{
	fprintf(html->to, "<svg class=\"%s\" role=\"img\" aria-label=\"%s\">\n",
		class, label);
}

static void put_memory(struct html *html, const struct html_map *map,
		       const struct html_map_range *shown)
{
	put_ranges(html, &map->ram, shown, "ram", "memory in the dump");
	put_ranges(html, &map->own, shown, "own", "crash kernel");
}

/* Ends at 1 or 1.5 times a power of two: quarters or thirds are round */
static void put_axis(struct html *html, const struct html_map *map)
{
	bool is_power = true;
	int ticks;

	for (double end = 16 * PAGE_BYTES; end < map->end; end *= 2)
		is_power = end * 2 <= map->end;
	ticks = is_power ? 4 : 3;
	html_axis_begin(html);
	html_axis_tick(html, 0, "0");
	for (int i = 1; i <= ticks; i++) {
		double at = map->end / ticks * i;
		char buf[HTML_SIZE_BYTES];

		/* 2^64 itself does not fit into the number */
		html_size(at < 0x1p64 ? (unsigned long long)at : ~0ULL, buf);
		html_axis_tick(html, (double)i / ticks, buf);
	}
	html_axis_end(html);
}

/* A region that is not clean, in memory that the crash kernel runs in */
static void put_inside(struct html *html, const struct html_map *map)
{
	for (size_t i = 0; i < HTML_MAP_BINS; i++) {
		const struct html_map_bin *bin = &map->bin[i];

		if (!bin->is_inside)
			continue;
		put_rect(html, "inside", (double)i / HTML_MAP_BINS,
			 (double)(i + 1) / HTML_MAP_BINS, 2 * LEAST_PART, true);
		fprintf(html->to,
			"<title>not clean, and in the crash kernel's memory: 0x%llx-0x%llx</title></rect>\n",
			bin->range.first, bin->range.last);
	}
}

static void put_regions(struct html *html, const struct html_map *map)
{
	for (size_t i = 0; i < HTML_MAP_BINS; i++) {
		const struct html_map_bin *bin = &map->bin[i];

		if (!bin->regions)
			continue;
		put_region(html, bin->class, (double)i / HTML_MAP_BINS,
			   (double)(i + 1) / HTML_MAP_BINS);
		fprintf(html->to, "<title>0x%llx-0x%llx</title></rect>\n",
			bin->range.first, bin->range.last);
	}
}

static void put_whole(struct html *html, const struct html_map *map)
{
	struct html_map_range whole = { 0, ~0ULL };

	if (map->end < 0x1p64)
		whole.last = (__u64)map->end - 1;
	fputs("<div class=\"lanes\">\n", html->to);
	if (map->ram.nr) {
		fputs("<div class=\"name\">in the dump</div>\n", html->to);
		put_bar_begin(html, "memory", "Memory that the dump holds");
		put_ranges(html, &map->ram, &whole, "ram",
			   "memory in the dump");
		fputs("</svg>\n", html->to);
	}
	if (map->own.nr) {
		fputs("<div class=\"name\">crash kernel</div>\n", html->to);
		put_bar_begin(html, "memory", "Memory of the crash kernel");
		put_ranges(html, &map->own, &whole, "own", "crash kernel");
		put_inside(html, map);
		fputs("</svg>\n", html->to);
	}
	fputs("<div class=\"name\">shared pages</div>\n", html->to);
	put_bar_begin(html, "memory all", "Regions of shared pages");
	put_regions(html, map);
	fputs("</svg>\n", html->to);
	put_axis(html, map);
	fputs("</div>\n", html->to);
}

/* The bins from @first on that show one and the same region */
static __u32 end_of_region(const struct html_map_place *place, __u32 first)
{
	const struct html_map_place_bin *bin = &place->bin[first];
	__u32 end = first + 1;

	while (end < place->nr_bins && bin->regions == 1 &&
	       place->bin[end].regions == 1 &&
	       !strcmp(place->bin[end].name, bin->name))
		end++;
	return end;
}

static void put_place_bins(struct html *html,
			   const struct html_map_place *place)
{
	double part = 1.0 / place->nr_bins;
	/* regions side by side stay apart to the eye */
	double gap = part < 0.01 ? 0 : part < 0.1 ? part * 0.06 : 0.002;
	__u32 end;

	for (__u32 i = 0; i < place->nr_bins; i = end) {
		const struct html_map_place_bin *bin = &place->bin[i];

		end = end_of_region(place, i);
		if (!bin->regions)
			continue;
		put_region(html, bin->class, i * part + gap, end * part - gap);
		fputs("<title>", html->to);
		html_text(html, bin->name);
		if (bin->regions > 1)
			fprintf(html->to, ", and %u more", bin->regions - 1);
		fputs("</title></rect>\n", html->to);
	}
}

static void put_place(struct html *html, const struct html_map *map,
		      const struct html_map_place *place)
{
	char size[HTML_SIZE_BYTES];

	html_size(place->range.last - place->range.first + 1, size);
	fputs("<figure>\n<figcaption><span class=\"span\">", html->to);
	fprintf(html->to, "0x%llx&#8211;0x%llx</span><span>%s, %llu region%s",
		place->range.first, place->range.last, size, place->regions,
		place->regions == 1 ? "" : "s");
	fputs("</span></figcaption>\n", html->to);
	put_bar_begin(html, "part", "The regions in this place");
	put_memory(html, map, &place->range);
	put_place_bins(html, place);
	fputs("</svg>\n</figure>\n", html->to);
}

static void put_legend(struct html *html, const struct html_map *map)
{
	static const char *const words[HTML_NR_CLASSES] = {
		[HTML_CLEAN] = "clean",
		[HTML_LATE] = "revoked late",
		[HTML_UNKNOWN] = "not checked",
		[HTML_CHANGED] = "changed after revoke",
		[HTML_LEFT] = "left shared",
	};

	fputs("<ul class=\"legend\">\n", html->to);
	for (int i = HTML_NR_CLASSES - 1; i >= 0; i--)
		if (map->by_class[i])
			fprintf(html->to,
				"<li><svg class=\"sample\" aria-hidden=\"true\"><rect class=\"region %s\" width=\"100%%\" height=\"100%%\"/></svg>%s, %llu region%s</li>\n",
				html_class_name((enum html_class)i),
				map->is_live && i == HTML_UNKNOWN ?
					"shared now" :
					words[i],
				map->by_class[i],
				map->by_class[i] == 1 ? "" : "s");
	fputs("</ul>\n", html->to);
}

/* The hatching of what is not clean: lines up, lines down, dots */
static const char patterns[] =
	"<svg class=\"patterns\" aria-hidden=\"true\"><defs>\n"
	"<pattern id=\"hatch-left\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
	"<rect class=\"tone\" width=\"6\" height=\"6\"/><rect class=\"line\" width=\"2\" height=\"6\"/></pattern>\n"
	"<pattern id=\"hatch-changed\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-45)\">"
	"<rect class=\"tone\" width=\"6\" height=\"6\"/><rect class=\"line\" width=\"3\" height=\"6\"/></pattern>\n"
	"<pattern id=\"hatch-unknown\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">"
	"<rect class=\"tone\" width=\"5\" height=\"5\"/><circle class=\"line\" cx=\"2.5\" cy=\"2.5\" r=\"1.2\"/></pattern>\n"
	"</defs></svg>\n";

void html_map_put(struct html *html, const struct html_map *map)
{
	__u32 not_kept = map->ram.not_kept + map->own.not_kept;

	fputs(patterns, html->to);

	put_legend(html, map);
	put_whole(html, map);
	for (__u32 i = 0; i < map->nr_places; i++)
		put_place(html, map, &map->place[i]);
	if (map->places_not_kept)
		fprintf(html->to,
			"<p class=\"note\">%u more places are not enlarged.</p>\n",
			map->places_not_kept);
	if (map->ram.gap)
		fprintf(html->to,
			"<p class=\"note\">Gaps of up to %llu KiB in the memory of the dump are not drawn.</p>\n",
			map->ram.gap / 1024);
	if (not_kept)
		fprintf(html->to,
			"<p class=\"note\">%u more ranges of memory are not drawn.</p>\n",
			not_kept);
}
