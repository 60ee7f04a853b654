// SPDX-License-Identifier: GPL-2.0-only
/*
 * every_byte.c - a clean dump with each byte changed in turn, and cut at each
 * length
 *
 * every_byte DUMP LIVE: both made from seeds/base.core. Speaks TAP; the caller
 * prints the plan. Proves for one dump, deterministically, what a fuzzer may
 * find sooner or later: no byte that a checksum covers may change and leave the
 * dump clean. dump still be clean.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcrash_abi.h"
#include "inside.h"
#include "naive_elf.h"

/* Addresses in seeds/base.core */
#define HEADER_GPA 0x1000
#define FIRST_PAGE_GPA 0x6000
#define FIRST_PAGES 3
#define NR_CHUNKS 3

static const uint64_t chunk_gpa[NR_CHUNKS] = { 0x2000, 0x3000, 0x4000 };

static struct sparse_file dump, live;
static struct inside_file file;
static int failed_at = -1;

static void load(const char *name, struct sparse_file *ret)
{
	FILE *from = fopen(name, "rb");

	if (!from) {
		perror(name);
		exit(1);
	}
	ret->size = fread(ret->bytes, 1, sizeof(ret->bytes), from);
	fclose(from);
}

/* Runs and checks what holds for any file; returns the exit status */
static int run(char *verb, char *option)
{
	char *argv[] = { "hvcrashctl", verb, file.name, option, NULL };
	struct inside_run result;

	inside_run(argv, &result);
	inside_check(&result, option && !strcmp(option, "--json"),
		     !strcmp(verb, "audit"));
	inside_deinit(&result);
	return result.status;
}

static void write_whole(const struct sparse_file *from)
{
	inside_put(&file, from->bytes, from->size);
}

static int run_with_flip(const struct sparse_file *from, size_t offset,
			 char *verb, char *option)
{
	unsigned char flipped = from->bytes[offset] ^ 0xff;
	int status;

	inside_write(&file, offset, &flipped, 1);
	status = run(verb, option);
	inside_write(&file, offset, &from->bytes[offset], 1);
	return status;
}

static void note_failure(bool has_failed, size_t offset)
{
	if (has_failed && failed_at < 0)
		failed_at = (int)offset;
}

/* Changes each of @bytes at @gpa in turn: the result has to be @expected */
static void flip_memory(uint64_t gpa, size_t bytes, size_t step, int expected)
{
	size_t first = (size_t)(naive_elf_at(&dump, gpa, bytes) - dump.bytes);

	for (size_t at = first; at < first + bytes; at += step)
		note_failure(run_with_flip(&dump, at, "audit", NULL) !=
				     expected,
			     at);
}

static void flip_header(void)
{
	write_whole(&dump);
	flip_memory(HEADER_GPA, HVCRASH_PAGE_BYTES, 1, 2);
}

static void flip_chunks(void)
{
	write_whole(&dump);
	for (int i = 0; i < NR_CHUNKS; i++) {
		struct hvcrash_chunk head;

		memcpy(&head, naive_elf_at(&dump, chunk_gpa[i], sizeof(head)),
		       sizeof(head));
		flip_memory(chunk_gpa[i], head.bytes_used, 1, 2);
	}
}

static void flip_pages(void)
{
	write_whole(&dump);
	flip_memory(FIRST_PAGE_GPA, FIRST_PAGES * HVCRASH_PAGE_BYTES, 13, 1);
}

/* The ELF header, program headers and notes; the nonzero bytes */
static void flip_elf(void)
{
	size_t end = (size_t)(naive_elf_at(&dump, HEADER_GPA, 1) - dump.bytes);

	write_whole(&dump);
	for (size_t at = 0; at < end; at++) {
		if (!dump.bytes[at])
			continue;
		run_with_flip(&dump, at, "audit", NULL);
		run_with_flip(&dump, at, "audit", "--json");
	}
}

static void flip_live(void)
{
	write_whole(&live);
	for (size_t at = 0; at < live.size; at += live.bytes[at] ? 1 : 29) {
		run_with_flip(&live, at, "list", "--all");
		note_failure(!run_with_flip(&live, at, "audit", "--json"), at);
	}
}

static void cut(void)
{
	size_t memory =
		(size_t)(naive_elf_at(&dump, HEADER_GPA, 1) - dump.bytes);

	for (size_t bytes = 0; bytes < dump.size; bytes += bytes < 700 ? 1 :
							   bytes < memory ?
									 17 :
									 61) {
		inside_put(&file, dump.bytes, bytes);
		note_failure(run("audit", NULL) < 2, bytes);
	}
}

static int test(int number, const char *name, void (*function)(void))
{
	failed_at = -1;
	function();
	printf("%sok %d - %s\n", failed_at < 0 ? "" : "not ", number, name);
	if (failed_at >= 0)
		printf("# first at offset %d of the file\n", failed_at);
	return failed_at >= 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*function)(void);
	} tests[] = {
		{ "a dump cut at any length is refused or cannot tell", cut },
		{ "each byte of the header wrong: cannot tell", flip_header },
		{ "each byte of a chunk in use wrong: cannot tell",
		  flip_chunks },
		{ "a byte of a revoked page wrong: not clean", flip_pages },
		{ "each byte of the ELF headers and notes wrong: no harm",
		  flip_elf },
		{ "each byte of a live registry wrong: no harm, not clean",
		  flip_live },
	};
	const int nr = sizeof(tests) / sizeof(tests[0]);
	int failed = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: every_byte DUMP LIVE\n");
		return 1;
	}
	load(argv[1], &dump);
	load(argv[2], &live);
	inside_create(&file);
	setvbuf(stdout, NULL, _IOLBF, 0);
	write_whole(&dump);
	if (run("audit", NULL)) {
		printf("Bail out! the unchanged dump is not clean\n");
		return 1;
	}
	for (int i = 0; i < nr; i++)
		failed += test(i + 1, tests[i].name, tests[i].function);
	return failed > 0;
}
