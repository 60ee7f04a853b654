// SPDX-License-Identifier: GPL-2.0-only
/*
 * verb_audit.c - hvcrashctl audit: did the crashed kernel revoke its pages
 *
 * Called by main(), usually in the second kernel, or anywhere on a dump. Reads
 * everything twice: once to judge, before anything is written, and once to
 * show, so that an error leaves no partial report and no list is kept in
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
#include "report/result.h"
#include "verbs.h"
#include "watch.h"

#define VMCORE "/proc/vmcore"
#define LIVE_REGISTRY "/sys/kernel/hvcrash/registry"

/* Of --finding, in the order of enum audit_finding, without AUDIT_SKIPPED */
#define FINDING_WORDS "clean revoked-late left-shared changed not-checked"

struct audit_options {
	struct opts_common common;
	const char *registers;
	const char *iomem;
	const char *html;
	const char *prometheus;
	bool is_journal;
	bool is_all;
	const char *finding;
	const char *watch;
	const char *rounds;
};

static const struct opts_desc audit_options[] = {
	{ "all", 'a', NULL, NULL, "also regions that are clean",
	  OPTS_FLAG(struct audit_options, is_all) },
	{ "finding", 'f', "WORD", FINDING_WORDS,
	  "only regions with this finding",
	  OPTS_TEXT(struct audit_options, finding) },
	{ "registers", 0, "FILE", NULL, "own registers from FILE",
	  OPTS_TEXT(struct audit_options, registers) },
	{ "iomem", 0, "FILE", NULL, "own System RAM from FILE",
	  OPTS_TEXT(struct audit_options, iomem) },
	{ "html", 0, "FILE", NULL, "also write the report to FILE as HTML",
	  OPTS_TEXT(struct audit_options, html) },
	{ "prometheus", 0, "FILE", NULL, "also write metrics to FILE",
	  OPTS_TEXT(struct audit_options, prometheus) },
	{ "journal", 0, NULL, NULL, "also send the verdict to the journal",
	  OPTS_FLAG(struct audit_options, is_journal) },
	{ "watch", 'w', "SECONDS", NULL,
	  "read the pages again every SECONDS, until Ctrl-C",
	  OPTS_TEXT(struct audit_options, watch) },
	{ "rounds", 0, "NUMBER", NULL, "with --watch: stop after NUMBER rounds",
	  OPTS_TEXT(struct audit_options, rounds) },
	{ 0 },
};

/*
 * This machine's registers and RAM are evidence about the dump only if the
 * dump is that of the kernel that crashed on this machine.
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

/* Which regions are shown: bit N is enum audit_finding N */
static struct err *choose_findings(const struct audit_options *options,
				   __u32 *ret)
{
	const char *word = FINDING_WORDS, *asked = options->finding;

	*ret = ~0U;
	if (!asked) {
		if (!options->is_all && !options->common.style.is_json)
			*ret &= ~(1U << AUDIT_EXTENT_CLEAN |
				  1U << AUDIT_REVOKED_LATE);
		return NULL;
	}
	for (int f = AUDIT_EXTENT_CLEAN; f < AUDIT_NR_FINDINGS; f++) {
		size_t length = strcspn(word, " ");

		if (strlen(asked) == length && !strncmp(asked, word, length)) {
			*ret = 1U << f;
			return NULL;
		}
		word += length + 1;
	}
	return err_create(ERR_USAGE,
			  "audit: no finding '%.40s': there are " FINDING_WORDS
			  ": try 'hvcrashctl audit --help'",
			  asked);
}

static void show_hidden(struct out *out, const struct audit *audit)
{
	__u64 hidden = audit->regions[AUDIT_EXTENT_CLEAN] +
		       audit->regions[AUDIT_REVOKED_LATE];

	if (hidden)
		out_remark(out, "%llu clean region%s not shown: --all shows %s",
			   hidden, hidden == 1 ? "" : "s",
			   hidden == 1 ? "it" : "them");
}

static struct err *show_findings(struct out *out, const struct audit_run *run,
				 const struct audit_options *options,
				 const struct out_table *table)
{
	struct out_cell cells[OUT_MAX_COLUMNS];
	struct hvcrash_extent extent;
	struct audit_result result;
	struct audit_walk walk;
	struct rows_words words = { 0 };
	bool is_end;
	__u32 findings;
	struct err *err;

	err = choose_findings(options, &findings);
	if (!err)
		err = out_table_begin(out, table);
	audit_walk_init(&walk, run);
	while (!err) {
		err = audit_walk_next(&walk, &extent, &result, &is_end);
		if (err || is_end)
			break;
		if (!(findings & 1U << result.finding))
			continue;
		rows_add_words(&extent, &words);
		rows_make(&extent, &run->channels, &result, cells);
		err = out_row(out, cells);
	}
	if (!err)
		err = out_table_end(out);
	if (err)
		return err;
	rows_explain(out, &words);
	if (!options->is_all && !options->finding)
		show_hidden(out, &run->audit);
	return NULL;
}

static struct err *show(const struct audit_run *run,
			const struct audit_options *options,
			const struct out_table *table)
{
	const struct audit *audit = &run->audit;
	char *text guarded_free = audit_verdict_text(audit);
	struct out_head head;
	struct err *err;
	struct out out;

	if (!text)
		return err_create(ERR_IO, "out of memory");
	summary_head(audit, text, &head);
	out_init(&out, &options->common.style);
	out_begin(&out, "hvcrash.audit/1");
	out_head(&out, &head);
	summary_show(&out, audit, &run->origin, &run->reasons);
	summary_gaps(&out, audit);
	err = show_findings(&out, run, options, table);
	out_end(&out);
	return err;
}

/* However the rounds end, their findings count */
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

static struct err *publish(const struct audit_run *run,
			   const struct audit_options *options)
{
	struct result result guarded(result_deinit) = { 0 };
	struct err *err = result_of_audit(run, &result);

	return err   ?:
		       publish_result(&result, options->prometheus,
				      options->is_journal);
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
	return audit_page_write(run, &table, options->html);
}

/*
 * A crash kernel has the dump; a kernel after kexec the registry that it was
 * told to keep; a kernel that has not crashed its own registry, for a dry run.
 */
static struct err *choose_file(const char **ret)
{
	if (!access(VMCORE, F_OK))
		*ret = VMCORE;
	else if (core_devmem_is_told())
		*ret = CORE_DEVMEM;
	else if (!access(LIVE_REGISTRY, F_OK))
		*ret = LIVE_REGISTRY;
	else
		return err_create(
			ERR_USAGE,
			"audit: no FILE, and this is not a crash kernel: name a dump: try 'hvcrashctl audit --help'");
	return NULL;
}

static struct err *run_audit(const struct opts_common *common,
			     const struct out_table *table,
			     const char **ret_file, int *ret_status)
{
	const struct audit_options *options = (const void *)common;
	struct audit_run *run guarded_audit_run = NULL;
	struct watch watch;
	const char *file = common->operand;
	__u32 findings;
	struct err *err;

	err = watch_parse(&verb_audit.opts, options->watch, options->rounds,
			  &watch);
	if (!err)
		err = choose_findings(options, &findings);
	if (!err && !file)
		err = choose_file(&file);
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
	if (!err && (options->prometheus || options->is_journal))
		err = publish(run, options);
	if (!err && !options->common.style.is_quiet)
		err = show(run, options, table);
	*ret_status = (int)run->audit.verdict;
	return err;
}

const struct verb verb_audit = {
	.opts = {
		.name = "audit",
		.summary = "say whether the crashed kernel revoked all its pages",
		.operand = "FILE",
		.purpose =
			"Says whether the crashed kernel revoked all pages that it shared with\nHyper-V. FILE is a dump, " VMCORE
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
