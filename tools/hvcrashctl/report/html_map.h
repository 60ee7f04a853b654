/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * html_map.h - the page's map of physical memory
 *
 * Called by audit_page. One bar for all memory, and below it each place
 * with regions, enlarged: a 4 KiB page on a machine with 1 TiB would be invisible
 * otherwise. Memory and output are bounded whatever the number of
 * regions, so these are passed three times: to find the end, the places, and
 * the contents of each.
 */
#ifndef HVCRASHCTL_HTML_MAP_H
#define HVCRASHCTL_HTML_MAP_H

#include <stdbool.h>
#include <linux/types.h>

#include "report/html.h"

#define HTML_MAP_BINS 500
#define HTML_MAP_PLACES 12
#define HTML_MAP_PLACE_BINS 200
#define HTML_MAP_RANGES 64
#define HTML_MAP_NAME_BYTES 64

/* Both bounds inclusive */
struct html_map_range {
	__u64 first;
	__u64 last;
};

/**
 * struct html_map_ranges - where something is, in ascending order
 * @nr: how many of @range
 * @not_kept: out of order, and no room
 * @gap: bytes between two of them that are drawn as if they were not there
 * @range: the ranges
 */
struct html_map_ranges {
	__u32 nr;
	__u32 not_kept;
	__u64 gap;
	struct html_map_range range[HTML_MAP_RANGES];
};

struct html_map_bin {
	__u32 regions;
	enum html_class class; /* the worst of them */
	bool is_inside;	       /* html_map_mark() says what that is */
	struct html_map_range range;
};

/* One region's name, or the first one's of several */
struct html_map_place_bin {
	__u32 regions;
	enum html_class class;
	char name[HTML_MAP_NAME_BYTES];
};

struct html_map_place {
	struct html_map_range range;
	enum html_class class;
	__u64 regions;
	__u32 nr_bins;
	struct html_map_place_bin bin[HTML_MAP_PLACE_BINS];
};

/**
 * struct html_map - a map that is being filled; zero at first
 * @ram: memory that the dump holds
 * @own: memory of the kernel that runs the audit
 * @reach: the highest address of all
 * @end: where the drawing ends, a round number
 * @is_live: the kernel has not crashed, so what is not checked is only shared
 */
struct html_map {
	struct html_map_ranges ram;
	struct html_map_ranges own;
	__u64 reach;
	double end;
	bool is_live;
	__u64 by_class[HTML_NR_CLASSES];
	struct html_map_bin bin[HTML_MAP_BINS];
	__u32 nr_places;
	__u32 places_not_kept;
	struct html_map_place place[HTML_MAP_PLACES];
};

/* First the ranges, and all regions' last bytes */
void html_map_add_ram(struct html_map *map, __u64 first, __u64 last);
void html_map_add_own(struct html_map *map, __u64 first, __u64 last);
void html_map_reach(struct html_map *map, __u64 last);

/* Then all regions, then all once more with their names */
/* @is_inside: not clean, and in the crash kernel's memory */
void html_map_mark(struct html_map *map, __u64 first, __u64 last,
		   enum html_class class, bool is_inside);
void html_map_find_places(struct html_map *map);
void html_map_name(struct html_map *map, __u64 first, __u64 last,
		   enum html_class class, const char *name);

void html_map_put(struct html *html, const struct html_map *map);

#endif
