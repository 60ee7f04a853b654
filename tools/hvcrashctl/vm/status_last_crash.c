// SPDX-License-Identifier: GPL-2.0-only
/*
 * status_last_crash.c - check: how the last crash of this machine went
 *
 * See status.h. The last crash is that of crash_history, whoever asked for it.
 * A marker (crash_marker.h) says that "hvcrashctl crash" was to make one: then
 * it also counts where nothing of it is found.
 */
#include <stdio.h>
#include <string.h>

#include "base/time_text.h"
#include "vm/crash_history.h"
#include "vm/crash_marker.h"
#include "vm/status.h"

/* The clock of the second kernel, and names that have the minute only */
#define CLOCK_SLACK_S 120

/* Warnings: after what was wrong is corrected, "hvcrashctl crash" has to go */
static void judge_dump(const struct crash_record *record, const char *what,
		       struct status_answer *ret)
{
	bool is_clean = !strcmp(record->verdict, "clean");

	if (!*record->verdict) {
		status_found(ret, STATUS_WARN,
			     "%s: %.80s, and no audit beside it", what,
			     record->path);
		status_advice(
			ret,
			"hvcrashctl audit %.200s; the hooks leave one: see hooks, crash-initrd",
			record->path);
		return;
	}
	status_found(ret, is_clean ? STATUS_OK : STATUS_WARN,
		     "%s: %.80s, %.80s", what, record->path,
		     record->verdict_line);
	if (!is_clean)
		status_advice(
			ret,
			"hvcrashctl crashes show %.100s, and the report beside the dump",
			record->id);
}

static void judge_without_dump(const struct status_facts *facts,
			       const struct crash_record *record,
			       const char *what, struct status_answer *ret)
{
	bool is_elsewhere = facts->kdump.target_kind != KDUMP_TARGET_DIRECTORY;
	bool is_clean = !strcmp(record->verdict, "clean");

	if (is_elsewhere && *record->verdict) {
		status_found(ret, is_clean ? STATUS_OK : STATUS_WARN,
			     "%s: the dump did not stay here, %.80s", what,
			     record->verdict_line);
		return;
	}
	status_found(ret, STATUS_WARN, "%s: no dump was saved%s%.160s", what,
		     *record->why ? ": " : "", record->why);
	status_advice(
		ret,
		"hvcrashctl crash, with an eye on the serial console: it shows where the crash kernel stops");
}

static void judge(const struct status_facts *facts,
		  const struct crash_record *record, const char *what,
		  struct status_answer *ret)
{
	switch (record->saved) {
	case CRASH_SAVED_DUMP:
		judge_dump(record, what, ret);
		return;
	case CRASH_SAVED_PART:
		status_found(ret, STATUS_WARN,
			     "%s: %.80s is not complete%s%.120s", what,
			     record->path, *record->why ? ": " : "",
			     record->why);
		status_advice(
			ret,
			"room on the target, memory for the crash kernel: see space, crashkernel");
		return;
	case CRASH_SAVED_LOG:
		status_found(
			ret, STATUS_WARN,
			"%s: its dmesg was saved, the dump was not: %.120s",
			what, *record->why ? record->why : record->path);
		status_advice(
			ret,
			"room on the target, memory for the crash kernel: see space, crashkernel, makedumpfile");
		return;
	case CRASH_SAVED_NOTHING:
		judge_without_dump(facts, record, what, ret);
	}
}

static const char *show_minute(__u64 seconds, char buf[TIME_TEXT_BYTES])
{
	return time_text_utc(seconds, "%Y-%m-%d %H:%M UTC", buf) ?:
		       time_text_number(seconds, buf);
}

/* There is no trace of the crash that the marker announced */
static void judge_marker_alone(const struct status_facts *facts,
			       const char *what, struct status_answer *ret)
{
	if (facts->kdump.target_kind != KDUMP_TARGET_DIRECTORY) {
		status_found(ret, STATUS_UNKNOWN,
			     "%s: the dump did not stay here", what);
		return;
	}
	status_found(ret, STATUS_WARN, "%s: no dump in %.60s since", what,
		     facts->kdump.target);
	status_advice(
		ret,
		"hvcrashctl crash again, with an eye on the serial console");
}

static bool is_own_boot(const struct sysroot *sysroot,
			const struct crash_marker *marker)
{
	char boot_id[64];

	sysroot_read(sysroot, "/proc/sys/kernel/random/boot_id", boot_id,
		     sizeof(boot_id));
	return !strcmp(boot_id, marker->boot_id);
}

static void judge_last(const struct status_facts *facts,
		       const struct crash_history *history,
		       struct status_answer *ret)
{
	const struct crash_record *last = history->nr ? history->record : NULL;
	struct crash_marker marker;
	char what[120], when[TIME_TEXT_BYTES];
	bool has_marker = crash_marker_read(&facts->sysroot, &marker);
	__u64 from = marker.seconds > CLOCK_SLACK_S ?
			     marker.seconds - CLOCK_SLACK_S :
			     0;

	if (has_marker)
		snprintf(what, sizeof(what), "%s on CPU %llu, %s", marker.how,
			 marker.cpu, show_minute(marker.seconds, when));
	if (has_marker && is_own_boot(&facts->sysroot, &marker)) {
		status_found(ret, STATUS_WARN,
			     "%s: this kernel has not crashed", what);
		status_advice(ret, "dmesg may tell why");
	} else if (has_marker && (!last || last->seconds < from)) {
		judge_marker_alone(facts, what, ret);
	} else if (last) {
		/* a crash long after the announced one is a different one */
		if (!has_marker ||
		    last->seconds > marker.seconds + CRASH_HISTORY_SAME_S)
			snprintf(what, sizeof(what), "%s%s%.60s",
				 show_minute(last->seconds, when),
				 *last->panic ? ", " : "", last->panic);
		judge(facts, last, what, ret);
	} else if (history->nr_unreadable) {
		status_found(ret, STATUS_UNKNOWN, "%.100s cannot be read",
			     history->unreadable);
	} else {
		status_found(ret, STATUS_NEUTRAL, "no crash is known");
	}
}

void status_last_crash(const struct status_facts *facts,
		       struct status_answer *ret)
{
	struct crash_history history;
	struct err *err =
		crash_history_read(&facts->sysroot, &facts->kdump, &history);

	if (err) {
		/* out of memory: STATUS_UNKNOWN stays */
		err_destroy(err);
		return;
	}
	judge_last(facts, &history, ret);
	crash_history_deinit(&history);
}
