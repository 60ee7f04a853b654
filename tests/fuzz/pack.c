// SPDX-License-Identifier: GPL-2.0-only
/*
 * pack.c - makes a fuzz input from files: pack [-m] FLAGS INPUT FILE...
 *
 * Called by the Makefile, for the seeds. The files become files 0, 1 and 2 of
 * sparse.h; "-" is an empty one. With -m the first is an ELF core of which only
 * the memory is used, each segment at its guest physical address. Trusts its
 * input, which mkcore made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "naive_elf.h"
#include "sparse.h"

/* A shorter run of zeros costs less than the header of another patch */
#define LEAST_GAP 8

static void die(const char *what, const char *name)
{
	fprintf(stderr, "pack: %s: %s\n", name, what);
	exit(1);
}

static void load(const char *name, struct sparse_file *ret)
{
	FILE *from;

	if (!strcmp(name, "-"))
		return;
	from = fopen(name, "rb");
	if (!from)
		die("cannot open", name);
	ret->size = fread(ret->bytes, 1, sizeof(ret->bytes), from);
	if (fgetc(from) != EOF)
		die("too large", name);
	fclose(from);
}

static void take_memory(struct sparse_file *file, const char *name)
{
	struct sparse_file *memory = calloc(1, sizeof(*memory));
	size_t count = naive_elf_count(file);
	Elf64_Phdr phdr;

	for (size_t i = 0; memory && i < count; i++) {
		naive_elf_phdr(file, i, &phdr);
		if (phdr.p_type != PT_LOAD)
			continue;
		if (phdr.p_paddr + phdr.p_filesz > SPARSE_MAX_BYTES)
			die("memory beyond the size of an input", name);
		memcpy(memory->bytes + phdr.p_paddr,
		       file->bytes + phdr.p_offset, phdr.p_filesz);
		if (memory->size < phdr.p_paddr + phdr.p_filesz)
			memory->size = phdr.p_paddr + phdr.p_filesz;
	}
	if (!memory || !memory->size)
		die("no memory in it", name);
	*file = *memory;
	free(memory);
}

static void put_patch(FILE *to, int number, size_t offset,
		      const unsigned char *bytes, size_t count)
{
	const unsigned char head[SPARSE_HEAD_BYTES] = {
		(unsigned char)offset, (unsigned char)(offset >> 8),
		(unsigned char)(offset >> 16), (unsigned char)number,
		(unsigned char)count
	};

	fwrite(head, 1, sizeof(head), to);
	fwrite(bytes, 1, count, to);
}

/*
 * The end of the patch that begins at @at: at a gap of zeros, or at its limit
 */
static size_t find_end(const struct sparse_file *file, size_t at)
{
	size_t end = at + 1, zeros = 0;

	for (size_t i = at; i < file->size && i - at < SPARSE_MAX_PATCH; i++) {
		zeros = file->bytes[i] ? 0 : zeros + 1;
		if (!zeros)
			end = i + 1;
		if (zeros == LEAST_GAP)
			break;
	}
	return end;
}

static void put_file(FILE *to, int number, const struct sparse_file *file)
{
	size_t end;

	for (size_t at = 0; at < file->size; at = end) {
		end = at + 1;
		/* the last byte is written even if 0, for the file's size */
		if (!file->bytes[at] && end < file->size)
			continue;
		end = find_end(file, at);
		put_patch(to, number, at, file->bytes + at, end - at);
	}
}

int main(int argc, char **argv)
{
	struct sparse_file *file = calloc(1, sizeof(*file));
	bool is_memory = argc > 1 && !strcmp(argv[1], "-m");
	FILE *to;

	argc -= is_memory;
	argv += is_memory;
	if (argc < 4 || argc > 3 + SPARSE_NR_FILES || !file)
		die("usage: pack [-m] FLAGS INPUT FILE...", "arguments");
	to = fopen(argv[2], "wb");
	if (!to)
		die("cannot create", argv[2]);
	fputc(atoi(argv[1]), to);
	for (int i = 3; i < argc; i++) {
		memset(file, 0, sizeof(*file));
		load(argv[i], file);
		if (is_memory && i == 3)
			take_memory(file, argv[i]);
		put_file(to, i - 3, file);
	}
	free(file);
	if (fclose(to))
		die("cannot write", argv[2]);
	return 0;
}
