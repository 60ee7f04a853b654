// SPDX-License-Identifier: GPL-2.0-only
/*
 * verb_list.c - hvcrashctl list: the registry as it is
 *
 * Called by main(), in the first kernel as a rule, or on a dump. Shows, does
 * not judge: the exit status is 0 when there is a sound registry, whatever it
 * says.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit.h"
#include "image.h"
#include "names.h"
#include "opts.h"
#include "rows.h"
#include "summary.h"
#include "verbs.h"

#define LIVE_REGISTRY "/sys/kernel/hvcrash/registry"

struct list_options {
	bool is_help;
	bool is_json;
	bool is_all;
	bool is_no_headings;
	const char *columns;
	const char *registry;
	const char *file;
};

static struct err *parse(int argc, char **argv, struct list_options *options)
{
	const struct opts_desc table[] = {
		{ "all", 'a', NULL, "also extents torn down in normal life",
		  &options->is_all, NULL },
		{ "json", 'J', NULL, "write JSON", &options->is_json, NULL },
		{ "no-headings", 'n', NULL, "no headings over the table",
		  &options->is_no_headings, NULL },
		{ "output", 'o', "COLUMNS", "columns, or +COLUMNS to add some",
		  NULL, &options->columns },
		{ "registry", 0, "FILE", "instead of " LIVE_REGISTRY, NULL,
		  &options->registry },
		{ "help", 'h', NULL, "this text", &options->is_help, NULL },
		{ 0 },
	};
	const struct opts_usage usage = {
		.verb = "list",
		.operands = "[FILE]",
		.purpose =
			"Lists the pages shared with Hyper-V: of the running kernel, or of the dump FILE.",
		.columns = rows_columns,
		.nr_columns = rows_nr_list_columns,
	};
	struct err *err;

	err = opts_parse(usage.verb, table, argc, argv, &options->file);
	if (!err && options->is_help)
		opts_print_help(&usage, table);
	if (!err && options->file && options->registry)
		err = err_create(
			ERR_USAGE,
			"list: --registry and FILE exclude each other: try 'hvcrashctl list --help'");
	return err;
}

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
	out_list_begin(out, "gaps", "Gaps");
	for (__u32 i = 0; i < audit->nr_gaps; i++)
		out_list_item(out, audit->gaps[i].id, audit->gaps[i].text);
	out_list_end(out);
}

static struct err *show_extents(struct out *out, const struct image *image,
				const struct rows_channels *channels,
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
	struct rows_channels channels guarded(rows_channels_deinit) = { 0 };
	struct audit *audit guarded_free = malloc(sizeof(*audit));
	struct err *err;
	struct out out;

	if (!audit)
		return err_create(ERR_IO, "out of memory");
	err = check_extents(image);
	if (!err)
		err = rows_read_channels(image, &channels);
	if (err)
		return err;
	audit_init(audit, &image->header);
	out_init(&out, options->is_json, !options->is_no_headings);
	out_begin(&out, "hvcrash.list/1");
	show_header(&out, &image->header);
	show_gaps(&out, audit);
	err = show_extents(&out, image, &channels, table, options->is_all);
	out_end(&out);
	return err;
}

struct err *verb_list(int argc, char **argv, const char **ret_file,
		      int *ret_status)
{
	struct core *core guarded_core = NULL;
	struct image *image guarded_image = NULL;
	struct list_options options = { 0 };
	struct out_table table = {
		.key = "extents",
		.columns = rows_columns,
		.nr_columns = rows_nr_list_columns,
	};
	struct err *err;

	*ret_status = EXIT_CLEAN;
	err = parse(argc, argv, &options);
	if (!err && !options.is_help)
		err = out_select(&table, options.columns, options.is_json);
	if (err || options.is_help)
		return err;
	*ret_file = options.file ? options.file : options.registry;
	if (!*ret_file) {
		*ret_file = LIVE_REGISTRY;
		if (access(LIVE_REGISTRY, F_OK) && errno == ENOENT)
			return err_create(
				ERR_REGISTRY,
				"no registry: hvcrash.ko is not loaded");
	}
	err = core_open(*ret_file, &core);
	if (!err)
		err = image_open(core, &image);
	if (!err)
		err = show(image, &options, &table);
	return err;
}
