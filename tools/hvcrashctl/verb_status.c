// SPDX-License-Identifier: GPL-2.0-only
/*
 * verb_status.c - hvcrashctl status: is this VM ready to crash safely
 *
 * Called by main(). All checks first, then the report, so that the verdict
 * stands on top.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/journal.h"
#include "report/metrics.h"
#include "verbs.h"
#include "vm/status.h"

struct status_options {
	struct opts_common common;
	const char *root;
	const char *prometheus;
	bool is_journal;
	bool is_all;
};

static const struct opts_desc status_options[] = {
	{ "all", 'a', NULL, NULL, "also checks that are ok",
	  OPTS_FLAG(struct status_options, is_all) },
	{ "sysroot", 0, "DIR", NULL, "look at the system below DIR",
	  OPTS_TEXT(struct status_options, root) },
	{ "prometheus", 0, "FILE", NULL, "write metrics to FILE, too",
	  OPTS_TEXT(struct status_options, prometheus) },
	{ "journal", 0, NULL, NULL, "send the verdict to the journal, too",
	  OPTS_FLAG(struct status_options, is_journal) },
	{ 0 },
};

enum { COL_CHECK, COL_STATE, COL_FOUND, COL_FIX, COL_ADVICE, NR_COLUMNS };

static const struct out_column columns[] = {
	[COL_CHECK] = { "CHECK", "check", "what is checked", OUT_TEXT, true,
			OUT_FIT_COLUMN },
	[COL_STATE] = { "STATE", "state",
			"ok, warn, fail, unknown, or - for a neutral fact",
			OUT_TEXT, true, OUT_FIT_COLUMN },
	[COL_FOUND] = { "FOUND", "found", "how it stands", OUT_TEXT, true,
			OUT_FIT_WRAP },
	[COL_FIX] = { "FIX", "fix", "a command that corrects it", OUT_TEXT,
		      true, OUT_FIT_LINE },
	[COL_ADVICE] = { "ADVICE", "advice",
			 "what to do where no command does it, or to know before",
			 OUT_TEXT, true, OUT_FIT_NOTE },
};

static const size_t nr_columns = NR_COLUMNS;

/* A script that names its columns, or reads JSON, gets every check */
static bool is_hidden(const struct status_answer *answer,
		      const struct status_options *options)
{
	if (options->is_all || options->common.columns ||
	    options->common.style.is_json)
		return false;
	return answer->level == STATUS_OK || answer->level == STATUS_NEUTRAL;
}

static struct err *show(const struct status_answer *answers,
			const struct status_total *total,
			const struct status_options *options,
			const struct out_table *table)
{
	static const enum out_mood moods[] = {
		[STATUS_OK] = OUT_GOOD,	      [STATUS_WARN] = OUT_DOUBTFUL,
		[STATUS_FAIL] = OUT_BAD,      [STATUS_UNKNOWN] = OUT_DOUBTFUL,
		[STATUS_NEUTRAL] = OUT_PLAIN,
	};
	const struct out_head head = {
		.key = "verdict",
		.word = status_verdict_name(total->verdict),
		.exit_status = (int)total->verdict,
		.message = total->text,
	};
	struct out_cell cells[NR_COLUMNS];
	unsigned int hidden = 0;
	struct err *err;
	struct out out;

	out_init(&out, &options->common.style);
	out_begin(&out, "hvcrash.status/1");
	out_head(&out, &head);
	out_section_begin(&out, "summary");
	out_line(&out, "Checks", "%zu, %u failed, %u warned, %u unknown",
		 status_nr_checks, total->nr_fail, total->nr_warn,
		 total->nr_unknown);
	out_field_number(&out, "checks", status_nr_checks);
	out_field_number(&out, "failed", total->nr_fail);
	out_field_number(&out, "warned", total->nr_warn);
	out_field_number(&out, "unknown", total->nr_unknown);
	out_section_end(&out);
	err = out_table_begin(&out, table);
	for (size_t i = 0; !err && i < status_nr_checks; i++) {
		const struct status_answer *answer = &answers[i];

		if (is_hidden(answer, options)) {
			hidden++;
			continue;
		}
		memset(cells, 0, sizeof(cells));
		out_set_text(&cells[COL_CHECK], status_checks[i].id);
		out_set_text(&cells[COL_STATE],
			     status_level_name(answer->level));
		cells[COL_STATE].mood = moods[answer->level];
		out_set_text(&cells[COL_FOUND], answer->found);
		if (*answer->fix)
			out_set_text(&cells[COL_FIX], answer->fix);
		if (*answer->advice)
			out_set_text(&cells[COL_ADVICE], answer->advice);
		err = out_row(&out, cells);
	}
	if (!err)
		err = out_table_end(&out);
	if (!err && hidden)
		out_remark(
			&out,
			"%u checks found nothing wrong and are not shown: --all shows them",
			hidden);
	out_end(&out);
	return err;
}

static struct err *run_status(const struct opts_common *common,
			      const struct out_table *table,
			      const char **ret_file, int *ret_status)
{
	const struct status_options *options = (const void *)common;
	struct status_answer *answers guarded_free =
		calloc(status_nr_checks, sizeof(*answers));
	struct status_facts *facts guarded_free = malloc(sizeof(*facts));
	struct status_total total;
	struct sysroot sysroot;
	struct err *err;

	if (!answers || !facts)
		return err_create(ERR_IO, "out of memory");
	*ret_file = options->root;
	err = sysroot_init(&sysroot, options->root);
	if (err)
		return err;
	status_read_facts(&sysroot, facts);
	status_run(facts, answers, &total);
	*ret_status = (int)total.verdict;
	if (options->prometheus)
		err = metrics_write_status(options->prometheus, facts, answers,
					   &total);
	if (!err && options->is_journal)
		err = journal_send_status(&total);
	if (!err && !common->style.is_quiet)
		err = show(answers, &total, options, table);
	return err;
}

const struct verb verb_status = {
	.opts = {
		.name = "status",
		.summary = "say whether this VM is ready to crash safely",
		.purpose =
			"Says whether this VM is ready to crash safely, and what to do where it is not.",
		.options = status_options,
		.options_bytes = sizeof(struct status_options),
		.has_json = true,
		.columns = columns,
		.nr_columns = &nr_columns,
		.rows_key = "checks",
	},
	.run = run_status,
};
