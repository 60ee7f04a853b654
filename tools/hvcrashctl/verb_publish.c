// SPDX-License-Identifier: GPL-2.0-only
/*
 * verb_publish.c - hvcrashctl publish: a crash, to Prometheus and the journal
 *
 * Called by main(), at the boot after a crash: a crash kernel has neither. With
 * FILE it publishes the hook's report without judging again, since the dump may
 * be filtered by then. With --crash it publishes a crash of this machine, with
 * or without an audit and a dump.
 */
#include "report/journal.h"
#include "report/metrics.h"
#include "report/result.h"
#include "verbs.h"
#include "vm/crash_history.h"
#include "vm/kdump_config.h"

struct publish_options {
	struct opts_common common;
	const char *prometheus;
	const char *crash;
	const char *root;
	bool is_journal;
};

static const struct opts_desc publish_options[] = {
	{ "crash", 0, "ID", NULL,
	  "instead of FILE: a crash of 'hvcrashctl crashes', or last",
	  OPTS_TEXT(struct publish_options, crash) },
	{ "prometheus", 0, "FILE", NULL, "write metrics to FILE",
	  OPTS_TEXT(struct publish_options, prometheus) },
	{ "journal", 0, NULL, NULL, "send the verdict to the journal",
	  OPTS_FLAG(struct publish_options, is_journal) },
	{ "sysroot", 0, "DIR", NULL, "with --crash: of the system below DIR",
	  OPTS_TEXT(struct publish_options, root) },
	{ 0 },
};

struct err *publish_result(const struct result *result, const char *prometheus,
			   bool is_journal)
{
	struct err *err = NULL;

	if (prometheus)
		err = metrics_write_audit(prometheus, result);
	if (!err && is_journal)
		err = journal_send_audit(result);
	return err;
}

static struct err *publish_report(const struct publish_options *options)
{
	struct result result guarded(result_deinit) = { 0 };
	struct err *err = result_of_report(options->common.operand, &result);

	return err   ?:
		       publish_result(&result, options->prometheus,
				      options->is_journal);
}

static struct err *publish_record(const struct publish_options *options,
				  const struct crash_history *history)
{
	const struct crash_record *record;
	struct err *err = NULL;
	size_t nr;

	record = crash_history_find(history, options->crash, &nr);
	if (!record)
		return err_create(
			ERR_USAGE,
			nr ? "publish: '%.80s' fits %zu crashes: see 'hvcrashctl crashes'" :
			     "publish: '%.80s' is not among the crashes: see 'hvcrashctl crashes'",
			options->crash, nr);
	if (options->prometheus)
		err = metrics_write_crash(options->prometheus, record);
	if (!err && options->is_journal)
		err = journal_send_crash(record);
	return err;
}

static struct err *publish_crash(const struct publish_options *options,
				 const char **ret_file)
{
	struct crash_history history;
	struct kdump_config config;
	struct sysroot sysroot;
	struct err *err;

	*ret_file = options->root;
	err = sysroot_init(&sysroot, options->root);
	if (err)
		return err;
	*ret_file = NULL;
	kdump_config_read(&sysroot, &config);
	err = crash_history_read(&sysroot, &config, &history);
	if (err)
		return err;
	err = publish_record(options, &history);
	crash_history_deinit(&history);
	return err;
}

static struct err *run_publish(const struct opts_common *common,
			       const struct out_table *table,
			       const char **ret_file, int *ret_status)
{
	const struct publish_options *options = (const void *)common;

	(void)table;
	(void)ret_status;
	if (!common->operand == !options->crash)
		return err_create(
			ERR_USAGE,
			common->operand ?
				"publish: both FILE and --crash: try 'hvcrashctl publish --help'" :
				"publish: no FILE: try 'hvcrashctl publish --help'");
	if (!options->prometheus && !options->is_journal)
		return err_create(
			ERR_USAGE,
			"publish: neither --prometheus nor --journal: try 'hvcrashctl publish --help'");
	if (options->crash)
		return publish_crash(options, ret_file);
	*ret_file = common->operand;
	return publish_report(options);
}

const struct verb verb_publish = {
	.opts = {
		.name = "publish",
		.summary = "send a crash's report to Prometheus or the journal",
		.operand = "FILE",
		.purpose =
			"Publishes what hvcrash-audit.json says, the report that a kdump hook has left\nbeside the dump; or with --crash a crash of this machine, whatever is left of it.",
		.options = publish_options,
		.options_bytes = sizeof(struct publish_options),
	},
	.run = run_publish,
};
