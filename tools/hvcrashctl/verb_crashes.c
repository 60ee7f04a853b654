// SPDX-License-Identifier: GPL-2.0-only
/*
 * verb_crashes.c - hvcrashctl crashes: the crashes of this machine
 *
 * Called by main(). Shows a table, the newest first, or with an ID everything
 * known about one crash, from crash_history.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/pager.h"
#include "base/time_text.h"
#include "verbs.h"
#include "vm/crash_history.h"
#include "vm/kdump_config.h"

struct crashes_options {
	struct opts_common common;
	const char *root;
	const char *since;
	bool has_no_pager;
};

static const struct opts_desc crashes_options[] = {
	{ "since", 0, "TIME", NULL,
	  "crashes from then on: YYYY-MM-DD [HH:MM[:SS]], yesterday, '2 days ago'",
	  OPTS_TEXT(struct crashes_options, since) },
	{ "no-pager", 0, NULL, NULL,
	  "do not show a long list a screen at a time",
	  OPTS_FLAG(struct crashes_options, has_no_pager) },
	{ "sysroot", 0, "DIR", NULL, "look at the system below DIR",
	  OPTS_TEXT(struct crashes_options, root) },
	{ 0 },
};

enum {
	COL_TIME,
	COL_VERDICT,
	COL_SAVED,
	COL_SIZE,
	COL_KERNEL,
	COL_PANIC,
	COL_ID,
	COL_PATH,
	COL_PARTS,
	COL_WHY,
	NR_COLUMNS
};

static const struct out_column columns[] = {
	[COL_TIME] = { "TIME", "time", "when it crashed, this machine's time",
		       OUT_TEXT, true, OUT_FIT_COLUMN },
	[COL_VERDICT] = { "VERDICT", "verdict", "what the audit found",
			  OUT_TEXT, true, OUT_FIT_COLUMN },
	[COL_SAVED] = { "SAVED", "saved",
			"dump, incomplete, log only, or nothing", OUT_TEXT,
			true, OUT_FIT_COLUMN },
	[COL_SIZE] = { "SIZE", "bytes", "of the dump, all parts together",
		       OUT_NUMBER, true, OUT_FIT_COLUMN },
	[COL_KERNEL] = { "KERNEL", "kernel", "release of the crashed kernel",
			 OUT_TEXT, true, OUT_FIT_COLUMN },
	[COL_PANIC] = { "PANIC", "panic", "its panic line", OUT_TEXT, true,
			OUT_FIT_NOTE },
	[COL_ID] = { "ID", "id", "for 'crashes show ID'", OUT_TEXT, true,
		     OUT_FIT_COLUMN },
	[COL_PATH] = { "PATH", "path", "where it is", OUT_TEXT, false,
		       OUT_FIT_WRAP },
	[COL_PARTS] = { "PARTS", "parts", "files of a dump that was split",
			OUT_NUMBER, false, OUT_FIT_COLUMN },
	[COL_WHY] = { "WHY", "why", "why no dump was saved", OUT_TEXT, false,
		      OUT_FIT_NOTE },
};

static const size_t nr_columns = NR_COLUMNS;

static const char *show_time(__u64 seconds, char buf[TIME_TEXT_BYTES])
{
	return time_text_local(seconds, "%Y-%m-%d %H:%M:%S", buf) ?:
		       time_text_number(seconds, buf);
}

static enum out_mood mood_of(const struct crash_record *record)
{
	if (!*record->verdict)
		return OUT_PLAIN;
	if (!strcmp(record->verdict, "clean"))
		return OUT_GOOD;
	return strcmp(record->verdict, "not clean") ? OUT_DOUBTFUL : OUT_BAD;
}

static void set_row(const struct crash_record *record, struct out_cell *cells)
{
	char when[TIME_TEXT_BYTES];

	memset(cells, 0, NR_COLUMNS * sizeof(*cells));
	out_set_text(&cells[COL_TIME], show_time(record->seconds, when));
	if (*record->verdict)
		out_set_text(&cells[COL_VERDICT], record->verdict);
	cells[COL_VERDICT].mood = mood_of(record);
	out_set_text(&cells[COL_SAVED], crash_saved_name(record->saved));
	if (record->saved != CRASH_SAVED_DUMP)
		cells[COL_SAVED].mood = OUT_BAD;
	if (record->saved >= CRASH_SAVED_PART) {
		out_set_number(&cells[COL_SIZE], record->bytes);
		out_set_number(&cells[COL_PARTS], record->parts);
	}
	if (*record->kernel)
		out_set_text(&cells[COL_KERNEL], record->kernel);
	if (*record->panic)
		out_set_text(&cells[COL_PANIC], record->panic);
	out_set_text(&cells[COL_ID], record->id);
	if (*record->path)
		out_set_text(&cells[COL_PATH], record->path);
	if (*record->why)
		out_set_text(&cells[COL_WHY], record->why);
}

/* For a person, of one crash */
static void show_lines(struct out *out, const struct crash_record *record)
{
	char when[TIME_TEXT_BYTES];

	out_line(out, "Crashed", "%s%s", show_time(record->seconds, when),
		 record->is_exact ? "" : " (by what was saved)");
	out_line(out, "Kernel", "%s",
		 *record->kernel ? record->kernel : "not known");
	out_line(out, "Panic", "%s",
		 *record->panic ? record->panic : "not known");
	if (record->parts > 1)
		out_line(out, "Saved", "%s, %llu bytes in %u parts",
			 crash_saved_name(record->saved), record->bytes,
			 record->parts);
	else if (record->saved >= CRASH_SAVED_PART)
		out_line(out, "Saved", "%s, %llu bytes",
			 crash_saved_name(record->saved), record->bytes);
	else
		out_line(out, "Saved", "%s", crash_saved_name(record->saved));
	if (*record->path)
		out_line(out, "Path", "%s", record->path);
	if (*record->why)
		out_line(out, "Reason", "%s", record->why);
	out_field_text(out, "crash_time",
		       time_text_utc(record->seconds, TIME_TEXT_ISO, when));
	out_field_text(out, "time_of", record->is_exact ? "kernel" : "files");
}

/*
 * How to complete the dump and get a verdict. The audit also reads an
 * incomplete dump. False: nothing to do, or the path is too long.
 */
static bool say_what_to_do(const struct crash_record *record,
			   char action[OUT_CELL_BYTES])
{
	const char *slash = strrchr(record->path, '/');
	bool is_audited = *record->verdict;
	int bytes, directory;

	if (record->saved < CRASH_SAVED_PART || !record->bytes || !slash)
		return false;
	if (!*record->missing && is_audited)
		return false;
	directory = (int)(slash - record->path);
	if (!*record->missing)
		bytes = snprintf(action, OUT_CELL_BYTES, "hvcrashctl audit %s",
				 record->path);
	else if (is_audited)
		bytes = snprintf(action, OUT_CELL_BYTES,
				 "copy %s of the dump into %.*s",
				 record->missing, directory, record->path);
	else
		bytes = snprintf(
			action, OUT_CELL_BYTES,
			"copy %s of the dump into %.*s, then run 'hvcrashctl audit %s'",
			record->missing, directory, record->path, record->path);
	return bytes < OUT_CELL_BYTES;
}

/* The audit's verdict, or how to get one */
static void head_of_one(const struct crash_record *record,
			char message[OUT_CELL_BYTES],
			char action[OUT_CELL_BYTES], struct out_head *head)
{
	*head = (struct out_head){
		.key = "verdict",
		.word = crash_record_verdict(record),
		.exit_status = EXIT_CANNOT_TELL,
		.message = message,
	};
	if (!strcmp(head->word, "clean"))
		head->exit_status = EXIT_CLEAN;
	else if (!strcmp(head->word, "not clean"))
		head->exit_status = EXIT_NOT_CLEAN;
	if (*record->verdict_line)
		snprintf(message, OUT_CELL_BYTES, "%s", record->verdict_line);
	else if (record->saved == CRASH_SAVED_DUMP)
		snprintf(message, OUT_CELL_BYTES,
			 "CANNOT TELL: no audit was made of this dump.");
	else if (record->saved == CRASH_SAVED_PART)
		snprintf(
			message, OUT_CELL_BYTES,
			"CANNOT TELL: the dump is incomplete, and no audit was made.");
	else
		snprintf(
			message, OUT_CELL_BYTES,
			"CANNOT TELL: no dump was saved, and no audit was made.");
	if (say_what_to_do(record, action))
		head->action = action;
}

static struct err *show_one(const struct crash_record *record,
			    const struct opts_common *common,
			    const struct out_table *table, int *ret_status)
{
	char message[OUT_CELL_BYTES], action[OUT_CELL_BYTES];
	struct out_cell cells[NR_COLUMNS];
	struct out_head head;
	struct err *err = NULL;
	struct out out;

	head_of_one(record, message, action, &head);
	*ret_status = head.exit_status;
	if (common->style.is_quiet)
		return NULL;
	out_init(&out, &common->style);
	out_begin(&out, "hvcrash.crashes/1");
	out_head(&out, &head);
	out_section_begin(&out, "summary");
	show_lines(&out, record);
	out_section_end(&out);
	if (common->style.is_json || common->style.is_raw ||
	    common->style.is_pairs || common->style.is_bare) {
		set_row(record, cells);
		err = out_table_begin(&out, table);
		if (!err)
			err = out_row(&out, cells);
		if (!err)
			err = out_table_end(&out);
	}
	out_end(&out);
	return err;
}

static struct err *find(const struct crash_history *history, const char *id,
			const struct crash_record **ret)
{
	size_t nr;

	*ret = crash_history_find(history, id, &nr);
	if (*ret)
		return NULL;
	return err_create(
		ERR_USAGE,
		nr ? "crashes: '%.80s' fits %zu crashes: see 'hvcrashctl crashes'" :
		     "crashes: '%.80s' is not among the crashes: see 'hvcrashctl crashes'",
		id, nr);
}

static struct err *show_all(const struct crash_history *history, __u64 since,
			    const struct crashes_options *options,
			    const struct out_table *table)
{
	struct out_cell cells[NR_COLUMNS];
	struct err *err;
	struct out out;
	size_t nr = 0;

	out_init(&out, &options->common.style);
	if (!options->has_no_pager)
		pager_open();
	out_begin(&out, "hvcrash.crashes/1");
	err = out_table_begin(&out, table);
	for (size_t i = 0; !err && i < history->nr; i++) {
		if (history->record[i].seconds < since)
			continue;
		set_row(&history->record[i], cells);
		err = out_row(&out, cells);
		nr++;
	}
	if (!err)
		err = out_table_end(&out);
	if (!nr)
		out_remark(&out, "No crash of this machine is known%s.",
			   since ? " since then" : "");
	if (history->not_shown)
		out_remark(&out, "%zu older crashes are not shown.",
			   history->not_shown);
	if (history->nr_unreadable)
		out_remark(
			&out,
			"Directories that cannot be read, and may hold more crashes: %u, the first is %.200s. Run this as root.",
			history->nr_unreadable, history->unreadable);
	if (history->nr_foreign)
		out_remark(
			&out,
			"Directories that do not belong to root, and are not looked at: %u.",
			history->nr_foreign);
	if (!history->has_boots)
		out_remark(
			&out,
			"A crash that left no file is not in this list: there is no /var/log/wtmp to tell of it, and hvcrash-publish.service has not run.");
	out_end(&out);
	pager_close();
	return err;
}

/*
 * "2 days ago", "2d", "90 min": how many seconds, as systemd.time(7) has them
 */
static bool parse_span(const char *text, __u64 *ret)
{
	static const struct {
		const char *names;
		__u64 seconds;
	} units[] = {
		{ " s sec second seconds ", 1 },
		{ " m min minute minutes ", 60 },
		{ " h hr hour hours ", 60 * 60 },
		{ " d day days ", 24 * 60 * 60 },
		{ " w week weeks ", 7 * 24 * 60 * 60 },
		{ " month months ", 2629800 },
		{ " y year years ", 31557600 },
	};
	char word[18], unit[16] = "";
	unsigned long number;
	int end = 0;

	if (sscanf(text, "%9lu %15[a-z]%n", &number, unit, &end) != 2 ||
	    text[end + strspn(text + end, " ")])
		return false;
	snprintf(word, sizeof(word), " %s ", unit);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strstr(units[i].names, word)) {
			*ret = number * units[i].seconds;
			return true;
		}
	return false;
}

/* "2 days ago", "-2d" */
static bool parse_past(const char *text, time_t now, __u64 *ret)
{
	static const char ago[] = " ago";
	size_t length = strlen(text);
	char span[40];
	__u64 seconds;

	if (*text == '-')
		snprintf(span, sizeof(span), "%s", text + 1);
	else if (length > strlen(ago) && length < sizeof(span) &&
		 !strcmp(text + length - strlen(ago), ago))
		snprintf(span, sizeof(span), "%.*s",
			 (int)(length - strlen(ago)), text);
	else
		return false;
	if (!parse_span(span, &seconds))
		return false;
	*ret = (__u64)now > seconds ? (__u64)now - seconds : 0;
	return true;
}

/* "2026-11-28", with a time, and with "Z" in UTC; "05:12" is of today */
static bool parse_date(const char *text, const struct tm *today, __u64 *ret)
{
	static const char *const formats[] = {
		"%Y-%m-%d %H:%M:%S",
		"%Y-%m-%dT%H:%M:%S",
		"%Y-%m-%d %H:%M",
		"%Y-%m-%dT%H:%M",
		"%Y-%m-%d",
		"%H:%M:%S",
		"%H:%M",
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct tm tm = *today;
		const char *end = strptime(text, formats[i], &tm);
		bool is_utc =
			end && !strcmp(end, "Z") && strchr(formats[i], 'T');
		time_t seconds;

		if (!end || (*end && !is_utc))
			continue;
		tm.tm_isdst = is_utc ? 0 : -1;
		seconds = is_utc ? timegm(&tm) : mktime(&tm);
		if (seconds < 0)
			return false;
		*ret = (__u64)seconds;
		return true;
	}
	return false;
}

static bool parse_since(const char *text, __u64 *ret)
{
	time_t now = time(NULL);
	struct tm today;
	int end = 0;

	if (sscanf(text, "@%12llu%n", ret, &end) == 1 && !text[end])
		return true;
	localtime_r(&now, &today);
	today.tm_hour = today.tm_min = today.tm_sec = 0;
	today.tm_isdst = -1;
	if (!strcmp(text, "today") || !strcmp(text, "yesterday")) {
		today.tm_mday -= *text == 'y';
		*ret = (__u64)mktime(&today);
		return true;
	}
	return parse_past(text, now, ret) || parse_date(text, &today, ret);
}

static struct err *run_crashes(const struct opts_common *common,
			       const struct out_table *table,
			       const char **ret_file, int *ret_status)
{
	const struct crashes_options *options = (const void *)common;
	struct crash_history history = { 0 };
	const struct crash_record *record;
	struct kdump_config config;
	struct sysroot sysroot;
	__u64 since = 0;
	struct err *err;

	if (options->since && !parse_since(options->since, &since))
		return err_create(
			ERR_USAGE,
			"crashes: --since takes YYYY-MM-DD [HH:MM[:SS]], today, yesterday, '2 days ago' or @SECONDS, not '%.80s': try 'hvcrashctl crashes --help'",
			options->since);
	*ret_file = options->root;
	err = sysroot_init(&sysroot, options->root);
	if (err)
		return err;
	*ret_file = NULL;
	kdump_config_read(&sysroot, &config);
	err = crash_history_read(&sysroot, &config, &history);
	if (!err && common->operand) {
		err = find(&history, common->operand, &record);
		if (!err)
			err = show_one(record, common, table, ret_status);
	} else if (!err && !common->style.is_quiet) {
		err = show_all(&history, since, options, table);
	}
	crash_history_deinit(&history);
	return err;
}

const struct verb verb_crashes = {
	.opts = {
		.name = "crashes",
		.summary = "list the crashes of this machine, and their verdicts",
		.operand = "ID",
		.before_operand = "show",
		.purpose =
			"Lists the crashes of this machine that left a trace, the newest first, or with\n"
			"'show ID' says all that is known of one; 'show last' of the newest. Exit status with\n"
			"an ID: that of its audit.",
		.options = crashes_options,
		.options_bytes = sizeof(struct crashes_options),
		.has_json = true,
		.columns = columns,
		.nr_columns = &nr_columns,
		.rows_key = "crashes",
	},
	.run = run_crashes,
};
