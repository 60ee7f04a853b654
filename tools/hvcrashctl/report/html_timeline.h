/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * html_timeline.h - the page's timeline of the crash path
 *
 * Called by audit_page: begin, every VP, end. Drawn from the stamps in the
 * registry and from nothing else; a step without stamps is said to be unknown.
 */
#ifndef HVCRASHCTL_HTML_TIMELINE_H
#define HVCRASHCTL_HTML_TIMELINE_H

#include "hvcrash_abi.h"
#include "report/html.h"

/* More than a reader looks at: the caller brings the worst first */
#define HTML_TIMELINE_LANES 16

/**
 * struct html_timeline - a timeline that is being written
 * @crash: the crash path's report
 * @last: the latest stamp, where the drawing ends; 0 if there is none
 * @lanes: VPs drawn
 * @lanes_not_drawn: VPs that were not brought, or beyond HTML_TIMELINE_LANES
 */
struct html_timeline {
	const struct hvcrash_crash *crash;
	__u64 last;
	__u32 lanes;
	__u32 lanes_not_drawn;
};

/*
 * Neither VPs that were never online, nor those that went offline before the
 * crash
 */
bool html_timeline_has_lane(const struct hvcrash_vp *vp);
void html_timeline_begin(struct html *html, const struct hvcrash_crash *crash,
			 struct html_timeline *ret);
void html_timeline_vp(struct html *html, struct html_timeline *timeline,
		      const struct hvcrash_vp *vp);
void html_timeline_end(struct html *html, const struct html_timeline *timeline);

#endif
