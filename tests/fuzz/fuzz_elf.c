// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_elf.c - fuzz target: ELF headers, segments and notes
 *
 * The file is opened as the tool opens it, and pages are read at, before and
 * after the bounds of every segment. A second reader says for each byte whether
 * the file has it: other bytes must be absent, and those must be present, with
 * a value from one of the segments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "dump/core.h"
#include "inside.h"
#include "naive_elf.h"

/* Each question walks all program headers: an input must not take seconds */
#define MAX_WALKED 2000
#define READ_BYTES 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sparse sparse;

static void fail(const char *what, uint64_t gpa)
{
	dprintf(2, "%s at 0x%llx\n", what, (unsigned long long)gpa);
	abort();
}

/* For each byte from a GPA on: some segment has it, with that value */
struct opinion {
	bool is_held[READ_BYTES];
	bool matches[READ_BYTES];
};

static void form_opinion(uint64_t gpa, const unsigned char *values,
			 struct opinion *ret)
{
	const struct sparse_file *file = &sparse.file[0];
	size_t count = naive_elf_count(file);
	uint64_t offset;
	Elf64_Phdr phdr;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < count; i++) {
		naive_elf_phdr(file, i, &phdr);
		for (uint64_t at = 0; at < READ_BYTES; at++) {
			if (phdr.p_type != PT_LOAD || gpa + at < gpa ||
			    !naive_elf_offset(file, &phdr, gpa + at, &offset))
				continue;
			ret->is_held[at] = true;
			ret->matches[at] |= file->bytes[offset] == values[at];
		}
	}
}

static void ask(struct core *core, uint64_t gpa)
{
	unsigned char buf[READ_BYTES] = { 0 };
	bool is_present, holds_all = true;
	struct opinion opinion;
	struct err *err;

	err = core_read_gpa(core, gpa, buf, sizeof(buf), &is_present);
	if (err)
		fail("cannot read from a file in memory", gpa);
	form_opinion(gpa, buf, &opinion);
	for (size_t i = 0; i < sizeof(buf); i++) {
		holds_all &= opinion.is_held[i];
		if (is_present && opinion.is_held[i] && !opinion.matches[i])
			fail("a byte that no segment has", gpa + i);
	}
	if (is_present != holds_all)
		fail(is_present ? "present, but not in the file" :
				  "absent, but in the file",
		     gpa);
}

static void ask_around(struct core *core)
{
	const struct sparse_file *file = &sparse.file[0];
	size_t count = naive_elf_count(file);

	for (size_t i = 0; i < count && i * count <= MAX_WALKED; i++) {
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
	inside_put(&file, sparse.file[0].bytes, sparse.file[0].size);
	err = core_open(file.name, &core);
	if (!err && core->ops == &core_elf_ops) {
		err = core_vmcoreinfo(core, &text);
		ask_around(core);
	}
	err_destroy(err);
	return 0;
}
