/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * naive_elf.h - an ELF core read in the plainest way, to compare with
 *
 * Used by fuzz_elf as the second opinion and by fuzz_tool to find the registry
 * that it repairs. Knows no library, no order and no sorting: every question
 * walks all program headers.
 */
#ifndef FUZZ_NAIVE_ELF_H
#define FUZZ_NAIVE_ELF_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

#include "sparse.h"

/* Program headers that lie inside the file; 0 if it is no ELF file */
size_t naive_elf_count(const struct sparse_file *file);
void naive_elf_phdr(const struct sparse_file *file, size_t index,
		    Elf64_Phdr *ret);

/* Has a segment @gpa, and where is it in the file; false if it has not */
bool naive_elf_offset(const struct sparse_file *file, const Elf64_Phdr *phdr,
		      uint64_t gpa, uint64_t *ret_offset);

/* The first segment's bytes, where all @bytes are in it; else NULL */
unsigned char *naive_elf_at(struct sparse_file *file, uint64_t gpa,
			    uint64_t bytes);

#endif
