// SPDX-License-Identifier: GPL-2.0-only
/*
 * verb_kexec_args.c - hvcrashctl kexec-args: what to append for kexec -l
 *
 * Called by main(). Prints one line on stdout and nothing else, for use in a
 * shell's $(); no character in it is special to a shell.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "dump/core.h"
#include "registry/image.h"
#include "registry/kexec_args.h"
#include "verbs.h"
#include "vm/sysroot.h"
#include "vm/words.h"

#define REGISTRY "/sys/kernel/hvcrash/registry"
#define MAX_CMDLINE_BYTES (64 * 1024)

struct kexec_args_options {
	struct opts_common common;
	const char *root;
};

static const struct opts_desc kexec_args_options[] = {
	{ "sysroot", 0, "DIR", NULL, "look at the system below DIR",
	  OPTS_TEXT(struct kexec_args_options, root) },
	{ 0 },
};

enum { COL_GPA, COL_BYTES, NR_COLUMNS };

static const struct out_column columns[] = {
	[COL_GPA] = { "GPA", "gpa", "guest physical address", OUT_HEX, true,
		      OUT_FIT_COLUMN },
	[COL_BYTES] = { "BYTES", "bytes", "size", OUT_NUMBER, true,
			OUT_FIT_COLUMN },
};

static struct err *show_json(const struct image *image,
			     const struct kexec_args *args,
			     const struct out_style *style)
{
	struct out_cell cells[NR_COLUMNS] = { 0 };
	struct out_table table = {
		.key = "regions",
		.columns = columns,
		.nr_columns = NR_COLUMNS,
	};
	struct out_cell gpa;
	struct err *err;
	struct out out;
	char buf[32];

	out_init(&out, style);
	out_begin(&out, "hvcrash.kexec-args/1");
	out_field_text(&out, "arguments", args->text);
	out_set_number(&gpa, image->gpa);
	out_field_text(
		&out, "registry",
		out_cell_text(&columns[COL_GPA], &gpa, buf, sizeof(buf)));
	err = out_select(&table, NULL, true);
	if (!err)
		err = out_table_begin(&out, &table);
	for (unsigned int i = 0; !err && i < args->nr; i++) {
		out_set_number(&cells[COL_GPA], args->region[i].gpa);
		out_set_number(&cells[COL_BYTES], args->region[i].bytes);
		err = out_row(&out, cells);
	}
	if (!err)
		err = out_table_end(&out);
	out_end(&out);
	return err;
}

static struct err *open_registry(const struct sysroot *sysroot,
				 struct core **ret_core,
				 struct image **ret_image)
{
	char path[SYSROOT_PATH_BYTES];
	struct err *err;

	if (access(sysroot_path(sysroot, REGISTRY, path), F_OK) &&
	    errno == ENOENT)
		return err_create(ERR_REGISTRY,
				  "no registry: hvcrash.ko is not loaded");
	err = core_open(path, ret_core);
	if (!err)
		err = image_open(*ret_core, ret_image);
	if (!err && (*ret_image)->header.phase != HVCRASH_PHASE_LIVE)
		err = err_create(
			ERR_REGISTRY,
			"the registry is not that of a running module");
	return err;
}

/* A chunk that came meanwhile is in no word: better none than too few */
static struct err *refuse_if_grown(const struct sysroot *sysroot,
				   const struct image *before)
{
	struct core *core guarded_core = NULL;
	struct image *image guarded_image = NULL;
	struct err *err = open_registry(sysroot, &core, &image);

	if (!err && image->header.nr_chunks != before->header.nr_chunks)
		err = err_create(
			ERR_REGISTRY,
			"the registry has grown while it was read: try again");
	return err;
}

static bool has_registry(const char *cmdline)
{
	char address[WORDS_WORD_BYTES];

	return words_last(cmdline, "hvcrash_registry", address);
}

static struct err *make(const struct sysroot *sysroot,
			const struct image *image, struct kexec_args *args)
{
	char *cmdline guarded_free =
		sysroot_read_all(sysroot, "/proc/cmdline", MAX_CMDLINE_BYTES);
	size_t bytes = cmdline ? strcspn(cmdline, "\n") : 0;
	unsigned int nr_e820 =
		sysroot_count(sysroot, "/sys/firmware/memmap/[0-9]*");
	struct err *err = kexec_args_make(image, bytes, nr_e820, args);

	/* otherwise each kexec would lose more memory, and the words would add up */
	if (!err && cmdline && has_registry(cmdline))
		fputs("hvcrashctl: kexec-args: this kernel's command line already has hvcrash_registry= of the last kexec: remove it and its memmap= from the next kernel's command line\n",
		      stderr);
	return err ? err : refuse_if_grown(sysroot, image);
}

static struct err *run_kexec_args(const struct opts_common *common,
				  const struct out_table *table,
				  const char **ret_file, int *ret_status)
{
	const struct kexec_args_options *options = (const void *)common;
	struct kexec_args *args guarded_free = calloc(1, sizeof(*args));
	struct core *core guarded_core = NULL;
	struct image *image guarded_image = NULL;
	struct sysroot sysroot;
	struct err *err;

	(void)table;
	(void)ret_status;
	if (!args)
		return err_create(ERR_IO, "out of memory");
	err = sysroot_init(&sysroot, options->root);
	if (err)
		return err;
	if (!sysroot_is_machine(&sysroot, "x86_64"))
		return err_create(
			ERR_IO,
			"kexec-args: only x86 has memmap=: here the registry cannot survive a kexec");
	*ret_file = REGISTRY;
	err = open_registry(&sysroot, &core, &image);
	if (!err)
		err = make(&sysroot, image, args);
	if (!err && common->style.is_json)
		err = show_json(image, args, &common->style);
	else if (!err)
		puts(args->text);
	return err;
}

const struct verb verb_kexec_args = {
	.opts = {
		.name = "kexec-args",
		.summary = "print what makes the registry survive a kexec",
		.purpose =
			"Prints what to append to the next kernel's command line, so that the registry\nsurvives kexec -e and can be audited afterwards.",
		.options = kexec_args_options,
		.options_bytes = sizeof(struct kexec_args_options),
		.has_json = true,
	},
	.run = run_kexec_args,
};
