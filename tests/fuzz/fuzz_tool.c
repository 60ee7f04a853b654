// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_tool.c - fuzz target: the whole tool, from its arguments to its exit
 * status
 *
 * File 0 is the dump or the live registry, file 1 --registers and file 2
 * --iomem, if the input has them. Half of the inputs get correct checksums.
 * What must hold for any file is in inside_check().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hvcrash_abi.h"
#include "inside.h"
#include "naive_elf.h"
#include "repair.h"

enum {
	FLAG_REPAIR = 1,
	FLAG_JSON = 2,
	FLAG_LIST = 4,
	FLAG_MORE = 8, /* list --all, audit with every column */
	FLAG_NO_HEADINGS = 16,
	FLAGS_HTML = 32 | 64, /* both, since a file is slow */
};

#define MAX_ARGUMENTS 16
/* In memory: a page is synced before it gets its name */
#define PAGE_NAME "/dev/shm/hvcrash-fuzz-%d.html"
/* The seeds' address; checksums elsewhere stay wrong */
#define REGISTRY_GPA 0x1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sparse sparse;
static struct inside_file files[SPARSE_NR_FILES];
static char page_name[64];

static unsigned char *dump_at(void *priv, uint64_t gpa, uint64_t bytes)
{
	return naive_elf_at(priv, gpa, bytes);
}

static void write_files(void)
{
	for (int i = 0; i < SPARSE_NR_FILES; i++) {
		if (!files[i].name[0])
			inside_create(&files[i]);
		inside_put(&files[i], sparse.file[i].bytes,
			   sparse.file[i].size);
	}
}

static bool has_page(void)
{
	return (sparse.flags & FLAGS_HTML) == FLAGS_HTML &&
	       !(sparse.flags & FLAG_LIST);
}

/*
 * The page is complete if the audit was, else absent, and contains nothing
 * executable
 */
static void check_page(const struct inside_run *run)
{
	static const char end[] = "</html>\n";
	static char page[4 << 20];
	size_t bytes = 0;
	FILE *from = fopen(page_name, "r");

	if (from) {
		bytes = fread(page, 1, sizeof(page) - 1, from);
		fclose(from);
		unlink(page_name);
	}
	page[bytes] = '\0';
	if (run->err_bytes ?
		    !bytes :
		    bytes > sizeof(end) &&
			    !strcmp(page + bytes - sizeof(end) + 1, end) &&
			    !strstr(page, "<script"))
		return;
	dprintf(2, "a page of %zu bytes, status %d\n%s\n", bytes, run->status,
		page);
	abort();
}

static void make_arguments(char **argv)
{
	bool is_list = sparse.flags & FLAG_LIST;

	*argv++ = "hvcrashctl";
	*argv++ = is_list ? "list" : "audit";
	if (sparse.flags & FLAG_JSON)
		*argv++ = "--json";
	if (sparse.flags & FLAG_NO_HEADINGS)
		*argv++ = "--no-headings";
	if (sparse.flags & FLAG_MORE && is_list)
		*argv++ = "--all";
	else if (sparse.flags & FLAG_MORE)
		*argv++ = "--output=+hash,instance,class,gpadl,ram,overlay";
	if (!is_list && sparse.file[1].size) {
		*argv++ = "--registers";
		*argv++ = files[1].name;
	}
	if (!is_list && sparse.file[2].size) {
		*argv++ = "--iomem";
		*argv++ = files[2].name;
	}
	if (has_page()) {
		snprintf(page_name, sizeof(page_name), PAGE_NAME, getpid());
		*argv++ = "--html";
		*argv++ = page_name;
	}
	*argv++ = files[0].name;
	*argv = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct repair_memory memory = { dump_at, &sparse.file[0] };
	char *argv[MAX_ARGUMENTS];
	struct inside_run run;

	sparse_expand(&sparse, data, size);
	if (sparse.flags & FLAG_REPAIR)
		repair_registry(&memory, REGISTRY_GPA);
	write_files();
	make_arguments(argv);
	inside_run(argv, &run);
	inside_check(&run, sparse.flags & FLAG_JSON,
		     !(sparse.flags & FLAG_LIST));
	if (has_page())
		check_page(&run);
	inside_deinit(&run);
	return 0;
}
