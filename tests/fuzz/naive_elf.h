/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * naive_elf.h - a deliberately simple reader of ELF cores, for comparison
 *
 * Used by fuzz_elf as the second reader and by fuzz_tool to find the registry
 * that it repairs. Uses no library and no sorting: every query
 * walks all program headers.
 */
#ifndef FUZZ_NAIVE_ELF_H
#define FUZZ_NAIVE_ELF_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

#include "sparse.h"

/* Program headers that lie inside the file; 0 if it is not an ELF file */
size_t naive_elf_count(const struct sparse_file *file);
void naive_elf_phdr(const struct sparse_file *file, size_t index,
		    Elf64_Phdr *ret);

/* File offset of @gpa; false if no segment has it */
bool naive_elf_offset(const struct sparse_file *file, const Elf64_Phdr *phdr,
		      uint64_t gpa, uint64_t *ret_offset);

/* The bytes in the first segment that has all @bytes; NULL without one */
unsigned char *naive_elf_at(struct sparse_file *file, uint64_t gpa,
			    uint64_t bytes);

#endif
