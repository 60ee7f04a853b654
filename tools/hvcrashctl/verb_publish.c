// SPDX-License-Identifier: GPL-2.0-only
/*
 * verb_publish.c - hvcrashctl publish: a crash's report, to Prometheus and the
 * journal
 *
 * Called by main(), at the boot after a crash: a crash kernel has neither. The
 * dump may be filtered by then, so what the hook has found is published, and
 * nothing is judged again.
 */
#include "report/journal.h"
#include "report/metrics.h"
#include "report/result.h"
#include "verbs.h"

struct publish_options {
	struct opts_common common;
	const char *prometheus;
	bool is_journal;
};

static const struct opts_desc publish_options[] = {
	{ "prometheus", 0, "FILE", NULL, "write metrics to FILE",
	  OPTS_TEXT(struct publish_options, prometheus) },
	{ "journal", 0, NULL, NULL, "send the verdict to the journal",
	  OPTS_FLAG(struct publish_options, is_journal) },
	{ 0 },
};

static struct err *run_publish(const struct opts_common *common,
			       const struct out_table *table,
			       const char **ret_file, int *ret_status)
{
	const struct publish_options *options = (const void *)common;
	struct result result guarded(result_deinit) = { 0 };
	struct err *err;

	(void)table;
	(void)ret_status;
	if (!common->operand)
		return err_create(
			ERR_USAGE,
			"publish: no FILE: try 'hvcrashctl publish --help'");
	if (!options->prometheus && !options->is_journal)
		return err_create(
			ERR_USAGE,
			"publish: neither --prometheus nor --journal: try 'hvcrashctl publish --help'");
	*ret_file = common->operand;
	err = result_of_report(common->operand, &result);
	if (!err && options->prometheus)
		err = metrics_write_audit(options->prometheus, &result);
	if (!err && options->is_journal)
		err = journal_send_audit(&result);
	return err;
}

const struct verb verb_publish = {
	.opts = {
		.name = "publish",
		.summary = "a crash's report to Prometheus and the journal",
		.operand = "FILE",
		.purpose =
			"Publishes what hvcrash-audit.json says, the report that a kdump hook has left\nbeside the dump.",
		.options = publish_options,
		.options_bytes = sizeof(struct publish_options),
	},
	.run = run_publish,
};
