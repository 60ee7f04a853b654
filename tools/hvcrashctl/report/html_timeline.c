// SPDX-License-Identifier: GPL-2.0-only
/*
 * html_timeline.c - draws the crash path in time, and each VP below it
 *
 * Called by audit_page. All lanes share one scale, from the first stamp to the
 * last, so that a VP which held up the others stands out. The times in figures
 * are in a table beside: a step of a microsecond in a second is invisible.
 */
#include <string.h>

#include "registry/crash_times.h"
#include "report/html_timeline.h"

#define LEAST_PART 0.002
#define MAX_TICKS 6
/* A year: nothing of a crash path takes as long */
#define MAX_AXIS_US 31536000000000ULL

static __u64 find_last(const struct hvcrash_crash *crash)
{
	const __u64 stamps[] = {
		crash->tsc_parked,     crash->tsc_unload_begin,
		crash->tsc_unload_end, crash->tsc_revoke_begin,
		crash->tsc_revoke_end, crash->tsc_hash_end,
		crash->tsc_end,
	};
	__u64 last = 0;

	for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++)
		if (stamps[i] > last)
			last = stamps[i];
	return crash->tsc_begin && last > crash->tsc_begin ? last : 0;
}

/* "850 us", "12.5 ms", or ticks where their length is not known */
static void format_time(const struct hvcrash_crash *crash, __u64 from, __u64 to,
			char *buf, size_t bytes)
{
	__u64 us;

	if (!from || !to || to < from)
		snprintf(buf, bytes, "unknown");
	else if (!crash_times_elapsed_us(crash, from, to, &us))
		snprintf(buf, bytes, "%llu ticks", to - from);
	else if (us < 1000)
		snprintf(buf, bytes, "%llu \302\265s", us);
	else if (us < 1000000)
		snprintf(buf, bytes, "%.3g ms", (double)us / 1000);
	else
		snprintf(buf, bytes, "%.3g s", (double)us / 1000000);
}

static double position_of(const struct html_timeline *timeline, __u64 tsc)
{
	__u64 first = timeline->crash->tsc_begin;

	if (tsc <= first)
		return 0;
	if (tsc >= timeline->last)
		return 1;
	return (double)(tsc - first) / (double)(timeline->last - first);
}

/* Draws nothing if one of the stamps is missing */
static void put_span(struct html *html, const struct html_timeline *timeline,
		     const char *class, __u64 from, __u64 to, const char *title)
{
	double x = position_of(timeline, from);
	double width = position_of(timeline, to) - x;
	char time[64];

	if (!from || !to || to < from)
		return;
	if (width < LEAST_PART)
		width = LEAST_PART;
	if (x + width > 1)
		x = 1 - width;
	format_time(timeline->crash, from, to, time, sizeof(time));
	fprintf(html->to,
		"<rect class=\"%s\" x=\"%.3f%%\" y=\"0\" width=\"%.3f%%\" height=\"100%%\"><title>%s: %s</title></rect>\n",
		class, x * 100, width * 100, title, time);
}

static void put_lane_begin(struct html *html, const char *class,
			   const char *label)
{
	fprintf(html->to, "<svg class=\"%s\" role=\"img\" aria-label=\"%s\">\n",
		class, label);
}

static void put_path(struct html *html, const struct html_timeline *timeline,
		     const struct crash_times_step *steps)
{
	fputs("<div class=\"name\">crash path</div>\n", html->to);
	put_lane_begin(html, "all", "Steps of the crash path");
	for (int i = 0; i < CRASH_TIMES_NR_STEPS; i++) {
		char class[40];

		snprintf(class, sizeof(class), "work phase-%s", steps[i].name);
		put_span(html, timeline, class, steps[i].from, steps[i].to,
			 steps[i].name);
	}
	fputs("</svg>\n", html->to);
}

/* Ticks at 1, 2 or 5 times a power of ten */
static __u64 find_step(__u64 total_us)
{
	__u64 step = 1;

	for (;;) {
		if (total_us / step <= MAX_TICKS)
			return step;
		if (total_us / (2 * step) <= MAX_TICKS)
			return 2 * step;
		if (total_us / (5 * step) <= MAX_TICKS)
			return 5 * step;
		step *= 10;
	}
}

static void format_tick(__u64 us, char *buf, size_t bytes)
{
	if (us < 1000)
		snprintf(buf, bytes, "%llu \302\265s", us);
	else if (us < 1000000)
		snprintf(buf, bytes, "%g ms", (double)us / 1000);
	else
		snprintf(buf, bytes, "%g s", (double)us / 1000000);
}

/* Where the length of a tick of the TSC is not known there is no scale */
static void put_axis(struct html *html, const struct html_timeline *timeline)
{
	const struct hvcrash_crash *crash = timeline->crash;
	__u64 total_us, step;

	if (!crash_times_elapsed_us(crash, crash->tsc_begin, timeline->last,
				    &total_us) ||
	    !total_us || total_us > MAX_AXIS_US)
		return;
	step = find_step(total_us);
	html_axis_begin(html);
	html_axis_tick(html, 0, "0");
	for (__u64 us = step; us <= total_us; us += step) {
		char text[32];

		format_tick(us, text, sizeof(text));
		html_axis_tick(html, (double)us / (double)total_us, text);
	}
	html_axis_end(html);
}

static void put_figures(struct html *html, const struct html_timeline *timeline,
			const struct crash_times_step *steps)
{
	fputs("<table class=\"phases\">\n<thead><tr><th scope=\"col\">step</th><th scope=\"col\" class=\"number\">time</th></tr></thead>\n<tbody>\n",
	      html->to);
	for (int i = 0; i < CRASH_TIMES_NR_STEPS + 1; i++) {
		char time[64];

		format_time(timeline->crash, steps[i].from, steps[i].to, time,
			    sizeof(time));
		fprintf(html->to,
			"<tr><td><span class=\"swatch phase-%s\">%s</span></td><td class=\"number\">%s</td></tr>\n",
			steps[i].name, steps[i].name, time);
	}
	fputs("</tbody>\n</table>\n", html->to);
}

void html_timeline_begin(struct html *html, const struct hvcrash_crash *crash,
			 struct html_timeline *ret)
{
	struct crash_times_step steps[CRASH_TIMES_NR_STEPS + 1];

	*ret = (struct html_timeline){
		.crash = crash,
		.last = find_last(crash),
	};
	crash_times_steps(crash, steps);
	html_section_begin(html, "timeline", "Crash path");
	if (!ret->last) {
		html_note(html, "The registry holds no times.");
		return;
	}
	fputs("<div class=\"lanes\">\n", html->to);
	put_path(html, ret, steps);
}

bool html_timeline_has_lane(const struct hvcrash_vp *vp)
{
	return vp->state != HVCRASH_VP_ABSENT &&
	       vp->state != HVCRASH_VP_OFFLINE;
}

static void put_vp_name(struct html *html, const char *panicked,
			const struct hvcrash_vp *vp, bool is_silent)
{
	const char *silent =
		vp->tsc_parked ? ", did not revoke" : ", did not answer";

	fprintf(html->to, "<div class=\"name%s\">VP %u%s%s</div>\n",
		is_silent ? " silent" : "", vp->vp_index, panicked,
		is_silent ? silent : "");
}

void html_timeline_vp(struct html *html, struct html_timeline *timeline,
		      const struct hvcrash_vp *vp)
{
	const struct hvcrash_crash *crash = timeline->crash;
	bool is_silent = vp->state != HVCRASH_VP_REVOKED;
	__u64 arrived = vp->tsc_parked;
	__u64 begun = crash->tsc_revoke_begin;

	if (!timeline->last || !html_timeline_has_lane(vp))
		return;
	if (timeline->lanes >= HTML_TIMELINE_LANES) {
		timeline->lanes_not_drawn++;
		return;
	}
	timeline->lanes++;
	/* the VP that panicked arrives nowhere: it waits for the others */
	if (vp->vp_index == crash->vp_index && !arrived)
		arrived = crash->tsc_begin;
	put_vp_name(html, vp->vp_index == crash->vp_index ? ", panicked" : "",
		    vp, is_silent);
	put_lane_begin(html, "vp", "Times of this VP");
	put_span(html, timeline, "wait", arrived,
		 is_silent ? timeline->last : begun, "parked");
	if (!is_silent)
		put_span(html, timeline, "work phase-revoke",
			 arrived > begun ? arrived : begun, vp->tsc_revoked,
			 "revoke");
	fputs("</svg>\n", html->to);
}

void html_timeline_end(struct html *html, const struct html_timeline *timeline)
{
	struct crash_times_step steps[CRASH_TIMES_NR_STEPS + 1];

	if (timeline->last) {
		put_axis(html, timeline);
		fputs("</div>\n", html->to);
		if (timeline->lanes_not_drawn)
			html_note(
				html,
				"%u more VPs have no lane here: drawn are those that did not revoke, the one that panicked, and the slowest.",
				timeline->lanes_not_drawn);
		html_note(
			html,
			"The steps follow each other from left to right, in the order of the table.");
		crash_times_steps(timeline->crash, steps);
		put_figures(html, timeline, steps);
	}
	html_section_end(html);
}
