// SPDX-License-Identifier: GPL-2.0-only
/*
 * verb_audit.c - hvcrashctl audit: did the crashed kernel take its pages back
 *
 * Called by main(), in the second kernel as a rule, or anywhere on a dump.
 * Reads everything twice: once to judge, before a word is written, and once to
 * show, so that an error leaves no half of a report and no list is kept in
 * memory.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit_run.h"
#include "audit/rows.h"
#include "audit/summary.h"
#include "opts.h"
#include "report/audit_page.h"
#include "report/journal.h"
#include "report/metrics.h"
#include "verbs.h"
#include "watch.h"

#define VMCORE "/proc/vmcore"
#define LIVE_REGISTRY "/sys/kernel/hvcrash/registry"

struct audit_options {
	struct opts_common common;
	const char *registers;
	const char *iomem;
	const char *html;
	const char *prometheus;
	bool is_journal;
	const char *watch;
	const char *rounds;
};

static const struct opts_desc audit_options[] = {
	{ "registers", 0, "FILE", NULL, "own registers from FILE",
	  OPTS_TEXT(struct audit_options, registers) },
	{ "iomem", 0, "FILE", NULL, "own System RAM from FILE",
	  OPTS_TEXT(struct audit_options, iomem) },
	{ "html", 0, "FILE", NULL, "write the report to FILE as a page, too",
	  OPTS_TEXT(struct audit_options, html) },
	{ "prometheus", 0, "FILE", NULL, "write metrics to FILE, too",
	  OPTS_TEXT(struct audit_options, prometheus) },
	{ "journal", 0, NULL, NULL, "send the verdict to the journal, too",
	  OPTS_FLAG(struct audit_options, is_journal) },
	{ "watch", 'w', "SECONDS", NULL,
	  "read the pages again every SECONDS, until Ctrl-C",
	  OPTS_TEXT(struct audit_options, watch) },
	{ "rounds", 0, "NUMBER", NULL, "with --watch: stop after NUMBER rounds",
	  OPTS_TEXT(struct audit_options, rounds) },
	{ 0 },
};

/*
 * This machine's registers and RAM say something about the dump only where the
 * dump is the memory that this kernel runs beside.
 */
static void ask_machine(struct audit_run *run,
			const struct audit_options *options, const char *file)
{
	static const char elsewhere[] = "FILE is not " VMCORE;
	static const char kexeced[] =
		"after a kexec they are this kernel's own";
	bool is_here = !strcmp(file, VMCORE);
	bool is_kexec = !strcmp(file, CORE_DEVMEM);

	run->reasons.registers = is_kexec ? kexeced : elsewhere;
	run->reasons.ram = is_kexec ? kexeced : elsewhere;
	if (options->registers || is_here) {
		own_state_read_registers(options->registers, &run->registers);
		run->audit.registers = &run->registers;
	}
	if (options->iomem || is_here) {
		own_state_read_ram(options->iomem, &run->ram);
		run->audit.ram = &run->ram;
	}
}

static struct err *show_findings(struct out *out, const struct audit_run *run,
				 const struct out_table *table)
{
	struct out_cell cells[OUT_MAX_COLUMNS];
	struct hvcrash_extent extent;
	struct audit_result result;
	struct audit_walk walk;
	struct err *err;
	bool is_end;

	err = out_table_begin(out, table);
	audit_walk_init(&walk, run);
	while (!err) {
		err = audit_walk_next(&walk, &extent, &result, &is_end);
		if (err || is_end)
			break;
		rows_make(&extent, &run->channels, &result, cells);
		err = out_row(out, cells);
	}
	return err ? err : out_table_end(out);
}

static struct err *show(const struct audit_run *run,
			const struct audit_options *options,
			const struct out_table *table)
{
	const struct audit *audit = &run->audit;
	char *text guarded_free = audit_verdict_text(audit);
	struct err *err;
	struct out out;

	if (!text)
		return err_create(ERR_IO, "out of memory");
	out_init(&out, options->common.is_json,
		 !options->common.is_no_headings);
	out_begin(&out, "hvcrash.audit/1");
	out_head(&out, "verdict", audit_verdict_name(audit->verdict),
		 (int)audit->verdict, text);
	summary_show(&out, audit, &run->reasons);
	err = show_findings(&out, run, table);
	out_end(&out);
	return err;
}

/* Whatever ends the rounds, what they found is found */
static struct err *collect(struct audit_run *run, struct watch *watch,
			   bool is_watched)
{
	struct contents *contents = &run->contents;
	struct err *err;

	contents->is_watched = is_watched;
	if (!is_watched)
		return contents_collect(run->image, NULL, contents);
	watch_begin(watch);
	do {
		err = contents_collect(run->image, watch_is_stopped, contents);
		/* nothing is read of a registry that was not finished */
	} while (!err && run->image->is_finished &&
		 watch_next(watch, contents->rounds, contents->written));
	watch_end(watch);
	return err;
}

/* The same columns for people, whatever --json takes */
static struct err *write_page(const struct audit_run *run,
			      const struct audit_options *options)
{
	struct out_table table = {
		.key = "findings",
		.columns = rows_columns,
		.nr_columns = rows_nr_audit_columns,
	};
	struct err *err;

	err = out_select(&table, options->common.columns, false);
	if (err)
		return err;
	return audit_page_write(run, &table, !options->common.is_no_headings,
				options->html);
}

/*
 * A crash kernel has the dump; a kernel after kexec what it was told to keep; the
 * kernel that has not crashed yet the registry itself, for a dry run.
 */
static const char *default_file(void)
{
	if (!access(VMCORE, F_OK))
		return VMCORE;
	if (core_devmem_is_told())
		return CORE_DEVMEM;
	return access(LIVE_REGISTRY, F_OK) ? VMCORE : LIVE_REGISTRY;
}

static struct err *run_audit(const struct opts_common *common,
			     const struct out_table *table,
			     const char **ret_file, int *ret_status)
{
	const struct audit_options *options = (const void *)common;
	struct audit_run *run guarded_audit_run = NULL;
	struct watch watch;
	const char *file = common->operand ? common->operand : default_file();
	struct err *err;

	err = watch_parse(&verb_audit.opts, options->watch, options->rounds,
			  &watch);
	if (err)
		return err;
	*ret_file = file;
	err = audit_run_open(file, &run);
	if (err)
		return err;
	ask_machine(run, options, file);
	err = collect(run, &watch, options->watch);
	if (!err)
		err = audit_run_judge(run);
	if (!err && options->html)
		err = write_page(run, options);
	if (!err && options->prometheus)
		err = metrics_write_audit(options->prometheus, &run->audit);
	if (!err && options->is_journal)
		err = journal_send_audit(file, &run->audit);
	if (!err)
		err = show(run, options, table);
	*ret_status = (int)run->audit.verdict;
	return err;
}

const struct verb verb_audit = {
	.opts = {
		.name = "audit",
		.summary = "say whether the crashed kernel took all its pages back",
		.operand = "FILE",
		.purpose =
			"Says whether the crashed kernel took back all pages that it shared with\nHyper-V. FILE is a dump, " VMCORE
			" by default,\nor " CORE_DEVMEM
			" after a kexec with what kexec-args prints.",
		.options = audit_options,
		.options_bytes = sizeof(struct audit_options),
		.has_json = true,
		.columns = rows_columns,
		.nr_columns = &rows_nr_audit_columns,
		.rows_key = "findings",
	},
	.run = run_audit,
};
