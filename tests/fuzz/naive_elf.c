// SPDX-License-Identifier: GPL-2.0-only
/*
 * naive_elf.c - a deliberately simple reader of ELF cores
 *
 * Called by fuzz_elf and fuzz_tool. A header count by PN_XNUM is read from the
 * first section header, see elf(5).
 */
#include <string.h>

#include "naive_elf.h"

static bool read_at(const struct sparse_file *file, uint64_t offset, void *ret,
		    size_t bytes)
{
	if (offset > file->size || bytes > file->size - offset)
		return false;
	memcpy(ret, file->bytes + offset, bytes);
	return true;
}

size_t naive_elf_count(const struct sparse_file *file)
{
	Elf64_Ehdr header;
	Elf64_Shdr first;
	uint64_t count, room;

	if (!read_at(file, 0, &header, sizeof(header)) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) ||
	    header.e_phoff > file->size)
		return 0;
	count = header.e_phnum;
	if (count == PN_XNUM) {
		if (!read_at(file, header.e_shoff, &first, sizeof(first)))
			return 0;
		count = first.sh_info;
	}
	room = (file->size - header.e_phoff) / sizeof(Elf64_Phdr);
	return count < room ? count : room;
}

void naive_elf_phdr(const struct sparse_file *file, size_t index,
		    Elf64_Phdr *ret)
{
	Elf64_Ehdr header;

	memcpy(&header, file->bytes, sizeof(header));
	memcpy(ret, file->bytes + header.e_phoff + index * sizeof(*ret),
	       sizeof(*ret));
}

bool naive_elf_offset(const struct sparse_file *file, const Elf64_Phdr *phdr,
		      uint64_t gpa, uint64_t *ret_offset)
{
	if (phdr->p_type != PT_LOAD || gpa < phdr->p_paddr ||
	    gpa - phdr->p_paddr >= phdr->p_filesz ||
	    phdr->p_offset >= file->size ||
	    gpa - phdr->p_paddr >= file->size - phdr->p_offset)
		return false;
	*ret_offset = phdr->p_offset + (gpa - phdr->p_paddr);
	return true;
}

unsigned char *naive_elf_at(struct sparse_file *file, uint64_t gpa,
			    uint64_t bytes)
{
	size_t count = naive_elf_count(file);

	for (size_t i = 0; bytes && i < count; i++) {
		uint64_t first, last;
		Elf64_Phdr phdr;

		naive_elf_phdr(file, i, &phdr);
		if (naive_elf_offset(file, &phdr, gpa, &first) &&
		    naive_elf_offset(file, &phdr, gpa + bytes - 1, &last) &&
		    last - first == bytes - 1)
			return file->bytes + first;
	}
	return NULL;
}
