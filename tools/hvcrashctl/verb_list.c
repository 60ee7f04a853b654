// SPDX-License-Identifier: GPL-2.0-only
/*
 * verb_list.c - hvcrashctl list: the registry as it is
 *
 * Called by main(), usually in the first kernel, or on a dump. Shows without
 * judging: the exit status is 0 if there is a valid registry, whatever it
 * contains.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/rows.h"
#include "audit/summary.h"
#include "opts.h"
#include "registry/image.h"
#include "registry/names.h"
#include "verbs.h"

#define LIVE_REGISTRY "/sys/kernel/hvcrash/registry"

struct list_options {
	struct opts_common common;
	bool is_all;
	const char *registry;
};

static const struct opts_desc list_options[] = {
	{ "all", 'a', NULL, NULL, "also extents torn down in normal operation",
	  OPTS_FLAG(struct list_options, is_all) },
	{ "registry", 0, "FILE", NULL, "instead of " LIVE_REGISTRY,
	  OPTS_TEXT(struct list_options, registry) },
	{ 0 },
};

static void show_header(struct out *out, const struct hvcrash_header *header)
{
	out_section_begin(out, "summary");
	summary_registry(out, header);
	out_line(out, "Extents", "%llu published, %llu retired since load",
		 header->published, header->retired);
	out_field_number(out, "published", header->published);
	out_field_number(out, "retired", header->retired);
	out_section_end(out);
}

static void show_gaps(struct out *out, struct audit *audit)
{
	audit_add_header_gaps(audit);
	summary_gaps(out, audit);
}

static struct err *show_extents(struct out *out, const struct image *image,
				const struct channels *channels,
				const struct out_table *table, bool is_all)
{
	struct out_cell cells[OUT_MAX_COLUMNS];
	struct hvcrash_extent extent;
	struct image_iter iter;
	struct err *err;
	bool is_end;

	err = out_table_begin(out, table);
	image_iter_init(&iter, image, HVCRASH_CHUNK_EXTENTS);
	while (!err) {
		err = image_next_extent(&iter, &extent, &is_end);
		if (err || is_end)
			break;
		if (extent.state == HVCRASH_EMPTY ||
		    (extent.state == HVCRASH_TORN_DOWN && !is_all))
			continue;
		rows_make(&extent, channels, NULL, cells);
		err = out_row(out, cells);
	}
	return err ? err : out_table_end(out);
}

/* Every record once, so that a bad one is an error before anything is shown */
static struct err *check_extents(const struct image *image)
{
	struct hvcrash_extent extent;
	struct image_iter iter;
	struct err *err;
	bool is_end;

	image_iter_init(&iter, image, HVCRASH_CHUNK_EXTENTS);
	do {
		err = image_next_extent(&iter, &extent, &is_end);
	} while (!err && !is_end);
	return err;
}

static struct err *show(const struct image *image,
			const struct list_options *options,
			const struct out_table *table)
{
	struct channels channels guarded(channels_deinit) = { 0 };
	struct audit *audit guarded_free = malloc(sizeof(*audit));
	struct err *err;
	struct out out;

	if (!audit)
		return err_create(ERR_IO, "out of memory");
	err = check_extents(image);
	if (!err)
		err = channels_read(image, &channels);
	if (err)
		return err;
	audit_init(audit, &image->header);
	out_init(&out, &options->common.style);
	out_begin(&out, "hvcrash.list/1");
	show_header(&out, &image->header);
	show_gaps(&out, audit);
	err = show_extents(&out, image, &channels, table, options->is_all);
	out_end(&out);
	return err;
}

static struct err *choose_file(const struct list_options *options,
			       const char **ret_file)
{
	if (options->common.operand && options->registry)
		return err_create(
			ERR_USAGE,
			"list: --registry and FILE exclude each other: try 'hvcrashctl list --help'");
	*ret_file = options->common.operand ? options->common.operand :
					      options->registry;
	if (*ret_file)
		return NULL;
	*ret_file = LIVE_REGISTRY;
	if (access(LIVE_REGISTRY, F_OK) && errno == ENOENT)
		return err_create(ERR_REGISTRY,
				  "no registry: hvcrash.ko is not loaded");
	return NULL;
}

static struct err *run_list(const struct opts_common *common,
			    const struct out_table *table,
			    const char **ret_file, int *ret_status)
{
	const struct list_options *options = (const void *)common;
	struct core *core guarded_core = NULL;
	struct image *image guarded_image = NULL;
	struct err *err;

	(void)ret_status;
	err = choose_file(options, ret_file);
	if (!err)
		err = core_open(*ret_file, &core);
	if (!err)
		err = image_open(core, &image);
	if (!err && !options->common.style.is_quiet)
		err = show(image, options, table);
	return err;
}

const struct verb verb_list = {
	.opts = {
		.name = "list",
		.summary = "show the pages that this kernel shares with Hyper-V",
		.operand = "FILE",
		.purpose =
			"Lists the pages shared with Hyper-V by the running kernel, or in the dump FILE.",
		.options = list_options,
		.options_bytes = sizeof(struct list_options),
		.has_json = true,
		.columns = rows_columns,
		.nr_columns = &rows_nr_list_columns,
		.rows_key = "extents",
	},
	.run = run_list,
};
