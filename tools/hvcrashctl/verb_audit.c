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

#include "audit.h"
#include "facts.h"
#include "image.h"
#include "machine.h"
#include "opts.h"
#include "rows.h"
#include "summary.h"
#include "verbs.h"

#define VMCORE "/proc/vmcore"

struct audit_options {
	struct opts_common common;
	const char *registers;
	const char *iomem;
};

static const struct opts_desc audit_options[] = {
	{ "registers", 0, "FILE", NULL, "own registers from FILE",
	  OPTS_TEXT(struct audit_options, registers) },
	{ "iomem", 0, "FILE", NULL, "own System RAM from FILE",
	  OPTS_TEXT(struct audit_options, iomem) },
	{ 0 },
};

/* All that lives as long as one run; too large for the stack */
struct run {
	struct core *core;
	struct image *image;
	struct facts facts;
	struct rows_channels channels;
	struct machine_registers registers;
	struct machine_ram ram;
	struct summary_reasons reasons;
	struct audit audit;
};

static void run_guard(struct run **run)
{
	if (!*run)
		return;
	rows_channels_deinit(&(*run)->channels);
	facts_deinit(&(*run)->facts);
	free((*run)->image);
	core_close((*run)->core);
	free(*run);
}

/*
 * This machine's registers and RAM say something about the dump only where the
 * dump is the memory that this kernel runs beside.
 */
static void ask_machine(struct run *run, const struct audit_options *options,
			const char *file)
{
	static const char elsewhere[] = "FILE is not " VMCORE;
	bool is_here = !strcmp(file, VMCORE);

	run->reasons.registers = elsewhere;
	run->reasons.ram = elsewhere;
	if (options->registers || is_here) {
		machine_read_registers(options->registers, &run->registers);
		run->audit.registers = &run->registers;
	}
	if (options->iomem || is_here) {
		machine_read_ram(options->iomem, &run->ram);
		run->audit.ram = &run->ram;
	}
}

static enum fact fact_of(const struct run *run, __u64 number)
{
	return number < run->facts.nr ? run->facts.fact[number] :
					FACT_NOT_LOOKED;
}

static struct err *judge(struct run *run)
{
	struct hvcrash_extent extent;
	struct image_iter iter;
	struct hvcrash_vp vp;
	struct err *err;
	bool is_end;

	image_iter_init(&iter, run->image, HVCRASH_CHUNK_VPS);
	while (!(err = image_next_vp(&iter, &vp, &is_end)) && !is_end)
		audit_add_vp(&run->audit, &vp);
	if (err)
		return err;
	image_iter_init(&iter, run->image, HVCRASH_CHUNK_EXTENTS);
	for (__u64 number = 0;; number++) {
		err = image_next_extent(&iter, &extent, &is_end);
		if (err || is_end)
			break;
		audit_add_extent(&run->audit, &extent, fact_of(run, number));
	}
	if (!err)
		audit_finish(&run->audit, &run->facts);
	return err;
}

static struct err *show_findings(struct out *out, const struct run *run,
				 const struct out_table *table)
{
	struct out_cell cells[OUT_MAX_COLUMNS];
	struct audit_result result;
	struct hvcrash_extent extent;
	struct image_iter iter;
	struct err *err;
	bool is_end;

	err = out_table_begin(out, table);
	image_iter_init(&iter, run->image, HVCRASH_CHUNK_EXTENTS);
	for (__u64 number = 0; !err; number++) {
		err = image_next_extent(&iter, &extent, &is_end);
		if (err || is_end)
			break;
		audit_extent(&run->audit, &extent, fact_of(run, number),
			     &result);
		if (result.finding == AUDIT_SKIPPED)
			continue;
		rows_make(&extent, &run->channels, &result, cells);
		err = out_row(out, cells);
	}
	return err ? err : out_table_end(out);
}

static struct err *show(const struct run *run,
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

static struct err *run_audit(const struct opts_common *common,
			     const struct out_table *table,
			     const char **ret_file, int *ret_status)
{
	const struct audit_options *options = (const void *)common;
	struct run *run guarded(run_guard) = calloc(1, sizeof(*run));
	const char *file = common->operand ? common->operand : VMCORE;
	struct err *err;

	*ret_file = file;
	if (!run)
		return err_create(ERR_IO, "out of memory");
	err = core_open(file, &run->core);
	if (!err)
		err = image_open(run->core, &run->image);
	if (err)
		return err;
	audit_init(&run->audit, &run->image->header);
	ask_machine(run, options, file);
	err = facts_collect(run->image, &run->facts);
	if (!err)
		err = rows_read_channels(run->image, &run->channels);
	if (!err)
		err = judge(run);
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
			" by default.",
		.options = audit_options,
		.options_bytes = sizeof(struct audit_options),
		.has_json = true,
		.columns = rows_columns,
		.nr_columns = &rows_nr_audit_columns,
		.rows_key = "findings",
	},
	.run = run_audit,
};
