// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_elf.c - fuzz target: ELF headers, segments and notes
 *
 * The file is opened as the tool opens it, and pages are read at, before and
 * after the bounds of every segment. A second opinion says for each byte
 * whether the file holds it: a byte that it does not hold must be absent, one
 * that it holds must be there, with a value that one of the segments gives it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "core.h"
#include "inside.h"
#include "naive_elf.h"

#define MAX_QUESTIONS 24
#define READ_BYTES 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sparse sparse;

static void fail(const char *what, uint64_t gpa)
{
	dprintf(2, "%s at 0x%llx\n", what, (unsigned long long)gpa);
	abort();
}

/* @ret_matches: a segment gives @value to this byte */
static bool holds_byte(uint64_t gpa, unsigned char value, bool *ret_matches)
{
	const struct sparse_file *file = &sparse.file[0];
	size_t count = naive_elf_count(file);
	bool is_held = false;
	uint64_t offset;
	Elf64_Phdr phdr;

	*ret_matches = false;
	for (size_t i = 0; i < count; i++) {
		naive_elf_phdr(file, i, &phdr);
		if (!naive_elf_offset(file, &phdr, gpa, &offset))
			continue;
		is_held = true;
		*ret_matches |= file->bytes[offset] == value;
	}
	return is_held;
}

static void ask(struct core *core, uint64_t gpa)
{
	unsigned char buf[READ_BYTES];
	bool is_present, holds_all = true;
	struct err *err;

	err = core_read_gpa(core, gpa, buf, sizeof(buf), &is_present);
	if (err)
		fail("cannot read from a file in memory", gpa);
	for (uint64_t i = 0; i < sizeof(buf); i++) {
		bool matches;

		if (gpa + i < gpa || !holds_byte(gpa + i, buf[i], &matches))
			holds_all = false;
		else if (is_present && !matches)
			fail("a byte that no segment has", gpa + i);
	}
	if (is_present != holds_all)
		fail(is_present ? "present, and the file has it not" :
				  "absent, and the file has it",
		     gpa);
}

static void ask_around(struct core *core)
{
	const struct sparse_file *file = &sparse.file[0];
	size_t count = naive_elf_count(file);

	for (size_t i = 0; i < count && i < MAX_QUESTIONS; i++) {
		uint64_t end;
		Elf64_Phdr phdr;

		naive_elf_phdr(file, i, &phdr);
		end = phdr.p_paddr + phdr.p_filesz;
		ask(core, phdr.p_paddr);
		ask(core, phdr.p_paddr - READ_BYTES / 2);
		ask(core, end - READ_BYTES);
		ask(core, end - READ_BYTES / 2);
		ask(core, end);
		ask(core, phdr.p_paddr + phdr.p_filesz / 2);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct inside_file file = { .fd = -1 };
	struct core *core guarded_core = NULL;
	char *text guarded_free = NULL;
	struct err *err;

	if (file.fd < 0)
		inside_create(&file);
	sparse_expand(&sparse, data, size);
	inside_resize(&file, 0);
	inside_write(&file, 0, sparse.file[0].bytes, sparse.file[0].size);
	err = core_open(file.name, &core);
	if (!err && core->ops == &core_elf_ops) {
		err = core_vmcoreinfo(core, &text);
		ask_around(core);
	}
	err_destroy(err);
	return 0;
}
